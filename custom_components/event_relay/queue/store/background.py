"""Reads the whole file in small pieces, beside the writer: to check or to copy it.

A file of an earlier version cannot shrink, and has to be written anew for that. In one
go that would stop writers for seconds. So a snapshot is copied. What is written
meanwhile is kept, and carried over when the copy replaces the file.
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
"""Steps of SQLite's machine, or pages, between two looks at the time."""
_PIECE = 0.005
"""Seconds of reading, after which it pauses."""
_SHARE = 4
"""Length of a pause, as a multiple of the time of reading."""
_LONGEST_COMMIT = 0.1
"""Longest wait for a writer, in seconds; without a bound it might never end."""
_FREE_SPACE = 2
"""How many times the size of the file must be free on the disk for a copy."""


class BackgroundRead(ABC):
    """Reads a snapshot of the file on a thread of its own.

    It does not delay writers; only the write-ahead log grows meanwhile.
    """

    name: ClassVar[str]
    """Last part of the thread's name."""

    def __init__(
        self, path: Path, ended: Callable[[], None], idle: threading.Event
    ) -> None:
        """Start; `ended` is called on the thread, `idle` is set while nobody writes."""
        self._path = path
        self._ended = ended
        self._idle = idle
        self._stopped = threading.Event()
        self._piece_began = 0.0
        self.over = False
        """Whether it has ended."""
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
        """Note an error; return whether that is an end to report."""

    def stop(self) -> None:
        """Cancel it and close the file; blocks for as long as a piece takes."""
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
        """Pause if it is time; return whether to cancel."""
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
    """The damage that was found, if any."""

    @override
    def _read(self, database: sqlite3.Connection) -> None:
        check(database)

    @override
    def _failed(self, error: Exception) -> bool:
        if not is_damage(error):
            return False  # cancelled, or the file cannot be read now
        self.damage = str(error)
        return True


class Copy(BackgroundRead):
    """Copies the file without its free pages."""

    name = "copy"
    failed = False
    """Whether there will be no copy."""

    @override
    def _read(self, database: sqlite3.Connection) -> None:
        if (
            shutil.disk_usage(self._path.parent).free
            < _FREE_SPACE * self._path.stat().st_size
        ):
            self.failed = True
        else:
            make_copy(database, self._path)

    @override
    def _failed(self, error: Exception) -> bool:
        self.failed = True
        return True
