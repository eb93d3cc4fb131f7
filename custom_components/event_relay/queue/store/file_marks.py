"""What the file says of itself: whether it is in use, and how old it is.

A mark in its header says that it is in use, or being backed up. A generation is a
number that only grows, and that is kept outside the file as well. A file with a lower
one is an older copy that somebody has put back. The file always gets a new number
first, so that no crash can make it look older than it is.
"""

from pathlib import Path
import sqlite3

BACKUP = 0x45564252
"""A backup is being made of it, or it is that backup ("EVBR")."""
IN_USE = 0x45565255
"""Somebody has it open, or was killed: then it has a log beside it ("EVRU")."""
NONE = 0
_AT = 68
"""Offset of the application id, https://sqlite.org/fileformat2.html#application_id."""

GENERATION_SCHEMA = """
    CREATE TABLE generation (number INTEGER NOT NULL) STRICT;
    INSERT INTO generation VALUES (0);
    """


def mark(database: sqlite3.Connection) -> int:
    """Return the mark of an open file."""
    (found,) = database.execute("PRAGMA application_id").fetchone()
    return int(found)


def set_mark(database: sqlite3.Connection, new: int) -> None:
    """Mark an open file; a checkpoint brings it from the log into the file."""
    database.execute(f"PRAGMA application_id = {new}")


def mark_on_disk(path: Path) -> int:
    """Return the mark of a file without its log; NONE if there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(_AT)
            return int.from_bytes(file.read(4))
    except FileNotFoundError:
        return NONE


def generation(database: sqlite3.Connection) -> int:
    """Return the generation of an open file."""
    (number,) = database.execute("SELECT max(number) FROM generation").fetchone()
    return int(number or 0)


def advance(database: sqlite3.Connection, beyond: int = 0) -> int:
    """Give the file a generation above its own and `beyond`; return it."""
    number = max(generation(database), beyond) + 1
    database.execute("DELETE FROM generation")
    database.execute("INSERT INTO generation VALUES (?)", (number,))
    return number


def is_older(database: sqlite3.Connection, seen: int) -> bool:
    """Return whether a file is older than the generation `seen`; 0 is unknown."""
    return bool(seen) and generation(database) < seen
