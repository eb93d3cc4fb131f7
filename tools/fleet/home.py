"""One home: what happens in it, its outbox, and the pace that its answers set."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from custom_components.event_relay.backends.base import JsonObject, Step, StepContext
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.coordinator import QUIET
from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.queue.flow_control import FlowControl

from .pending import Line, Waiting, moment, seconds

READ_EVERY = QUIET.total_seconds()
NEVER = float("inf")


async def _unused(_: object, __: object, ___: StepContext) -> JsonObject:
    """Stand for the request, which the backend takes as a number."""
    return {}


_STEP = Step[object, object](name="create", run=_unused)


class Home:
    """Makes deliveries at random, and sends them as its throttle lets it.

    It does what a turn of the worker does with the store; everything that decides
    when something is sent is the integration's own.
    """

    def __init__(
        self,
        flow_control: Callable[[], FlowControl],
        chance: Random,
        rate: float,
        life: float,
    ) -> None:
        """Take what makes its throttle, and deliveries a second."""
        self._new_throttle = flow_control
        self._chance = chance
        self._rate = rate
        self.line = Line(life)
        self.next_event = chance.expovariate(rate) if rate else NEVER
        self.flow_control = flow_control()
        self.sending = 0
        self.wake_at = NEVER
        """The one time at which its timer is set."""
        self.read_at = chance.uniform(0, READ_EVERY)
        self.behind = False
        """Whether something has waited ever since it was marked."""
        self.on = True

    @property
    def waiting(self) -> int:
        """Count the deliveries that have not ended."""
        return len(self.line) + self.sending

    def live(self, now: float) -> None:
        """Accept what has happened until now; nothing has while it was off."""
        while self.next_event <= now:
            if self.on:
                self.line.accept(self.next_event)
            self.next_event += self._chance.expovariate(self._rate)

    def turn(self, now: float) -> list[Waiting]:
        """Return what is sent now."""
        self.live(now)
        if not self.on:
            return []
        slots, _ = self.flow_control.slots(moment(now), self.sending, 0)
        if (limit := self.flow_control.back_offs_to_end(slots)) != 0:
            self.line.end_back_off(now, limit)
        claimed: list[Waiting] = []
        while len(claimed) < slots and (waiting := self.line.claim(now)):
            claimed.append(waiting)
        self.sending += len(claimed)
        return claimed

    def next_at(self, now: float) -> float:
        """Return when there is something to do again, unless an answer comes first."""
        if not self.on:
            return NEVER
        free = self.flow_control.next_at(moment(now))
        if free is not None:
            # What happens until then has to wait as well.
            return seconds(free) if self.line else max(seconds(free), self.next_event)
        due = self.line.next_at(now)
        return min(self.next_event, due if due is not None else NEVER)

    def answered(
        self, waiting: Waiting, error: BackendError | None, now: float
    ) -> bool:
        """Take note of an answer; return whether the delivery has ended."""
        self.sending -= 1
        if error is None:
            self.flow_control.succeeded(moment(now))
            return True
        self.flow_control.failed(error, moment(now))
        self.line.put_back(waiting, self._interrupted(waiting, error, now))
        return False

    def _interrupted(
        self, waiting: Waiting, error: BackendError, now: float
    ) -> Delivery:
        return transitions.step_interrupted(
            waiting.sent(),
            _STEP,
            error,
            now=moment(now),
            chance=self._chance.random(),
            backend=self.flow_control.backend,
        )

    def switch_off(self) -> None:
        """Stop it; what is under way comes to its end."""
        self.on = False
        self.flow_control.stopping = True

    def switch_on(self, now: float, starts_after: float) -> None:
        """Start it: all that it knew of the backend is forgotten."""
        self.live(now)
        self.on = True
        self.flow_control = self._new_throttle()
        self.read_at = now + starts_after
        self.flow_control.hold(moment(self.read_at))

    def skip(self, jump: float, now: float) -> None:
        """Leave out time in which nothing gets through; `now` is its end."""
        self.wake_at += jump
        self.read_at += jump
        breaker = self.flow_control.breaker
        since = breaker.failing_since
        self.flow_control.shift(timedelta(seconds=jump))
        breaker.failing_since = since
        self.line.shift(jump)
        self.live(now)
