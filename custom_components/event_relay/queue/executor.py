"""Executes one delivery: runs its steps, looks up, commits the outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any

from ..backends.base import (
    Absent,
    AnyOperation,
    Backend,
    Client,
    Finding,
    Instance,
    Receipt,
    StepContext,
    UnreadablePayload,
)
from ..backends.errors import BackendError, Rejected
from ..backends.words import confiding
from . import changed_address, transitions
from .absence import SLOW, Absence
from .clock import SteadyClock
from .delivery import Delivery, DeliveryState, Failure, altered, brought
from .optimistic_send import OptimisticSend
from .store.store import Store, StoreUnavailable
from .transitions import AnyFind, AnyStep

_LOGGER = logging.getLogger(__name__)

_BOUND_SINCE = timedelta(days=1)
"""How long before the send something outside may have been bound to a delivery."""
_CLOCKS_APART = timedelta(days=3)
"""How far the clock of an earlier run may have been ahead, and the house have been off
since then. A look-up from so far back on takes longer, and that is all."""
type Commit = Callable[[Delivery, DeliveryState], Awaitable[None]]
"""Commits what became of a delivery that was in a state."""

STORE_PATIENCE = 5.0
"""Seconds between tries of what the store could not do."""


async def persist[ResultT](work: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Do something with the store, again and again while it is unavailable."""
    reported = False
    while True:
        try:
            return await work()
        except StoreUnavailable as error:
            if not reported:
                _LOGGER.warning("The outbox cannot be used, trying again: %s", error)
            reported = True
            await asyncio.sleep(STORE_PATIENCE)


def sent_after(delivery: Delivery, now: datetime) -> datetime | None:
    """Return a moment before which the step under way surely has not been sent.

    What an earlier run has sent, it has by a clock that may have been another, and
    ahead of the present one.
    """
    if (sent_at := delivery.first_sent_at) is None or not delivery.older:
        return sent_at
    return min(sent_at, now) - _CLOCKS_APART


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A stored delivery read back into what is to be done."""

    operation: AnyOperation
    payload: Any
    steps: tuple[AnyStep, ...]
    start: Delivery | None
    """The delivery that it follows."""
    outside_ids: frozenset[str]

    def left(self, delivery: Delivery) -> list[AnyStep]:
        """Return the steps that are not done."""
        return [step for step in self.steps if step.name not in delivery.results]

    def bound(self, delivery: Delivery) -> Delivery:
        """Return a delivery with the receipt of what is done of it.

        From here on no look-up takes its outside id for another delivery's.
        """
        return altered(delivery, receipt=self.receipt(delivery))

    def receipt(self, delivery: Delivery) -> Receipt:
        """Normalise what is done; what has arrived is not lost by a receipt."""
        try:
            return self.operation.receipt(self.payload, delivery.results)
        except Exception:
            _LOGGER.exception("Delivery %s: its receipt broke", delivery.id)
            return Receipt(warnings=("what was answered cannot be read",))

    def confiding(self, delivery: Delivery) -> AbstractContextManager[None]:
        """Keep what the payload tells out of the backend's words meanwhile."""
        return confiding(delivery.payload, self.operation.public_fields)

    def context(self, delivery: Delivery, now: datetime) -> StepContext:
        """Return what a step may know."""
        return StepContext(
            delivery_id=delivery.id,
            occurred_at=delivery.occurred_at,
            now=now,
            told_at=delivery.told_at or delivery.occurred_at,
            first_sent_at=delivery.first_sent_at,
            sent_after=sent_after(delivery, now),
            attempt=delivery.attempts,
            results=delivery.results,
            clue=delivery.clue,
            followed=self.start.receipt if self.start else None,
            outside_ids=self.outside_ids,
        )


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Knows how the deliveries of one connection are carried out.

    `clock` gives the present with its time zone, `chance` a number from 0 to 1.
    `answered` hears of every attempt that is over, `changed` of its outcome once that
    is committed and of every end, `got_through` of every answer of the backend,
    `troubled` of every failure to get a useful one.
    """

    connection: str
    instance: Instance | None
    """The system to which it leads."""
    backend: Backend
    client: Client
    capabilities: Callable[[], Any]
    store: Store
    clock: SteadyClock
    chance: Callable[[], float]
    absence: Absence
    answered: Callable[[Delivery], None]
    changed: Callable[[Delivery], None]
    got_through: Callable[[datetime], None]
    troubled: Callable[[BackendError], None]

    async def send(self, delivery: Delivery, payload: object = None) -> None:
        """Run the steps that are left, each committed before the next begins.

        The payload need not be read back where it is known.
        """
        await self._send(delivery, self._commit, payload)

    async def send_optimistically(self, overlap: OptimisticSend) -> None:
        """Send what is still being committed; nothing more is, until it is."""

        async def commit(delivery: Delivery, was: DeliveryState) -> None:
            """Commit what has become of it, unless it neither is kept nor arrived."""
            if await overlap.is_to_be_kept(delivery):
                await self._commit(delivery, was)

        try:
            await self._send(overlap.delivery, commit, overlap.payload)
        finally:
            overlap.broke_off()

    async def _send(
        self, delivery: Delivery, commit: Commit, payload: object = None
    ) -> None:
        """Run the steps that are left, and commit each by way of `commit`."""
        if (plan := await self._plan(delivery, commit, payload)) is None:
            return
        if (ended := await self._ended_elsewhere(delivery, plan)) is not None:
            self.answered(ended)
            await commit(ended, DeliveryState.SENDING)
            return
        for step in plan.left(delivery):
            delivery = self._onward(await self._run(delivery, plan, step), plan, step)
            if delivery.state is not DeliveryState.SENDING:
                self.answered(delivery)
                await commit(delivery, DeliveryState.SENDING)
                return
            if plan.left(delivery):
                await commit(delivery, DeliveryState.SENDING)
        self.answered(delivery)
        await self._deliver(delivery, plan, commit)

    async def _ended_elsewhere(self, delivery: Delivery, plan: Plan) -> Delivery | None:
        """Return how a delivery ends, or waits, that is to change what another has.

        None where it can be sent.
        """
        try:
            there = await self._elsewhere(delivery, plan)
        except BackendError as error:
            self.troubled(error)
            delivery, now = self._present(delivery)
            return transitions.step_interrupted(
                delivery,
                plan.left(delivery)[0],
                changed_address.not_sent(error),
                now=now,
                chance=self.chance(),
                backend=self.backend,
            )
        if there is None or self.instance is None:
            return None
        delivery, now = self._present(delivery)
        return changed_address.ended(delivery, there, self.instance, now)

    async def _elsewhere(self, delivery: Delivery, plan: Plan) -> Instance | None:
        """Return the system that has what a delivery is to change, if it is another.

        One that knows the outside id is the same under another address. Raises
        BackendError.
        """
        there, outside_id = changed_address.what_it_changes(
            delivery, plan.operation, plan.payload, plan.start
        )
        if not changed_address.is_elsewhere(there, self.instance) or not plan.left(
            delivery
        ):
            return None
        recognises = self.backend.recognises
        if outside_id is None or recognises is None:
            return there
        here = await recognises(self.client, outside_id)
        self.got_through(self.clock())
        return None if here else there

    def _onward(self, delivery: Delivery, plan: Plan, step: AnyStep) -> Delivery:
        """Go on after a step that is done, or have the next one asked for first."""
        if not delivery.restored or step.name not in delivery.results:
            return delivery
        left = plan.left(delivery)
        if not left or left[0].repeatable:
            return delivery
        return transitions.asked_first(*self._present(delivery))

    async def _run(self, delivery: Delivery, plan: Plan, step: AnyStep) -> Delivery:
        """Run one step and return what it makes of the delivery."""
        context = plan.context(*self._present(delivery))
        began = self.clock.monotonic()
        try:
            with plan.confiding(delivery):
                result = await step.run(self.client, plan.payload, context)
        except Rejected as error:
            delivery, now = self._present(delivery)
            self.got_through(now)
            return transitions.step_refused(delivery, step, error, now)
        except BackendError as error:
            if self.clock.monotonic() - began >= SLOW:
                self.absence.stalled()
            self.troubled(error)
            delivery, now = self._present(delivery)
            return transitions.step_interrupted(
                delivery,
                step,
                error,
                now=now,
                chance=self.chance(),
                backend=self.backend,
            )
        except Exception:
            _LOGGER.exception("Delivery %s: step %s broke", delivery.id, step.name)
            failure = Failure(code="internal_error")
            delivery, now = self._present(delivery)
            unclear = altered(delivery, unclear=not step.repeatable, bound=True)
            return transitions.failed(unclear, failure, now)
        self.absence.alive(began, self.clock.monotonic())
        delivery, now = self._present(delivery)
        self.got_through(now)
        return plan.bound(transitions.step_done(delivery, step, result, now))

    async def look_up(self, delivery: Delivery) -> None:
        """Ask whether the step whose outcome is unknown took place, and go on."""
        if (plan := await self._plan(delivery, self._commit)) is None:
            return
        if not (left := plan.left(delivery)):
            await self._deliver(delivery, plan, self._commit)
            return
        following = await self._outcome(delivery, plan, left[0])
        if following.state is DeliveryState.PENDING and not plan.left(following):
            uncertain = altered(following, state=DeliveryState.UNCERTAIN)
            await self._deliver(uncertain, plan, self._commit)
            return
        await self._commit(following, DeliveryState.UNCERTAIN)

    async def _outcome(self, delivery: Delivery, plan: Plan, step: AnyStep) -> Delivery:
        """Return what becomes of a delivery whose outcome is unknown.

        Of what was sent to another system this one may tell that it is the same, but
        not that anything is absent.
        """
        there, here = delivery.sent_to, self.instance
        if (
            there is None
            or here is None
            or not changed_address.is_elsewhere(there, here)
        ):
            return await self._look(delivery, plan, step)
        if changed_address.is_new(delivery):
            return await self._look_elsewhere(delivery, plan, step, there, here)
        try:
            holder = await self._elsewhere(delivery, plan)
        except BackendError as error:
            self.troubled(error)
            delivery, now = self._present(delivery)
            return transitions.look_up_interrupted(
                delivery, error, now=now, chance=self.chance()
            )
        if holder is None:
            return await self._look(altered(delivery, sent_to=here), plan, step)
        delivery, now = self._present(delivery)
        return changed_address.unknown(delivery, there, here, now)

    async def _look_elsewhere(
        self,
        delivery: Delivery,
        plan: Plan,
        step: AnyStep,
        there: Instance,
        here: Instance,
    ) -> Delivery:
        """Look here for what was to be made there."""
        if step.find is not None and not step.repeatable:
            following = await self._look(delivery, plan, step)
            delivery, now = self._present(delivery)
            return changed_address.looked_up(delivery, following, there, here, now)
        delivery, now = self._present(delivery)
        return changed_address.unknown(delivery, there, here, now)

    async def _look(self, delivery: Delivery, plan: Plan, step: AnyStep) -> Delivery:
        """Look a step up, where it can be, and go on."""
        if step.find is None or step.repeatable:
            delivery, now = self._present(delivery)
            return transitions.not_asked(delivery, step, now)
        following = await self._ask(delivery, plan, step, step.find)
        return self._onward(following, plan, step)

    async def _ask(
        self, delivery: Delivery, plan: Plan, step: AnyStep, find: AnyFind
    ) -> Delivery:
        """Look a step up and return what the answer makes of the delivery."""
        context = plan.context(*self._present(delivery))
        asked_at = self.clock.monotonic()
        try:
            with plan.confiding(delivery):
                finding = await find(self.client, plan.payload, context)
        except BackendError as error:
            if not transitions.limits(error):
                self.absence.stalled()
            self.absence.forget(delivery.id)
            self.troubled(error)
            delivery, now = self._present(delivery)
            return transitions.look_up_interrupted(
                delivery, error, now=now, chance=self.chance()
            )
        except Exception:
            _LOGGER.exception(
                "Delivery %s: looking for step %s broke", delivery.id, step.name
            )
            failure = Failure(code="internal_error")
            delivery, now = self._present(delivery)
            return transitions.failed(delivery, failure, now)
        delivery, now = self._present(delivery)
        self.got_through(now)
        following = transitions.looked_up(
            delivery,
            step,
            finding,
            now=now,
            chance=self.chance(),
            schedule=self.backend.look_up_after,
            missed_for=self._missed_for(delivery, step, finding, asked_at),
        )
        return plan.bound(following) if following.results else following

    def _present(self, delivery: Delivery) -> tuple[Delivery, datetime]:
        """Return a delivery with its moments by the present clock, and the present."""
        now = self.clock()
        return brought(delivery, self.clock.moved), now

    def _missed_for(
        self, delivery: Delivery, step: AnyStep, finding: Finding, asked_at: float
    ) -> timedelta | None:
        """Return when to look again for what was not found; None if it is absent."""
        now = self.clock.monotonic()
        takes = step.write_time
        if finding == Absent() and not self.absence.proven(
            delivery.id, asked_at, now, takes
        ):
            return self.absence.wait(takes)
        self.absence.alive(asked_at, now)
        self.absence.forget(delivery.id)
        return None

    async def _plan(
        self, delivery: Delivery, commit: Commit, payload: object = None
    ) -> Plan | None:
        """Read a delivery back, but for a payload that is given.

        If that cannot be done, fail it and return None.
        """
        start = await self._start(delivery)
        followed = start.receipt if start else None
        try:
            operation = self.backend.operation(delivery.operation)
            if payload is None:
                payload = operation.load(delivery.version, delivery.payload)
            steps = operation.steps_following(payload, self.capabilities(), followed)
        except (KeyError, UnreadablePayload) as error:
            unreadable = Failure(code="unreadable", reason=str(error))
            await self._fail(delivery, unreadable, commit)
            return None
        except Exception:
            _LOGGER.exception("Delivery %s: it cannot be read back", delivery.id)
            await self._fail(delivery, Failure(code="internal_error"), commit)
            return None
        return Plan(
            operation=operation,
            payload=payload,
            steps=steps,
            start=start,
            outside_ids=(
                await self._outside_ids(delivery)
                if delivery.state is DeliveryState.UNCERTAIN
                else frozenset()
            ),
        )

    async def _outside_ids(self, delivery: Delivery) -> frozenset[str]:
        """Return what no look-up of a delivery may take for its own."""
        since = sent_after(delivery, self.clock()) or delivery.accepted_at
        return await persist(
            lambda: self.store.outside_ids(self.connection, since - _BOUND_SINCE)
        )

    async def _fail(self, delivery: Delivery, failure: Failure, commit: Commit) -> None:
        """End a delivery that cannot be carried out."""
        delivery, now = self._present(delivery)
        failed = transitions.failed(delivery, failure, now)
        await commit(failed, delivery.state)

    async def _start(self, delivery: Delivery) -> Delivery | None:
        """Read the delivery that another one follows."""
        if (start := delivery.follows) is None:
            return None
        return await persist(lambda: self.store.get(start))

    async def _deliver(self, delivery: Delivery, plan: Plan, commit: Commit) -> None:
        """Settle a delivery whose steps are all done."""
        receipt = delivery.receipt or plan.receipt(delivery)
        delivery, now = self._present(delivery)
        delivered = transitions.delivered(delivery, receipt, now)
        await commit(delivered, delivery.state)

    async def _commit(self, delivery: Delivery, was: DeliveryState) -> None:
        """Commit what became of a delivery, and tell of it.

        What is in hand here outlives a file that is set aside as damaged.
        """
        try:
            await self.store.updating(delivery, was=was, anew=True)
        except StoreUnavailable:
            await persist(lambda: self.store.update(delivery, was=was, anew=True))
        if delivery.state is not DeliveryState.SENDING:
            self.changed(delivery)
