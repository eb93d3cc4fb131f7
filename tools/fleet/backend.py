"""One backend for all homes, which takes so many requests and no more."""

from dataclasses import dataclass, field

from custom_components.event_relay.backends.errors import (
    RATE_LIMITED,
    BackendError,
    CannotConnect,
    Unavailable,
)

BURST = 10.0
"""Seconds of the limit that may come at once, after as long a quiet time."""
BIN = 10
"""Seconds that are counted together."""
WINDOW = 60
"""Seconds in which a backend counts that tells when to come again."""


@dataclass
class LimitedBackend:
    """Takes `limit` requests a minute, in one of the two ways that are common.

    One that `tells` counts by the minute of the clock, and sends with a 429 the
    seconds until the next one begins: the same moment to all. The other has a bucket
    that fills all the time, and tells nothing.
    """

    limit: float
    tells: bool
    reachable: bool = True
    taken: dict[int, int] = field(default_factory=dict)
    """Requests that it took, by the number of the bin."""
    refused: dict[int, int] = field(default_factory=dict)
    lost: int = 0
    """Attempts that found nobody."""
    _tokens: float = 1.0
    _filled_at: float = 0.0

    def ask(self, now: float) -> BackendError | None:
        """Take a request, or return why not."""
        if not self.reachable:
            self.lost += 1
            return CannotConnect()
        self._fill(now)
        place = int(now // BIN)
        if self._tokens < 1:
            self.refused[place] = self.refused.get(place, 0) + 1
            left = float(-(-(WINDOW - now % WINDOW) // 1)) if self.tells else None
            return Unavailable(code=RATE_LIMITED, retry_after=left)
        self._tokens -= 1
        self.taken[place] = self.taken.get(place, 0) + 1
        return None

    def _fill(self, now: float) -> None:
        """Let the time since the last request fill the bucket."""
        since, self._filled_at = self._filled_at, now
        if self.tells:
            if now // WINDOW > since // WINDOW:
                self._tokens = self.limit
            return
        per_second = self.limit / 60
        filled = self._tokens + (now - since) * per_second
        self._tokens = min(filled, max(1.0, BURST * per_second))
