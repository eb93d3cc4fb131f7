"""The two threads that write after the answer, and what breaks them.

The row is written by two other threads after the 200 (facts §2.2): one processes
(detected_frames_processor), the next writes (event_processor). Once one of them has
died nothing is stored any more, although 200 is still answered, until Frigate is
restarted; nothing restarts threads (facts §2.3).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from .settings import FrigateSettings


class Thread(Enum):
    """A thread of Frigate that a request can kill."""

    FRAMES = "detected_frames_processor"
    EVENTS = "event_processor"


class ThreadKilledError(Exception):
    """Work that takes the thread doing it down with it."""

    def __init__(self, thread: Thread) -> None:
        """Name the thread."""
        super().__init__(thread.value)
        self.thread = thread


@dataclass
class Threads:
    """Work that waits, in order, to be done after its request was answered."""

    settings: FrigateSettings
    dead: set[Thread] = field(default_factory=set)
    _waiting: deque[Callable[[], None]] = field(default_factory=deque)
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)

    def submit(self, work: Callable[[], None]) -> None:
        """Do work after the delay; at once before 0.16 (facts §2.2)."""
        self._waiting.append(work)
        delay = self.settings.async_delay
        if delay == 0 or not self.settings.release.asynchronous:
            self.flush()
        elif delay is not None:
            loop = asyncio.get_running_loop()
            self._timers = [timer for timer in self._timers if not _over(timer)]
            self._timers.append(loop.call_later(delay, self._next))

    def flush(self) -> None:
        """Do everything that waits now."""
        self._cancel()
        while self._waiting:
            self._next()

    def restart(self) -> None:
        """Revive the threads; what waited is lost with the process."""
        self._cancel()
        self._waiting.clear()
        self.dead.clear()

    def _next(self) -> None:
        if not self._waiting:
            return
        work = self._waiting.popleft()
        if self.dead:
            return
        try:
            work()
        except ThreadKilledError as error:
            self.dead.add(error.thread)

    def _cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()


def _over(timer: asyncio.TimerHandle) -> bool:
    return timer.cancelled() or timer.when() < asyncio.get_running_loop().time()
