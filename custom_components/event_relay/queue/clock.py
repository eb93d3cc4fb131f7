"""A clock that tells when the system's has been set."""

from collections.abc import Callable
from datetime import datetime, timedelta
import time

JUMP = timedelta(seconds=60)
"""Difference between wall time and time gone by from which the clock was set."""
_JUMP = JUMP.total_seconds()
STEADY_AFTER = 60.0
"""Seconds without a jump after which the clock is believed, also at the start: a
computer without a battery learns the time only once the network is there."""


class SteadyClock:
    """Wall time that never goes back by little, and tells when it goes by much."""

    def __init__(
        self,
        wall: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the system's two clocks."""
        self._wall = wall
        self._monotonic = monotonic
        self._last = wall()
        self._last_monotonic = self._steady_since = monotonic()
        self._jump = timedelta()
        self.moved = timedelta()
        """By how much it had been set in this run when it was last read."""

    def __call__(self) -> datetime:
        """Return the present."""
        wall, monotonic = self._wall(), self._monotonic()
        gone_by = monotonic - self._last_monotonic
        if abs((wall - self._last).total_seconds() - gone_by) > _JUMP:
            jump = wall - self._last - timedelta(seconds=gone_by)
            self._jump += jump
            self.moved += jump
            self._steady_since = monotonic
            self._last = wall
        else:
            self._last = max(self._last, wall)
        self._last_monotonic = monotonic
        return self._last

    def monotonic(self) -> float:
        """Return seconds that only go on, whatever the system's clock is set to."""
        return self._monotonic()

    @property
    def steady(self) -> bool:
        """Whether the clock has not been set for a while."""
        return self._monotonic() - self._steady_since >= STEADY_AFTER

    @property
    def jumped(self) -> bool:
        """Whether it was set since the jump was last taken."""
        self()
        return bool(self._jump)

    def take_jump(self) -> timedelta:
        """Return by how much the clock was set since the last call; zero mostly."""
        self()
        jump, self._jump = self._jump, timedelta()
        return jump
