"""Reports of damage, kept beside the damaged file until the user has seen them.

Home Assistant may be killed before the repair issue that shows one is on disk.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
import glob
import json
import os
from pathlib import Path
from typing import Any, cast

_SUFFIX = ".report"
_NAMES = ("damaged-*", "older-*")


@dataclass(frozen=True, kw_only=True)
class LogDamage:
    """Damage of a write-ahead log, and how much of it is lost."""

    copy: Path
    """Copy of the file as it was found, with its log beside it."""
    commits: int | None
    """Commits that are lost; None if unknown."""
    frames: int
    """Changed pages that could not be read or used."""
    missing: bool = False
    """Whether the log is missing, although the file was in use."""

    @property
    def lost(self) -> bool:
        """Whether the file may be older than what was accepted."""
        return self.commits is None or bool(self.commits or self.frames)


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A report on a damaged file that was renamed, or copied.

    If only the log was damaged, it was copied, and the file itself stays in use. If the
    file is an older copy that was put back, it stays in use, and there is no file at
    `path`.
    """

    path: Path
    reason: str
    waiting: int | None
    """Deliveries in it that had not ended; None if unknown."""
    carried: int = 0
    """How many of those are in the new file."""
    log: LogDamage | None = None
    """Damage of its log, if that was all."""
    older: bool = False
    """Whether it is not damaged, but an older copy."""
    earlier: bool = False
    """Whether it was found in an earlier run, and nobody has seen the report."""


def of_log(damage: LogDamage) -> SetAside:
    """Return a report on a log that was damaged, or is missing."""
    reason = "bits of its write-ahead log were wrong"
    if damage.missing:
        reason = "its write-ahead log is gone"
    return SetAside(path=damage.copy, reason=reason, waiting=None, log=damage)


def of_older(path: Path, number: int, waiting: int) -> SetAside:
    """Return a report on a file that is an older copy, with its generation.

    After a crash before the file has a new generation, the report is the same.
    """
    name = path.with_name(f"{path.name}.older-{number}")
    reason = "an older copy was put in its place"
    return SetAside(path=name, reason=reason, waiting=waiting, older=True)


def keep(report: SetAside) -> None:
    """Write a report to disk, if there is space for it."""
    content = json.dumps(asdict(report), default=_name)
    with (
        suppress(OSError),
        open(_file(report.path), "w", encoding="utf-8", opener=_open_private) as file,
    ):
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def unseen(path: Path) -> list[SetAside]:
    """Return the reports on a file that the user has not seen; raises OSError."""
    patterns = [f"{glob.escape(path.name)}.{name}{_SUFFIX}" for name in _NAMES]
    return [
        _read(file)
        for pattern in patterns
        for file in sorted(path.parent.glob(pattern))
    ]


def seen(copy: Path) -> None:
    """Delete the report on a copy; raises OSError."""
    _file(copy).unlink(missing_ok=True)


def _read(file: Path) -> SetAside:
    """Read a report; one that a crash has cut off still says that there is damage."""
    copy = file.with_name(file.name.removesuffix(_SUFFIX))
    try:
        content = cast("dict[str, Any]", json.loads(file.read_bytes()))
        log = content["log"]
        if log is not None:
            log = LogDamage(**log | {"copy": copy})
        report = SetAside(**content | {"path": copy, "log": log})
    except ValueError, TypeError, KeyError:
        report = SetAside(path=copy, reason="it was damaged", waiting=None)
    return replace(report, earlier=True)


def _file(copy: Path) -> Path:
    """Return the path of the report on a copy."""
    return copy.with_name(f"{copy.name}{_SUFFIX}")


def _name(path: object) -> str:
    """Return a path as a text for JSON."""
    return str(path)


def _open_private(name: str, flags: int) -> int:
    """Open a file that only its owner can read."""
    return os.open(name, flags, 0o600)
