"""The worker of a connection: it claims, runs steps, looks up and settles."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import Any

from ..backends.base import (
    AnyOperation,
    Backend,
    Client,
    Receipt,
    StepContext,
    UnreadablePayload,
)
from ..backends.errors import BackendError, Rejected
from . import outcomes
from .delivery import Delivery, DeliveryState, Failure
from .outcomes import AnyFind, AnyStep
from .store import Store, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

STOP_PATIENCE = 8.0
"""Seconds that requests under way get when the worker stops."""
STORE_PATIENCE = 5.0
"""Seconds between tries of what the store could not do."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A stored delivery read back into what is to be done."""

    operation: AnyOperation
    payload: Any
    steps: tuple[AnyStep, ...]
    followed: Receipt | None
    outside_ids: frozenset[str]

    def left(self, delivery: Delivery) -> list[AnyStep]:
        """Return the steps that are not done."""
        return [step for step in self.steps if step.name not in delivery.results]

    def context(self, delivery: Delivery, now: datetime) -> StepContext:
        """Return what a step may know."""
        return StepContext(
            delivery_id=delivery.id,
            occurred_at=delivery.occurred_at,
            now=now,
            first_sent_at=delivery.first_sent_at,
            attempt=delivery.attempts,
            look_ups=delivery.look_ups if delivery.asked_since else 0,
            results=delivery.results,
            clue=delivery.clue,
            followed=self.followed,
            outside_ids=self.outside_ids,
        )


class Worker:
    """Carries out the deliveries of one connection.

    `clock` gives the present with its time zone, `chance` a number from 0 to 1.
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
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        changed: Callable[[Delivery], None],
        contacted: Callable[[BackendError | None], None],
    ) -> None:
        """Take what the worker works with; it starts with `run`."""
        self._connection = connection
        self._backend = backend
        self._client = client
        self._capabilities = capabilities
        self._store = store
        self._clock = clock
        self._chance = chance
        self._changed = changed
        self._contacted = contacted
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._awake = asyncio.Event()
        self._held_until: datetime | None = None
        self._stopping = False
        self._paused = False

    @property
    def held(self) -> bool:
        """Whether nothing is sent now: paused, stopping, or told to wait."""
        limited = self._held_until is not None and self._clock() < self._held_until
        return self._paused or self._stopping or limited

    def wake(self) -> None:
        """Look for work now."""
        self._awake.set()

    def pause(self) -> None:
        """Send nothing until resumed; what has its time over still expires."""
        self._paused = True

    def resume(self) -> None:
        """Go on after a pause, and forget a time to wait for."""
        self._paused = False
        self._held_until = None
        self.wake()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        await self._persist(
            lambda: self._store.recover(self._connection, self._clock())
        )
        while not self._stopping:
            self._awake.clear()
            pause = await self._turn()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._awake.wait()

    async def stop(self) -> None:
        """Claim nothing more, and give what is under way its time to end.

        What is cut off stays in `sending`; the next run looks it up.
        """
        self._stopping = True
        self.wake()
        if tasks := tuple(self._tasks.values()):
            _, late = await asyncio.wait(tasks, timeout=STOP_PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self) -> float | None:
        """Do what is due; return the seconds until something is, None for never."""
        now = self._clock()
        slots = 0 if self.held else self._backend.concurrency - len(self._tasks)
        taken = await self._persist(
            lambda: self._store.take(
                self._connection, now, slots=max(0, slots), busy=tuple(self._tasks)
            )
        )
        for delivery in taken.ended:
            self._changed(delivery)
        for delivery in taken.claimed:
            self._spawn(delivery, self._send)
        for delivery in taken.look_ups:
            self._spawn(delivery, self._look_up)
        moments = [
            moment
            for moment in (taken.next_at, self._held_until)
            if moment is not None and moment > now
        ]
        return (min(moments) - now).total_seconds() if moments else None

    def _spawn(
        self, delivery: Delivery, work: Callable[[Delivery], Coroutine[Any, Any, None]]
    ) -> None:
        """Work on a delivery beside the worker's turns."""
        task = asyncio.create_task(work(delivery), name=f"event_relay {delivery.id}")
        self._tasks[delivery.id] = task
        task.add_done_callback(lambda _: self._ended(delivery, task))

    def _ended(self, delivery: Delivery, task: asyncio.Task[None]) -> None:
        """Free the slot of a delivery."""
        del self._tasks[delivery.id]
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            _LOGGER.error("Delivery %s broke off", delivery.id, exc_info=error)

    async def _send(self, delivery: Delivery) -> None:
        """Run the steps that are left, each committed before the next begins."""
        if (plan := await self._plan(delivery)) is None:
            return
        for step in plan.left(delivery):
            delivery = await self._run(delivery, plan, step)
            if delivery.state is not DeliveryState.SENDING:
                await self._commit(delivery, DeliveryState.SENDING)
                return
            if plan.left(delivery):
                await self._commit(delivery, DeliveryState.SENDING)
        await self._deliver(delivery, plan)

    async def _run(self, delivery: Delivery, plan: Plan, step: AnyStep) -> Delivery:
        """Run one step and return what it makes of the delivery."""
        context = plan.context(delivery, self._clock())
        try:
            result = await step.run(self._client, plan.payload, context)
        except Rejected as error:
            self._contacted(None)
            return outcomes.step_refused(delivery, step, error, self._clock())
        except BackendError as error:
            self._troubled(error)
            return outcomes.step_interrupted(
                delivery,
                step,
                error,
                now=self._clock(),
                chance=self._chance(),
                schedule=self._backend.look_up_after,
            )
        except Exception:
            _LOGGER.exception("Delivery %s: step %s broke", delivery.id, step.name)
            failure = Failure(code="internal_error")
            unclear = replace(delivery, unclear=not step.repeatable)
            return outcomes.failed(unclear, failure, self._clock())
        self._contacted(None)
        return outcomes.step_done(delivery, step, result, self._clock())

    async def _look_up(self, delivery: Delivery) -> None:
        """Ask whether the step whose outcome is unknown took place, and go on."""
        if (plan := await self._plan(delivery)) is None:
            return
        if not (left := plan.left(delivery)):
            await self._deliver(delivery, plan)
            return
        step = left[0]
        if step.find is None or step.repeatable:
            following = outcomes.not_asked(delivery, step, self._clock())
        else:
            following = await self._ask(delivery, plan, step, step.find)
        if following.state is DeliveryState.PENDING and not plan.left(following):
            await self._deliver(replace(following, state=DeliveryState.UNCERTAIN), plan)
            return
        await self._commit(following, DeliveryState.UNCERTAIN)

    async def _ask(
        self, delivery: Delivery, plan: Plan, step: AnyStep, find: AnyFind
    ) -> Delivery:
        """Look a step up and return what the answer makes of the delivery."""
        context = plan.context(delivery, self._clock())
        try:
            finding = await find(self._client, plan.payload, context)
        except BackendError as error:
            self._troubled(error)
            return outcomes.look_up_interrupted(
                delivery, error, now=self._clock(), chance=self._chance()
            )
        self._contacted(None)
        return outcomes.looked_up(
            delivery,
            step,
            finding,
            now=self._clock(),
            schedule=self._backend.look_up_after,
        )

    async def _plan(self, delivery: Delivery) -> Plan | None:
        """Read a delivery back; fail it, and return None, if that cannot be done."""
        try:
            operation = self._backend.operation(delivery.operation)
            payload = operation.load(delivery.version, delivery.payload)
        except (KeyError, UnreadablePayload) as error:
            failure = Failure(code="unreadable", reason=str(error))
            await self._commit(
                outcomes.failed(delivery, failure, self._clock()), delivery.state
            )
            return None
        start = delivery.follows and await self._store.get(delivery.follows)
        since = delivery.first_sent_at or delivery.accepted_at
        return Plan(
            operation=operation,
            payload=payload,
            steps=operation.steps(payload, self._capabilities()),
            followed=start.receipt if start else None,
            outside_ids=await self._store.outside_ids(
                self._connection, since - timedelta(days=1)
            ),
        )

    async def _deliver(self, delivery: Delivery, plan: Plan) -> None:
        """Settle a delivery whose steps are all done."""
        receipt = plan.operation.receipt(plan.payload, delivery.results)
        await self._commit(
            outcomes.delivered(delivery, receipt, self._clock()), delivery.state
        )

    def _troubled(self, error: BackendError) -> None:
        """Slow down, or pause, as an error asks for."""
        if outcomes.pauses(error):
            self.pause()
        if wait := outcomes.hold(error):
            self._held_until = self._clock() + wait
        self._contacted(error)

    async def _commit(self, delivery: Delivery, was: DeliveryState) -> None:
        """Commit what became of a delivery, and tell of it."""
        await self._persist(lambda: self._store.update(delivery, was=was))
        if delivery.state is not DeliveryState.SENDING:
            self._changed(delivery)

    async def _persist[ResultT](
        self, work: Callable[[], Awaitable[ResultT]]
    ) -> ResultT:
        """Do something with the store, again and again while it is unavailable."""
        reported = False
        while True:
            try:
                return await work()
            except StoreUnavailable as error:
                if not reported:
                    _LOGGER.warning(
                        "The outbox cannot be used, trying again: %s", error
                    )
                reported = True
                await asyncio.sleep(STORE_PATIENCE)
