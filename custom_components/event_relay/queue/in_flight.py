"""Deliveries in flight: claimed, being sent, being committed, being looked up.

They are the dispatcher's; the worker claims as many as there are free slots.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from ..backends.base import Backend
from .clock import SteadyClock
from .delivery import Delivery, shifted
from .flow_control import FlowControl

AHEAD_PATIENCE = timedelta(seconds=10)
"""How long a delivery claimed ahead may wait for a slot; it counts as sent meanwhile.

It is as long as a request may take. So a backend that is merely slow does not cause
the same deliveries to be put back and claimed again and again.
"""

PACE_OVER = 0.25
"""Seconds over which answers are counted."""
MOST_AHEAD = 2_000
"""Most deliveries that may be claimed and wait for a slot."""

type Tasks = dict[str, asyncio.Future[None]]
"""Tasks, or commits of outcomes, by delivery id."""


class InFlight:
    """Knows which slots of a connection are taken, and which deliveries come next.

    If a backend can look up every delivery, more are claimed than there are slots, and
    a slot is free before the outcome of its delivery is committed. So no slot waits
    for the file.
    """

    def __init__(
        self, backend: Backend, clock: SteadyClock, flow_control: FlowControl
    ) -> None:
        """Begin with nothing in flight."""
        self._backend = backend
        self._clock = clock
        self._flow_control = flow_control
        self.sending: Tasks = {}
        self.settling: Tasks = {}
        """Their requests are answered, and their outcomes are being committed."""
        self.looking_up: Tasks = {}
        self.broken: set[str] = set()
        """Ids of deliveries whose task ended with an unexpected error."""
        self._ready: deque[Delivery] = deque()
        """Claimed deliveries that wait for a slot."""
        self._payloads: dict[str, object] = {}
        """Their payloads, if known from the acceptance."""
        self._shifted_by = clock.total_shift
        """Total of the clock's jumps up to which they are moved."""
        self._accepting = 0
        """Deliveries accepted as claimed that are being committed."""
        self._none_accepting = asyncio.Event()
        self._pace = AnswerPace()

    def slots(self, now: datetime) -> tuple[int, int]:
        """Return how many more deliveries may be sent, and looked up."""
        return self._flow_control.slots(now, len(self.sending), len(self.looking_up))

    @property
    def is_full(self) -> bool:
        """Whether all slots are taken."""
        return len(self.sending) >= self._backend.concurrency

    @property
    def waits_for_file(self) -> bool:
        """Whether nothing is sent, nor can be, before a commit."""
        return not (self.sending or self._ready)

    @property
    def tasks(self) -> tuple[asyncio.Future[None], ...]:
        """All tasks and commits."""
        return (
            *self.sending.values(),
            *self.settling.values(),
            *self.looking_up.values(),
        )

    def has_slot(self, now: datetime) -> bool:
        """Return whether a delivery accepted as claimed gets a slot now."""
        if self._ready or self.is_full:
            return False
        return self.slots(now)[0] > self._accepting

    def can_accept_claimed(self, delivery: Delivery) -> bool:
        """Return whether a delivery may be accepted as claimed.

        It may if it gets a slot now. Others may wait for one, see `_most_ahead`.
        """
        now = delivery.accepted_at
        waiting = self._accepting + len(self._ready)
        if not self.is_full and self.slots(now)[0] > waiting:
            return True
        if (
            not delivery.ahead
            or self._flow_control.rate_limiter.pause
            or self.is_stuck(now)
        ):
            return False
        if (ends := delivery.expires_at) is not None and ends - now < AHEAD_PATIENCE:
            return False
        return waiting < self._most_ahead

    @property
    def _most_ahead(self) -> int:
        """How many deliveries may be claimed beyond the slots.

        As many as the backend answers in a second, so that a crash leaves few to be
        looked up.
        """
        if not (least := self._backend.claims_ahead):
            return 0
        return min(max(least, self._pace.per_second), MOST_AHEAD)

    def expect(self) -> None:
        """Count a delivery that is being accepted as claimed."""
        self._accepting += 1

    def arrive(self, accepted: Delivery | None, payload: object) -> None:
        """Add a delivery that was accepted as claimed; None if it was not."""
        self._accepting -= 1
        if accepted is not None:
            self._payloads[accepted.id] = payload
            self.add((accepted,))
        if not self._accepting:
            self._none_accepting.set()

    async def until_accepted(self) -> None:
        """Wait until nothing is being accepted as claimed."""
        if self._accepting:
            self._none_accepting.clear()
            await self._none_accepting.wait()

    @property
    def holds_any(self) -> bool:
        """Whether a delivery waits for a slot, or its task has broken."""
        return bool(self._ready or self.broken)

    def is_stuck(self, now: datetime) -> bool:
        """Return whether only a turn of the worker can help a claimed delivery on."""
        return bool(self.broken or (self._ready and _is_stale(self._ready[0], now)))

    @property
    def next_at(self) -> datetime | None:
        """When the first claimed delivery becomes stale, if it is not sent by then."""
        self.follow_clock()
        moments = [
            moment
            for one in self._ready
            for moment in (one.expires_at, _claimed_at(one) + AHEAD_PATIENCE)
            if moment is not None
        ]
        return min(moments, default=None)

    @property
    def is_short(self) -> bool:
        """Whether slots may soon be free with nothing to send."""
        return bool(self.broken) or len(self._ready) <= self._most_ahead // 2

    def claims(self, slots: int) -> int:
        """Return how many deliveries to claim if `slots` more may be sent."""
        waiting = self._accepting + len(self._ready)
        if (
            self._flow_control.held(self._clock())
            or self._flow_control.rate_limiter.pause
        ):
            return max(0, slots - waiting)
        claimed = len(self.sending) + len(self.settling) + waiting
        return max(0, self._backend.concurrency + self._most_ahead - claimed)

    def at_once(self, slots: int) -> int:
        """Return how many of those may be deliveries that must not wait for a slot."""
        return max(0, slots - self._accepting - len(self._ready))

    def add(self, claimed: Iterable[Delivery]) -> None:
        """Add deliveries that are to be sent as soon as slots are free."""
        self._ready.extend(shifted(one, self._shifted_by) for one in claimed)

    def pop(self) -> tuple[Delivery, object] | None:
        """Remove and return the next delivery to send, and its payload if known.

        None if no slot is free, or nothing is to be sent.
        """
        if self.is_full or not self._ready:
            return None
        now = self.follow_clock()
        if _is_stale(self._ready[0], now) or self.slots(now)[0] <= 0:
            return None
        delivery = self._ready.popleft()
        return delivery, self._payloads.pop(delivery.id, None)

    def pop_all(self, now: datetime, *, held: bool) -> list[Delivery]:
        """Remove and return claims that are not to be sent: stale ones; all if held."""
        back: list[Delivery] = []
        kept: deque[Delivery] = deque()
        for one in self._ready:
            (back if held or _is_stale(one, now) else kept).append(one)
        self._ready = kept
        for one in back:
            self._payloads.pop(one.id, None)
        if back:
            self._pace.forget()
        return back

    def free_slot(self, delivery: Delivery) -> bool:
        """Free the slot of a delivery whose outcome is being committed, if it may be.

        A delivery that cannot be looked up keeps its slot: a crash must not cut off
        more of them than are sent at once.
        """
        self._pace.answered(self._clock.monotonic())
        if not delivery.ahead or len(self.settling) >= self._most_ahead:
            return False
        if (task := self.sending.pop(delivery.id, None)) is None:
            return False
        self.settling[delivery.id] = task
        return True

    def remove(self, delivery_id: str, task: asyncio.Future[None]) -> None:
        """Remove a task or commit that has ended; there may already be another."""
        for tasks in (self.sending, self.settling, self.looking_up):
            if tasks.get(delivery_id) is task:
                del tasks[delivery_id]

    def follow_clock(self) -> datetime:
        """Move claims along with a clock that was set; return the current time."""
        now, total_shift = self._clock(), self._clock.total_shift
        if total_shift != self._shifted_by:
            self._shifted_by = total_shift
            self._ready = deque(shifted(one, total_shift) for one in self._ready)
        return now


class AnswerPace:
    """The pace at which a backend has answered when it had much to answer."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._since = 0.0
        self._answered = 0
        self._pace = 0.0

    def answered(self, now: float) -> None:
        """Count an answer at a monotonic time in seconds.

        The pace of a burst is known at the next one, but little by little forgotten:
        with each slower period it becomes lower, by half at most.
        """
        if (gone_by := now - self._since) >= PACE_OVER:
            self._pace = max(self._answered / gone_by, self._pace / 2)
            self._since, self._answered = now, 0
        self._answered += 1

    def forget(self) -> None:
        """Begin anew, since the backend does not keep up."""
        self._pace = 0.0

    @property
    def per_second(self) -> int:
        """Deliveries that the backend answers per second."""
        return int(self._pace)


def is_late(delivery: Delivery, now: datetime) -> bool:
    """Return whether the time of a delivery is over."""
    return delivery.expires_at is not None and delivery.expires_at <= now


def _is_stale(claimed: Delivery, now: datetime) -> bool:
    """Return whether a claimed delivery has waited for a slot for too long."""
    return is_late(claimed, now) or now >= _claimed_at(claimed) + AHEAD_PATIENCE


def _claimed_at(claimed: Delivery) -> datetime:
    """Return when a delivery was claimed; it counts as sent since then."""
    return claimed.claimed_at or claimed.accepted_at
