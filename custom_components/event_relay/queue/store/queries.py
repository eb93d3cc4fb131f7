"""Reads, counts and deletes rows of the file, inside a transaction.

`owner` is the entry id of a connection.
"""

from dataclasses import dataclass
from datetime import datetime
import sqlite3

from ..delivery import Delivery, DeliveryState
from . import rule_state
from .rows import from_row, instant

DELETED_AT_ONCE = 100
"""Rows deleted in one transaction, which so stays short."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Counts of a connection's deliveries."""

    waiting: int
    """Deliveries that have not ended."""
    failed: int
    oldest_at: datetime | None
    """When the oldest that has not ended was accepted."""
    delivered_at: datetime | None
    """When the last one in the file was delivered."""


def get(database: sqlite3.Connection, delivery_id: str) -> Delivery | None:
    """Read one delivery."""
    row = database.execute(
        "SELECT * FROM deliveries WHERE id = ?", (delivery_id,)
    ).fetchone()
    return from_row(row) if row else None


def prune(database: sqlite3.Connection, owner: str, before: datetime) -> int:
    """Delete some deliveries that ended before a moment; return how many."""
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
    """Return the delivery that created what has an outside id."""
    row = database.execute(
        "SELECT * FROM deliveries WHERE connection = ? AND outside_id = ?"
        " AND follows IS NULL ORDER BY sequence LIMIT 1",
        (owner, outside_id),
    ).fetchone()
    return from_row(row) if row else None


def outside_ids(
    database: sqlite3.Connection, owner: str, since: datetime
) -> frozenset[str]:
    """Return outside ids of deliveries that are not settled, or since a moment."""
    rows = database.execute(
        "SELECT outside_id FROM deliveries WHERE connection = :owner"
        " AND settled_at >= :since AND outside_id IS NOT NULL"
        " UNION ALL SELECT outside_id FROM deliveries WHERE connection = :owner"
        " AND outside_id IS NOT NULL"
        " AND state IN ('pending', 'sending', 'uncertain')",
        {"owner": owner, "since": since.timestamp()},
    )
    return frozenset(row["outside_id"] for row in rows)


def remove(database: sqlite3.Connection, owner: str) -> int:
    """Delete some deliveries of a connection; return how many.

    The state of its rules is deleted first.
    """
    rule_state.forget(database, owner, None)
    return database.execute(
        "DELETE FROM deliveries WHERE sequence IN ("
        " SELECT sequence FROM deliveries WHERE connection = ? LIMIT ?)",
        (owner, DELETED_AT_ONCE),
    ).rowcount


def owners(database: sqlite3.Connection) -> frozenset[str]:
    """Return the connections with anything in the file, by a few index look-ups."""
    rows = database.execute(
        "WITH RECURSIVE owners (name) AS ("
        " SELECT min(connection) FROM deliveries"
        " UNION ALL SELECT (SELECT min(connection) FROM deliveries"
        " WHERE connection > name) FROM owners WHERE name IS NOT NULL)"
        " SELECT name FROM owners WHERE name IS NOT NULL"
        " UNION SELECT connection FROM notes"
    )
    return frozenset(row["name"] for row in rows)


def counts(database: sqlite3.Connection, owner: str) -> Counts:
    """Count waiting and failed deliveries, from indices but for one row."""
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


def delivered(
    database: sqlite3.Connection, owner: str, since: datetime, limit: int
) -> list[Delivery]:
    """Return deliveries that were delivered since a moment, the last first."""
    rows = database.execute(
        "SELECT * FROM deliveries WHERE connection = ? AND settled_at IS NOT NULL"
        " AND settled_at >= ? AND state = 'delivered'"
        " ORDER BY settled_at DESC LIMIT ?",
        (owner, since.timestamp(), limit),
    )
    return [from_row(row) for row in rows]


def ended_since(
    database: sqlite3.Connection, owner: str, since: datetime
) -> dict[tuple[str | None, str], int]:
    """Count deliveries that ended after a moment, by subentry id and state."""
    rows = database.execute(
        "SELECT subentry_id, state, count(*) AS number FROM deliveries"
        " WHERE connection = ? AND settled_at IS NOT NULL AND settled_at > ?"
        " GROUP BY subentry_id, state",
        (owner, since.timestamp()),
    )
    return {(row["subentry_id"], row["state"]): row["number"] for row in rows}


def states(database: sqlite3.Connection, owner: str) -> dict[DeliveryState, int]:
    """Count the deliveries in each state."""
    rows = database.execute(
        "SELECT state, count(*) AS number FROM deliveries WHERE connection = ?"
        " GROUP BY state",
        (owner,),
    )
    return {DeliveryState(row["state"]): row["number"] for row in rows}


def states_up_to(
    database: sqlite3.Connection, owner: str, most: int
) -> dict[DeliveryState, int]:
    """Count the deliveries in each state, up to `most` in each."""
    counted = {
        state: database.execute(
            "SELECT count(*) FROM (SELECT 1 FROM deliveries"
            " WHERE connection = ? AND state = ? LIMIT ?)",
            (owner, state.value, most),
        ).fetchone()[0]
        for state in DeliveryState
    }
    return {state: number for state, number in counted.items() if number}


def size(database: sqlite3.Connection) -> int:
    """Return the size of all pages in bytes."""
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (page_size,) = database.execute("PRAGMA page_size").fetchone()
    return int(pages * page_size)
