"""How much of a connection's work may go out now: pauses, holds, and the breaker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..backends.errors import BackendError, CannotConnect, Unavailable
from . import outcomes
from .breaker import Breaker


@dataclass(kw_only=True)
class Throttle:
    """Sets the pace of one connection by what its backend answers.

    It knows neither the store nor the loop, so that a fleet of it can be simulated.
    `chance` gives a number from 0 to 1.
    """

    concurrency: int
    """Deliveries that may be under way at once."""
    look_ups_at_once: int
    """Look-ups that may be under way beside them."""
    chance: Callable[[], float]
    paused: bool = False
    stopping: bool = False
    _held_until: datetime | None = None
    _breaker: Breaker = field(default_factory=Breaker)
    _hasten: bool = False

    def held(self, now: datetime) -> bool:
        """Say whether nothing is sent: paused, stopping, told to wait, or broken."""
        return self._stilled(now) or self._breaker.open

    def resume(self) -> None:
        """Go on after a pause, and forget a time to wait for."""
        self.paused = False
        self._held_until = None
        self._breaker = Breaker()

    def slots(self, now: datetime, sending: int, looking_up: int) -> tuple[int, int]:
        """Return how many more deliveries may be sent, and looked up.

        Neither waits for the other, but for the one attempt of an open breaker.
        """
        if self._stilled(now):
            return 0, 0
        if self._breaker.open:
            idle = not sending and not looking_up
            probes = int(idle and self._breaker.probes(now))
            return probes, probes
        return (
            max(0, self.concurrency - sending),
            max(0, self.look_ups_at_once - looking_up),
        )

    def hastened(self, slots: int) -> int | None:
        """Return how many of those that wait for another attempt need wait no longer.

        None for all of them, once something got through; one for a probe.
        """
        if self._hasten:
            self._hasten = False
            return None
        return int(bool(slots) and self._breaker.open)

    @property
    def alone(self) -> bool:
        """Whether what is sent must have no look-up beside it."""
        return self._breaker.open

    def next_at(self, now: datetime) -> datetime | None:
        """Return when more may go out than now; None if only an answer can tell."""
        moments = [
            moment
            for moment in (self._held_until, self._breaker.probe_at)
            if moment is not None and moment > now
        ]
        return min(moments, default=None)

    def got_through(self) -> bool:
        """Take note of an answer, and return whether it changes what may go out."""
        if not self._breaker.got_through():
            return False
        self._hasten = True
        return True

    def troubled(self, error: BackendError, now: datetime) -> None:
        """Slow down, or pause, as an error asks for."""
        if _hopeless(error):
            self._breaker.failed(now, self.chance())
        if outcomes.pauses(error):
            self.paused = True
        if wait := outcomes.hold(error):
            self._held_until = now + wait

    def shift(self, jump: timedelta) -> None:
        """Move along with a clock that was set."""
        if self._held_until is not None:
            self._held_until += jump
        self._breaker.shift(jump)

    def _stilled(self, now: datetime) -> bool:
        """Say whether not even one attempt may be made."""
        limited = self._held_until is not None and now < self._held_until
        return self.paused or self.stopping or limited


def _hopeless(error: BackendError) -> bool:
    """Say whether what comes next would most likely fare no better.

    A backend that says until when it is busy is left alone until then instead.
    """
    if isinstance(error, Unavailable):
        return outcomes.hold(error) is None
    return isinstance(error, CannotConnect)
