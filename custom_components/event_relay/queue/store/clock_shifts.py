"""Moves the times of stored deliveries when the clock was set.

It is used on the file's thread only, in the same transactions as the rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
import sqlite3
from typing import assert_never

from ..delivery import MOMENTS, Delivery, Moved, altered, moved_along
from .checksum import setting
from .rows import COLUMNS

_TABLE = (
    "CREATE TEMP TABLE IF NOT EXISTS runs"
    " (owner TEXT PRIMARY KEY, moved REAL, former INTEGER)"
)
"""A temporary table: it belongs to this process, and yet is rolled back with the moved
rows."""


@dataclass(frozen=True)
class _Run:
    """What the store knows of the current run of a connection."""

    moved: timedelta = timedelta()
    former: int = 0
    """Place of the last row of an earlier run."""


SOON = timedelta(minutes=1)
"""Longest wait of a delivery from an earlier run once the clock was set."""


def begin(database: sqlite3.Connection, owner: str, moved: timedelta) -> None:
    """Begin a run whose clock was set by `moved` since its start."""
    database.execute(_TABLE)
    database.execute(
        "INSERT OR REPLACE INTO runs SELECT :owner, :moved, coalesce(max(sequence), 0)"
        " FROM deliveries WHERE connection = :owner",
        {"owner": owner, "moved": moved.total_seconds()},
    )


def runs(database: sqlite3.Connection) -> Mapping[str, _Run]:
    """Return the current runs by the entry ids of their connections."""
    database.execute(_TABLE)
    return {
        owner: _Run(timedelta(seconds=moved), former)
        for owner, moved, former in database.execute("SELECT * FROM temp.runs")
    }


def last_of_former(database: sqlite3.Connection, owner: str) -> int:
    """Return the place of the last row of an earlier run."""
    return runs(database).get(owner, _Run()).former


def in_file(
    database: sqlite3.Connection, owner: str, now: datetime, moved: timedelta | None
) -> datetime:
    """Return a moment by the clock of the rows; `now` is of one set by `moved`."""
    if moved is None or (run := runs(database).get(owner)) is None:
        return now
    return now - (moved - run.moved)


def written(
    database: sqlite3.Connection, deliveries: Iterable[Delivery]
) -> tuple[Delivery, ...]:
    """Return deliveries with their moments by the clock of the rows."""
    known = runs(database)
    return tuple(
        moved_along(one, known[one.connection].moved)
        if one.connection in known
        else one
        for one in deliveries
    )


def read(
    database: sqlite3.Connection, owner: str, deliveries: Iterable[Delivery]
) -> tuple[Delivery, ...]:
    """Return deliveries from the file with the clock that their moments are of."""
    found = (*deliveries,)
    if not found or (run := runs(database).get(owner)) is None:
        return found
    former = {
        row["id"]
        for row in database.execute(
            "SELECT id FROM deliveries WHERE sequence <= ?"
            " AND id IN (SELECT value FROM json_each(?))",
            (run.former, json.dumps([one.id for one in found])),
        )
    }
    return tuple(altered(one, moved=run.moved, older=one.id in former) for one in found)


def shift(
    database: sqlite3.Connection, owner: str, jump: timedelta, now: datetime
) -> None:
    """Move the rows of deliveries that are not settled; `now` is after the jump.

    Those of an earlier run wait no longer than a minute from now on, since another
    clock has said until when.
    """
    values = {
        "owner": owner,
        "jump": jump.total_seconds(),
        "former": last_of_former(database, owner),
        "soon": (now + SOON).timestamp(),
    }
    database.execute(
        f"UPDATE deliveries SET {_MOVES}"
        " WHERE connection = :owner"
        " AND state IN ('pending', 'sending', 'uncertain')",
        values,
    )
    database.execute(
        "UPDATE deliveries SET due_at = :soon WHERE connection = :owner"
        " AND state IN ('pending', 'uncertain') AND due_at > :soon"
        " AND sequence <= :former",
        values,
    )
    database.execute(
        "UPDATE runs SET moved = moved + :jump WHERE owner = :owner", values
    )


def _moved(name: str, how: Moved) -> str:
    """Return what a column holds once it is moved."""
    moved = f"{name} + :jump"
    match how:
        case Moved.ALWAYS:
            return moved
        case Moved.NEVER:
            return name
        case Moved.IF_NEW:
            older = name
        case Moved.AT_LEAST_BACK:
            older = f"min({name}, {moved})"
        case _:
            assert_never(how)
    return f"CASE WHEN sequence > :former THEN {moved} ELSE {older} END"


def _moves(moments: Mapping[str, Moved]) -> str:
    """Return the assignments that move the columns of a delivery."""
    return setting(
        **{
            name: _moved(name, how)
            for name, how in moments.items()
            if how is not Moved.NEVER and name in COLUMNS
        }
    )


_MOVES = _moves(MOMENTS)
