"""Distrusts a file that may be older than what was sent."""

import sqlite3

from ..checksum import setting


def distrust(database: sqlite3.Connection, *, running: bool = False) -> int:
    """Make uncertain all that waits; inside a transaction. Return how much that is.

    It may have been sent since, with all of its steps. So may what had failed or
    expired, if the user retried it: the outcome of that is unknown, too. While
    `running`, what is being sent is left to those who send it.
    """
    being_sent = "" if running else "'sending', "
    waiting = database.execute(
        f"UPDATE deliveries SET {_WAITING}"
        f" WHERE state IN ({being_sent}'pending', 'uncertain')"
    ).rowcount
    database.execute(
        f"UPDATE deliveries SET {_ENDED} WHERE state IN ('failed', 'expired')"
    )
    return waiting


_SENT = "coalesce(first_sent_at, accepted_at)"
_ENDED = setting(outcome_unknown="1", restored="1", first_sent_at=_SENT)
_WAITING = setting(
    state="'uncertain'",
    outcome_unknown="1",
    restored="1",
    due_at="coalesce(due_at, accepted_at)",
    first_sent_at=_SENT,
)
