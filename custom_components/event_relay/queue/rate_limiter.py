"""An adaptive rate limiter: slower after a refusal, faster after an answer."""

from dataclasses import dataclass
from datetime import timedelta

FIRST = 10.0
"""Seconds of the pause that the first refusal brings."""
LONGEST = 5 * 60.0
"""Seconds of the longest pause. An answer makes the pace faster by one request in as
much time, so that of many homes the slow ones catch up with the fast ones."""
SHORTEST = 0.1
"""Seconds below which a pause makes no difference."""
START_SHARE = 1 / 300
"""The first pause after an outage, as a share of how long it was: what waits in all
homes grows with it, and with what waits the time that it takes the backend."""
START_LONGEST = 2 * 60.0
"""Seconds of the longest first pause after an outage."""
START_GROWTH = 1.5
"""How much faster each answer makes it after an outage, until the first refusal."""


@dataclass
class RateLimiter:
    """Halves with every refusal, and grows with every answer until there is no pause.

    Of many homes at one limit about one request in four is then refused.
    """

    pause: float = 0.0
    """Seconds between two requests; zero for as fast as they go."""
    _starting: bool = False

    def start(self, away: timedelta) -> None:
        """Begin slowly after an outage of some length."""
        self.pause = min(away.total_seconds() * START_SHARE, START_LONGEST)
        self._starting = True

    def refused(self) -> None:
        """Take note of a request too many."""
        self.pause = min(2 * self.pause, LONGEST) if self.pause else FIRST
        self._starting = False

    def answered(self) -> None:
        """Take note of a request that was taken."""
        if self._starting:
            self.pause /= START_GROWTH
        else:
            self.pause /= 1 + self.pause / LONGEST
        if self.pause < SHORTEST:
            self.pause = 0.0

    def wait(self, chance: float) -> timedelta:
        """Return the time to the next request, from half a pause to one and a half.

        `chance` is uniform in 0 to 1.
        """
        return timedelta(seconds=self.pause * (0.5 + chance))
