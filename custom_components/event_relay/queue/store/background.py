"""Reads the whole file in small pieces, beside the writer: to check or to copy it.

A file that was not made to shrink has to be written anew for that. In one go that
would hold up whoever writes for seconds. So a copy is made from what was committed at
its beginning; what is written meanwhile is kept, and carried over when the copy takes
the place of the file.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
import threading
import time
from typing import ClassVar, override

from .file import check, connect_to_read, is_damage, make_copy
from .rows import FAILURES

_STEPS = 1_000
"""Steps of SQLite's, or pages, between two looks at the time."""
_PIECE = 0.005
"""Seconds of reading, after which disk and processor are left to others."""
_SHARE = 4
"""How many times longer they are left to others."""
_LONGEST_COMMIT = 0.1
"""Seconds that somebody who writes is given way to; else it would never end."""
_ROOM = 2
"""How many times the size of the file must be free on the disk for a copy."""


class BackgroundRead(ABC):
    """Reads a file from a thread of its own, as it was at the beginning.

    That holds up nobody who writes; only the log grows meanwhile.
    """

    name: ClassVar[str]
    """What the thread is called by."""

    def __init__(
        self, path: Path, ended: Callable[[], None], idle: threading.Event
    ) -> None:
        """Begin; `ended` is called from the thread, `idle` set while nobody writes."""
        self._path = path
        self._ended = ended
        self._idle = idle
        self._stopped = threading.Event()
        self._piece_began = 0.0
        self.over = False
        """Whether it has come to its end."""
        # A daemon, as the writer is.
        self._thread = threading.Thread(
            target=self._work, name=f"event_relay_outbox_{self.name}", daemon=True
        )
        self._thread.start()

    @abstractmethod
    def _read(self, database: sqlite3.Connection) -> None:
        """Read all of it."""

    @abstractmethod
    def _failed(self, error: Exception) -> bool:
        """Take note of an error; say whether that is an end to hear of."""

    def stop(self) -> None:
        """Break it off, and let go of the file; blocks for as long as a piece takes."""
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        """Read the file; the thread's whole life."""
        try:
            with closing(connect_to_read(self._path)) as database:
                self._piece_began = time.monotonic()
                database.set_progress_handler(self._go_on, _STEPS)
                self._read(database)
        except (OSError, *FAILURES) as error:
            if not self._failed(error):
                return
        self.over = True
        self._ended()

    def _go_on(self) -> bool:
        """Leave the disk to others for a moment; say whether to break off."""
        took = time.monotonic() - self._piece_began
        if took >= _PIECE or not self._idle.is_set():
            self._stopped.wait(_SHARE * min(took, _PIECE))
            self._idle.wait(_LONGEST_COMMIT)
            self._piece_began = time.monotonic()
        return self._stopped.is_set()


class Check(BackgroundRead):
    """Checks the integrity of a whole file."""

    name = "check"
    damage: str | None = None
    """What is wrong with the file, if anything is."""

    @override
    def _read(self, database: sqlite3.Connection) -> None:
        check(database)

    @override
    def _failed(self, error: Exception) -> bool:
        if not is_damage(error):
            return False  # broken off, or the file cannot be read now
        self.damage = str(error)
        return True


class Copy(BackgroundRead):
    """Writes all that is in a file into another one, without what is free in it."""

    name = "copy"
    failed = False
    """Whether there is no copy, and will be none."""

    @override
    def _read(self, database: sqlite3.Connection) -> None:
        if (
            shutil.disk_usage(self._path.parent).free
            < _ROOM * self._path.stat().st_size
        ):
            self.failed = True
        else:
            make_copy(database, self._path)

    @override
    def _failed(self, error: Exception) -> bool:
        self.failed = True
        return True
