"""Flow control of a connection: pauses, limits, circuit breaker, rate limiter."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..backends.base import Backend
from ..backends.errors import BackendError, CannotConnect, OutcomeUnknown, Unavailable
from . import transitions
from .circuit_breaker import PROBE_CAP, SHARED_PROBE_CAP, CircuitBreaker
from .rate_limiter import RateLimiter


@dataclass
class FlowControl:
    """Decides how many requests a connection may send, by its backend's answers.

    It is plain data without store and event loop, so that a fleet can be simulated.
    `chance` returns a number from 0 to 1.
    """

    backend: Backend
    chance: Callable[[], float]
    paused: bool = False
    """Whether a person has to fix what the backend refused."""
    switched_off: bool = False
    """Whether the user has switched the connection off."""
    stopping: bool = False
    breaker: CircuitBreaker = field(init=False)
    rate_limiter: RateLimiter = field(init=False)
    _held_until: datetime | None = field(init=False)
    _back_off_ended: bool = False

    def __post_init__(self) -> None:
        """Begin with no knowledge of the backend."""
        self._forget()

    def held(self, now: datetime) -> bool:
        """Return whether nothing is sent: paused, stopping, on hold, breaker open."""
        return self._sends_nothing(now) or self.breaker.open

    def resume(self) -> None:
        """End a pause, and forget earlier answers of the backend."""
        self.paused = False
        self._forget()

    def hold(self, until: datetime) -> None:
        """Send nothing before a moment."""
        if self._held_until is None or until > self._held_until:
            self._held_until = until

    def slots(self, now: datetime, sending: int, looking_up: int) -> tuple[int, int]:
        """Return how many more deliveries may be sent, and looked up.

        The two are independent, except that an open breaker lets one probe out.
        """
        if self._sends_nothing(now):
            return 0, 0
        if self.breaker.open:
            idle = not sending and not looking_up
            probes = int(idle and self.breaker.probes(now))
            return probes, probes
        if self.rate_limiter.pause:
            return int(not sending), int(not looking_up)
        return (
            max(0, self.backend.concurrency - sending),
            max(0, self.backend.look_ups_at_once - looking_up),
        )

    def back_offs_to_end(self, slots: int) -> int | None:
        """Return how many deliveries in back-off are to be made due now.

        None for all, once a request got through; 1 for a probe.
        """
        if self._back_off_ended:
            self._back_off_ended = False
            return None
        return int(bool(slots) and self.breaker.open)

    @property
    def probing(self) -> bool:
        """Whether the breaker is open, and nothing else stops probes."""
        return self.breaker.open and not self._stopped

    def outage(self, now: datetime) -> timedelta:
        """Return for how long no request has got through."""
        since = self.breaker.failing_since
        return now - since if since is not None else timedelta()

    def probe_now(self, now: datetime) -> None:
        """Make a probe of an open breaker due now."""
        self.breaker.half_open(now)

    @property
    def sends_alone(self) -> bool:
        """Whether no look-up may run beside a send."""
        return self.breaker.open

    def next_at(self, now: datetime) -> datetime | None:
        """Return when more may be sent than now; None if only an answer can tell."""
        moments = [
            moment
            for moment in (self._held_until, self.breaker.probe_at)
            if moment is not None and moment > now
        ]
        # Nothing is sent before the last of them.
        return max(moments, default=None)

    def succeeded(self, now: datetime) -> bool:
        """Note an answer; return whether it closed the breaker."""
        closed = self._close(now)
        if not closed:
            self.rate_limiter.answered()
        self._pause(now)
        return closed

    def failed(self, error: BackendError, now: datetime) -> None:
        """Slow down or pause after an error."""
        if isinstance(error, Unavailable) and error.this_request_only:
            return
        if self.backend.shared and transitions.limits(error):
            self._limited(now, transitions.hold(error) or timedelta())
        elif wait := transitions.hold(error):
            self.hold(now + wait)
        elif isinstance(error, CannotConnect | Unavailable) or (
            isinstance(error, OutcomeUnknown) and error.outage
        ):
            self.breaker.failed(now, self.chance())
        if transitions.pauses(error):
            self.paused = True

    def _limited(self, now: datetime, least: timedelta) -> None:
        """Slow down after a shared backend has refused a request for its limit."""
        self._close(now)
        if not self._sends_nothing(now):
            # Others in flight are refused for the same reason, and count once.
            self.rate_limiter.refused()
        self._pause(now, least)

    def shift(self, jump: timedelta) -> None:
        """Move its moments along with a clock that was set."""
        if self._held_until is not None:
            self._held_until += jump
        self.breaker.shift(jump)

    def _forget(self) -> None:
        """Forget what is known of the backend."""
        self.breaker = CircuitBreaker(
            SHARED_PROBE_CAP if self.backend.shared else PROBE_CAP
        )
        self.rate_limiter = RateLimiter()
        self._held_until = None

    def _close(self, now: datetime) -> bool:
        """Close the breaker; return whether it was open."""
        if (away := self.breaker.succeeded(now)) is None:
            return False
        self._back_off_ended = True
        if self.backend.shared:
            self.rate_limiter.start(away)
        return True

    def _pause(self, now: datetime, least: timedelta = timedelta()) -> None:
        """Send nothing for a while, whose length differs between homes."""
        if wait := least + self.rate_limiter.wait(self.chance()):
            self.hold(now + wait)

    def _sends_nothing(self, now: datetime) -> bool:
        """Return whether not even one request may be sent."""
        limited = self._held_until is not None and now < self._held_until
        return self._stopped or limited

    @property
    def _stopped(self) -> bool:
        """Whether nothing is sent until something is done about it."""
        return self.paused or self.switched_off or self.stopping
