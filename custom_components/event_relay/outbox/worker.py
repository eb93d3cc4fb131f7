"""The worker of a connection: it claims what is due and has it carried out."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Any

from ..backends.base import Backend, Client
from ..backends.errors import BackendError, CannotConnect, Unavailable
from . import outcomes
from .breaker import Breaker
from .carrier import Carrier, persist
from .clock import SteadyClock
from .delivery import Delivery, DeliveryState
from .overlap import Overlap
from .store import StaleDelivery, Store, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

STOP_PATIENCE = 8.0
"""Seconds that requests under way get when the worker stops."""

AHEAD_PATIENCE = timedelta(seconds=2)
"""How long something claimed ahead may wait: it counts as sent since its claim."""

LOOK_AT_CLOCK = 60.0
"""Seconds after which a waiting worker looks whether the clock was set."""


class Worker:
    """Empties the outbox of one connection, at the pace that its backend can take.

    `chance` gives a number from 0 to 1.
    `changed` hears of every outcome of an attempt and every end; `contacted` of
    every answer of the backend (None) and of every failure to get a useful one.
    """

    def __init__(
        self,
        *,
        connection: str,
        backend: Backend,
        client: Client,
        capabilities: Callable[[], Any],
        store: Store,
        clock: SteadyClock,
        chance: Callable[[], float],
        changed: Callable[[Delivery], None],
        contacted: Callable[[BackendError | None], None],
    ) -> None:
        """Take what the worker works with; it starts with `run`."""
        self._connection = connection
        self._backend = backend
        self._store = store
        self._clock = clock
        self._chance = chance
        self._tell = changed
        self._contacted = contacted
        self._carrier = Carrier(
            connection=connection,
            backend=backend,
            client=client,
            capabilities=capabilities,
            store=store,
            clock=clock,
            chance=chance,
            answered=self._answered,
            changed=self._changed,
            got_through=self._got_through,
            troubled=self._troubled,
        )
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._looking_up: dict[str, asyncio.Task[None]] = {}
        self._settling: dict[str, asyncio.Task[None]] = {}
        """Answered, with an outcome that is still being committed."""
        self._ready: deque[Delivery] = deque()
        """Claimed, and to be sent as soon as a slot is free."""
        self._awake = asyncio.Event()
        self._at_rest = False
        """Whether nothing waits in the file, as of the last turn."""
        self._held_until: datetime | None = None
        self._breaker = Breaker()
        self._hasten = False
        self._stopping = False
        self._paused = False
        self._started = clock()
        self._jump = timedelta()
        self._following_clock = asyncio.Lock()

    @property
    def held(self) -> bool:
        """Whether nothing is sent now: paused, stopping, told to wait, or broken."""
        return self._stilled or self._breaker.open

    @property
    def busy(self) -> bool:
        """Whether something waits beside what is being sent."""
        return bool(self._sending) and not (self._at_rest or self.held)

    @property
    def _stilled(self) -> bool:
        """Whether not even one attempt may be made."""
        limited = self._held_until is not None and self._clock() < self._held_until
        return self._paused or self._stopping or limited

    def wake(self) -> None:
        """Look for work now."""
        self._at_rest = False
        self._awake.set()

    def notice(self) -> None:
        """Look for work as soon as it could be begun."""
        self._at_rest = False
        if self._short or self.held:
            self.wake()

    def takes_at_once(self, delivery: Delivery) -> bool:
        """Say whether a new delivery can be sent beside its acceptance.

        Only if a slot is free and nothing else waits: then all that is said of what
        waits, its order and bound, is about nothing.
        """
        free = len(self._sending) < self._backend.concurrency
        ready = free and self._at_rest and self._store.healthy
        return ready and not self.held and not _late(delivery, delivery.accepted_at)

    def send_at_once(
        self, delivery: Delivery, payload: object, accepting: asyncio.Future[Delivery]
    ) -> Overlap:
        """Begin to send what `takes_at_once`, and whose acceptance is queued."""
        overlap = Overlap(
            delivery=delivery,
            payload=payload,
            accepted=accepting,
            attempted=asyncio.get_running_loop().create_future(),
        )
        self._spawn(self._sending, delivery, self._carrier.send_at_once(overlap))
        return overlap

    def pause(self) -> None:
        """Send nothing until resumed; what has its time over still expires."""
        self._paused = True
        self.wake()

    def resume(self) -> None:
        """Go on after a pause, and forget a time to wait for."""
        self._paused = False
        self._held_until = None
        self._breaker = Breaker()
        self.wake()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        await persist(lambda: self._store.recover(self._connection, self._clock()))
        while not self._stopping:
            self._awake.clear()
            pause = await self._turn()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._awake.wait()

    async def stop(self, patience: float | None = None) -> None:
        """Claim nothing more, and give what is under way its time to end, in seconds.

        What is cut off stays in `sending`; the next run looks it up.
        """
        self._stopping = True
        self.wake()
        with suppress(StoreUnavailable):
            await self._put_back()
        if tasks := (
            *self._sending.values(),
            *self._settling.values(),
            *self._looking_up.values(),
        ):
            _, late = await asyncio.wait(
                tasks, timeout=STOP_PATIENCE if patience is None else patience
            )
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self) -> float | None:
        """Do what is due; return the seconds until something is, None for never."""
        self._at_rest = False
        await persist(self.follow_clock)
        await persist(self._put_back)
        now = self._clock()
        slots, look_ups = self._slots(now)
        if self._hasten or (slots and self._breaker.open):
            await persist(
                lambda: self._store.hasten(
                    self._connection, now, limit=None if self._hasten else 1
                )
            )
            self._hasten = False
        taken = await persist(
            lambda: self._store.take(
                self._connection,
                now,
                slots=slots,
                look_ups=look_ups,
                busy=self._looking_up.keys(),
                expire_since=None if self._clock.steady else self._started,
            )
        )
        self._at_rest = not (taken.waiting or self._awake.is_set())
        for delivery in taken.ended:
            self._changed(delivery)
        # Even while the breaker is open: then it is the one attempt to close it.
        self._ready.extend(taken.claimed)
        self._send_ready(slots)
        alone = self._breaker.open and bool(taken.claimed)
        for delivery in () if alone else taken.look_ups:
            self._spawn(self._looking_up, delivery, self._carrier.look_up(delivery))
        moments = [
            moment
            for moment in (taken.next_at, self._held_until, self._breaker.probe_at)
            if moment is not None and moment > now
        ]
        if moments:
            return min((min(moments) - now).total_seconds(), LOOK_AT_CLOCK)
        return None if self._clock.steady else LOOK_AT_CLOCK

    async def follow_clock(self) -> None:
        """Move the times of what waits when the system's clock was set.

        To be called before anything is accepted, which has its times right. Raises
        StoreUnavailable; then it is done by the next call.
        """
        if not self._clock.jumped and not self._jump:
            return
        async with self._following_clock:
            self._jump += self._clock.take_jump()
            if not (jump := self._jump):
                return
            await self._store.shift(self._connection, jump, self._started)
            _LOGGER.warning("The clock was set by %s; what waits was moved along", jump)
            self._jump -= jump
            self._started += jump
            if self._held_until is not None:
                self._held_until += jump
            self._breaker.shift(jump)

    def _slots(self, now: datetime) -> tuple[int, int]:
        """Return how many more deliveries may be sent, and looked up.

        Neither waits for the other, but for the one attempt of an open breaker.
        """
        if self._stilled:
            return 0, 0
        if self._breaker.open:
            idle = not self._sending and not self._looking_up
            probes = int(idle and self._breaker.probes(now))
            return probes, probes
        most = self._backend.concurrency + self._backend.claims_ahead
        claimed = len(self._sending) + len(self._settling) + len(self._ready)
        return (
            max(0, most - claimed),
            max(0, self._backend.look_ups_at_once - len(self._looking_up)),
        )

    @property
    def _short(self) -> bool:
        """Whether there may soon be a slot with nothing that could be sent."""
        if len(self._ready) <= self._backend.claims_ahead // 4:
            return True
        return _stale(self._ready[0], self._clock())

    def _send_ready(self, most: int) -> None:
        """Send what is claimed, as far as slots are free."""
        most = min(most, self._backend.concurrency - len(self._sending))
        now = self._clock()
        while self._ready and most > 0 and not _stale(self._ready[0], now):
            delivery = self._ready.popleft()
            self._spawn(self._sending, delivery, self._carrier.send(delivery))
            most -= 1

    async def _put_back(self) -> None:
        """Let what was claimed wait again if it is not to be sent now.

        Raises StoreUnavailable; then it is done by the next call.
        """
        now = self._clock()
        ready, self._ready = self._ready, deque()
        back = []
        for delivery in ready:
            if self.held or _stale(delivery, now):
                back.append(delivery)
            else:
                self._ready.append(delivery)
        if not back:
            return
        waiting = [outcomes.unclaimed(delivery, now) for delivery in back]
        updates = (
            self._store.update(delivery, was=DeliveryState.SENDING)
            for delivery in waiting
        )
        try:
            await asyncio.gather(*updates)
        except StoreUnavailable:
            self._ready.extendleft(reversed(back))
            raise
        for delivery in waiting:
            self._tell(delivery)

    def _spawn(
        self,
        tasks: dict[str, asyncio.Task[None]],
        delivery: Delivery,
        work: Coroutine[Any, Any, None],
    ) -> None:
        """Work on a delivery beside the worker's turns."""
        # Eagerly: what it sends is on its way before anything else is done.
        task = asyncio.create_task(
            work, name=f"event_relay {delivery.id}", eager_start=True
        )
        tasks[delivery.id] = task

        def ended(task: asyncio.Task[None]) -> None:
            # The delivery may have been claimed again before this was called.
            for where in (tasks, self._settling):
                if where.get(delivery.id) is task:
                    del where[delivery.id]
            if not self.held:
                self._send_ready(1)
            if not self._at_rest and (self._short or self.held):
                self.wake()
            if task.cancelled() or (error := task.exception()) is None:
                return
            if isinstance(error, StaleDelivery):
                # Somebody gave it up meanwhile; what was found out has no use.
                _LOGGER.debug("Delivery %s has moved on", delivery.id)
            else:
                _LOGGER.error("Delivery %s broke off", delivery.id, exc_info=error)

        task.add_done_callback(ended)

    def _answered(self, delivery: Delivery) -> None:
        """Free the slot of a delivery whose outcome is only to be committed.

        Not where nobody can be asked for it: of those no more than are sent at once
        may be cut off before that.
        """
        if not self._backend.claims_ahead or len(self._settling) >= (
            self._backend.claims_ahead // 2
        ):
            return
        if (task := self._sending.pop(delivery.id, None)) is not None:
            self._settling[delivery.id] = task
            if not self.held:
                self._send_ready(1)

    def _changed(self, delivery: Delivery) -> None:
        """Pass an outcome on; what has not ended by it will want another turn."""
        if not delivery.state.settled:
            self.wake()
        self._tell(delivery)

    def _got_through(self) -> None:
        """Take note of an answer; what had waited for one need not wait any longer."""
        if self._breaker.got_through():
            self._hasten = True
            self.wake()
        self._contacted(None)

    def _troubled(self, error: BackendError) -> None:
        """Slow down, or pause, as an error asks for."""
        if _hopeless(error):
            self._breaker.failed(self._clock(), self._chance())
        if outcomes.pauses(error):
            self.pause()
        if wait := outcomes.hold(error):
            self._held_until = self._clock() + wait
        self._contacted(error)


def _late(delivery: Delivery, now: datetime) -> bool:
    """Say whether a delivery has its time over."""
    return delivery.expires_at is not None and delivery.expires_at <= now


def _stale(claimed: Delivery, now: datetime) -> bool:
    """Say whether something claimed ahead has waited for too long."""
    since = claimed.first_sent_at or now
    return _late(claimed, now) or now - since > AHEAD_PATIENCE


def _hopeless(error: BackendError) -> bool:
    """Say whether what comes next would most likely fare no better.

    A backend that says until when it is busy is left alone until then instead.
    """
    if isinstance(error, Unavailable):
        return outcomes.hold(error) is None
    return isinstance(error, CannotConnect)
