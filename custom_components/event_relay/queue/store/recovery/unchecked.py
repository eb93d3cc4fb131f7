"""Keeps a copy of all rows written to a file that is not checked yet.

Damage may lie anywhere in it, also where a row has just been written. What is kept is
exact: it is a part of the same transactions, in SQLite's temporary tables.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
import sqlite3

from ..rows import COLUMNS, FAILURES, NOTE_COLUMNS, Value

_PLACE = ("sequence", *COLUMNS)
_KEY = ("connection", "subject", "name")


def _columns(names: Sequence[str], prefix: str = "") -> str:
    """Return names of columns as a list in SQL."""
    return ", ".join(f"{prefix}{name}" for name in names)


_BEGIN = (
    f"CREATE TEMP TABLE kept_rows (sequence INTEGER PRIMARY KEY, {_columns(COLUMNS)});"
    " CREATE TEMP TABLE kept_deletions (sequence INTEGER PRIMARY KEY);"
    f" CREATE TEMP TABLE kept_notes ({_columns(NOTE_COLUMNS)},"
    f" PRIMARY KEY ({_columns(_KEY)}));"
    + "".join(
        f" CREATE TEMP TRIGGER keep_row_{event} AFTER {event} ON main.deliveries BEGIN"
        f" INSERT OR REPLACE INTO kept_rows VALUES ({_columns(_PLACE, 'NEW.')}); END;"
        f" CREATE TEMP TRIGGER keep_note_{event} AFTER {event} ON main.notes BEGIN"
        f" INSERT OR REPLACE INTO kept_notes"
        f" VALUES ({_columns(NOTE_COLUMNS, 'NEW.')}); END;"
        for event in ("INSERT", "UPDATE")
    )
    + " CREATE TEMP TRIGGER keep_row_deletion AFTER DELETE ON main.deliveries BEGIN"
    " DELETE FROM kept_rows WHERE sequence = OLD.sequence;"
    " INSERT OR IGNORE INTO kept_deletions VALUES (OLD.sequence); END;"
    " CREATE TEMP TRIGGER keep_note_deletion AFTER DELETE ON main.notes BEGIN"
    f" INSERT OR REPLACE INTO kept_notes ({_columns(_KEY)})"
    f" VALUES ({_columns(_KEY, 'OLD.')}); END;"
)
_TRIGGERS = (
    *(
        f"keep_{what}_{event}"
        for what in ("row", "note")
        for event in ("INSERT", "UPDATE")
    ),
    "keep_row_deletion",
    "keep_note_deletion",
)
_END = "".join(f" DROP TRIGGER temp.{name};" for name in _TRIGGERS) + "".join(
    f" DROP TABLE temp.{name};"
    for name in ("kept_rows", "kept_deletions", "kept_notes")
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Rows written since a file was opened, in their last state."""

    rows: Sequence[Sequence[Value]] = ()
    """Deliveries: the place, and then the values of all columns."""
    deleted: frozenset[int] = frozenset()
    """Places of deleted deliveries."""
    notes: Sequence[Sequence[Value]] = ()
    """Notes of rules; a value of None means that it was deleted."""


def keep(database: sqlite3.Connection) -> None:
    """Begin to keep written rows; to be called outside a transaction."""
    database.executescript(_BEGIN)


def keep_no_longer(database: sqlite3.Connection) -> None:
    """Drop the kept rows, since the file is intact; outside a transaction."""
    database.executescript(_END)


def read_kept(database: sqlite3.Connection) -> Kept:
    """Return the kept rows, even of a file that cannot be read any more.

    A change keeps its whole row, and so also what was damaged in it before; such a row
    cannot be read, and is left out.
    """
    return Kept(
        rows=_readable(database, "kept_rows"),
        deleted=frozenset(
            row["sequence"]
            for row in database.execute("SELECT sequence FROM temp.kept_deletions")
        ),
        notes=_readable(database, "kept_notes"),
    )


def _readable(database: sqlite3.Connection, table: str) -> list[tuple[Value, ...]]:
    """Return the rows of a temporary table that can be decoded."""
    try:
        return [tuple(row) for row in database.execute(f"SELECT * FROM temp.{table}")]
    except FAILURES:
        places = database.execute(f"SELECT rowid FROM temp.{table}").fetchall()
    rows: list[tuple[Value, ...]] = []
    for (place,) in places:
        with suppress(*FAILURES):
            rows += (
                tuple(row)
                for row in database.execute(
                    f"SELECT * FROM temp.{table} WHERE rowid = ?", (place,)
                ).fetchall()
            )
    return rows
