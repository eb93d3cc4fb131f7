"""A circuit breaker: while nothing gets through, one probe at a time is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import backoff

THRESHOLD = 3
"""Consecutive failures that open it."""
PROBE_CAP = timedelta(minutes=1)
"""Longest wait between two probes while it is open."""
SHARED_PROBE_CAP = timedelta(minutes=3)
"""Longest wait for a backend that many homes share, all of which probe it."""


@dataclass
class CircuitBreaker:
    """Counts consecutive failures to reach one backend."""

    probe_cap: timedelta = PROBE_CAP
    failures: int = 0
    failing_since: datetime | None = None
    probe_at: datetime | None = None
    """When the next probe may be sent; None while it is closed."""

    @property
    def open(self) -> bool:
        """Whether only one probe at a time is sent."""
        return self.probe_at is not None

    def probes(self, now: datetime) -> bool:
        """Return whether it is open and a probe is due."""
        return self.probe_at is not None and now >= self.probe_at

    def failed(self, now: datetime, chance: float) -> None:
        """Count a request that did not reach the backend."""
        self.failures += 1
        self.failing_since = self.failing_since or now
        if self.failures >= THRESHOLD:
            wait = backoff.back_off(self.failures - THRESHOLD + 1, chance)
            self.probe_at = now + min(wait, self.probe_cap)

    def half_open(self, now: datetime) -> None:
        """Make a probe due now, if it is open."""
        if self.probe_at is not None:
            self.probe_at = min(self.probe_at, now)

    def succeeded(self, now: datetime) -> timedelta | None:
        """Close it; return how long the backend was away if it was open."""
        since = self.failing_since if self.open else None
        self.failures = 0
        self.failing_since = None
        self.probe_at = None
        return now - since if since is not None else None

    def shift(self, jump: timedelta) -> None:
        """Move its moments along with a clock that was set."""
        if self.failing_since is not None:
            self.failing_since += jump
        if self.probe_at is not None:
            self.probe_at += jump
