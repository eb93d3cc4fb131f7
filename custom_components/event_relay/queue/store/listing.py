"""Lists deliveries a page at a time, newest first."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from itertools import product
import json
import sqlite3

from ..delivery import Delivery, DeliveryState
from .queries import owners as all_owners
from .rows import from_row


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A delivery and its place in the order of acceptance."""

    sequence: int
    delivery: Delivery


LOOKED_THROUGH = 5_000
"""Most rows that one page of a search looks through, so that each is short work."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Conditions of a search; a delivery has to meet all of them."""

    states: Collection[DeliveryState] = ()
    """In one of these states; any if there are none."""
    subentries: Collection[str] = ()
    """Requested by one of these rules or mirrors; by anybody if there are none."""
    since: datetime | None = None
    """Accepted then or later."""
    until: datetime | None = None
    """Accepted before."""
    words: Collection[str] = ()
    """Each is in the id, the summary, the outside id, or the failure reason."""
    by_id_alone: bool = False
    """Whether the words are only searched for in the id."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Deliveries, newest first, and the place below which the next page begins.

    A page of a search may be empty and not be the last.
    """

    listed: list[Listed] = field(default_factory=list)
    before: int | None = None


def search(
    database: sqlite3.Connection,
    *,
    owners: Collection[str],
    wanted: Wanted,
    before: int | None = None,
    limit: int,
) -> Page:
    """Return a page of a search; it looks through a bounded number of rows."""
    conditions, values = _conditions(database, wanted)
    looked_at = max(limit, LOOKED_THROUGH) if conditions else limit
    asked: set[DeliveryState | None] = {*wanted.states} or {None}
    places = nlargest(
        looked_at,
        (
            place
            for owner, state in product({*owners}, asked)
            for place in _newest(database, owner, state, before=before, limit=looked_at)
        ),
    )
    where = "".join(f" AND {condition}" for condition in conditions)
    among = json.dumps(places)
    rows = database.execute(
        "SELECT * FROM deliveries WHERE sequence IN (SELECT value FROM json_each(?))"
        f"{where} ORDER BY sequence DESC LIMIT ?",
        (among, *values, limit),
    )
    listed = [_listed(row) for row in rows]
    if len(listed) == limit:
        return Page(listed=listed, before=listed[-1].sequence)
    if len(places) < looked_at or _too_old(database, among, wanted.since):
        return Page(listed=listed)
    return Page(listed=listed, before=places[-1])


def _conditions(
    database: sqlite3.Connection, wanted: Wanted
) -> tuple[list[str], list[object]]:
    """Return conditions without an index, in SQL, and their values."""
    conditions, values = list[str](), list[object]()
    if wanted.subentries:
        conditions.append("subentry_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps([*wanted.subentries]))
    if wanted.since is not None:
        conditions.append("accepted_at >= ?")
        values.append(wanted.since.timestamp())
    if wanted.until is not None:
        conditions.append("accepted_at < ?")
        values.append(wanted.until.timestamp())
    if wanted.words:
        words = [word.casefold() for word in wanted.words]

        def has_words(*texts: str | None) -> bool:
            """Return whether each word is in one of the texts, whatever its case."""
            text = "\n".join(one for one in texts if one).casefold()
            return all(word in text for word in words)

        # SQLite knows the case of ASCII letters only.
        database.create_function("has_words", -1, has_words, deterministic=True)
        about = "" if wanted.by_id_alone else ", summary, outside_id, failure_reason"
        conditions.append(f"has_words(id{about})")
    return conditions, values


def _too_old(database: sqlite3.Connection, among: str, since: datetime | None) -> bool:
    """Return whether all rows among some are older than `since`.

    Then those below are, too: no clock is wrong for that many deliveries.
    """
    if since is None:
        return False
    (newest,) = database.execute(
        "SELECT max(accepted_at) FROM deliveries"
        " WHERE sequence IN (SELECT value FROM json_each(?))",
        (among,),
    ).fetchone()
    return newest is None or float(newest) < since.timestamp()


def page(
    database: sqlite3.Connection,
    *,
    owners: Collection[str] | None,
    states: Collection[DeliveryState] = (),
    before: int | None = None,
    limit: int | None,
) -> list[Listed]:
    """Return the newest deliveries below a place; of all connections without owners.

    An index has the deliveries of each connection and state in their order, so that a
    rare state is found without reading the others.
    """
    asked: set[DeliveryState | None] = {*states} or {None}
    sequences = [
        sequence
        for owner, state in product(
            all_owners(database) if owners is None else {*owners}, asked
        )
        for sequence in _newest(database, owner, state, before=before, limit=limit)
    ]
    if limit is not None:
        sequences = nlargest(limit, sequences)
    return _rows(database, "sequence", sequences)


def named(database: sqlite3.Connection, ids: Collection[str]) -> list[Listed]:
    """Return the deliveries with some ids, newest first."""
    return _rows(database, "id", ids)


def _newest(
    database: sqlite3.Connection,
    owner: str,
    state: DeliveryState | None,
    *,
    before: int | None,
    limit: int | None,
) -> list[int]:
    """Return the places of a connection's newest deliveries."""
    conditions, values = ["connection = ?"], list[object]([owner])
    if state is not None:
        conditions.append("state = ?")
        values.append(state.value)
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
    """Read the rows with some values in a column, newest first."""
    rows = database.execute(
        f"SELECT * FROM deliveries WHERE {column} IN"
        " (SELECT value FROM json_each(?)) ORDER BY sequence DESC",
        (json.dumps([*wanted]),),
    )
    return [_listed(row) for row in rows]


def _listed(row: sqlite3.Row) -> Listed:
    """Return a row with its place."""
    return Listed(sequence=row["sequence"], delivery=from_row(row))
