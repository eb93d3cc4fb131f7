"""A worker's turn in the outbox's file, inside a transaction.

Every function takes the open database; `owner` is the entry id of a connection.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import sqlite3

from . import outcomes, policy, writing
from .delivery import START_NEVER_WAS, Delivery
from .rows import from_row

_CLAIMABLE = (
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
    " ORDER BY due_at, sequence LIMIT :limit"
)
"""What is due, and whose key and lane are free. Of a key it is only the first."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a worker's turn found in the store."""

    ended: tuple[Delivery, ...]
    """Expired, or discarded because their start never was."""
    claimed: tuple[Delivery, ...]
    """Now in `sending`, for the worker to send."""
    look_ups: tuple[Delivery, ...]
    """Uncertain ones whose outcome is to be asked for."""
    waiting: bool
    """Whether anything else has not ended and is not being sent."""
    next_at: datetime | None
    """When there is something to do again; None if only a new delivery can tell."""


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
        waiting=_is_waiting(database, owner),
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

    Once more as long as there is some, because of those that share a lane only the
    first is claimed.
    """
    claimed: list[Delivery] = []
    while len(claimed) < slots:
        values = {"owner": owner, "now": now.timestamp(), "limit": slots - len(claimed)}
        rows = database.execute(_CLAIMABLE, values)
        if not (some := _first_of_lanes(from_row(row) for row in rows)):
            break
        sending = [outcomes.claimed(delivery, now) for delivery in some]
        writing.update(database, sending)
        claimed += sending
    return claimed


def _first_of_lanes(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return those that can go beside each other."""
    lanes: set[str] = set()
    first = []
    for delivery in deliveries:
        if delivery.lane is None:
            first.append(delivery)
        elif delivery.lane not in lanes:
            lanes.add(delivery.lane)
            first.append(delivery)
    return first


def _is_waiting(database: sqlite3.Connection, owner: str) -> bool:
    """Say whether anything is pending or uncertain."""
    (waiting,) = database.execute(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE connection = ?"
        " AND state IN ('pending', 'uncertain'))",
        (owner,),
    ).fetchone()
    return bool(waiting)


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
