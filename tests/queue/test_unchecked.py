"""What is kept of the writes to a file that has not been checked yet."""

from contextlib import closing
from pathlib import Path
import sqlite3

from custom_components.event_relay.queue.store.recovery.salvage import carry
from custom_components.event_relay.queue.store.recovery.unchecked import (
    Kept,
    keep,
    what_was_kept,
)
from custom_components.event_relay.queue.store.rows import COLUMNS, MIGRATIONS, values

from .test_store import a_delivery


def test_a_change_of_a_damaged_row_takes_nothing_else_with_it() -> None:
    """The row cannot be read, whoever asks; what was written beside it can."""
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

        kept = what_was_kept(database)

    assert [(row[2], row[3]) for row in kept.notes] == [("whole", "2")]


def test_a_kept_row_that_cannot_be_read_is_not_carried_over(tmp_path: Path) -> None:
    """Else the new file would be found damaged by the first who reads it."""
    whole, damaged = (list(values(a_delivery(number))) for number in (1, 2))
    damaged[COLUMNS.index("payload")] = "{"
    kept = Kept(rows=[(1, *whole), (2, *damaged)])
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(";".join(MIGRATIONS))

        assert carry(tmp_path / "damaged.db", database, kept, running=True) == 1

        assert database.execute("SELECT id FROM deliveries").fetchall() == [
            (a_delivery(1).id,)
        ]
