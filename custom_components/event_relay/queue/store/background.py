"""Reads the whole file in small pieces, beside the writer."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
import sqlite3
import threading
import time
from typing import ClassVar

from .file import connect_to_read
from .rows import FAILURES

_STEPS = 1_000
"""Steps of SQLite's, or pages, between two looks at the time."""
_PIECE = 0.005
"""Seconds of reading, after which disk and processor are left to others."""
_SHARE = 4
"""How many times longer they are left to others."""
_LONGEST_COMMIT = 0.1
"""Seconds that somebody who writes is given way to; else it would never end."""


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
