"""Deliveries in flight: claimed, being sent, being committed, being looked up."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Any

from ..backends.base import Backend
from . import transitions
from .clock import SteadyClock
from .delivery import Delivery, DeliveryState, Failure, altered, brought
from .flow_control import FlowControl
from .store.store import StaleDelivery, Store, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

AHEAD_PATIENCE = timedelta(seconds=10)
"""How long something claimed ahead may wait: it counts as sent since its claim.

As long as a request may take, so that a backend that is merely slow does not have
the same deliveries put back and claimed again and again.
"""

PACE_OVER = 0.25
"""Seconds over which is counted how fast a backend answers."""
MOST_AHEAD = 2_000
"""Deliveries that may be accepted as claimed although they have to wait for a slot."""

UNSETTLED_ATTEMPTS = (DeliveryState.SENDING, DeliveryState.UNCERTAIN)
"""States in which the work on a delivery can break off."""

type Tasks = dict[str, asyncio.Task[None]]
type Work = Coroutine[Any, Any, None]


class InFlight:
    """Fills the slots of a connection.

    Where a backend can be asked for everything, more is claimed than there are slots,
    and a slot is free again before what became of its delivery is committed: so that
    none of them waits for the file.
    """

    def __init__(
        self,
        *,
        backend: Backend,
        store: Store,
        clock: SteadyClock,
        flow_control: FlowControl,
        send: Callable[[Delivery, object], Work],
        changed: Callable[[Delivery], None],
        ended: Callable[[bool], None],
    ) -> None:
        """Take what sends a delivery.

        `ended` hears of everything that is over, and whether it was a look-up.
        """
        self._backend = backend
        self._store = store
        self._clock = clock
        self._flow_control = flow_control
        self._send = send
        self._changed = changed
        self._ended = ended
        self.sending: Tasks = {}
        self.settling: Tasks = {}
        """Answered, with an outcome that is still being committed."""
        self.looking_up: Tasks = {}
        self._ready: deque[Delivery] = deque()
        """Claimed, and to be sent as soon as a slot is free."""
        self._payloads: dict[str, object] = {}
        """What that is about, where it is known since its acceptance."""
        self._moved = clock.moved
        """By how much the clock had been set when those were moved along last."""
        self._coming = 0
        """Accepted as claimed, which is being committed."""
        self._none_coming: asyncio.Future[None] | None = None
        self._pace = AnswerPace()
        self._broken: set[str] = set()
        """Ids of deliveries whose work ended with an error that nobody foresaw."""

    def slots(self, now: datetime) -> tuple[int, int]:
        """Return how many more deliveries may be sent, and looked up."""
        return self._flow_control.slots(now, len(self.sending), len(self.looking_up))

    def is_full(self) -> bool:
        """Say whether as much is being sent as may be at the most."""
        return len(self.sending) >= self._backend.concurrency

    def has_slot(self, now: datetime) -> bool:
        """Say whether something that is accepted as claimed can be sent now."""
        if self._ready or self.is_full():
            return False
        return self.slots(now)[0] > self._coming

    def has_room(self, delivery: Delivery) -> bool:
        """Say whether a delivery may be accepted as claimed: whether it gets a slot.

        Or waits for one, as many as the backend has answered in the last second: so
        that a crash leaves no more to be looked up than is done as soon.
        """
        now = delivery.accepted_at
        waiting = self._coming + len(self._ready)
        if not self.is_full() and self.slots(now)[0] > waiting:
            return True
        if not delivery.ahead or self._flow_control.pace.pause or self.is_stuck(now):
            return False
        if (ends := delivery.expires_at) is not None and ends - now < AHEAD_PATIENCE:
            return False
        most = max(
            self._backend.claims_ahead, self._pace.per_second(self._clock.monotonic())
        )
        return waiting < min(most, MOST_AHEAD)

    def expect(self) -> None:
        """Keep room for what is being accepted as claimed."""
        self._coming += 1

    def arrive(self, accepted: Delivery | None, payload: object) -> None:
        """Take what has been accepted as claimed; None where it was not."""
        self._coming -= 1
        if accepted is not None:
            self._payloads[accepted.id] = payload
            self.take((accepted,))
        if not self._coming and self._none_coming is not None:
            self._none_coming.set_result(None)
            self._none_coming = None

    @property
    def holds_any(self) -> bool:
        """Whether anything is claimed and not sent yet, or has broken off."""
        return bool(self._ready or self._broken)

    @property
    def has_broken(self) -> bool:
        """Whether some work has broken off."""
        return bool(self._broken)

    def is_stuck(self, now: datetime) -> bool:
        """Say whether what is claimed can only go on by a turn of the worker."""
        return self.has_broken or bool(self._ready and _is_stale(self._ready[0], now))

    @property
    def next_at(self) -> datetime | None:
        """When something claimed is to be put back if it has not been sent by then."""
        self._follow_clock()
        moments = [
            moment
            for one in self._ready
            for moment in (one.expires_at, _claimed_at(one) + AHEAD_PATIENCE)
            if moment is not None
        ]
        return min(moments, default=None)

    @property
    def short(self) -> bool:
        """Whether there may soon be a slot with nothing that could be sent."""
        return bool(self._broken) or (
            len(self._ready) <= self._backend.claims_ahead // 4
        )

    def claims(self, slots: int) -> int:
        """Return how many deliveries to claim where so many may be sent."""
        waiting = self._coming + len(self._ready)
        if self._flow_control.held(self._clock()) or self._flow_control.pace.pause:
            return max(0, slots - waiting)
        claimed = len(self.sending) + len(self.settling) + waiting
        return max(0, self._backend.concurrency + self._backend.claims_ahead - claimed)

    def at_once(self, slots: int) -> int:
        """Return how many of those may be such as cannot wait for a slot."""
        return max(0, slots - self._coming - len(self._ready))

    def take(self, claimed: Iterable[Delivery]) -> None:
        """Send what has been claimed, as slots become free."""
        self._ready.extend(brought(one, self._moved) for one in claimed)
        self._fill_slots()

    def send(self, delivery: Delivery, work: Work) -> None:
        """Send one delivery beside the worker's turns."""
        self._spawn(self.sending, delivery, work)

    def look_up(self, delivery: Delivery, work: Work) -> None:
        """Look one delivery up beside the worker's turns."""
        self._spawn(self.looking_up, delivery, work)

    def answered(self, delivery: Delivery) -> None:
        """Free the slot of a delivery whose outcome is only to be committed.

        Not where nobody can be asked for it: of those no more than are sent at once
        may be cut off before that.
        """
        self._pace.answered(self._clock.monotonic())
        if not delivery.ahead or len(self.settling) >= self._backend.claims_ahead // 2:
            return
        if (task := self.sending.pop(delivery.id, None)) is not None:
            self.settling[delivery.id] = task
            self._fill_slots()

    async def put_back(self) -> None:
        """Let what was claimed wait again if it is not to be sent now.

        Raises StoreUnavailable; then it is done by the next call.
        """
        now = self._follow_clock()
        held = self._flow_control.held(now)
        back: list[Delivery] = []
        kept: deque[Delivery] = deque()
        for one in self._ready:
            (back if held or _is_stale(one, now) else kept).append(one)
        if not back:
            return
        self._ready = kept
        for one in back:
            self._payloads.pop(one.id, None)
        written = await asyncio.gather(
            *(
                self._store.update(
                    transitions.unclaimed(delivery, now), was=DeliveryState.SENDING
                )
                for delivery in back
            ),
            return_exceptions=True,
        )
        trouble: StoreUnavailable | None = None
        for delivery, outcome in zip(back, written, strict=True):
            if isinstance(outcome, StoreUnavailable):
                trouble = outcome
                self._ready.append(brought(delivery, self._moved))
            elif isinstance(outcome, Delivery) and held:
                # Whoever waits for a claim that is only made anew waits on.
                self._changed(outcome)
            elif isinstance(outcome, BaseException) and not isinstance(
                outcome, StaleDelivery
            ):
                _LOGGER.error("Delivery %s broke", delivery.id, exc_info=outcome)
                self._broken.add(delivery.id)
        if trouble is not None:
            raise trouble

    async def fail_broken(self) -> None:
        """End what has broken off, so that nothing stays in flight for good.

        Raises StoreUnavailable; then it is done by the next call.
        """
        for delivery_id in tuple(self._broken):
            delivery = await self._store.get(delivery_id)
            if delivery is not None and delivery.state in UNSETTLED_ATTEMPTS:
                failure = Failure(code="internal_error")
                failed = transitions.failed(
                    altered(delivery, unclear=True), failure, self._clock()
                )
                with suppress(StaleDelivery):
                    await self._store.update(failed, was=delivery.state)
                    self._changed(failed)
            self._broken.discard(delivery_id)

    async def stop(self, patience: float) -> None:
        """Give what is under way its time to end, in seconds, and then cut it off."""
        await self._await_coming(patience)
        try:
            await self.put_back()
        except StoreUnavailable as error:
            _LOGGER.debug("What was claimed is looked up in the next run: %s", error)
        tasks = (
            *self.sending.values(),
            *self.settling.values(),
            *self.looking_up.values(),
        )
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _await_coming(self, patience: float) -> None:
        """Wait until what is being accepted as claimed can be put back."""
        if self._coming:
            self._none_coming = asyncio.get_running_loop().create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._none_coming

    def _follow_clock(self) -> datetime:
        """Move what is claimed along with a clock that was set; return the present."""
        now, moved = self._clock(), self._clock.moved
        if moved != self._moved:
            self._moved = moved
            self._ready = deque(brought(one, moved) for one in self._ready)
        return now

    def _fill_slots(self) -> None:
        """Send what is claimed, as far as slots are free."""
        if self.is_full() or not self._ready:
            return
        now = self._follow_clock()
        while (
            self._ready
            and not self.is_full()
            and not _is_stale(self._ready[0], now)
            and self.slots(now)[0] > 0
        ):
            delivery = self._ready.popleft()
            payload = self._payloads.pop(delivery.id, None)
            self.send(delivery, self._send(delivery, payload))

    def _spawn(self, tasks: Tasks, delivery: Delivery, work: Work) -> None:
        """Work on a delivery beside the worker's turns."""
        # Eagerly: what it sends is on its way before anything else is done.
        task = asyncio.create_task(
            work, name=f"event_relay {delivery.id}", eager_start=True
        )
        tasks[delivery.id] = task

        def ended(task: asyncio.Task[None]) -> None:
            # The delivery may have been claimed again before this was called.
            for where in (tasks, self.settling):
                if where.get(delivery.id) is task:
                    del where[delivery.id]
            self._fill_slots()
            error = None if task.cancelled() else task.exception()
            if isinstance(error, StaleDelivery):
                # Somebody gave it up meanwhile; what was found out has no use.
                _LOGGER.debug("Delivery %s has moved on", delivery.id)
            elif error is not None:
                _LOGGER.error("Delivery %s broke off", delivery.id, exc_info=error)
                self._broken.add(delivery.id)
            self._ended(tasks is self.looking_up)

        task.add_done_callback(ended)


class AnswerPace:
    """Counts how many deliveries a backend answers in a second."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._since = 0.0
        self._answered = 0
        self._before = 0.0

    def answered(self, now: float) -> None:
        """Count an answer."""
        if (gone_by := now - self._since) >= PACE_OVER:
            self._before = self._answered / gone_by
            self._since, self._answered = now, 0
        self._answered += 1

    def per_second(self, now: float) -> int:
        """Return the pace of now: none where nothing was answered for a second."""
        return int(self._before) if now - self._since < 1 else 0


def is_late(delivery: Delivery, now: datetime) -> bool:
    """Say whether a delivery has its time over."""
    return delivery.expires_at is not None and delivery.expires_at <= now


def _is_stale(claimed: Delivery, now: datetime) -> bool:
    """Say whether something claimed ahead has waited for too long."""
    return is_late(claimed, now) or now >= _claimed_at(claimed) + AHEAD_PATIENCE


def _claimed_at(claimed: Delivery) -> datetime:
    """Return when a delivery was claimed, which is when it counts as sent."""
    return claimed.first_sent_at or claimed.accepted_at
