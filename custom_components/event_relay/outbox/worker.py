"""The worker of a connection: it claims what is due and has it carried out."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
import logging
from typing import Any

from ..backends.base import Backend, Client
from ..backends.errors import BackendError
from .carrier import Carrier, persist
from .clock import SteadyClock
from .delivery import Delivery
from .store import StaleDelivery, Store
from .throttle import Throttle

_LOGGER = logging.getLogger(__name__)

STOP_PATIENCE = 8.0
"""Seconds that requests under way get when the worker stops."""

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
        starts_after: timedelta = timedelta(),
    ) -> None:
        """Take what the worker works with; it starts with `run`.

        Nothing is sent within `starts_after` from now.
        """
        self._connection = connection
        self._store = store
        self._clock = clock
        self._changed = changed
        self._contacted = contacted
        self._carrier = Carrier(
            connection=connection,
            backend=backend,
            client=client,
            capabilities=capabilities,
            store=store,
            clock=clock,
            chance=chance,
            changed=changed,
            got_through=self._got_through,
            troubled=self._troubled,
        )
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._looking_up: dict[str, asyncio.Task[None]] = {}
        self._awake = asyncio.Event()
        self._throttle = Throttle(backend, chance)
        if starts_after:
            self._throttle.hold(clock() + starts_after)
        self._turning = asyncio.Lock()
        self._started = clock()
        self._jump = timedelta()
        self._following_clock = asyncio.Lock()

    @property
    def held(self) -> bool:
        """Whether nothing is sent now: paused, stopping, told to wait, or broken."""
        return self._throttle.held(self._clock())

    def wake(self) -> None:
        """Look for work now."""
        self._awake.set()

    def pause(self) -> None:
        """Send nothing until resumed; what has its time over still expires."""
        self._throttle.paused = True

    def resume(self) -> None:
        """Go on after a pause, and forget a time to wait for."""
        self._throttle.resume()
        self.wake()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        await persist(lambda: self._store.recover(self._connection, self._clock()))
        while not self._throttle.stopping:
            self._awake.clear()
            async with self._turning:
                pause = await self._turn()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._awake.wait()

    async def stop(self, patience: float | None = None) -> None:
        """Claim nothing more, and give what is under way its time to end, in seconds.

        What is cut off stays in `sending`; the next run looks it up.
        """
        now = asyncio.get_running_loop().time
        until = now() + (STOP_PATIENCE if patience is None else patience)
        self._throttle.stopping = True
        self.wake()
        with suppress(TimeoutError):
            # What a turn is claiming now comes to be under way at its end.
            async with asyncio.timeout_at(until), self._turning:
                pass
        if tasks := (*self._sending.values(), *self._looking_up.values()):
            _, late = await asyncio.wait(tasks, timeout=max(0, until - now()))
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self) -> float | None:
        """Do what is due; return the seconds until something is, None for never."""
        await persist(self.follow_clock)
        now = self._clock()
        throttle = self._throttle
        slots, look_ups = throttle.slots(now, len(self._sending), len(self._looking_up))
        if (limit := throttle.hastened(slots)) != 0:
            await persist(
                lambda: self._store.hasten(self._connection, now, limit=limit)
            )
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
        for delivery in taken.ended:
            self._changed(delivery)
        for delivery in taken.claimed:
            self._spawn(self._sending, delivery, self._carrier.send)
        alone = throttle.alone and bool(taken.claimed)
        for delivery in () if alone else taken.look_ups:
            self._spawn(self._looking_up, delivery, self._carrier.look_up)
        moments = [
            moment
            for moment in (taken.next_at, throttle.next_at(now))
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
        async with self._following_clock:
            self._jump += self._clock.take_jump()
            if not (jump := self._jump):
                return
            await self._store.shift(self._connection, jump, self._started)
            _LOGGER.warning("The clock was set by %s; what waits was moved along", jump)
            self._jump -= jump
            self._started += jump
            self._throttle.shift(jump)

    def _spawn(
        self,
        tasks: dict[str, asyncio.Task[None]],
        delivery: Delivery,
        work: Callable[[Delivery], Coroutine[Any, Any, None]],
    ) -> None:
        """Work on a delivery beside the worker's turns."""
        task = asyncio.create_task(work(delivery), name=f"event_relay {delivery.id}")
        tasks[delivery.id] = task

        def ended(task: asyncio.Task[None]) -> None:
            # The delivery may have been claimed again before this was called.
            if tasks.get(delivery.id) is task:
                del tasks[delivery.id]
            self.wake()
            if task.cancelled() or (error := task.exception()) is None:
                return
            if isinstance(error, StaleDelivery):
                # Somebody gave it up meanwhile; what was found out has no use.
                _LOGGER.debug("Delivery %s has moved on", delivery.id)
            else:
                _LOGGER.error("Delivery %s broke off", delivery.id, exc_info=error)

        task.add_done_callback(ended)

    def _got_through(self) -> None:
        """Take note of an answer; what had waited for one need not wait any longer."""
        if self._throttle.got_through(self._clock()):
            self.wake()
        self._contacted(None)

    def _troubled(self, error: BackendError) -> None:
        """Slow down, or pause, as an error asks for."""
        self._throttle.troubled(error, self._clock())
        self._contacted(error)
