"""What is read of the outbox a page at a time, newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from itertools import product
import json
import sqlite3

from .delivery import Delivery, DeliveryState
from .queries import owners as all_owners
from .rows import from_row


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A delivery, and its place in the order in which all were accepted."""

    sequence: int
    delivery: Delivery


def page(
    database: sqlite3.Connection,
    *,
    owners: Collection[str] | None,
    states: Collection[DeliveryState] = (),
    since: datetime | None = None,
    before: int | None = None,
    limit: int | None,
) -> list[Listed]:
    """Return the newest deliveries below a place; without owners, those of all.

    An index holds each connection's deliveries in each state in their order, so that
    a rare state is found without reading the others.
    """
    asked: set[DeliveryState | None] = {*states} or {None}
    sequences = [
        sequence
        for owner, state in product(
            all_owners(database) if owners is None else {*owners}, asked
        )
        for sequence in _newest(
            database, owner, state, since=since, before=before, limit=limit
        )
    ]
    if limit is not None:
        sequences = nlargest(limit, sequences)
    return _rows(database, "sequence", sequences)


def named(database: sqlite3.Connection, ids: Collection[str]) -> list[Listed]:
    """Return the deliveries that are there of some, newest first."""
    return _rows(database, "id", ids)


def _newest(
    database: sqlite3.Connection,
    owner: str,
    state: DeliveryState | None,
    *,
    since: datetime | None,
    before: int | None,
    limit: int | None,
) -> list[int]:
    """Return the places of a connection's newest deliveries."""
    conditions, values = ["connection = ?"], list[object]([owner])
    if state is not None:
        conditions.append("state = ?")
        values.append(state.value)
    if since is not None:
        conditions.append("accepted_at >= ?")
        values.append(since.timestamp())
    if before is not None:
        conditions.append("sequence < ?")
        values.append(before)
    rows = database.execute(
        f"SELECT sequence FROM deliveries WHERE {' AND '.join(conditions)}"
        " ORDER BY sequence DESC LIMIT ?",
        (*values, -1 if limit is None else limit),
    )
    return [row["sequence"] for row in rows]


def _rows(
    database: sqlite3.Connection, column: str, wanted: Collection[object]
) -> list[Listed]:
    """Read the rows that have one of some values, newest first."""
    rows = database.execute(
        f"SELECT * FROM deliveries WHERE {column} IN"
        " (SELECT value FROM json_each(?)) ORDER BY sequence DESC",
        (json.dumps([*wanted]),),
    )
    return [Listed(sequence=row["sequence"], delivery=from_row(row)) for row in rows]
