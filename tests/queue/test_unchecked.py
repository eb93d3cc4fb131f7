"""Tests of writes to a file that has not been checked yet."""

from contextlib import closing
from pathlib import Path
import sqlite3

from custom_components.event_relay.queue.store.recovery.salvage import carry
from custom_components.event_relay.queue.store.recovery.unchecked import (
    Kept,
    keep,
    read_kept,
)
from custom_components.event_relay.queue.store.rows import COLUMNS, MIGRATIONS, values

from .test_store import pending_delivery


def test_change_of_a_damaged_row_affects_no_other() -> None:
    """The row cannot be read, but everything written beside it can."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.executescript(";".join(MIGRATIONS))
        note = (
            "INSERT INTO notes (connection, subject, name, value) VALUES (?, ?, ?, '1')"
        )
        database.execute(note, ("home", "rule", "whole"))
        database.execute(note, ("home", "rule", "damaged"))
        database.execute(
            "UPDATE notes SET name = CAST(x'ff2d' AS TEXT) WHERE name = 'damaged'"
        )
        keep(database)
        database.execute("UPDATE notes SET value = '2'")

        kept = read_kept(database)

    assert [(row[2], row[3]) for row in kept.notes] == [("whole", "2")]


def test_unreadable_row_is_not_copied(tmp_path: Path) -> None:
    """Otherwise the first reader would find the new file damaged."""
    whole, damaged = (list(values(pending_delivery(number))) for number in (1, 2))
    damaged[COLUMNS.index("payload")] = "{"
    kept = Kept(rows=[(1, *whole), (2, *damaged)])
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(";".join(MIGRATIONS))

        assert carry(tmp_path / "damaged.db", database, kept, running=True) == 1

        assert database.execute("SELECT id FROM deliveries").fetchall() == [
            (pending_delivery(1).id,)
        ]
