"""Turns the cause of a firing into an accepted delivery."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from homeassistant.exceptions import TemplateError

from ..backends.base import Ending, InvalidField
from ..queue.delivery import Delivery
from ..queue.optimistic_send import SentUnrecorded
from ..queue.queue import Request
from ..queue.store.rule_state import Note, Notes
from ..queue.store.store import StoreError
from . import limits
from .attachment import Armed
from .ending import EventEnder
from .fields import Fields
from .firing import Cause
from .held_back import HeldBack, Reason
from .limits import Firing
from .open_events import OpenEvent
from .outcome import Outcome, OutcomeKind, reason_key, reason_values
from .rule import Limits, Rule
from .subentry_runner import SubentryRunner

_FIRINGS = "firings"
_NO_LIMITS = Limits()
_TEST_OPEN = timedelta(seconds=10)
"""How long the event of a test stays open."""


class Delivering:
    """Turns the firings of a rule into deliveries, within its limits."""

    def __init__(
        self, runner: SubentryRunner, rule: Rule, openings: EventEnder | None
    ) -> None:
        """Initialize the delivering of a rule."""
        self._runner = runner
        self._rule = rule
        self.openings = openings
        """Its open events; None if it leaves none open."""
        self.held_back = HeldBack()
        self.last: Cause | None = None
        """The last cause in this run."""

    async def async_fire(self, cause: Cause, armed: Armed, notes: Notes) -> bool:
        """Submit the rule's delivery, unless its conditions or limits forbid it.

        The notes are committed with the delivery, or alone if there is none. Return
        False, with nothing committed, if the queue refuses it now.
        """
        if await self._has_fired(cause):
            await self._runner.remember_if_possible(notes)
            return True
        variables = {"this": self._runner.this(), **cause.variables}
        if (reason := self._holds_back(cause, armed, variables)) is not None:
            self.held_back.add(reason, cause.entity_id)
            if notes:
                await self._runner.remember_if_possible(notes)
            return True
        self.last = cause
        self._count(cause)
        try:
            await self._submit(cause, armed.fields.render(variables), notes)
        except (InvalidField, TemplateError, StoreError) as error:
            if not isinstance(error, SentUnrecorded):
                self._uncount(cause)
            refused = isinstance(error, StoreError)
            if notes and not refused:
                await self._runner.remember_if_possible(notes)
            if not (refused and cause.told):
                self._report(cause, error)
            return not refused
        return True

    async def async_test(
        self, cause: Cause, fields: Fields, wait: float
    ) -> tuple[Delivery, bool]:
        """Submit the delivery of a test, regardless of conditions and limits.

        Return the delivery after its first attempt or `wait` seconds, and whether its
        data are marked as a test. Raises InvalidField, CannotRender and StoreError.
        """
        variables = {"this": self._runner.this(), **cause.variables}
        rule_context, operation = self._runner.rule_context, self._rule.operation
        try:
            rendered = fields.render(variables)
            data = await rule_context.canonical(operation, rendered)
            delivery = await self._submit(cause, rendered, {}, wait=wait)
        except (InvalidField, TemplateError, StoreError) as error:
            self._report(cause, error)
            raise
        return delivery, rule_context.as_test(operation, data) != data

    def _report(self, cause: Cause, error: Exception) -> None:
        """Report why nothing is delivered."""
        self._runner.tell(
            Outcome(
                kind=OutcomeKind.FAILED,
                occurred_at=cause.occurred_at,
                reason=self._runner.rule_context.explain(error),
                reason_key=reason_key(error),
                reason_values=reason_values(error),
                context=cause.context,
            )
        )

    async def _has_fired(self, cause: Cause) -> bool:
        """Return whether an occurrence already has a delivery.

        Checked first, because the event that it began may have ended long ago.
        """
        if cause.occurrence is None:
            return False
        delivery_id = cause.occurrence.delivery_id(self._rule.id)
        with suppress(StoreError):
            return await self._runner.rule_context.store.get(delivery_id) is not None
        return False

    def _holds_back(
        self,
        cause: Cause,
        armed: Armed,
        variables: Mapping[str, Any],
    ) -> Reason | None:
        """Return why an open event, conditions or limits hold a firing back, if any."""
        if self.openings is not None and self.openings.holds(cause):
            return Reason.STILL_OPEN
        if not armed.allows(variables):
            return Reason.CONDITIONS
        refused = limits.refuses(
            self._rule.limits, self._firings(), cause.entity_id, cause.occurred_at
        )
        return Reason.LIMITS if refused else None

    def _firings(self) -> list[Firing]:
        """Return the firings that passed the limits."""
        return limits.load(self._runner.note(_FIRINGS))

    def _count(self, cause: Cause) -> None:
        """Count a firing; called before the first await."""
        if self._rule.limits == _NO_LIMITS:
            return
        firings = [*self._firings(), _firing(cause)]
        counting = limits.kept(self._rule.limits, firings, cause.occurred_at)
        self._runner.noted({_FIRINGS: Note(value=limits.dump(counting))})

    def _uncount(self, cause: Cause) -> None:
        """Remove a firing that was not accepted; later ones stay counted."""
        firings = self._firings()
        if _firing(cause) in firings:
            firings.remove(_firing(cause))
            self._runner.noted({_FIRINGS: Note(value=limits.dump(firings))})

    async def _submit(
        self,
        cause: Cause,
        fields: Mapping[str, Any],
        notes: Notes,
        *,
        wait: float = 0,
    ) -> Delivery:
        """Submit the delivery, committing its notes with it."""
        runner, rule = self._runner, self._rule
        occurrence = cause.occurrence
        delivery_id = occurrence.delivery_id(rule.id) if occurrence else None
        event = self._opening(delivery_id, cause)
        if event is not None:
            delivery_id = event.delivery_id
            notes = {**notes, event.name: event.note}
        async with self._beginning(event):
            data = await runner.rule_context.canonical(rule.operation, fields)
            if cause.test:
                data = runner.rule_context.as_test(rule.operation, data)
            if event is not None:
                data = _left_open(data, runner.rule_context.endings[rule.operation])
            counted = runner.notes.get(_FIRINGS)
            delivery = await runner.rule_context.queue.submit(
                Request(
                    id=delivery_id,
                    operation=rule.operation,
                    data=data,
                    origin=runner.origin(cause.context, cause.kind),
                    occurred_at=cause.occurred_at,
                    planned=occurrence is not None and not cause.test,
                    notes=notes if counted is None else {**notes, _FIRINGS: counted},
                ),
                wait=wait,
            )
            # Without the count, which may have changed meanwhile.
            runner.noted(notes)
        return delivery

    def _beginning(self, event: OpenEvent | None) -> AbstractAsyncContextManager[None]:
        """Return a context in which the event already counts as open."""
        if event is None or self.openings is None:
            return nullcontext()
        return self.openings.beginning(event)

    def _opening(self, delivery_id: str | None, cause: Cause) -> OpenEvent | None:
        """Return the event that a firing begins, None if it begins none."""
        if self.openings is None or (until := self._rule.until) is None:
            return None
        if self._rule.operation not in self._runner.rule_context.endings:
            return None
        longest = _TEST_OPEN if cause.test else until.longest_open
        return OpenEvent(
            delivery_id=delivery_id or str(uuid4()),
            ends_by=cause.occurred_at + longest,
            lasts=longest,
            entity_id=cause.entity_id,
            state=cause.state,
            test=cause.test,
            began_at=cause.began_at,
        )


def _firing(cause: Cause) -> Firing:
    """Return the firing to count for a cause."""
    return Firing(at=cause.occurred_at, entity_id=cause.entity_id)


def _left_open(data: Mapping[str, object], ending: Ending) -> dict[str, object]:
    """Return the data of an operation without the end, which is delivered later."""
    kept = {
        name: value for name, value in data.items() if name not in ending.instead_of
    }
    return {**kept, **ending.left_open}
