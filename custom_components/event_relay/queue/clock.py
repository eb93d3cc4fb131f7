"""A clock that notices when the system clock is set."""

from collections.abc import Callable
from datetime import datetime, timedelta
import time

JUMP = timedelta(seconds=60)
"""Difference between wall time and monotonic time from which the clock was set."""
_JUMP = JUMP.total_seconds()
STEADY_AFTER = 60.0
"""Seconds without a jump after which the clock is trusted, also at the start: a
computer without a battery gets the time only once it has a network."""


class SteadyClock:
    """Wall time that hides small steps back, and reports large jumps."""

    def __init__(
        self,
        wall: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the system's two clocks."""
        self._wall = wall
        self._monotonic = monotonic
        self._last = wall()
        self._last_monotonic = self._steady_since = monotonic()
        self._jump = timedelta()
        self.total_shift = timedelta()
        """Total of all jumps in this run, when the clock was last read."""

    def __call__(self) -> datetime:
        """Return the current time."""
        wall, monotonic = self._wall(), self._monotonic()
        gone_by = monotonic - self._last_monotonic
        # It is read several times per delivery: hence no call of abs or max.
        if not -_JUMP <= (wall - self._last).total_seconds() - gone_by <= _JUMP:
            jump = wall - self._last - timedelta(seconds=gone_by)
            self._jump += jump
            self.total_shift += jump
            self._steady_since = monotonic
            self._last = wall
        elif wall > self._last:
            self._last = wall
        self._last_monotonic = monotonic
        return self._last

    def monotonic(self) -> float:
        """Return seconds of the monotonic clock."""
        return self._monotonic()

    @property
    def steady(self) -> bool:
        """Whether the clock was not set for a while."""
        return self._monotonic() - self._steady_since >= STEADY_AFTER

    @property
    def jumped(self) -> bool:
        """Whether the clock was set since `take_jump` was last called."""
        self()
        return bool(self._jump)

    def take_jump(self) -> timedelta:
        """Return by how much the clock was set since the last call."""
        self()
        jump, self._jump = self._jump, timedelta()
        return jump
