"""Looks up what became of a step whose response was lost, and returns the outcome.

Like the executor it commits nothing and tells nobody; the dispatcher does.
"""

from dataclasses import replace
from datetime import timedelta
import logging

from ..backends.base import Absent, Finding
from ..backends.errors import BackendError
from . import changed_address, transitions
from .absence import Absence
from .connection import Connection
from .delivery import Delivery, DeliveryState, Failure, altered
from .executor import CLOCK_PATIENCE, Outcome, Plan, persist, sent_after
from .transitions import AnyFind, AnyStep

_LOGGER = logging.getLogger(__name__)

_BOUND_SINCE = timedelta(days=1)
"""How long before a send an outside id may have been used by another delivery."""


class LookUp:
    """Looks up unknown outcomes of one connection: each asks one request at a time."""

    def __init__(self, connection: Connection, absence: Absence) -> None:
        """Set what decides whether a missing write is absent."""
        self._connection = connection
        self._clock = connection.clock
        self._present = connection.present
        self._absence = absence

    async def look_up(self, delivery: Delivery, plan: Plan) -> Outcome:
        """Look up the step whose outcome is unknown."""
        if not (left := plan.left(delivery)):
            delivery, now = self._present(delivery)
            return Outcome(delivery=plan.delivered(delivery, now))
        outside_ids = await self._outside_ids(delivery)
        plan = replace(plan, outside_ids=outside_ids)
        outcome = await self._look(delivery, plan, left[0])
        following = outcome.delivery
        if following.state is DeliveryState.PENDING and not plan.left(following):
            following, now = self._present(following)
            following = plan.delivered(following, now)
        return replace(outcome, delivery=following)

    async def _look(self, delivery: Delivery, plan: Plan, step: AnyStep) -> Outcome:
        """Look a step up if that is possible.

        Of a step that was sent to another system, this one can tell that it has its
        effect, but not that there is none.
        """
        there, here = delivery.sent_to, self._connection.instance
        delivery, now = self._present(delivery)
        steady = self._clock.steady
        if step.repeatable and transitions.age_is_unknown(
            delivery, step, steady=steady
        ):
            return Outcome(delivery=altered(delivery, due_at=now + CLOCK_PATIENCE))
        find = None if transitions.repeats(delivery, step, now) else step.find
        if (
            there is None
            or here is None
            or not changed_address.is_elsewhere(there, here)
        ):
            if find is not None:
                return await self._ask(delivery, plan, step, find)
            return Outcome(
                delivery=transitions.settle_without_look_up(delivery, step, now)
            )
        if find is None:
            return Outcome(
                delivery=changed_address.sent_elsewhere(delivery, there, here, now)
            )
        outcome = await self._ask(delivery, plan, step, find)
        delivery, now = self._present(delivery)
        following = changed_address.looked_up(
            delivery, outcome.delivery, there, here, now
        )
        return replace(outcome, delivery=following)

    async def _ask(
        self, delivery: Delivery, plan: Plan, step: AnyStep, find: AnyFind
    ) -> Outcome:
        """Ask the backend for a step, and return what the answer tells."""
        context = plan.context(*self._present(delivery))
        asked_at = self._clock.monotonic()
        try:
            with plan.redacting(delivery):
                finding = await find(self._connection.client, plan.payload, context)
        except BackendError as error:
            if not transitions.limits(error):
                self._absence.stalled()
            self._absence.forget(delivery.id)
            delivery, now = self._present(delivery)
            interrupted = transitions.look_up_interrupted(
                delivery, error, now=now, chance=self._connection.chance()
            )
            return Outcome(delivery=interrupted, error=error)
        except Exception:
            _LOGGER.exception(
                "Delivery %s: looking for step %s failed unexpectedly",
                delivery.id,
                step.name,
            )
            delivery, now = self._present(delivery)
            failure = Failure(code="internal_error")
            return Outcome(delivery=transitions.failed(delivery, failure, now))
        delivery, now = self._present(delivery)
        following = transitions.looked_up(
            delivery,
            step,
            finding,
            now=now,
            chance=self._connection.chance(),
            schedule=self._connection.backend.look_up_after,
            look_again_after=self._look_again_after(delivery, step, finding, asked_at),
        )
        if following.results:
            following = plan.with_receipt(following)
        return Outcome(
            delivery=plan.look_up_first(following, step, now), answered_at=now
        )

    def _look_again_after(
        self, delivery: Delivery, step: AnyStep, finding: Finding, asked_at: float
    ) -> timedelta | None:
        """Return the wait before the next look-up; None if the step is absent."""
        now = self._clock.monotonic()
        takes = step.write_time
        if finding == Absent() and not self._absence.proven(
            delivery.id, asked_at, now, takes
        ):
            return self._absence.wait(takes)
        self._absence.alive(asked_at, now)
        self._absence.forget(delivery.id)
        return None

    async def _outside_ids(self, delivery: Delivery) -> frozenset[str]:
        """Return outside ids that belong to other deliveries."""
        connection = self._connection
        since = sent_after(delivery, self._clock()) or delivery.accepted_at
        return await persist(
            lambda: connection.store.outside_ids(connection.id, since - _BOUND_SINCE)
        )
