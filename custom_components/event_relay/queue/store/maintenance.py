"""Maintains the file while it is idle: checkpoints, gives space back."""

import sqlite3

from .file import SHRINKS
from .rows import FAILURES

QUIET = 5.0
"""Seconds without a job until the file is tidied up."""
_BETWEEN = 0.02
"""Seconds between two steps, in which a job may come."""
_PAGES = 32
"""Pages that are given back in a step."""
_SPARE = 256
"""Free pages that are left in the file, for what is written next."""
_REWRITTEN = 1_000
"""Most pages of a file of an earlier version that is rewritten in one go."""


_WORTH_IT = 4
"""One page in so many must be free for a large file to be made anew."""


class Maintenance:
    """Keeps the log short and the file small, in steps that hold up nobody."""

    def __init__(self) -> None:
        """Know of nothing to do."""
        self.pause: float | None = None
        """Seconds to wait for a job before the next step; None if there is none."""
        self.to_be_copied = False
        """Whether the file is too large to be made anew in one go, and should be."""

    def used(self) -> None:
        """Note that the file may have been written."""
        self.pause = QUIET

    def step(self, database: sqlite3.Connection) -> None:
        """Do the next of what there is to do."""
        self.pause = None
        try:
            backed_up = is_backed_up(database)
            self.to_be_copied = not backed_up and _is_large_for_nothing(database)
            if backed_up:
                self.pause = QUIET
            elif _rewrite(database) or _give_back(database):
                self.pause = _BETWEEN
            elif not _empty_log(database):
                self.pause = QUIET
        except FAILURES:
            # Whoever next has a job for the file finds out what is wrong with it.
            return


def is_backed_up(database: sqlite3.Connection) -> bool:
    """Say whether the file itself must not change now."""
    (pages,) = database.execute("PRAGMA wal_autocheckpoint").fetchone()
    return not pages


def _rewrite(database: sqlite3.Connection) -> bool:
    """Make a small file anew that could not become smaller; say whether it was done.

    A large one takes a copy, which is made beside the work.
    """
    (shrinks,) = database.execute("PRAGMA auto_vacuum").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    if shrinks or pages > _REWRITTEN:
        return False
    database.execute(SHRINKS)
    database.execute("VACUUM")
    (shrinks,) = database.execute("PRAGMA auto_vacuum").fetchone()
    return bool(shrinks)


def _is_large_for_nothing(database: sqlite3.Connection) -> bool:
    """Say whether much of a large file is free that cannot become smaller."""
    (shrinks,) = database.execute("PRAGMA auto_vacuum").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    return not shrinks and pages > _REWRITTEN and free * _WORTH_IT >= pages


def _give_back(database: sqlite3.Connection) -> bool:
    """Make the file some pages smaller; say whether that was possible."""
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    if free <= _SPARE:
        return False
    # A page for each row that is fetched, of which there are none to be seen.
    database.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
    (left,) = database.execute("PRAGMA freelist_count").fetchone()
    return bool(left < free)


def _empty_log(database: sqlite3.Connection) -> bool:
    """Bring what stands in the log into the file, unless somebody reads just now."""
    (wait,) = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute("PRAGMA busy_timeout = 0").fetchone()
    try:
        (busy, _, _) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        database.execute(f"PRAGMA busy_timeout = {wait}").fetchone()
    return not busy
