"""Claims deliveries: recover, expire, claim, compute the next wake-up.

`owner` is the entry id of a connection.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
import json
import sqlite3

from ...backends.base import Instance
from .. import backoff, transitions
from ..delivery import START_NEVER_WAS, Delivery
from . import clock_shifts, writes
from .checksum import setting
from .clock_shifts import SOON
from .rows import from_row
from .writes import Unclaimed

_CLAIMABLE = (
    "SELECT json_group_array("
    "json_array(CAST(id AS TEXT), CAST(lane AS TEXT), ahead != 0)) FROM ("
    " SELECT id, lane, ahead FROM deliveries AS one WHERE connection = :owner"
    " AND state = 'pending' AND due_at <= :now"
    " AND (expires_at IS NULL OR expires_at > :now)"
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
    " ORDER BY due_at, sequence LIMIT :limit)"
)
"""Selects due deliveries whose key and lane are free; only the first of each key.

Those that seem to be over are left out: they expire once the clock is trusted. The
result is one row, since the file's thread may wait for Python's lock at each row. Ids
and lanes are cast to text, since damage may have made a blob of one, which JSON cannot
hold.
"""
type _Claimable = tuple[str, str | None, int]
"""Id, lane, and whether it may be claimed before a slot is free."""


_WAITS_TOO_LONG = (
    "EXISTS (SELECT 1 FROM (SELECT due_at, first_sent_at FROM deliveries"
    " WHERE connection = :owner AND state = '{}' AND due_at > :now"
    " ORDER BY due_at DESC LIMIT 100) WHERE due_at > :latest OR first_sent_at > :now)"
)
_WAS_AHEAD = (
    "SELECT EXISTS (SELECT 1 FROM (SELECT accepted_at FROM deliveries"
    " WHERE connection = :owner ORDER BY sequence DESC LIMIT 1)"
    " WHERE accepted_at > :now) OR EXISTS (SELECT 1 FROM deliveries"
    " WHERE connection = :owner AND state = 'sending' AND first_sent_at > :now)"
    f" OR {_WAITS_TOO_LONG.format('pending')} OR {_WAITS_TOO_LONG.format('uncertain')}"
)
"""Whether the clock was once ahead of the present one: a delivery was accepted or sent
in the future, or waits longer than any may. Only those that wait longest are read,
since after an outage all of them may wait."""


EXPIRED_AT_ONCE = 100
"""Deliveries that expire in one transaction: neither the file nor the event loop, which
tells of each, is held up for long."""
_NOBODY_ASKED = setting(asked_since="NULL", look_ups="0")
_INTERRUPTED = setting(state="'uncertain'", outcome_unknown="1", due_at=":now")
_DISCARDED = setting(
    state="'discarded'",
    due_at="NULL",
    settled_at=":now",
    failure_code=":code",
    failure_reason="''",
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Deliveries that a worker's turn has found in the store."""

    ended: tuple[Delivery, ...]
    """Expired, or discarded because their start never took place."""
    more_expire: bool
    """Whether more may have to expire, which waits for the next turn."""
    claimed: tuple[Delivery, ...]
    """Claimed: they are in `sending` now."""
    look_ups: tuple[Delivery, ...]
    """Uncertain, with a look-up that is due."""
    waiting: bool
    """Whether any other has not ended and is not being sent."""
    next_at: datetime | None
    """When the next one is due or expires; None if none is."""


def recover(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    held_back_by: Collection[str] = (),
) -> int:
    """Make deliveries uncertain that are in `sending`; return how many.

    Deliveries and look-ups that wait for a failure with a code in `held_back_by` become
    due. If the clock of an earlier run was ahead of the present one, no delivery waits
    longer than a minute. Time in which Home Assistant was off does not count as looking
    up.
    """
    moments = {
        "owner": owner,
        "now": now.timestamp(),
        "latest": now.timestamp() + backoff.RETRY_AFTER_LONGEST,
        "soon": now.timestamp() + SOON.total_seconds(),
    }
    (was_ahead,) = database.execute(_WAS_AHEAD, moments).fetchone()
    if was_ahead:
        database.execute(
            "UPDATE deliveries SET due_at = :soon WHERE connection = :owner"
            " AND state IN ('pending', 'uncertain') AND due_at > :soon",
            moments,
        )
    if held_back_by:
        release_held_back(database, owner, now, held_back_by)
    database.execute(
        f"UPDATE deliveries SET {_NOBODY_ASKED}"
        " WHERE connection = ? AND state = 'uncertain'"
        " AND (asked_since IS NOT NULL OR look_ups != 0)",
        (owner,),
    )
    return database.execute(
        f"UPDATE deliveries SET {_INTERRUPTED}"
        " WHERE connection = :owner AND state = 'sending'",
        moments,
    ).rowcount


def take(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    *,
    most: int,
    free_slots: int,
    look_ups: int,
    busy: Collection[str],
    steady: bool,
    unclaimed: Unclaimed,
    instance: Instance | None = None,
) -> Taken:
    """Expire and claim deliveries; see `Store.take`."""
    former = 0 if steady else clock_shifts.last_of_former(database, owner)
    expired = _expire(database, owner, now, former)
    ended = (*expired, *_orphans(database, owner, now))
    claimed = _claim(
        database,
        owner,
        now,
        most=most,
        free_slots=free_slots,
        instance=instance,
        unclaimed=unclaimed,
    )
    uncertain = _uncertain(database, owner, now, look_ups, busy)
    waiting, next_at = _left(database, owner, now)
    return Taken(
        ended=ended,
        more_expire=len(expired) == EXPIRED_AT_ONCE,
        claimed=tuple(claimed),
        look_ups=clock_shifts.read(database, owner, uncertain),
        waiting=waiting,
        next_at=next_at,
    )


def release_held_back(
    database: sqlite3.Connection, owner: str, now: datetime, codes: Collection[str]
) -> None:
    """Make deliveries and look-ups due that wait for a failure with one of some codes.

    They go back to their place in the order of acceptance.
    """
    values = {
        "owner": owner,
        "now": now.timestamp(),
        "codes": json.dumps([*codes]),
    }
    # One state after the other, because each has an index.
    for state in ("pending", "uncertain"):
        database.execute(
            "UPDATE deliveries SET due_at = min(accepted_at, :now)"
            f" WHERE connection = :owner AND state = '{state}'"
            " AND failure_code IN (SELECT value FROM json_each(:codes))",
            values,
        )


def end_back_off(
    database: sqlite3.Connection, owner: str, now: datetime, limit: int | None
) -> int:
    """End the back-off of deliveries, the first due first; return how many.

    They go back to their place in the order of acceptance, before younger ones that
    were not tried yet. Without a limit so do those that are due again already, while
    planned ones keep their delay. Look-ups become due, too; with a limit only if no
    attempt does.
    """
    late = "due_at > :now" if limit else "attempts > 0 AND due_at > accepted_at"
    values = {
        "owner": owner,
        "now": now.timestamp(),
        "limit": -1 if limit is None else limit,
    }
    pending = database.execute(
        "UPDATE deliveries SET due_at = min(accepted_at, :now) WHERE sequence IN ("
        " SELECT sequence FROM deliveries WHERE connection = :owner"
        f" AND state = 'pending' AND {late} ORDER BY due_at LIMIT :limit)",
        values,
    ).rowcount
    if limit and pending:
        return pending
    return (
        pending
        + database.execute(
            "UPDATE deliveries SET due_at = :now WHERE sequence IN ("
            " SELECT sequence FROM deliveries WHERE connection = :owner"
            " AND state = 'uncertain' AND due_at > :now ORDER BY due_at LIMIT :limit)",
            values,
        ).rowcount
    )


def _expire(
    database: sqlite3.Connection, owner: str, now: datetime, former: int
) -> list[Delivery]:
    """Expire some deliveries whose place is above `former`."""
    rows = database.execute(
        "UPDATE deliveries SET state = 'expired', due_at = NULL, settled_at = :now"
        " WHERE sequence IN (SELECT sequence FROM deliveries"
        " WHERE connection = :owner AND state = 'pending'"
        " AND expires_at <= :now AND sequence > :former"
        " ORDER BY expires_at LIMIT :limit) RETURNING *",
        {
            "owner": owner,
            "now": now.timestamp(),
            "former": former,
            "limit": EXPIRED_AT_ONCE,
        },
    ).fetchall()
    return [from_row(row) for row in rows]


def _orphans(database: sqlite3.Connection, owner: str, now: datetime) -> list[Delivery]:
    """Discard deliveries that follow one that never took place.

    All of them: nothing else keeps them from being claimed.
    """
    rows = database.execute(
        f"UPDATE deliveries SET {_DISCARDED}"
        " WHERE connection = :owner AND state = 'pending' AND follows IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM deliveries AS start"
        " WHERE start.id = deliveries.follows"
        " AND start.state IN ('pending', 'sending', 'uncertain', 'delivered'))"
        " RETURNING *",
        {"owner": owner, "now": now.timestamp(), "code": START_NEVER_WAS.code},
    ).fetchall()
    return [from_row(row) for row in rows]


def _claim(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    *,
    most: int,
    free_slots: int,
    instance: Instance | None,
    unclaimed: Unclaimed,
) -> list[Delivery]:
    """Claim due deliveries whose key and lane are free.

    The first that must not wait for one of `free_slots` is not overtaken. It is
    repeated, since only the first of those that share a lane is claimed at once.
    """
    claimed: list[Delivery] = []
    while len(claimed) < most:
        values = {"owner": owner, "now": now.timestamp(), "limit": most - len(claimed)}
        (found,) = database.execute(_CLAIMABLE, values).fetchone()
        claimable: list[_Claimable] = json.loads(found)
        first = _first_of_lanes(_claimable_now(claimable, free_slots - len(claimed)))
        sending = [
            transitions.claimed(delivery, now, instance)
            for delivery in _read(database, owner, first, unclaimed)
        ]
        writes.claim(database, sending)
        claimed += sending
        if not first or len(first) == len(claimable):
            break
    return claimed


def _claimable_now(
    claimable: Iterable[_Claimable], free_slots: int
) -> Iterator[_Claimable]:
    """Yield those before the first that would wait for a slot and must not."""
    for number, one in enumerate(claimable):
        *_, ahead = one
        if number >= free_slots and not ahead:
            return
        yield one


def _first_of_lanes(claimable: Iterable[_Claimable]) -> list[str]:
    """Return the ids of those that may be sent at the same time."""
    lanes: set[str] = set()
    first = []
    for delivery_id, lane, _ in claimable:
        if lane is None:
            first.append(delivery_id)
        elif lane not in lanes:
            lanes.add(lane)
            first.append(delivery_id)
    return first


def _read(
    database: sqlite3.Connection, owner: str, ids: Sequence[str], unclaimed: Unclaimed
) -> list[Delivery]:
    """Return deliveries in the order of `ids`.

    Raises DatabaseError if one cannot be found, because its row is damaged.
    """
    known = unclaimed.take(database, ids)
    if left := [one for one in ids if one not in known]:
        stored = writes.there(database, left).values()
        known |= {one.id: one for one in clock_shifts.read(database, owner, stored)}
    try:
        return [known[one] for one in ids]
    except KeyError as error:
        message = f"delivery {error} cannot be found"
        raise sqlite3.DatabaseError(message) from error


def _uncertain(
    database: sqlite3.Connection,
    owner: str,
    now: datetime,
    limit: int,
    busy: Collection[str],
) -> list[Delivery]:
    """Return uncertain deliveries whose look-up is due."""
    rows = database.execute(
        "SELECT * FROM deliveries WHERE connection = ? AND state = 'uncertain'"
        f" AND due_at <= ? AND id NOT IN ({', '.join('?' * len(busy))})"
        " ORDER BY due_at, sequence LIMIT ?",
        (owner, now.timestamp(), *busy, limit),
    )
    return [from_row(row) for row in rows]


def _left(
    database: sqlite3.Connection, owner: str, now: datetime
) -> tuple[bool, datetime | None]:
    """Return whether any delivery waits, and when the next is due or expires.

    Those that are due now are left out: they wait for a slot, a key or a lane, and
    whatever frees one of those wakes the worker.
    """
    waiting, seconds = database.execute(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE connection = :owner"
        " AND state IN ('pending', 'uncertain')),"
        " (SELECT min(moment) FROM ("
        " SELECT min(due_at) AS moment FROM deliveries WHERE connection = :owner"
        " AND state IN ('pending', 'uncertain') AND due_at > :now"
        " UNION ALL SELECT min(expires_at) FROM deliveries"
        " WHERE connection = :owner AND state = 'pending'"
        " AND expires_at IS NOT NULL))",
        {"owner": owner, "now": now.timestamp()},
    ).fetchone()
    next_at = None if seconds is None else datetime.fromtimestamp(seconds, now.tzinfo)
    return bool(waiting), next_at
