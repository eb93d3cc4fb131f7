"""Work that one thread does after the response, in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import override

type Work = Callable[[], float]
"""Does it, and returns for how many seconds the thread is busy with it."""


@dataclass
class Later:
    """A queue with one worker, in the time of the event loop."""

    _waiting: deque[tuple[float, Work]] = field(default_factory=deque)
    _busy_until: float = 0.0
    _timer: asyncio.TimerHandle | None = None

    @override
    def __getstate__(self) -> dict[str, object]:
        """Return the state for a copy: nothing queued."""
        return {"_waiting": deque(), "_busy_until": 0.0, "_timer": None}

    def submit(self, work: Work, delay: float | None) -> None:
        """Do work after the delay and the work before it; None: not before a flush.

        Without any delay and any earlier work, it is done at once.
        """
        if delay is None:
            self._waiting.append((float("inf"), work))
        elif delay == 0 and not self._waiting:
            work()
        else:
            self._waiting.append((asyncio.get_running_loop().time() + delay, work))
            self._arm()

    def flush(self) -> None:
        """Do all queued work now."""
        self._disarm()
        while self._waiting:
            self._waiting.popleft()[1]()
        self._busy_until = 0.0

    def forget(self) -> None:
        """Lose all queued work, as a killed process does."""
        self._disarm()
        self._waiting.clear()
        self._busy_until = 0.0

    def _arm(self) -> None:
        if self._timer is not None or not self._waiting:
            return
        ready = max(self._waiting[0][0], self._busy_until)
        if ready != float("inf"):
            self._timer = asyncio.get_running_loop().call_at(ready, self._next)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next(self) -> None:
        self._timer = None
        if self._waiting:
            busy = self._waiting.popleft()[1]()
            self._busy_until = asyncio.get_running_loop().time() + busy
        self._arm()
