"""Executes one delivery: runs its next step, and returns the outcome.

It commits nothing and tells nobody; the dispatcher does. What became of a step whose
response was lost is looked up in look_up.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any

from ..backends.base import AnyOperation, Receipt, StepContext, UnreadablePayload
from ..backends.errors import BackendError, Rejected
from ..backends.own_sentences import OwnWarning
from ..backends.redaction import redacting
from . import changed_address, transitions
from .absence import SLOW, Absence
from .clock import STEADY_AFTER
from .connection import Connection
from .delivery import Delivery, DeliveryState, Failure, altered
from .store.store import StoreUnavailable
from .transitions import AnyStep

_LOGGER = logging.getLogger(__name__)

_CLOCKS_APART = timedelta(days=3)
"""How far the clock of an earlier run may have been ahead, or Home Assistant off since.
A look-up over so long a time takes longer, and is otherwise harmless."""
CLOCK_PATIENCE = timedelta(seconds=STEADY_AFTER)
"""Time after which the clock is looked at again, while it is not trusted."""
STORE_PATIENCE = 5.0
"""Seconds between two tries while the store is unavailable."""


async def persist[ResultT](work: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Do something with the store; try again for as long as it is unavailable."""
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
    """Return a moment before which the current step surely was not sent.

    The clock of an earlier run may have been ahead of the present one.
    """
    if (sent_at := delivery.first_sent_at) is None or not delivery.older:
        return sent_at
    return min(sent_at, now) - _CLOCKS_APART


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done for a delivery, read back from its row."""

    operation: AnyOperation
    payload: Any
    steps: tuple[AnyStep, ...]
    start: Delivery | None
    """The delivery that it follows."""
    outside_ids: frozenset[str] = frozenset()
    """Outside ids that belong to other deliveries; needed only for a look-up."""

    def left(self, delivery: Delivery) -> list[AnyStep]:
        """Return the steps that are not done yet."""
        return [step for step in self.steps if step.name not in delivery.results]

    def with_receipt(self, delivery: Delivery) -> Delivery:
        """Return a delivery with the receipt of the steps that are done.

        From then on no look-up takes its outside id for that of another delivery.
        """
        return altered(delivery, receipt=self.receipt(delivery))

    def receipt(self, delivery: Delivery) -> Receipt:
        """Return the receipt of the steps that are done; it never raises."""
        try:
            return self.operation.receipt(self.payload, delivery.results)
        except Exception:
            _LOGGER.exception(
                "Delivery %s: its receipt failed unexpectedly", delivery.id
            )
            return Receipt(warnings=(OwnWarning.UNREADABLE_ANSWER.of(),))

    def delivered(self, delivery: Delivery, now: datetime) -> Delivery:
        """Return a delivery as delivered: all its steps are done."""
        receipt = delivery.receipt or self.receipt(delivery)
        return transitions.delivered(delivery, receipt, now)

    def look_up_first(
        self, delivery: Delivery, done: AnyStep, now: datetime
    ) -> Delivery:
        """Return a delivery from a backup so that its next step is looked up first.

        Any other delivery is returned as it is.
        """
        if not delivery.restored or done.name not in delivery.results:
            return delivery
        left = self.left(delivery)
        if not left or (left[0].repeatable and left[0].repeatable_for is None):
            return delivery
        return transitions.look_up_next_step(delivery, now)

    def redacting(self, delivery: Delivery) -> AbstractContextManager[None]:
        """Keep private payload data out of what the backend says meanwhile."""
        return redacting(delivery.payload, self.operation.public_fields)

    def context(self, delivery: Delivery, now: datetime) -> StepContext:
        """Return the context of a step."""
        return StepContext(
            delivery_id=delivery.id,
            occurred_at=delivery.occurred_at,
            now=now,
            reported_time=delivery.reported_time or delivery.occurred_at,
            first_sent_at=delivery.first_sent_at,
            sent_after=sent_after(delivery, now),
            attempt=delivery.attempts,
            results=delivery.results,
            clue=delivery.clue,
            followed=self.start.receipt if self.start else None,
            outside_ids=self.outside_ids,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Result of a request to the backend."""

    delivery: Delivery
    """The delivery in its next state."""
    answered_at: datetime | None = None
    """When the backend answered; None after an error, or if it was not asked."""
    error: BackendError | None = None
    """Why there was no useful answer."""


class Executor:
    """Executes the deliveries of one connection: each sends one request at a time."""

    def __init__(self, connection: Connection, absence: Absence) -> None:
        """Set what decides whether a missing write is absent."""
        self._connection = connection
        self._backend = connection.backend
        self._client = connection.client
        self._instance = connection.instance
        self._clock = connection.clock
        self._chance = connection.chance
        self._present = connection.present
        self._absence = absence

    async def plan(self, delivery: Delivery, payload: object = None) -> Plan | Failure:
        """Read a delivery unless its payload is known; return why that fails."""
        start: Delivery | None = None
        if (followed_id := delivery.follows) is not None:
            start = await persist(lambda: self._connection.store.get(followed_id))
        followed = start.receipt if start else None
        capabilities = self._connection.capabilities
        try:
            operation = self._backend.operation(delivery.operation)
            if payload is None:
                payload = operation.load(delivery.version, delivery.payload)
            steps = operation.steps_following(payload, capabilities(), followed)
        except (KeyError, UnreadablePayload) as error:
            return Failure(code="unreadable", reason=str(error))
        except Exception:
            _LOGGER.exception("Delivery %s: it cannot be read back", delivery.id)
            return Failure(code="internal_error")
        return Plan(operation=operation, payload=payload, steps=steps, start=start)

    def failed(self, delivery: Delivery, failure: Failure) -> Delivery:
        """Return a delivery as failed."""
        delivery, now = self._present(delivery)
        return transitions.failed(delivery, failure, now)

    async def check_address(self, delivery: Delivery, plan: Plan) -> Outcome:
        """End a delivery that concerns another system than that of the connection.

        Otherwise the outcome has no error, and the state that the delivery had.
        """
        sending = delivery.state is DeliveryState.SENDING
        here, sent_to = self._instance, delivery.sent_to
        if here is None or not (left := plan.left(delivery)):
            return Outcome(delivery=delivery)
        if not sending and (
            changed_address.is_new(delivery)
            or not changed_address.is_elsewhere(sent_to, here)
        ):
            return Outcome(delivery=delivery)
        there, outside_id = changed_address.target_of(
            delivery, plan.operation, plan.payload, plan.start
        )
        answered_at: datetime | None = None
        recognises = self._backend.recognises
        if not changed_address.is_elsewhere(there, here):
            there = None
        elif outside_id is not None and recognises is not None:
            # A system that knows the outside id is the same at another address.
            try:
                if await recognises(self._client, outside_id):
                    there = None
            except BackendError as error:
                return self._address_unknown(delivery, left[0], error)
            answered_at = self._clock()
        if there is None:
            following = delivery if sending else altered(delivery, sent_to=here)
        else:
            delivery, now = self._present(delivery)
            following = (
                changed_address.ended(delivery, there, here, now)
                if sending
                else changed_address.sent_elsewhere(
                    delivery, sent_to or there, here, now
                )
            )
        return Outcome(delivery=following, answered_at=answered_at)

    async def run_next(self, delivery: Delivery, plan: Plan) -> Outcome:
        """Run the next step; with the last one the delivery is delivered."""
        if not (left := plan.left(delivery)):
            delivery, now = self._present(delivery)
            return Outcome(delivery=plan.delivered(delivery, now))
        step = left[0]
        delivery, now = self._present(delivery)
        if (unsent := self._not_repeated(delivery, step, now)) is not None:
            return Outcome(delivery=unsent)
        context = plan.context(delivery, now)
        began = self._clock.monotonic()
        try:
            with plan.redacting(delivery):
                result = await step.run(self._client, plan.payload, context)
        except Rejected as error:
            delivery, now = self._present(delivery)
            refused = transitions.step_refused(delivery, step, error, now)
            return Outcome(
                delivery=self._go_on(refused, plan, step, now), answered_at=now
            )
        except BackendError as error:
            if self._clock.monotonic() - began >= SLOW:
                self._absence.stalled()
            return Outcome(
                delivery=self._interrupted(delivery, step, error), error=error
            )
        except Exception:
            _LOGGER.exception(
                "Delivery %s: step %s failed unexpectedly", delivery.id, step.name
            )
            interrupted = altered(
                delivery, outcome_unknown=not step.repeatable, may_have_arrived=True
            )
            return Outcome(
                delivery=self.failed(interrupted, Failure(code="internal_error"))
            )
        self._absence.alive(began, self._clock.monotonic())
        delivery, now = self._present(delivery)
        done = plan.with_receipt(transitions.step_done(delivery, step, result, now))
        return Outcome(delivery=self._go_on(done, plan, step, now), answered_at=now)

    def _go_on(
        self, delivery: Delivery, plan: Plan, step: AnyStep, now: datetime
    ) -> Delivery:
        """Return a delivery after one of its steps; after the last it is delivered."""
        if delivery.state is DeliveryState.SENDING and not plan.left(delivery):
            return plan.delivered(delivery, now)
        return plan.look_up_first(delivery, step, now)

    def _interrupted(
        self, delivery: Delivery, step: AnyStep, error: BackendError
    ) -> Delivery:
        """Return the next state after a step that got no useful answer."""
        delivery, now = self._present(delivery)
        return transitions.step_interrupted(
            delivery,
            step,
            error,
            now=now,
            chance=self._chance(),
            backend=self._backend,
        )

    def _address_unknown(
        self, delivery: Delivery, step: AnyStep, error: BackendError
    ) -> Outcome:
        """Return the outcome of a check of the address that got no useful answer."""
        if delivery.state is DeliveryState.SENDING:
            not_sent = changed_address.not_sent(error)
            following = self._interrupted(delivery, step, not_sent)
        else:
            delivery, now = self._present(delivery)
            following = transitions.look_up_interrupted(
                delivery, error, now=now, chance=self._chance()
            )
        return Outcome(delivery=following, error=error)

    def _not_repeated(
        self, delivery: Delivery, step: AnyStep, now: datetime
    ) -> Delivery | None:
        """Return the next state of a delivery whose step must not be repeated now.

        None for one that may be sent.
        """
        if not (step.repeatable and delivery.may_have_arrived):
            return None
        if transitions.age_is_unknown(delivery, step, steady=self._clock.steady):
            return transitions.unclaimed(delivery, now, now + CLOCK_PATIENCE)
        if transitions.repeats(delivery, step, now):
            return None
        unsent = altered(delivery, attempts=delivery.attempts - 1)
        return transitions.uncertain(unsent, step, now)
