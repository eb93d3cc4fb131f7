"""Rule state: what rules and mirrors remember, in the file of their deliveries.

A delivery and what its rule has to know of it are committed in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import json
import logging
import sqlite3

from ...backends.base import Json

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A value that a rule or mirror remembers under a name."""

    value: Json
    keeps: str | None = None
    """Id of a delivery that is not deleted as long as this note exists."""


type Notes = Mapping[str, Note | None]
"""Notes by their names; None deletes one."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Change of the state of a rule or mirror."""

    connection: str
    """Entry id of its connection."""
    subject: str
    """Its subentry id."""
    notes: Notes


def remember(database: sqlite3.Connection, memory: Memory) -> None:
    """Write notes, and delete those that are None."""
    for name, note in memory.notes.items():
        if note is None:
            database.execute(
                "DELETE FROM notes WHERE connection = ? AND subject = ? AND name = ?",
                (memory.connection, memory.subject, name),
            )
            continue
        database.execute(
            "INSERT OR REPLACE INTO notes (connection, subject, name, value, keeps)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                memory.connection,
                memory.subject,
                name,
                json.dumps(note.value),
                note.keeps,
            ),
        )


def recall(database: sqlite3.Connection, owner: str) -> dict[str, dict[str, Note]]:
    """Return the notes of a connection's rules and mirrors, by subject and name.

    A note that cannot be read has the value None, and still keeps its delivery.
    """
    subjects: dict[str, dict[str, Note]] = {}
    for row in database.execute(
        "SELECT subject, name, value, keeps FROM notes WHERE connection = ?"
        " ORDER BY subject, name",
        (owner,),
    ):
        notes = subjects.setdefault(row["subject"], {})
        notes[row["name"]] = Note(
            value=_read(row["value"], row["subject"]), keeps=row["keeps"]
        )
    return subjects


def forget(database: sqlite3.Connection, owner: str, subject: str | None) -> None:
    """Delete the notes of a rule or mirror, or of all of a connection's."""
    database.execute(
        "DELETE FROM notes WHERE connection = :owner"
        " AND (:subject IS NULL OR subject = :subject)",
        {"owner": owner, "subject": subject},
    )


def _read(written: str, subject: str) -> Json:
    """Return the value of a note; None if it is damaged."""
    try:
        value: Json = json.loads(written)
    except ValueError, TypeError:
        _LOGGER.warning("A note of %s is damaged and counts as lost", subject)
        return None
    return value
