"""A number in the outbox's file that only grows, and is kept outside of it as well.

A file whose number is lower than the one outside is an older copy that somebody has put
back. The file is always the first to have a new number, so that no crash can make it
look older than it is.
"""

import sqlite3

SCHEMA = """
    CREATE TABLE generation (number INTEGER NOT NULL) STRICT;
    INSERT INTO generation VALUES (0);
    """


def generation(database: sqlite3.Connection) -> int:
    """Return the number of an open file."""
    (number,) = database.execute("SELECT max(number) FROM generation").fetchone()
    return int(number or 0)


def advance(database: sqlite3.Connection, beyond: int = 0) -> int:
    """Give the file a number above its own and another one; return it."""
    number = max(generation(database), beyond) + 1
    database.execute("DELETE FROM generation")
    database.execute("INSERT INTO generation VALUES (?)", (number,))
    return number


def is_older(database: sqlite3.Connection, seen: int) -> bool:
    """Say whether a file is older than what is known outside, if anything is."""
    return bool(seen) and generation(database) < seen
