"""By how much the rows of each connection have been moved, and which are of this run.

Used on the store's thread alone, in the same transactions as the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
import sqlite3
from typing import assert_never

from .delivery import MOMENTS, Delivery, Moved, altered, brought


@dataclass
class _Run:
    """What the store knows of the present run of a connection."""

    moved: timedelta = timedelta()
    last_of_former: int = 0
    """Place of the last row that an earlier run has accepted."""


SOON = timedelta(minutes=1)
"""How long at most something from an earlier run waits once the clock was set."""


class Timelines:
    """Keeps deliveries in memory and rows in the file in the same time."""

    def __init__(self) -> None:
        """Know of no run."""
        self._runs: dict[str, _Run] = {}

    def begin(self, database: sqlite3.Connection, owner: str, moved: timedelta) -> None:
        """Begin a run by a clock that has been set by so much since it began."""
        (last,) = database.execute(
            "SELECT coalesce(max(sequence), 0) FROM deliveries WHERE connection = ?",
            (owner,),
        ).fetchone()
        self._runs[owner] = _Run(moved, last)

    def last_of_former(self, owner: str) -> int:
        """Return the place of the last row that an earlier run has accepted."""
        return self._runs.get(owner, _Run()).last_of_former

    def now(self, owner: str, now: datetime, moved: timedelta | None) -> datetime:
        """Return a moment of a clock that was set by so much as the rows have it."""
        if moved is None or (run := self._runs.get(owner)) is None:
            return now
        return now - (moved - run.moved)

    def as_in_file(self, delivery: Delivery) -> Delivery:
        """Return a delivery with its moments as the file has them."""
        run = self._runs.get(delivery.connection)
        return delivery if run is None else brought(delivery, run.moved)

    def read(
        self, database: sqlite3.Connection, owner: str, deliveries: Iterable[Delivery]
    ) -> tuple[Delivery, ...]:
        """Note on deliveries from the file by which clock their moments are."""
        read = (*deliveries,)
        if not read or (run := self._runs.get(owner)) is None:
            return read
        former = {
            row["id"]
            for row in database.execute(
                "SELECT id FROM deliveries WHERE sequence <= ?"
                " AND id IN (SELECT value FROM json_each(?))",
                (run.last_of_former, json.dumps([one.id for one in read])),
            )
        }
        return tuple(
            altered(one, moved=run.moved, older=one.id in former) for one in read
        )

    def shift(
        self, database: sqlite3.Connection, owner: str, jump: timedelta, now: datetime
    ) -> None:
        """Move the rows of what is not settled; `now` is the moment after the jump.

        What is older than the run waits no longer than a minute from now on: until
        when it was to wait, a clock has said that may have been another.
        """
        run = self._runs.setdefault(owner, _Run())
        values = {
            "owner": owner,
            "jump": jump.total_seconds(),
            "former": run.last_of_former,
            "soon": (now + SOON).timestamp(),
        }
        database.execute(
            f"UPDATE deliveries SET {_MOVES}"  # noqa: S608 - our own names
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
        run.moved += jump


def _moved(name: str, how: Moved) -> str:
    """Return how a column is moved."""
    moved = f"{name} + :jump"
    match how:
        case Moved.ALWAYS:
            return f"{name} = {moved}"
        case Moved.NEVER:
            return f"{name} = {name}"
        case Moved.IF_NEW:
            older = name
        case Moved.AT_LEAST_BACK:
            older = f"min({name}, {moved})"
        case _:
            assert_never(how)
    return f"{name} = CASE WHEN sequence > :former THEN {moved} ELSE {older} END"


_MOVES = ", ".join(_moved(name, how) for name, how in MOMENTS.items())
