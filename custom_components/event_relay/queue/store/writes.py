"""Writes deliveries in batches, inside a transaction.

One statement writes many rows: between two statements the file's thread may wait some
milliseconds for Python's lock, which a busy event loop holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, islice
import json
import sqlite3

from ..delivery import Delivery, DeliveryState, altered
from . import clock_shifts, queries, rule_state
from .checksum import OUTCOME
from .file import StoreError
from .limits import QueueFull, QueueLimits
from .rows import (
    CLAIM_COLUMNS,
    COLUMNS,
    OUTCOME_COLUMNS,
    Value,
    claim_values,
    from_row,
    outcome_values,
    values,
)

AT_ONCE = 512
"""Most rows written by one statement: each takes up to 40 of its 32,766 variables."""
_ANY_NUMBER = 32
"""Rows up to which there is a statement for each number of them.

Beyond it, their number is a power of two, so that SQLite can keep the statements.
"""

MOST_KEPT = 1_000
"""Deliveries that are kept in memory until they are claimed."""
KEPT_PAYLOAD = 2_000
"""Characters of the largest payload that is kept."""
_PAYLOAD = COLUMNS.index("payload")


@cache
def _insert(rows: int) -> str:
    """Return a statement that inserts rows."""
    row = f"({', '.join('?' * len(COLUMNS))})"
    names = ", ".join(COLUMNS)
    return f"INSERT INTO deliveries ({names}) VALUES {', '.join([row] * rows)}"


@cache
def _update(rows: int, columns: tuple[str, ...] = OUTCOME_COLUMNS) -> str:
    """Return a statement that updates columns of rows, by their ids."""
    row = f"({', '.join('?' * len(columns))})"
    changes = ", ".join(
        f"{name} = new.column{number}"
        for number, name in enumerate(columns, 1)
        if name != "id"
    )
    if OUTCOME.column not in columns:
        changes += f", {OUTCOME.column} = NULL"
    return (
        f"UPDATE deliveries SET {changes}"
        f" FROM (VALUES {', '.join([row] * rows)}) AS new"
        " WHERE deliveries.id = new.column1"
    )


class Unclaimed:
    """Deliveries that wait as they were accepted: a claim need not read them.

    Whatever else changes such a row has it forgotten, except for when it is due, which
    a claim ends. It is used on the file's thread only.
    """

    def __init__(self) -> None:
        """Begin without a delivery."""
        self._known: dict[str, Delivery] = {}
        self._database: sqlite3.Connection | None = None

    def keep(
        self, database: sqlite3.Connection, deliveries: Iterable[Delivery]
    ) -> None:
        """Keep deliveries that are being inserted; the last ones, if they are many."""
        if database is not self._database:
            # What is in a file that replaces another is to be read.
            self._database, self._known = database, {}
        self._known |= {one.id: one for one in deliveries}
        for oldest in [*islice(self._known, max(0, len(self._known) - MOST_KEPT))]:
            del self._known[oldest]

    def take(
        self, database: sqlite3.Connection, ids: Iterable[str]
    ) -> dict[str, Delivery]:
        """Return those that are known of deliveries that wait, and forget them."""
        known = self._known if database is self._database else {}
        return {one: known.pop(one) for one in ids if one in known}

    def forget(self) -> None:
        """Forget all, since many rows are changed."""
        self._known.clear()


class StaleDelivery(StoreError):
    """The stored delivery is not in the expected state."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A delivery to be accepted."""

    delivery: Delivery
    limit: int
    """Queue limit of its connection."""
    noted: rule_state.Memory | None = None
    """Rule state that is committed with it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A delivery in its next state."""

    delivery: Delivery
    was: DeliveryState
    anew: bool = False
    """Whether it is inserted if it is not in the file."""


def accept(
    database: sqlite3.Connection,
    acceptances: Sequence[Acceptance],
    limits: QueueLimits,
    unclaimed: Unclaimed,
) -> list[Delivery | Exception]:
    """Insert deliveries; return each, or the stored one that has its id already.

    One without a summary gets that of the delivery that it follows. Rule state is
    written in either case. If the queue is full, QueueFull is returned instead, and
    neither is written.
    """
    ids = [one.delivery.id for one in acceptances]
    known = there(database, ids)
    # A transaction that was rolled back may have kept other deliveries with these ids.
    _ = unclaimed.take(database, ids)
    new: list[Delivery] = []
    outcomes: list[Delivery | Exception] = []
    moved = clock_shifts.written(database, [one.delivery for one in acceptances])
    for one, accepted in zip(acceptances, moved, strict=True):
        delivery = known.get(one.delivery.id)
        if delivery is None:
            delivery = _with_summary(database, accepted, known)
            try:
                limits.take(database, delivery.connection, one.limit, new)
            except QueueFull as full:
                outcomes.append(full)
                continue
            new.append(delivery)
            known[delivery.id] = delivery
        if one.noted is not None:
            rule_state.remember(database, one.noted)
        outcomes.append(delivery)
    rows = [values(delivery) for delivery in new]
    _write(database, _insert, rows)
    unclaimed.keep(
        database,
        (
            delivery
            for delivery, row in zip(new, rows, strict=True)
            if delivery.state is DeliveryState.PENDING
            and len(str(row[_PAYLOAD])) <= KEPT_PAYLOAD
        ),
    )
    return outcomes


def change(
    database: sqlite3.Connection,
    changes: Sequence[Change],
    limits: QueueLimits,
    unclaimed: Unclaimed,
) -> list[Exception | None]:
    """Write the next states of deliveries; return StaleDelivery for changed ones.

    Columns that never change after acceptance are not written.
    """
    ids = [one.delivery.id for one in changes]
    states = _states(database, ids)
    _ = unclaimed.take(database, ids)
    written: dict[str, Delivery] = {}
    lost: dict[str, Delivery] = {}
    outcomes: list[Exception | None] = []
    moved = clock_shifts.written(database, [one.delivery for one in changes])
    for one, delivery in zip(changes, moved, strict=True):
        state = states.get(delivery.id)
        if state is None and one.anew:
            lost[delivery.id] = delivery
        elif state == one.was:
            written[delivery.id] = delivery
        else:
            outcomes.append(StaleDelivery())
            continue
        states[delivery.id] = delivery.state
        outcomes.append(None)
    _write(database, _insert, [values(delivery) for delivery in lost.values()])
    _write(database, _update, [outcome_values(one) for one in written.values()])
    if any(one.was.settled and not one.delivery.state.settled for one in changes):
        limits.forget()
    return outcomes


def claim(database: sqlite3.Connection, deliveries: Iterable[Delivery]) -> None:
    """Write that an attempt of each delivery has begun."""
    rows = [claim_values(delivery) for delivery in deliveries]
    _write(database, partial(_update, columns=CLAIM_COLUMNS), rows)


def there(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Delivery]:
    """Return the stored deliveries with some ids, by id."""
    rows = database.execute(
        "SELECT * FROM deliveries WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return {row["id"]: from_row(row) for row in rows}


def _with_summary(
    database: sqlite3.Connection, delivery: Delivery, known: Mapping[str, Delivery]
) -> Delivery:
    """Return a delivery with a summary: its own, or that of its start."""
    if delivery.summary or (followed := delivery.follows) is None:
        return delivery
    start = known.get(followed) or queries.get(database, followed)
    return altered(delivery, summary=start.summary if start else "")


def _write(
    database: sqlite3.Connection,
    statement: Callable[[int], str],
    rows: Sequence[Sequence[Value]],
) -> None:
    """Write rows, up to `AT_ONCE` with each statement."""
    left = iter(rows)
    for number in _portions(len(rows)):
        some = islice(left, number)
        database.execute(statement(number), [*chain.from_iterable(some)])


def _portions(rows: int) -> Iterator[int]:
    """Return how many rows each statement writes."""
    while rows > _ANY_NUMBER:
        number = min(AT_ONCE, 1 << rows.bit_length() - 1)
        yield number
        rows -= number
    if rows:
        yield rows


def _states(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the stored states of the deliveries with some ids, by id."""
    (states,) = database.execute(
        "SELECT json_group_object(id, state) FROM deliveries"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    ).fetchone()
    found: dict[str, str] = json.loads(states)
    return found
