"""A circuit breaker: while nothing gets through, one probe at a time is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import backoff

THRESHOLD = 3
"""Failures to get through, one after the other, that open it."""
PROBE_CAP = timedelta(minutes=1)
"""Longest wait between two attempts while it is open: one request costs little."""
SHARED_PROBE_CAP = timedelta(minutes=3)
"""The same for a backend of many homes, all of which ask."""


@dataclass
class CircuitBreaker:
    """Counts failures to get through to one backend."""

    probe_cap: timedelta = PROBE_CAP
    failures: int = 0
    failing_since: datetime | None = None
    probe_at: datetime | None = None
    """When the next attempt may be made; None while it is closed."""

    @property
    def open(self) -> bool:
        """Whether attempts are made one at a time."""
        return self.probe_at is not None

    def probes(self, now: datetime) -> bool:
        """Say whether it is open and the time of an attempt has come."""
        return self.probe_at is not None and now >= self.probe_at

    def failed(self, now: datetime, chance: float) -> None:
        """Count an attempt that did not get through."""
        self.failures += 1
        self.failing_since = self.failing_since or now
        if self.failures >= THRESHOLD:
            wait = backoff.back_off(self.failures - THRESHOLD + 1, chance)
            self.probe_at = now + min(wait, self.probe_cap)

    def half_open(self, now: datetime) -> None:
        """Let the next attempt be made now, if it is open; see the health checks."""
        if self.probe_at is not None:
            self.probe_at = min(self.probe_at, now)

    def got_through(self, now: datetime) -> timedelta | None:
        """Close it; return how long nothing had got through if it was open."""
        since = self.failing_since if self.open else None
        self.failures = 0
        self.failing_since = None
        self.probe_at = None
        return now - since if since is not None else None

    def shift(self, jump: timedelta) -> None:
        """Move along with a clock that was set."""
        if self.failing_since is not None:
            self.failing_since += jump
        if self.probe_at is not None:
            self.probe_at += jump
