"""A breaker: while nothing gets through, only one attempt at a time is made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import policy

THRESHOLD = 3
"""Failures to get through, one after the other, that open it."""
PROBE_CAP = timedelta(minutes=1)
"""Longest wait between two attempts while it is open: one request costs little."""


@dataclass
class Breaker:
    """Counts failures to get through to one backend."""

    failures: int = 0
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
        if self.failures >= THRESHOLD:
            wait = policy.back_off(self.failures - THRESHOLD + 1, chance)
            self.probe_at = now + min(wait, PROBE_CAP)

    def got_through(self) -> bool:
        """Close it, and return whether it was open."""
        was_open = self.open
        self.failures = 0
        self.probe_at = None
        return was_open

    def shift(self, jump: timedelta) -> None:
        """Move along with a clock that was set."""
        if self.probe_at is not None:
            self.probe_at += jump
