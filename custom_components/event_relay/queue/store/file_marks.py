"""Marks in the header of the file: in use, or being backed up."""

from pathlib import Path
import sqlite3

BACKUP = 0x45564252
"""A backup is being made of it, or it is that backup ("EVBR")."""
IN_USE = 0x45565255
"""Somebody has it open, or was killed: then it has a log beside it ("EVRU")."""
NONE = 0
_AT = 68
"""Offset of the application id, https://sqlite.org/fileformat2.html#application_id."""


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
