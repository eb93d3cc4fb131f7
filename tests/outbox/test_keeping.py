"""What is kept of the writes to a file that has not been checked yet."""

from contextlib import closing
import sqlite3

from custom_components.event_relay.outbox.keeping import keep, what_was_kept
from custom_components.event_relay.outbox.rows import MIGRATIONS


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
