"""Repairs a write-ahead log that SQLite would not read to its end."""

from contextlib import closing, suppress
from datetime import UTC, datetime
import glob
import os
from pathlib import Path
import shutil
import sqlite3

from ..file_marks import IN_USE, mark_on_disk
from . import reports, write_ahead_log
from .reports import LogDamage

COMPANIONS = ("", "-wal", "-shm")
_PRIVATE = 0o600


def mend(path: Path) -> LogDamage | None:
    """Repair the log of a file that nobody has open; return the damage, if any.

    Remains of a crash after the last commit are cut off. If the log is damaged, it is
    copied, and as much saved as can be proved: each commit, if only single bits were
    wrong; all but the unreadable pages, if the rest is consistent; otherwise all up to
    the first unreadable page. Raises OSError.
    """
    try:
        content = Path(f"{path}-wal").read_bytes()
    except FileNotFoundError:
        if mark_on_disk(path) != IN_USE:
            return None
        return LogDamage(copy=_keep(path), commits=None, frames=0, missing=True)
    if (found := write_ahead_log.read(content)) is None:
        lost = _had_frames(content)
        return LogDamage(copy=_keep(path), commits=None, frames=0) if lost else None
    if found.damaged:
        return _save(path, found)
    if found.remains:
        # Otherwise they would follow the next commits, and look like a part of them.
        _replace(path, write_ahead_log.write(found.header, found.frames))
    return None


def _save(path: Path, found: write_ahead_log.Log) -> LogDamage:
    """Keep a copy of a damaged log, and save as much as can be proved."""
    copy = _keep(path)
    # Reported now, in case of a crash before it is known how much is lost.
    reports.keep(reports.of_log(LogDamage(copy=copy, commits=None, frames=0)))
    _replace(path, write_ahead_log.write(found.header, found.frames))
    if not found.bad:
        return LogDamage(copy=copy, commits=0, frames=0)
    if _fits(path):
        return LogDamage(copy=copy, commits=0, frames=found.bad)
    _replace(path, write_ahead_log.write(found.header, found.frames[: found.whole]))
    left_out = len(found.frames) - found.whole
    return LogDamage(
        copy=copy, commits=max(1, found.lost_commits), frames=found.bad + left_out
    )


def aside(path: Path) -> Path:
    """Return an unused name for a damaged file."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = path.with_name(f"{path.name}.damaged-{moment}")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.damaged-{moment}-{number}")
    return name


def make_private(path: Path) -> None:
    """Let only the owner read a file and those that belong to it, if permitted.

    Those are its companions, and files that were renamed or copied earlier.
    """
    for one in path.parent.glob(f"{glob.escape(path.name)}*"):
        with suppress(FileNotFoundError, PermissionError):
            if one.is_file():
                one.chmod(_PRIVATE)


def _had_frames(content: bytes) -> bool:
    """Return whether a log without a valid header has frames, written after one."""
    return len(content) > write_ahead_log.HEADER + write_ahead_log.FRAME_HEADER and any(
        content[: write_ahead_log.HEADER]
    )


def _keep(path: Path) -> Path:
    """Copy a file with its companions, readable by the owner only."""
    copy = aside(path)
    for companion in COMPANIONS:
        with suppress(FileNotFoundError):
            source = Path(f"{path}{companion}")
            source.stat()
            with (
                source.open("rb") as read,
                open(f"{copy}{companion}", "xb", opener=_open_private) as written,
            ):
                shutil.copyfileobj(read, written, 2**20)
    return copy


def _open_private(name: str, flags: int) -> int:
    """Open a new file that only its owner can read."""
    return os.open(name, flags, _PRIVATE)


def _replace(path: Path, content: bytes) -> None:
    """Replace the log, completely or not at all."""
    new = f"{path}-wal.new"
    with open(new, "wb", opener=_open_private) as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    Path(new).replace(f"{path}-wal")
    sync_folder(path)


def sync_folder(path: Path) -> None:
    """Bring renames in the folder of a file to disk."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _fits(path: Path) -> bool:
    """Return whether file and log are a consistent database; neither is changed."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)  # noqa: FBT003 - by position only
            (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error, UnicodeDecodeError:
        return False
    return bool(verdict == "ok")
