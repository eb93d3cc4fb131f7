"""Carries what can be read of a damaged file into a new one."""

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
import sqlite3

from .distrust import distrust
from .keeping import Kept
from .rows import COLUMNS, FAILURES, NOTE_COLUMNS, Value, from_row, values

_PAGE = 500
"""Rows read at once."""
_PATIENCE = 20_000
"""Reads that may fail before the rest of a file is given up."""
_LAST = (
    "SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'",
    "SELECT max(sequence) FROM deliveries",
)
_PLACE = ("sequence", *COLUMNS)


def _insert(table: str, columns: Sequence[str]) -> str:
    """Return what is inserted into a table, but for how."""
    marks = ", ".join("?" * len(columns))
    return f"INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_ROW = _insert("deliveries", _PLACE)
_NOTE = _insert("notes", NOTE_COLUMNS)


def carry(
    damaged: Path, database: sqlite3.Connection, kept: Kept, *, running: bool
) -> int:
    """Write into an empty file what was kept, and what else a damaged one still holds.

    Return how many deliveries it is that have not ended. What was not kept may be older
    than what was sent, so that all of it that waits is distrusted; while `running` not
    what is being sent. Raises an error of SQLite, and then has written nothing.
    """
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
    """Write what was kept into a whole copy; raises an error of SQLite.

    `last` is the highest place that was ever taken.
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
    """Open a file and change nothing of it, its log included."""
    source = sqlite3.connect(damaged, isolation_level=None)
    source.row_factory = sqlite3.Row
    source.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)  # noqa: FBT003 - by position only
    source.execute("PRAGMA query_only = 1")
    return source


def _carry_rows(
    source: sqlite3.Connection, database: sqlite3.Connection, kept: Kept
) -> None:
    """Write all deliveries that can be read and are not known better."""
    known = kept.deleted | {row[0] for row in kept.rows}
    for row in _readable(source):
        if row["sequence"] in known:
            continue
        try:
            carried = values(from_row(row))
        except sqlite3.DatabaseError:
            continue  # nobody can have written that
        _write(database, f"INSERT OR IGNORE {_ROW}", (row["sequence"], *carried))


def _readable(source: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield all deliveries that can be read, whatever lies between them."""
    spans = [(1, max(_number(source, sql) for sql in _LAST))]
    failures = 0
    while spans and failures < _PATIENCE:
        first, last = spans.pop()
        try:
            rows = source.execute(
                "SELECT * FROM deliveries WHERE sequence BETWEEN ? AND ?"
                f" ORDER BY sequence LIMIT {_PAGE}",
                (first, last),
            ).fetchall()
        except FAILURES:
            failures += 1
            if first < last:
                middle = (first + last) // 2
                spans += [(middle + 1, last), (first, middle)]
            continue
        yield from rows
        if len(rows) == _PAGE:
            spans.append((rows[-1]["sequence"] + 1, last))


def _number(source: sqlite3.Connection, sql: str) -> int:
    """Return a number that is asked for; 0 if it cannot be read."""
    with suppress(*FAILURES):
        for (found,) in source.execute(sql):
            if isinstance(found, int):
                return found
    return 0


def _carry_notes(source: sqlite3.Connection, database: sqlite3.Connection) -> None:
    """Write what rules remember, up to what cannot be read."""
    notes: list[Sequence[Value]] = []
    with suppress(*FAILURES):
        notes.extend(source.execute(f"SELECT {', '.join(NOTE_COLUMNS)} FROM notes"))
    for note in notes:
        _write(database, f"INSERT OR IGNORE {_NOTE}", tuple(note))


def _write_kept(database: sqlite3.Connection, kept: Kept) -> None:
    """Write what was kept just as it was."""
    for row in kept.rows:
        _write(database, f"INSERT OR REPLACE {_ROW}", row)
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
    """Write a row, unless it is none that our tables can hold."""
    with suppress(sqlite3.IntegrityError):
        database.execute(sql, written)
