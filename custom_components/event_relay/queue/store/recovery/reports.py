"""Reports of damage, kept beside the copy until the user has seen them.

Whoever shows it may be killed before that is on disk.
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
    """What was wrong with a log, and what could be saved of it."""

    copy: Path
    """Copy of the file as it was found; its log lies beside it."""
    commits: int | None
    """Commits that are lost; None if nobody can tell how many."""
    frames: int
    """Changed pages that cannot be read, or could not be used."""
    missing: bool = False
    """Whether there is no log any more, though the file says that there was."""

    @property
    def lost(self) -> bool:
        """Say whether what the file holds may be older than what was accepted."""
        return self.commits is None or bool(self.commits or self.frames)


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A damaged file that was moved out of the way, or the copy of one.

    A copy, where only the log was damaged: then the file itself is used on. It is also
    used on where it is an older copy of itself; then there is no file at `path`.
    """

    path: Path
    reason: str
    waiting: int | None
    """Deliveries in it that had not ended; None if that cannot be told."""
    carried: int = 0
    """Of those so many are in the new file."""
    log: LogDamage | None = None
    """What was wrong with its log, if that was all."""
    older: bool = False
    """Whether nothing was damaged, but an older copy was put in its place."""
    earlier: bool = False
    """Whether it was found in an earlier run, and nobody has seen it since."""


def of_log(damage: LogDamage) -> SetAside:
    """Tell of a log that was damaged, or is gone."""
    reason = "bits of its write-ahead log were wrong"
    if damage.missing:
        reason = "its write-ahead log is gone"
    return SetAside(path=damage.copy, reason=reason, waiting=None, log=damage)


def of_older(path: Path, number: int, waiting: int) -> SetAside:
    """Tell of a file in whose place an older copy is, of a generation.

    Who is killed before that is mended tells of the same once more.
    """
    name = path.with_name(f"{path.name}.older-{number}")
    reason = "an older copy was put in its place"
    return SetAside(path=name, reason=reason, waiting=waiting, older=True)


def keep(report: SetAside) -> None:
    """Keep a report until it was seen, as far as there is room for it."""
    content = json.dumps(asdict(report), default=_name)
    with (
        suppress(OSError),
        open(_file(report.path), "w", encoding="utf-8", opener=_open_private) as file,
    ):
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def unseen(path: Path) -> list[SetAside]:
    """Return the reports on a file that nobody has seen; raises OSError."""
    patterns = [f"{glob.escape(path.name)}.{name}{_SUFFIX}" for name in _NAMES]
    return [
        _read(file)
        for pattern in patterns
        for file in sorted(path.parent.glob(pattern))
    ]


def seen(copy: Path) -> None:
    """Forget the report on a copy, which is named; raises OSError."""
    _file(copy).unlink(missing_ok=True)


def _read(file: Path) -> SetAside:
    """Read a report; one that a crash has cut off tells that there was damage."""
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
    """Return where the report on a copy is kept."""
    return copy.with_name(f"{copy.name}{_SUFFIX}")


def _name(path: object) -> str:
    """Write a path as JSON can hold it."""
    return str(path)


def _open_private(name: str, flags: int) -> int:
    """Open a file that only its owner can read."""
    return os.open(name, flags, 0o600)
