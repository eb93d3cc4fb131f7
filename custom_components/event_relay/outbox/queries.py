"""What is read from and written to the outbox's file, inside a transaction.

Every function takes the open database; `owner` is the entry id of a connection.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import sqlite3

from . import memory, policy
from .delivery import START_NEVER_WAS, Delivery, DeliveryState
from .file import StoreError
from .room import Room
from .rows import from_row, instant, to_row

DELETED_AT_ONCE = 1000
"""Rows deleted in one transaction, so that nothing else waits long for it."""


class StaleDelivery(StoreError):
    """The delivery is not, or no longer, in the state it was thought to be in."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a worker's turn found in the store."""

    ended: tuple[Delivery, ...]
    """Expired, or discarded because their start never was."""
    claimed: tuple[Delivery, ...]
    """Now in `sending`, for the worker to send."""
    look_ups: tuple[Delivery, ...]
    """Uncertain ones whose outcome is to be asked for."""
    next_at: datetime | None
    """When there is something to do again; None if only a new delivery can tell."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How a connection's outbox stands."""

    waiting: int
    """Deliveries that have not ended."""
    failed: int
    oldest_at: datetime | None
    """When the oldest that has not ended was accepted."""
    delivered_at: datetime | None
    """When the last that is kept was delivered."""


def accept(
    database: sqlite3.Connection,
    delivery: Delivery,
    room: Room,
    limit: int,
    noted: memory.Memory | None = None,
) -> Delivery:
    """Insert a delivery and return it, or the one that has its id already.

    One that says itself not what it is about has the summary of what it follows. What
    is to be noted with it is noted in either case.
    """
    if noted is not None:
        memory.remember(database, noted)
    if stored := get(database, delivery.id):
        return stored
    room.take(database, delivery.connection, limit)
    if not delivery.summary and delivery.follows:
        start = get(database, delivery.follows)
        delivery = replace(delivery, summary=start.summary if start else "")
    _insert(database, delivery)
    return delivery


def get(database: sqlite3.Connection, delivery_id: str) -> Delivery | None:
    """Read one delivery."""
    row = database.execute(
        "SELECT * FROM deliveries WHERE id = ?", (delivery_id,)
    ).fetchone()
    return from_row(row) if row else None


def write(
    database: sqlite3.Connection,
    delivery: Delivery,
    was: DeliveryState,
    *,
    anew: bool = False,
) -> None:
    """Write all columns of a delivery that is still in the state `was`.

    With `anew`, also of one that is not there.
    """
    row = to_row(delivery)
    columns = ", ".join(f"{name} = :{name}" for name in row if name != "id")
    changed = database.execute(
        f"UPDATE deliveries SET {columns} WHERE id = :id AND state = :was",
        row | {"was": was.value},
    ).rowcount
    if changed:
        return
    if not anew or get(database, delivery.id):
        raise StaleDelivery
    _insert(database, delivery)


def recover(database: sqlite3.Connection, owner: str, now: datetime) -> int:
    """Make uncertain what is in `sending`; return how many.

    What waits from an earlier run waits no longer than it may from now on, whatever
    the clock was then. Time in which nobody asked does not count as asking.
    """
    database.execute(
        "UPDATE deliveries SET due_at = :latest WHERE connection = :owner"
        " AND state IN ('pending', 'uncertain') AND due_at > :latest",
        {
            "owner": owner,
            "latest": now.timestamp() + policy.RETRY_AFTER_LONGEST,
        },
    )
    database.execute(
        "UPDATE deliveries SET asked_since = NULL, look_ups = 0"
        " WHERE connection = ? AND state = 'uncertain'",
        (owner,),
    )
    return database.execute(
        "UPDATE deliveries SET state = 'uncertain', unclear = 1, due_at = ?"
        " WHERE connection = ? AND state = 'sending'",
        (now.timestamp(), owner),
    ).rowcount


def take(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    *,
    slots: int,
    look_ups: int,
    busy: Collection[str],
    expire_since: datetime | None,
) -> Taken:
    """End what is over, claim what is due, and say when to look again."""
    expired = _expire(database, owner, now, expire_since)
    orphans = _orphans(database, owner, now)
    return Taken(
        ended=(*expired, *orphans),
        claimed=tuple(_claim(database, owner, now, slots)),
        look_ups=tuple(_uncertain(database, owner, now, look_ups, busy)),
        next_at=_next_at(database, owner, now),
    )


def shift(
    database: sqlite3.Connection, owner: str, jump: timedelta, started: datetime
) -> None:
    """Move the times of what is not settled."""
    values = {
        "owner": owner,
        "jump": jump.total_seconds(),
        "started": started.timestamp(),
    }
    database.execute(
        "UPDATE deliveries SET due_at = due_at + :jump WHERE connection = :owner"
        " AND state IN ('pending', 'sending', 'uncertain')",
        values,
    )
    database.execute(
        "UPDATE deliveries SET occurred_at = occurred_at + :jump,"
        " accepted_at = accepted_at + :jump, expires_at = expires_at + :jump,"
        " first_sent_at = first_sent_at + :jump, asked_since = asked_since + :jump"
        " WHERE connection = :owner AND accepted_at >= :started"
        " AND state IN ('pending', 'sending', 'uncertain')",
        values,
    )


def hasten(
    database: sqlite3.Connection, owner: str, now: datetime, limit: int | None
) -> int:
    """Make due what waits for another attempt, the first due first; return how many.

    It comes where it was accepted, before the untried that are younger. Without a
    limit so does what is due again already, while what is planned stays put off.
    """
    late = "due_at > :now" if limit else "attempts > 0 AND due_at > accepted_at"
    return database.execute(
        "UPDATE deliveries SET due_at = min(accepted_at, :now) WHERE sequence IN ("
        " SELECT sequence FROM deliveries WHERE connection = :owner"
        f" AND state = 'pending' AND {late} ORDER BY due_at LIMIT :limit)",
        {
            "owner": owner,
            "now": now.timestamp(),
            "limit": -1 if limit is None else limit,
        },
    ).rowcount


def prune(database: sqlite3.Connection, owner: str, before: datetime) -> int:
    """Delete some of what had ended before a moment; return how many."""
    return database.execute(
        "DELETE FROM deliveries WHERE sequence IN ("
        " SELECT sequence FROM deliveries AS one WHERE connection = ?"
        " AND settled_at < ? AND NOT EXISTS (SELECT 1 FROM deliveries AS waiting"
        " WHERE waiting.connection = one.connection AND waiting.follows = one.id"
        " AND waiting.state IN ('pending', 'sending', 'uncertain'))"
        " AND NOT EXISTS (SELECT 1 FROM notes WHERE keeps = one.id) LIMIT ?)",
        (owner, before.timestamp(), DELETED_AT_ONCE),
    ).rowcount


def by_outside_id(
    database: sqlite3.Connection, owner: str, outside_id: str
) -> Delivery | None:
    """Return the delivery that made something outside."""
    row = database.execute(
        "SELECT * FROM deliveries WHERE connection = ? AND outside_id = ?"
        " AND follows IS NULL ORDER BY sequence LIMIT 1",
        (owner, outside_id),
    ).fetchone()
    return from_row(row) if row else None


def outside_ids(
    database: sqlite3.Connection, owner: str, since: datetime
) -> frozenset[str]:
    """Return the outside ids of what is not settled, or was since a moment."""
    rows = database.execute(
        "SELECT outside_id FROM deliveries WHERE connection = :owner"
        " AND settled_at >= :since AND outside_id IS NOT NULL"
        " UNION ALL SELECT outside_id FROM deliveries WHERE connection = :owner"
        " AND state IN ('pending', 'sending', 'uncertain')"
        " AND +outside_id IS NOT NULL",
        {"owner": owner, "since": since.timestamp()},
    )
    return frozenset(row["outside_id"] for row in rows)


def remove(database: sqlite3.Connection, owner: str) -> int:
    """Delete some deliveries of a connection; return how many.

    What its rules remember goes first.
    """
    memory.forget(database, owner, None)
    return database.execute(
        "DELETE FROM deliveries WHERE sequence IN ("
        " SELECT sequence FROM deliveries WHERE connection = ? LIMIT ?)",
        (owner, DELETED_AT_ONCE),
    ).rowcount


def owners(database: sqlite3.Connection) -> frozenset[str]:
    """Return the connections that have left anything, without reading all of it."""
    rows = database.execute(
        "WITH RECURSIVE owners (name) AS ("
        " SELECT min(connection) FROM deliveries"
        " UNION ALL SELECT (SELECT min(connection) FROM deliveries"
        " WHERE connection > name) FROM owners WHERE name IS NOT NULL)"
        " SELECT name FROM owners WHERE name IS NOT NULL"
        " UNION SELECT connection FROM notes"
    )
    return frozenset(row["name"] for row in rows)


def _insert(database: sqlite3.Connection, delivery: Delivery) -> None:
    """Write a new row."""
    row = to_row(delivery)
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    database.execute(f"INSERT INTO deliveries ({names}) VALUES ({values})", row)


def counts(database: sqlite3.Connection, owner: str) -> Counts:
    """Count what waits and what failed, from indices but for one row."""
    waiting, oldest = database.execute(
        "SELECT count(*), min(sequence) FROM deliveries WHERE connection = ?"
        " AND state IN ('pending', 'sending', 'uncertain')",
        (owner,),
    ).fetchone()
    (failed,) = database.execute(
        "SELECT count(*) FROM deliveries WHERE connection = ? AND state = 'failed'",
        (owner,),
    ).fetchone()
    accepted = database.execute(
        "SELECT accepted_at FROM deliveries WHERE sequence = ?", (oldest,)
    ).fetchone()
    delivered = database.execute(
        "SELECT settled_at FROM deliveries WHERE connection = ?"
        " AND settled_at IS NOT NULL AND state = 'delivered'"
        " ORDER BY settled_at DESC LIMIT 1",
        (owner,),
    ).fetchone()
    return Counts(
        waiting=waiting,
        failed=failed,
        oldest_at=instant(accepted["accepted_at"]) if accepted else None,
        delivered_at=instant(delivered["settled_at"]) if delivered else None,
    )


def states(database: sqlite3.Connection, owner: str) -> dict[DeliveryState, int]:
    """Count the deliveries in each state."""
    rows = database.execute(
        "SELECT state, count(*) AS number FROM deliveries WHERE connection = ?"
        " GROUP BY state",
        (owner,),
    )
    return {DeliveryState(row["state"]): row["number"] for row in rows}


def size(database: sqlite3.Connection) -> int:
    """Return the bytes of all pages."""
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (page_size,) = database.execute("PRAGMA page_size").fetchone()
    return int(pages * page_size)


def _expire(
    database: sqlite3.Connection, owner: str, now: datetime, since: datetime | None
) -> list[Delivery]:
    """End what has waited beyond its time, if it was accepted since a moment."""
    rows = database.execute(
        "UPDATE deliveries SET state = 'expired', due_at = NULL, settled_at = :now"
        " WHERE connection = :owner AND state = 'pending'"
        " AND expires_at <= :now AND accepted_at >= :since RETURNING *",
        {
            "owner": owner,
            "now": now.timestamp(),
            "since": since.timestamp() if since is not None else 0,
        },
    ).fetchall()
    return [from_row(row) for row in rows]


def _orphans(database: sqlite3.Connection, owner: str, now: datetime) -> list[Delivery]:
    """Discard what follows a delivery that never took place."""
    rows = database.execute(
        "UPDATE deliveries SET state = 'discarded', due_at = NULL, settled_at = :now,"
        " failure_code = :code, failure_reason = ''"
        " WHERE connection = :owner AND state = 'pending' AND follows IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM deliveries AS start"
        " WHERE start.id = deliveries.follows"
        " AND start.state IN ('pending', 'sending', 'uncertain', 'delivered'))"
        " RETURNING *",
        {"owner": owner, "now": now.timestamp(), "code": START_NEVER_WAS.code},
    ).fetchall()
    return [from_row(row) for row in rows]


def _claim(
    database: sqlite3.Connection, owner: str, now: datetime, slots: int
) -> list[Delivery]:
    """Move what is due, and whose key and lane are free, to `sending`.

    One at a time, because each claim may take a key or lane from the next.
    """
    claimed: list[Delivery] = []
    while len(claimed) < slots:
        row = database.execute(
            "SELECT * FROM deliveries AS one WHERE connection = :owner"
            " AND state = 'pending' AND due_at <= :now"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS former"
            " WHERE former.connection = one.connection AND former.key = one.key"
            " AND former.sequence < one.sequence"
            " AND former.state IN ('pending', 'sending', 'uncertain'))"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS latter"
            " WHERE latter.connection = one.connection AND latter.key = one.key"
            " AND latter.state IN ('sending', 'uncertain'))"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS other"
            " WHERE other.connection = one.connection AND other.lane = one.lane"
            " AND other.state IN ('sending', 'uncertain'))"
            " ORDER BY due_at, sequence LIMIT 1",
            {"owner": owner, "now": now.timestamp()},
        ).fetchone()
        if row is None:
            break
        delivery = from_row(row)
        sending = replace(
            delivery,
            state=DeliveryState.SENDING,
            attempts=delivery.attempts + 1,
            first_sent_at=delivery.first_sent_at or now,
            due_at=None,
        )
        write(database, sending, DeliveryState.PENDING)
        claimed.append(sending)
    return claimed


def _uncertain(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    limit: int,
    busy: Collection[str],
) -> list[Delivery]:
    """Read the uncertain ones whose look-up is due."""
    rows = database.execute(
        "SELECT * FROM deliveries WHERE connection = ? AND state = 'uncertain'"
        f" AND due_at <= ? AND id NOT IN ({', '.join('?' * len(busy))})"
        " ORDER BY due_at, sequence LIMIT ?",
        (owner, now.timestamp(), *busy, limit),
    )
    return [from_row(row) for row in rows]


def _next_at(
    database: sqlite3.Connection, owner: str, now: datetime
) -> datetime | None:
    """Return when something falls due or expires, not counting what is due now.

    What is due but was not claimed waits for a slot, a key or a lane, and whatever
    frees one of those wakes the worker.
    """
    (seconds,) = database.execute(
        "SELECT min(moment) FROM ("
        " SELECT min(due_at) AS moment FROM deliveries WHERE connection = :owner"
        " AND state IN ('pending', 'uncertain') AND due_at > :now"
        " UNION ALL SELECT min(expires_at) FROM deliveries"
        " WHERE connection = :owner AND state = 'pending'"
        " AND expires_at IS NOT NULL)",
        {"owner": owner, "now": now.timestamp()},
    ).fetchone()
    return datetime.fromtimestamp(seconds, now.tzinfo) if seconds is not None else None
