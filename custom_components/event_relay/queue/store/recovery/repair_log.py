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
    """Mend the log of a file that nobody has open; tell what was wrong with it.

    What a crash has left behind the last commit is cut off. Otherwise a copy of all
    is kept, and as much saved as can be proved: every commit where single bits were
    wrong; what fits together without the pages that cannot be read; else all up to
    the first of those. Raises OSError.
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
        # Else it would lie behind the next commits, and look like a part of them.
        _replace(path, write_ahead_log.write(found.header, found.frames))
    return None


def _save(path: Path, found: write_ahead_log.Log) -> LogDamage:
    """Keep a copy, and save as much of a log as can be proved."""
    copy = _keep(path)
    # It is told also if a crash comes before anybody knows how much is lost.
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
    """Return a name for a damaged file that is not taken."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = path.with_name(f"{path.name}.damaged-{moment}")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.damaged-{moment}-{number}")
    return name


def make_private(path: Path) -> None:
    """Let only the owner read a file and all that lies beside it, as far as we may.

    That is its companions, and what was set aside or copied earlier.
    """
    for one in path.parent.glob(f"{glob.escape(path.name)}*"):
        with suppress(FileNotFoundError, PermissionError):
            if one.is_file():
                one.chmod(_PRIVATE)


def _had_frames(content: bytes) -> bool:
    """Say whether a log without a header once had one: it is written before them."""
    return len(content) > write_ahead_log.HEADER + write_ahead_log.FRAME_HEADER and any(
        content[: write_ahead_log.HEADER]
    )


def _keep(path: Path) -> Path:
    """Copy a file with its companions, for the owner's eyes only."""
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
    """Put another log in place, or leave the old one."""
    new = f"{path}-wal.new"
    with open(new, "wb", opener=_open_private) as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    Path(new).replace(f"{path}-wal")
    sync_folder(path)


def sync_folder(path: Path) -> None:
    """Have it on disk that a file has another name, or is another one."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _fits(path: Path) -> bool:
    """Say whether file and log make a whole database; neither is changed by it."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)  # noqa: FBT003 - by position only
            (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error, UnicodeDecodeError:
        return False
    return bool(verdict == "ok")
