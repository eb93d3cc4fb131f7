"""Moves the times of stored deliveries when the clock was set.

It is used on the file's thread only, in the same transactions as the rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
import sqlite3
from typing import assert_never

from ..delivery import MOMENTS, Delivery, ShiftRule, altered, shifted
from .checksum import setting
from .rows import COLUMNS

_TABLE = "CREATE TEMP TABLE runs (owner TEXT PRIMARY KEY, total_shift REAL, former INT)"
"""A temporary table: it belongs to this process, and is rolled back with the
shifted rows."""


@dataclass(frozen=True)
class Run:
    """What the store knows of the current run of a connection."""

    total_shift: timedelta = timedelta()
    former: int = 0
    """Place of the last row of an earlier run."""


SOON = timedelta(minutes=1)
"""Longest wait of a delivery from an earlier run once the clock was set."""


def prepare(database: sqlite3.Connection) -> None:
    """Create the table of the runs in a file that is being opened."""
    database.execute(_TABLE)


def carry(database: sqlite3.Connection, current: Mapping[str, Run]) -> None:
    """Continue the current runs in a file that has replaced another.

    The rows of the other are in the same places, and their moments are as they were.
    """
    database.executemany(
        "INSERT INTO runs VALUES (?, ?, ?)",
        (
            (owner, run.total_shift.total_seconds(), run.former)
            for owner, run in current.items()
        ),
    )


def begin(database: sqlite3.Connection, owner: str, total_shift: timedelta) -> None:
    """Begin a run whose clock was set by `total_shift` since its start."""
    database.execute(
        "INSERT OR REPLACE INTO runs"
        " SELECT :owner, :total_shift, coalesce(max(sequence), 0)"
        " FROM deliveries WHERE connection = :owner",
        {"owner": owner, "total_shift": total_shift.total_seconds()},
    )


def runs(database: sqlite3.Connection) -> Mapping[str, Run]:
    """Return the current runs by the entry ids of their connections."""
    return {
        owner: Run(timedelta(seconds=total_shift), former)
        for owner, total_shift, former in database.execute("SELECT * FROM temp.runs")
    }


def last_of_former(database: sqlite3.Connection, owner: str) -> int:
    """Return the place of the last row of an earlier run."""
    return runs(database).get(owner, Run()).former


def in_file(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    total_shift: timedelta | None,
) -> datetime:
    """Return a moment by the clock of the rows; `now` is of the shifted clock."""
    if total_shift is None or (run := runs(database).get(owner)) is None:
        return now
    return now - (total_shift - run.total_shift)


def written(
    database: sqlite3.Connection, deliveries: Iterable[Delivery]
) -> tuple[Delivery, ...]:
    """Return deliveries with their moments by the clock of the rows."""
    known = runs(database)
    return tuple(
        shifted(one, known[one.connection].total_shift)
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
    return tuple(
        altered(one, shifted_by=run.total_shift, older=one.id in former)
        for one in found
    )


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
        f"UPDATE deliveries SET {_SHIFTS}"
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
        "UPDATE runs SET total_shift = total_shift + :jump WHERE owner = :owner", values
    )


def _shifted(name: str, rule: ShiftRule) -> str:
    """Return what a column holds once it is shifted."""
    shifted_value = f"{name} + :jump"
    match rule:
        case ShiftRule.ALWAYS:
            return shifted_value
        case ShiftRule.NEVER:
            return name
        case ShiftRule.IF_NEW:
            older = name
        case ShiftRule.AT_LEAST_BACK:
            older = f"min({name}, {shifted_value})"
        case _:
            assert_never(rule)
    return f"CASE WHEN sequence > :former THEN {shifted_value} ELSE {older} END"


def _shifts(moments: Mapping[str, ShiftRule]) -> str:
    """Return the assignments that shift the columns of a delivery."""
    return setting(
        **{
            name: _shifted(name, rule)
            for name, rule in moments.items()
            if rule is not ShiftRule.NEVER and name in COLUMNS
        }
    )


_SHIFTS = _shifts(MOMENTS)
