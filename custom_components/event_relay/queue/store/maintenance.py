"""Maintains the file while it is idle: checkpoints it, and gives space back."""

import sqlite3
import time

from .file import SHRINKS
from .rows import FAILURES

QUIET = 5.0
"""Seconds without a job until maintenance begins."""
LATEST = 60.0
"""Seconds after which it begins between two jobs, in a home that is never quiet."""
_BETWEEN = 0.02
"""Seconds between two steps, in which jobs can run."""
_PAGES = 32
"""Pages given back in one step."""
_SPARE = 256
"""Free pages that stay in the file, for the next writes."""
_REWRITTEN = 1_000
"""Most pages of a file of an earlier version that is rewritten in one step."""


_WORTH_IT = 4
"""A large file is copied if at least one page in so many is free."""


class Maintenance:
    """Keeps the log short and the file small, in short steps."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self.pause: float | None = None
        """Seconds to wait for a job before the next step; None for no step."""
        self.to_be_copied = False
        """Whether the file should be copied, since it is too large to be rewritten."""
        self._due_since: float | None = None
        """When the first job ran that maintenance has not followed; monotonic."""

    def used(self) -> None:
        """Note that a job has run."""
        now = time.monotonic()
        if self._due_since is None:
            self._due_since = now
        self.pause = _BETWEEN if now - self._due_since >= LATEST else QUIET

    def step(self, database: sqlite3.Connection) -> None:
        """Do the next step."""
        self._step(database)
        if self.pause is None:
            self._due_since = None

    def _step(self, database: sqlite3.Connection) -> None:
        """Do the next step, and say when the one after it is."""
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
            # The next job finds out what is wrong with the file.
            return


def is_backed_up(database: sqlite3.Connection) -> bool:
    """Return whether a backup is being made: the file itself must not change."""
    (pages,) = database.execute("PRAGMA wal_autocheckpoint").fetchone()
    return not pages


def _rewrite(database: sqlite3.Connection) -> bool:
    """Rewrite a small file that cannot shrink; return whether it was done."""
    (shrinks,) = database.execute("PRAGMA auto_vacuum").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    if shrinks or pages > _REWRITTEN:
        return False
    database.execute(SHRINKS)
    database.execute("VACUUM")
    (shrinks,) = database.execute("PRAGMA auto_vacuum").fetchone()
    return bool(shrinks)


def _is_large_for_nothing(database: sqlite3.Connection) -> bool:
    """Return whether a large file that cannot shrink has many free pages."""
    (shrinks,) = database.execute("PRAGMA auto_vacuum").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    return not shrinks and pages > _REWRITTEN and free * _WORTH_IT >= pages


def _give_back(database: sqlite3.Connection) -> bool:
    """Give some free pages back; return whether that was possible."""
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    if free <= _SPARE:
        return False
    # Each row that is fetched frees a page; the rows are empty.
    database.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
    (left,) = database.execute("PRAGMA freelist_count").fetchone()
    return bool(left < free)


def _empty_log(database: sqlite3.Connection) -> bool:
    """Checkpoint the log, unless somebody is reading; return whether it was done."""
    (wait,) = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute("PRAGMA busy_timeout = 0").fetchone()
    try:
        (busy, _, _) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        database.execute(f"PRAGMA busy_timeout = {wait}").fetchone()
    return not busy
