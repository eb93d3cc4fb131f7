"""Marks deliveries of a file that may be older than what was sent."""

import sqlite3


def distrust(database: sqlite3.Connection, *, running: bool = False) -> int:
    """Make uncertain all that waits; inside a transaction. Return how much that is.

    It may have been sent since, with all of its steps. So may what had failed or
    expired, if the user retried it: the outcome of that is unknown, too. While
    `running`, what is being sent is left to those who send it.
    """
    being_sent = "" if running else "'sending', "
    waiting = database.execute(
        "UPDATE deliveries SET state = 'uncertain', unclear = 1, restored = 1,"
        " due_at = coalesce(due_at, accepted_at),"
        " first_sent_at = coalesce(first_sent_at, accepted_at)"
        f" WHERE state IN ({being_sent}'pending', 'uncertain')"
    ).rowcount
    database.execute(
        "UPDATE deliveries SET unclear = 1, restored = 1,"
        " first_sent_at = coalesce(first_sent_at, accepted_at)"
        " WHERE state IN ('failed', 'expired')"
    )
    return waiting
