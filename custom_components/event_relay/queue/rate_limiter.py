"""An adaptive rate limiter: slower after a refusal, faster after an answer."""

from dataclasses import dataclass
from datetime import timedelta

FIRST = 10.0
"""Pause after the first refusal, in seconds."""
LONGEST = 5 * 60.0
"""Longest pause, in seconds. Each answer adds one request per so many seconds to the
pace, so that slow homes catch up with fast ones."""
SHORTEST = 0.1
"""Pause in seconds below which there is none."""
START_SHARE = 1 / 300
"""First pause after an outage, as a share of its length: the longer it lasts, the more
deliveries wait in all homes."""
START_LONGEST = 2 * 60.0
"""Longest first pause after an outage, in seconds."""
START_GROWTH = 1.5
"""Factor by which each answer after an outage shortens the pause, until a refusal."""


@dataclass
class RateLimiter:
    """Halves the pace with each refusal, and adds to it with each answer (AIMD).

    If many homes share a limit, about one request in four is refused.
    """

    pause: float = 0.0
    """Seconds between two requests; 0 for no pause."""
    _starting: bool = False

    def start(self, away: timedelta) -> None:
        """Begin slowly after an outage of a length."""
        self.pause = min(away.total_seconds() * START_SHARE, START_LONGEST)
        self._starting = True

    def refused(self) -> None:
        """Note a request that was refused for a limit."""
        self.pause = min(2 * self.pause, LONGEST) if self.pause else FIRST
        self._starting = False

    def answered(self) -> None:
        """Note a request that was accepted."""
        if self._starting:
            self.pause /= START_GROWTH
        else:
            self.pause /= 1 + self.pause / LONGEST
        if self.pause < SHORTEST:
            self.pause = 0.0

    def wait(self, chance: float) -> timedelta:
        """Return the wait before the next request: 0.5 to 1.5 times the pause.

        `chance` is uniform in 0 to 1.
        """
        return timedelta(seconds=self.pause * (0.5 + chance))
