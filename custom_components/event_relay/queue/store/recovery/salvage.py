"""Copies what can be read of a damaged file into a new one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
import sqlite3

from ...delivery import Delivery
from ..checksum import corrected, is_whole, register
from ..rows import COLUMNS, FAILURES, NOTE_COLUMNS, Value, from_row, values
from .distrust import distrust
from .unchecked import Kept

_PAGE = 500
"""Rows read at once."""
_PATIENCE = 20_000
"""Reads that may fail before the rest of a file is given up."""
_COLUMNS_OF_NOTES = len(NOTE_COLUMNS)
_PLACE = ("sequence", *COLUMNS)
_NO_TEXT = "bytes that are no text"


def _insert(table: str, columns: Sequence[str]) -> str:
    """Return the part of an INSERT after its verb."""
    marks = ", ".join("?" * len(columns))
    return f"INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_ROW = _insert("deliveries", _PLACE)
_NOTE = _insert("notes", NOTE_COLUMNS)


def carry(
    damaged: Path, database: sqlite3.Connection, kept: Kept, *, running: bool
) -> int:
    """Write the kept rows, and all that is readable in a damaged file, into a new one.

    Rows that were not kept may be older than what was sent. So waiting deliveries among
    them are distrusted; while `running`, not those being sent. Return how many
    deliveries have not ended. Raises an error of SQLite; then nothing is written.
    """
    register(database)
    database.execute("BEGIN IMMEDIATE")
    try:
        try:
            source = _open(damaged)
        except FAILURES:
            pass  # nothing of it can be read
        else:
            with closing(source):
                _carry_rows(source, database, kept)
                _carry_notes(source, database)
        distrust(database, running=running)
        _write_kept(database, kept)
        (waiting,) = database.execute(
            "SELECT count(*) FROM deliveries"
            " WHERE state IN ('pending', 'sending', 'uncertain')"
        ).fetchone()
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    return int(waiting)


def bring_up_to_date(
    database: sqlite3.Connection, kept: Kept, last: int | None
) -> None:
    """Write the kept rows into a complete copy; raises an error of SQLite.

    `last` is the highest place that was ever used.
    """
    database.execute("BEGIN IMMEDIATE")
    database.executemany(
        "DELETE FROM deliveries WHERE sequence = ?",
        ((place,) for place in kept.deleted),
    )
    _write_kept(database, kept)
    if last is not None:
        database.execute(
            "UPDATE sqlite_sequence SET seq = ? WHERE name = 'deliveries'", (last,)
        )
    database.execute("COMMIT")


def _open(damaged: Path) -> sqlite3.Connection:
    """Open a file without changing it or its log.

    Errors in one part of its schema do not prevent reading the others.
    """
    source = sqlite3.connect(damaged, isolation_level=None)
    source.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)  # noqa: FBT003 - by position only
    # A wrong bit may make a text undecodable; the checksum can tell which bit.
    source.text_factory = lambda read: read.decode("utf-8", "surrogateescape")
    source.execute("PRAGMA query_only = 1")
    source.execute("PRAGMA writable_schema = 1")
    return source


def _table(source: sqlite3.Connection, name: str, columns: range) -> str:
    """Return the quoted name of a table, found by its name or its number of columns."""
    tables: dict[str, int] = {}
    with suppress(*FAILURES):
        tables |= source.execute(
            "SELECT name, ncol FROM pragma_table_list"
            " WHERE schema = 'main' AND type = 'table'"
        )
    found = [one for one, wide in tables.items() if wide in columns]
    called = name if name in tables or not found else found[0]
    return f'"{called.replace('"', '""')}"'


def _carry_rows(
    source: sqlite3.Connection, database: sqlite3.Connection, kept: Kept
) -> None:
    """Write all readable deliveries that were not kept."""
    known = kept.deleted | {row[0] for row in kept.rows}
    columns = _columns(database)
    for place, *row in _readable(source, len(columns)):
        if place in known:
            continue
        # The names of its columns may be damaged, and an earlier version has fewer.
        named = columns | dict(zip(columns, row, strict=False))
        try:
            carried = values(_delivery({**named, "sequence": place}))
        except sqlite3.DatabaseError:
            continue  # it cannot have been written
        _write(database, f"INSERT OR IGNORE {_ROW}", (place, *carried))


def _delivery(row: Mapping[str, Value]) -> Delivery:
    """Build a delivery from its row, even if a bit of it is wrong.

    Raises DatabaseError for a row that cannot have been written.
    """
    if not is_whole(row) and (whole := corrected(row)) is not None:
        row = whole
    try:
        "".join(map(str, row.values())).encode()
    except UnicodeEncodeError as error:
        raise sqlite3.DatabaseError(_NO_TEXT) from error
    return from_row(row)


def _columns(database: sqlite3.Connection) -> dict[str, Value]:
    """Return our columns in their order, with their default values."""
    return {
        name: None if default is None else int(default)
        for _, name, _, _, default, _ in database.execute(
            "PRAGMA table_info(deliveries)"
        )
    }


def _readable(
    source: sqlite3.Connection, columns: int
) -> Iterator[tuple[int, *tuple[Value, ...]]]:
    """Yield the places and columns of all deliveries that can be read.

    A range that cannot be read is halved until the unreadable rows are left out.
    """
    table = _table(source, "deliveries", range(_COLUMNS_OF_NOTES + 1, columns + 1))
    last = (
        f"SELECT max(rowid) FROM {table}",
        "SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'",
    )
    spans = [(1, max(_number(source, sql) for sql in last))]
    failures = 0
    while spans and failures < _PATIENCE:
        first, last_of_span = spans.pop()
        try:
            rows = source.execute(
                f"SELECT rowid, * FROM {table} WHERE rowid BETWEEN ? AND ?"
                f" ORDER BY rowid LIMIT {_PAGE}",
                (first, last_of_span),
            ).fetchall()
        except FAILURES:
            failures += 1
            if first < last_of_span:
                middle = (first + last_of_span) // 2
                spans += [(middle + 1, last_of_span), (first, middle)]
            continue
        yield from rows
        if len(rows) == _PAGE:
            spans.append((rows[-1][0] + 1, last_of_span))


def _number(source: sqlite3.Connection, sql: str) -> int:
    """Return the number that a query selects; 0 if it cannot be read."""
    with suppress(*FAILURES):
        for (found,) in source.execute(sql):
            if isinstance(found, int):
                return found
    return 0


def _carry_notes(source: sqlite3.Connection, database: sqlite3.Connection) -> None:
    """Write the state of rules, up to the first note that cannot be read."""
    notes: list[Sequence[Value]] = []
    wide = range(_COLUMNS_OF_NOTES, _COLUMNS_OF_NOTES + 1)
    with suppress(*FAILURES):
        notes.extend(source.execute(f"SELECT * FROM {_table(source, 'notes', wide)}"))
    for note in notes:
        _write(database, f"INSERT OR IGNORE {_NOTE}", tuple(note))


def _write_kept(database: sqlite3.Connection, kept: Kept) -> None:
    """Write the kept rows, except those that were damaged before they were kept."""
    for row in kept.rows:
        try:
            written = values(_delivery(dict(zip(_PLACE, row, strict=True))))
        except sqlite3.DatabaseError:
            continue  # damaged before: a change keeps the whole row
        _write(database, f"INSERT OR REPLACE {_ROW}", (row[0], *written))
    for note in kept.notes:
        *_, value, _ = note
        if value is None:
            database.execute(
                "DELETE FROM notes WHERE connection = ? AND subject = ? AND name = ?",
                note[:3],
            )
        else:
            _write(database, f"INSERT OR REPLACE {_NOTE}", note)


def _write(database: sqlite3.Connection, sql: str, written: Sequence[Value]) -> None:
    """Write a row, unless it violates a constraint of its table."""
    with suppress(sqlite3.IntegrityError):
        database.execute(sql, written)
