"""Opens, checks and replaces the SQLite file, and marks it for a backup."""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from contextlib import closing, suppress
from dataclasses import dataclass
import errno
from functools import cache
import os
from pathlib import Path
import sqlite3
from typing import Self

from . import clock_shifts
from .checksum import register
from .file_marks import (
    BACKUP,
    IN_USE,
    NONE,
    advance,
    generation,
    is_older,
    mark,
    set_mark,
)
from .recovery import reports, salvage
from .recovery.distrust import distrust
from .recovery.repair_log import COMPANIONS, aside, make_private, mend, sync_folder
from .recovery.reports import SetAside
from .recovery.unchecked import Kept
from .rows import FAILURES, MIGRATIONS

SHRINKS = "PRAGMA auto_vacuum = INCREMENTAL"
"""It only affects a file that is empty, or is rewritten as a whole."""
_CHECKPOINT_PAGES = 1000
"""SQLite's default."""
_BUSY = 5.0
"""Seconds to wait for another process that holds the file."""
_NO_TEXT = "Could not decode to UTF-8"
_NOTHING = Kept()
_REPLACED = "it was damaged, and Home Assistant ended while another one took its place"
_SQLITES_WORDS: Mapping[int, str] = {
    errno.EACCES: "attempt to write a readonly database",
    errno.EDQUOT: "database or disk is full",
    errno.EIO: "disk I/O error",
    errno.ENOSPC: "database or disk is full",
    errno.EPERM: "attempt to write a readonly database",
    errno.EROFS: "attempt to write a readonly database",
}
"""What SQLite says of an error that the operating system reports by its number."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class StoreError(Exception):
    """The store cannot do what it was asked; nothing was changed."""


class StoreUnavailable(StoreError):
    """The file cannot be used: full disk, no permission, damaged, locked, too new."""

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Return the error for one of SQLite or of the operating system."""
        number = error.errno if isinstance(error, OSError) else None
        return cls(_SQLITES_WORDS.get(number or 0) or str(error))


class StoreTooNew(StoreUnavailable):
    """A newer Event Relay has written the file; it is not changed."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An open file, and reports on those that it replaces."""

    database: sqlite3.Connection
    reports: Sequence[SetAside] = ()
    """Reports on damage found now, and on earlier damage that nobody has seen."""
    unclean: bool = False
    """Whether it was not closed cleanly, and so is to be checked."""


def open_file(path: Path, *, seen: int = 0) -> Opened:
    """Open the file, readable by its owner only, and migrate it.

    A damaged one is set aside, and replaced by a new one with what can be read of it.
    Waiting deliveries of a generation before `seen` are distrusted. Raises
    StoreUnavailable.
    """
    try:
        found = reports.unseen(path)
        _remove(_unfinished(path))
        if _finished(path).exists():
            replaced = SetAside(path=aside(path), reason=_REPLACED, waiting=None)
            _end_replacing(path, replaced)
            found.append(replaced)
        make_private(path)
        if (damage := mend(path)) is not None:
            found.append(reports.of_log(damage))
            reports.keep(found[-1])
        # A clean end removes the log. So if there is one, the last end was not clean.
        unclean = Path(f"{path}-wal").exists()
        try:
            lost = damage is not None and damage.lost
            database, older = _open(path, behind=lost, seen=seen)
            if older is not None and older.path not in {one.path for one in found}:
                found.append(older)
            return Opened(database=database, reports=found, unclean=unclean)
        except FAILURES as error:
            if not (is_damage(error) or _contradicts(error)):
                raise
            anew = begin_anew(path, str(error), seen=seen)
            return Opened(database=anew.database, reports=[*found, *anew.reports])
    except (OSError, *FAILURES) as error:
        raise StoreUnavailable.of(error) from error


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file to read it beside the writer; any thread may use the result."""
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=_BUSY,
        check_same_thread=False,
    )
    database.row_factory = sqlite3.Row
    return database


def close_file(database: sqlite3.Connection) -> None:
    """Close the file cleanly, so that it needs no log any more."""
    with suppress(*FAILURES):
        try:
            if mark(database) == IN_USE:
                set_mark(database, NONE)
        except FAILURES:
            # Its mark still says that there is a log, so the log has to stay.
            database.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)  # noqa: FBT003 - by position only
        database.close()


def leave_unclean(path: Path) -> None:
    """Make a closed file look unclean, so that it is checked; raises OSError."""
    os.close(os.open(f"{path}-wal", os.O_RDWR | os.O_CREAT, 0o600))


def begin_anew(
    path: Path,
    reason: str,
    kept: Kept = _NOTHING,
    *,
    running: bool = False,
    seen: int = 0,
) -> Opened:
    """Replace a damaged file that nobody has open by a new one.

    It has the kept rows, and whatever else can be read. Raises OSError or an error of
    SQLite; then the damaged one is still there, or is replaced at the next opening.
    """
    waiting = _waiting(path)
    new = _unfinished(path)
    _remove(new)
    os.close(os.open(new, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(new, isolation_level=None)) as database:
        database.execute(SHRINKS)
        database.execute("PRAGMA synchronous = FULL")
        _migrate(database)
        carried = salvage.carry(path, database, kept, running=running)
        advance(database, seen)
    report = SetAside(path=aside(path), reason=reason, waiting=waiting, carried=carried)
    new.replace(_finished(path))
    _end_replacing(path, report)
    database, _ = _open(path)
    return Opened(database=database, reports=[report])


def make_copy(database: sqlite3.Connection, path: Path) -> None:
    """Write a copy that can shrink beside a file that is open for reading.

    Raises OSError or an error of SQLite.
    """
    copy = _unfinished(path)
    _remove(copy)
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
    database.execute(SHRINKS)
    database.execute("VACUUM INTO ?", (str(copy),))
    with copy.open("rb") as written:
        os.fsync(written.fileno())


def drop_copy(path: Path) -> None:
    """Remove a copy that is not used; raises OSError."""
    _remove(_unfinished(path))


def take_copy(path: Path, database: sqlite3.Connection, kept: Kept) -> None:
    """Replace an open file by its copy, with the rows written meanwhile.

    The file is closed. Whatever fails, one of the two is at the path, and complete.
    Raises OSError or an error of SQLite.
    """
    copy = _unfinished(path)
    (last,) = database.execute(
        "SELECT max(seq) FROM sqlite_sequence WHERE name = 'deliveries'"
    ).fetchone()
    with closing(sqlite3.connect(copy, isolation_level=None)) as smaller:
        smaller.execute("PRAGMA synchronous = FULL")
        salvage.bring_up_to_date(smaller, kept, last)
        advance(smaller, generation(database))
        set_mark(smaller, NONE)  # it has no log
    close_file(database)
    if Path(f"{path}-wal").exists():
        # Its log would be used with the copy.
        raise OSError("the outbox is still in use")
    copy.replace(path)
    sync_folder(path)


def is_damage(error: Exception) -> bool:
    """Return whether an error means damage, and not a file that is busy or full.

    Errors without a code of SQLite are ours, or Python's when it reads a text.
    """
    if isinstance(error, UnicodeDecodeError):
        return True
    if (code := getattr(error, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _DAMAGE
    return type(error) is sqlite3.DatabaseError or str(error).startswith(_NO_TEXT)


def turns_out_damaged(database: sqlite3.Connection, error: Exception) -> bool:
    """Return whether a write failed because of a damaged row."""
    if not isinstance(error, sqlite3.IntegrityError):
        return False
    try:
        check(database)
    except FAILURES:
        return True
    return False


def lacks_space(error: Exception) -> bool:
    """Return whether an error means that the disk is full, or fails."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def _contradicts(error: Exception) -> bool:
    """Return whether an error contradicts that we made the file and may write it."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_READONLY,
    }


def begin_backup(database: sqlite3.Connection) -> None:
    """Make a copy of the file safe, although writing goes on.

    The main file has everything and does not change until the end; writes go to the
    write-ahead log only. By the mark whoever opens the copy knows that it is older than
    what was sent.
    """
    set_mark(database, BACKUP)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    database.execute("PRAGMA wal_autocheckpoint = 0").fetchone()


def end_backup(database: sqlite3.Connection) -> None:
    """Remove the mark of a backup."""
    set_mark(database, IN_USE)
    database.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}").fetchone()


def _open(
    path: Path, *, behind: bool = False, seen: int = 0
) -> tuple[sqlite3.Connection, SetAside | None]:
    """Open the file; return a report if it is an older copy.

    `behind` says that it has lost commits. Raises an error of SQLite that is not an
    OperationalError if it is damaged.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, isolation_level=None, timeout=_BUSY)
    older: SetAside | None = None
    try:
        database.row_factory = sqlite3.Row
        register(database)
        database.execute(SHRINKS)
        # Before the first temporary table, since it deletes all of them.
        database.execute("PRAGMA temp_store = MEMORY")
        clock_shifts.prepare(database)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        _migrate(database)
        if is_older(database, seen):
            older = _distrust(database, seen, path)
        elif behind or mark(database) == BACKUP:
            _distrust(database, seen)
        else:
            _trust(database)
    except BaseException:
        database.close()
        raise
    return database, older


def _distrust(
    database: sqlite3.Connection, seen: int, older: Path | None = None
) -> SetAside | None:
    """Mark a file as in use, and distrust it; report it if it is an older copy."""
    report: SetAside | None = None
    database.execute("BEGIN IMMEDIATE")
    number = generation(database)
    waiting = distrust(database)
    if older is not None and number:  # else it has just been made
        report = reports.of_older(older, number, waiting)
        reports.keep(report)
    advance(database, seen)
    set_mark(database, IN_USE)
    database.execute("COMMIT")
    _settle(database)
    return report


def _trust(database: sqlite3.Connection) -> None:
    """Mark a file as in use."""
    try:
        set_mark(database, IN_USE)
    except sqlite3.OperationalError as error:
        if not lacks_space(error):
            raise
        return  # then nothing can be written to its log, either
    _settle(database)


def _settle(database: sqlite3.Connection) -> None:
    """Bring the mark into the file itself, where it tells if the log is missing."""
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def check(database: sqlite3.Connection) -> None:
    """Raise DatabaseError unless the file is intact, and its indices have each row.

    A row that is missing in an index would never be sent.
    """
    (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _migrate(database: sqlite3.Connection) -> None:
    """Migrate the schema in one transaction; raises StoreTooNew for a newer one.

    A schema that does not match its version is damaged.
    """
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        message = f"written by a newer Event Relay (schema {version})"
        raise StoreTooNew(message)
    if steps := MIGRATIONS[version:]:
        database.executescript(
            f"BEGIN IMMEDIATE; {';'.join(steps)};"
            f" PRAGMA user_version = {len(MIGRATIONS)}; COMMIT"
        )
    if missing := _expected_columns() - _columns(database):
        message = f"without {', '.join(sorted(missing))}"
        raise sqlite3.DatabaseError(message)


@cache
def _expected_columns() -> AbstractSet[str]:
    """Return the columns of the current schema."""
    with closing(sqlite3.connect(":memory:")) as model:
        model.executescript(";".join(MIGRATIONS))
        return frozenset(_columns(model))


def _columns(database: sqlite3.Connection) -> set[str]:
    """Return the names of all columns, each with that of its table."""
    return {
        f"{table}.{column}"
        for table, column in database.execute(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables,"
            " pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
        )
    }


def _move_aside(path: Path, name: Path) -> None:
    """Rename a damaged file and its log; raises OSError."""
    for companion in reversed(COMPANIONS):
        with suppress(FileNotFoundError):
            Path(f"{path}{companion}").rename(f"{name}{companion}")


def _unfinished(path: Path) -> Path:
    """Return the path of a replacement that is being written."""
    return path.with_name(f"{path.name}.new")


def _finished(path: Path) -> Path:
    """Return the path of a complete replacement, until the old file is renamed."""
    return path.with_name(f"{path.name}.next")


def _end_replacing(path: Path, report: SetAside) -> None:
    """Replace a damaged file by its complete replacement, and keep a report.

    A crash may have done a part of it before. Raises OSError.
    """
    reports.keep(report)
    _move_aside(path, report.path)
    _finished(path).replace(path)
    sync_folder(path)


def _remove(new: Path) -> None:
    """Remove an incomplete file."""
    for companion in ("", "-journal"):
        Path(f"{new}{companion}").unlink(missing_ok=True)


def _waiting(path: Path) -> int | None:
    """Count deliveries in a damaged file that had not ended; None if unreadable."""
    try:
        with closing(connect_to_read(path)) as database:
            (waiting,) = database.execute(
                "SELECT count(*) FROM deliveries"
                " WHERE state IN ('pending', 'sending', 'uncertain')"
            ).fetchone()
    except FAILURES:
        return None
    return int(waiting)
