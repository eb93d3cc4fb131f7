"""The outbox's file: how it is opened, checked, set aside and marked for a backup."""

from contextlib import closing, suppress
from dataclasses import dataclass
import os
from pathlib import Path
import sqlite3

from .mending import COMPANIONS, LogDamage, aside, make_private, mend
from .rows import MIGRATIONS

_MARK = 0x45564252
"""Application id of a file that a backup is being made of ("EVBR")."""
_CHECKPOINT_PAGES = 1000
"""SQLite's own default."""
_BUSY = 5.0
"""Seconds to wait for another process that holds the file."""
FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; its messages may quote damaged names, which are no text."""
_NO_TEXT = "Could not decode to UTF-8"
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class StoreError(Exception):
    """The store cannot do what was asked; nothing of it was kept."""


class StoreUnavailable(StoreError):
    """The file cannot be used: full disk, no right, damaged, locked, too new."""


class StoreTooNew(StoreUnavailable):
    """A newer Event Relay has written the file, which is left as it is."""


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A damaged file that was moved out of the way, or the copy of one.

    A copy, where only the log was damaged: then the file itself is used on.
    """

    path: Path
    reason: str
    waiting: int | None
    """Deliveries in it that had not ended; None if that cannot be told."""
    log: LogDamage | None = None
    """What was wrong with its log, if that was all."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An open file, and the damaged one in whose place it is new."""

    database: sqlite3.Connection
    set_aside: SetAside | None = None
    log: SetAside | None = None
    """The copy of the file with a log that was damaged."""


def open_file(path: Path) -> Opened:
    """Open the file, for its owner's eyes only, and bring it up to date.

    A damaged one is set aside and a new one begun. Raises StoreUnavailable.
    """
    try:
        make_private(path)
        damage = mend(path)
        log = _copied(damage) if damage else None
        try:
            database = _open(path, behind=damage is not None and damage.lost)
            return Opened(database=database, log=log)
        except FAILURES as error:
            if not (is_damage(error) or _contradicts(error)):
                raise
            set_aside = move_aside(path, str(error))
            return Opened(database=_open(path), set_aside=set_aside, log=log)
    except (OSError, *FAILURES) as error:
        raise StoreUnavailable(str(error)) from error


def is_damage(error: Exception) -> bool:
    """Say whether an error tells of damage, not of a file of no use at the moment.

    What has no code of SQLite's was found by us, or by Python in reading a text.
    """
    if isinstance(error, UnicodeDecodeError):
        return True
    if (code := getattr(error, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _DAMAGE
    return type(error) is sqlite3.DatabaseError or str(error).startswith(_NO_TEXT)


def turns_out_damaged(database: sqlite3.Connection, error: Exception) -> bool:
    """Say whether a row that we cannot have written is why one cannot be written."""
    if not isinstance(error, sqlite3.IntegrityError):
        return False
    try:
        _check(database)
    except FAILURES:
        return True
    return False


def lacks_room(error: Exception) -> bool:
    """Say whether an error tells of a file that cannot be written, for want of room."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def _contradicts(error: Exception) -> bool:
    """Say whether a file that we may write, and made, tells us that we cannot have."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_READONLY,
    }


def begin_backup(database: sqlite3.Connection) -> None:
    """Make a copy of the file safe to use, although writing goes on.

    The main file holds everything and does not change any more until the end; what
    is written meanwhile goes to the write-ahead log. The mark tells whoever opens
    the copy that time has gone on without it.
    """
    database.execute(f"PRAGMA application_id = {_MARK}")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    database.execute("PRAGMA wal_autocheckpoint = 0").fetchone()


def end_backup(database: sqlite3.Connection) -> None:
    """Take the mark off again."""
    database.execute("PRAGMA application_id = 0")
    database.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}").fetchone()


def _copied(damage: LogDamage) -> SetAside:
    """Tell of a log that was damaged."""
    return SetAside(
        path=damage.copy,
        reason="bits of its write-ahead log were wrong",
        waiting=None,
        log=damage,
    )


def _open(path: Path, *, behind: bool = False) -> sqlite3.Connection:
    """Open the file, which may be behind what was sent.

    Raises an error of SQLite that is not operational if it is damaged.
    """
    # A clean end removes the log, so that one that is there tells of another end.
    unclean = Path(f"{path}-wal").exists()
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, isolation_level=None, timeout=_BUSY)
    try:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        if unclean:
            _check(database)
        _migrate(database)
        _distrust_copy(database)
        if behind:
            _distrust(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    """Raise DatabaseError unless the file is whole."""
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _migrate(database: sqlite3.Connection) -> None:
    """Bring the schema up to date; raises StoreTooNew for a newer one.

    One that is not what its version says is damaged.
    """
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        message = f"written by a newer Event Relay (schema {version})"
        raise StoreTooNew(message)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        database.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT"
        )
    with closing(sqlite3.connect(":memory:")) as model:
        model.executescript(";".join(MIGRATIONS))
        if missing := _columns(model) - _columns(database):
            message = f"without {', '.join(sorted(missing))}"
            raise sqlite3.DatabaseError(message)


def _columns(database: sqlite3.Connection) -> set[str]:
    """Return the names of all columns of all tables, each with its table's."""
    return {
        f"{table}.{column}"
        for table, column in database.execute(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables,"
            " pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
        )
    }


def _distrust_copy(database: sqlite3.Connection) -> None:
    """Distrust a file that was restored from a backup."""
    (mark,) = database.execute("PRAGMA application_id").fetchone()
    if mark == _MARK:
        _distrust(database)


def _distrust(database: sqlite3.Connection) -> None:
    """Make uncertain all that waits in a file that is behind what was sent.

    It may have been sent after the copy was made, with all of its steps. So may what
    had failed or expired, if the user retried it: the outcome of that is unknown, too.
    """
    database.executescript(
        "BEGIN IMMEDIATE;"
        " UPDATE deliveries SET state = 'uncertain', unclear = 1, restored = 1,"
        " due_at = coalesce(due_at, accepted_at),"
        " first_sent_at = coalesce(first_sent_at, accepted_at)"
        " WHERE state IN ('pending', 'sending', 'uncertain');"
        " UPDATE deliveries SET unclear = 1, restored = 1,"
        " first_sent_at = coalesce(first_sent_at, accepted_at)"
        " WHERE state IN ('failed', 'expired');"
        " PRAGMA application_id = 0; COMMIT"
    )


def move_aside(path: Path, reason: str) -> SetAside:
    """Move a damaged file, and its log, out of the way; raises OSError."""
    waiting = _waiting(path)
    name = aside(path)
    for companion in COMPANIONS:
        with suppress(FileNotFoundError):
            Path(f"{path}{companion}").rename(f"{name}{companion}")
    return SetAside(path=name, reason=reason, waiting=waiting)


def _waiting(path: Path) -> int | None:
    """Count what had not ended in a damaged file, as far as can be told."""
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            (waiting,) = database.execute(
                "SELECT count(*) FROM deliveries"
                " WHERE state IN ('pending', 'sending', 'uncertain')"
            ).fetchone()
        finally:
            database.close()
    except FAILURES:
        return None
    return int(waiting)
