"""Runs a rule: arms it, and starts and stops what handles its firings."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    CoreState,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from ..queue.delivery import Delivery, OriginKind
from ..queue.store.rule_state import Note, Notes
from .attachment import Armed, arm, async_read
from .catch_up import CatchUp
from .context import RuleContext
from .cursor import CURSOR
from .delivering import Delivering
from .ending import EventEnder
from .firing import Cause
from .held_back import HeldBack
from .issues import RuleIssues
from .last_firing import LAST_FIRING, LastFiring, last_firing_of, read_last_firing
from .last_known import async_last_known_states
from .listener import Listener
from .open_events import read_open_events
from .references import References
from .removal import async_discard_deliveries
from .rule import read_rule
from .samples import Sample, async_sample
from .self_firing import SelfFiring
from .subentry_runner import SubentryRunner
from .triggers import CannotAttach

AGAIN = timedelta(minutes=5)
"""Delay before arming or catching up is retried."""


@dataclass(frozen=True, kw_only=True)
class RuleTest:
    """The result of testing a rule."""

    delivery: Delivery
    sample: Sample
    """The trigger variables that it used."""
    marked: bool
    """Whether the data sent are marked as a test."""


class RuleRunner(SubentryRunner):
    """Runs one rule."""

    def __init__(
        self,
        rule_context: RuleContext,
        subentry: ConfigSubentry,
        notes: Mapping[str, Note],
    ) -> None:
        """Read the rule and its stored notes."""
        super().__init__(
            rule_context, subentry.subentry_id, subentry.title, notes, OriginKind.RULE
        )
        self._data = dict(subentry.data)
        self.rule = read_rule(subentry)
        async_last_known_states(self.hass)
        ending = (
            rule_context.endings.get(self.rule.operation) if self.rule.until else None
        )
        if ending is None and read_open_events(notes):
            # The rule used to leave events open. No backend has two endings.
            ending = next(iter(rule_context.endings.values()), None)
        connection = rule_context.connection
        self._issues = RuleIssues(self.hass, connection, self.id, self.title)
        self._openings = (
            EventEnder(self, ending, notes, self._async_came_back) if ending else None
        )
        self._delivering = Delivering(self, self.rule, self._openings)
        self._catching_up = CatchUp(self, self.rule, self._try_again_later)
        self._listener = Listener(
            self.hass,
            self._delivering,
            self._catching_up,
            SelfFiring(self.hass, self.id, connection, self._issues),
            armed=self._async_fully_armed,
        )
        self._references = References(
            self.hass, report=self._issues.refers_to, added=self._async_entity_added
        )
        self._shape_of = partial(rule_context.shape_of, self.rule.operation)
        self._armed: Armed | None = None
        self._disarming: Armed | None = None
        """Detached, while firings in progress are still being accepted."""
        self._arming = asyncio.Lock()
        self._working = False
        self._home_started = False
        self._cancel_again: CALLBACK_TYPE | None = None
        self._cancel_started: CALLBACK_TYPE | None = None

    @override
    async def async_start(self) -> None:
        """Arm the rule when Home Assistant arms its automations."""
        if self._working or not self.enabled:
            return
        self._working = True
        if self.hass.state is CoreState.running:
            self._home_started = True
            if armed := await self._async_attach_all():
                # Catching up must not keep the other rules waiting.
                _ = self.hass.async_create_task(self._async_look_back(armed))
            return
        if self.hass.state is CoreState.not_running:
            self.hass.async_add_startup_job(HassJob(self._async_arm))
        else:
            await self._async_arm()
        self._cancel_started = async_at_started(self.hass, self._async_home_started)

    @override
    async def async_stop(self) -> None:
        """Disarm the rule; its open events are watched again in the next run."""
        if not self._working:
            return
        self._working = False
        for cancel in (self._cancel_again, self._cancel_started):
            if cancel is not None:
                cancel()
        self._cancel_again = self._cancel_started = None
        self._references.unwatch()
        if self.hass.is_running:  # else nothing would store it
            self._issues.stopped()
        if self._openings is not None:
            self._openings.unwatch()
        if self._armed is not None:
            armed, self._armed = self._armed, None
            self._disarming = armed
            armed.detach()
            self.set_armed(False)
            await self._listener.async_wait_for_firings()
            self._disarming = None
            armed.disarm()
            await self._catching_up.async_save_progress(armed)
        await self._async_remember_firing()
        self._catching_up.reset()

    @override
    async def async_replaced(self, by: ConfigSubentry) -> None:
        """Forget the cursors, and end open events by the former settings.

        With other triggers nothing might end them for long, and nothing new could begin
        meanwhile. A new title alone changes nothing.
        """
        if dict(by.data) == self._data:
            return
        self._issues.fires_itself_no_more()
        await self._forget_cursors()
        if self._openings is not None:
            await self._openings.async_end_all()

    async def _forget_cursors(self) -> None:
        """Delete the notes of the cursors."""
        await self.remember(
            {name: None for name in self.notes if name.startswith(CURSOR)}
        )

    @override
    async def _async_before_enabling(self) -> None:
        """Forget the cursors: occurrences while it was off do not count as missed."""
        await self._forget_cursors()

    @override
    async def _async_disabled(self) -> None:
        """End its open events."""
        if self._openings is not None:
            await self._openings.async_end_or_discard_all()

    @override
    async def async_remove(self) -> None:
        """End open events, and discard deliveries that are not in flight."""
        await self.async_stop()
        if self._openings is not None:
            await self._openings.async_end_or_discard_all()
        self._issues.clear()
        ends = {ending.operation for ending in self.rule_context.endings.values()}
        await async_discard_deliveries(self.rule_context, self.id, spare=ends)

    @override
    @callback
    def settled(self, delivery: Delivery) -> None:
        """Report an outcome, and forget events that never began."""
        super().settled(delivery)
        if self._openings is not None:
            self._openings.settled(delivery)

    @override
    async def async_save_progress(self) -> None:
        """Save the cursors and the last firing, in case of a crash."""
        await self._async_remember_firing()
        if self._armed is not None:
            await self._catching_up.async_save_progress(self._armed)

    async def async_test(self, context: Context, *, wait: float = 0) -> RuleTest:
        """Deliver what the rule would, marked as a test.

        Uses the last real firing, or else a sample. Ignores conditions and limits, and
        also tests a rule that is switched off. Returns after the first attempt or
        `wait` seconds. Raises CannotAttach for a rule that cannot be armed, and
        InvalidField, CannotRender and StoreError.
        """
        armed = self._armed
        if armed is not None:
            configs, fields = armed.triggers.configs, armed.fields
        elif self.enabled:
            raise CannotAttach(self.title)
        else:
            configs, fields = await async_read(self.hass, self.rule, self._shape_of)
        sample = await self._sample(configs)
        cause = Cause(
            variables=sample.variables,
            occurred_at=dt_util.utcnow(),
            context=context,
            kind=OriginKind.TEST,
        )
        delivery, marked = await self._delivering.async_test(cause, fields, wait)
        return RuleTest(delivery=delivery, sample=sample, marked=marked)

    @property
    def held_back(self) -> HeldBack:
        """Return the firings that it has held back in this run."""
        return self._delivering.held_back

    @property
    def last_firing(self) -> LastFiring | None:
        """Return its last firing, in this run or before."""
        if (cause := self._delivering.last) is not None:
            return last_firing_of(cause, self.rule.triggers)
        return read_last_firing(self.note(LAST_FIRING))

    async def _sample(self, configs: Sequence[ConfigType]) -> Sample:
        """Return the last real firing, or else a sample."""
        return await async_sample(
            self.hass, configs, self.rule.triggers, self.last_firing
        )

    async def _async_remember_firing(self) -> None:
        """Store its last firing, for tests after a restart."""
        if self._delivering.last is not None and (last := self.last_firing):
            await self.remember_if_possible({LAST_FIRING: last.note})
            self._delivering.last = None

    async def _async_came_back(self, event: Event[EventStateChangedData]) -> None:
        """Handle the return of an entity that has an open event."""
        await self._listener.async_came_back(event)

    async def _async_home_started(self, _: HomeAssistant) -> None:
        """Handle what happened while Home Assistant was off."""
        self._home_started = True
        if (armed := self._armed) is not None:
            self._references.watch(armed.references)
            await self._async_look_back(armed)

    async def _async_arm(self) -> None:
        """Attach triggers and conditions, and handle what happened before."""
        armed = await self._async_attach_all()
        if self._home_started and armed is not None:
            await self._async_look_back(armed)

    async def _async_attach_all(self) -> Armed | None:
        """Attach what can be attached; None if nothing can, or everything is."""
        async with self._arming:
            # Another call may have attached it meanwhile.
            return None if self._armed is not None else await self._async_attach()

    async def _async_attach(self) -> Armed | None:
        """Attach what can be attached; firings in the meantime wait for it."""
        listener = self._listener
        ended = listener.async_ended if self._openings is not None else None
        try:
            armed = await arm(
                self.hass,
                self.rule,
                shape_of=self._shape_of,
                triggered=listener.async_triggered,
                ended=ended,
            )
        except CannotAttach as error:
            self._issues.not_armed(str(error))
            self._try_again_later()
            return None
        if self._working:
            self._armed = armed
            if self._openings is not None:
                self._openings.note_over()
        else:
            armed.disarm()
            return None
        self.set_armed(True)
        self._report_problem(armed)
        self._references.watch(armed.references, reports=self._home_started)
        return armed

    async def _async_entity_added(self, entity_id: str) -> None:
        """Attach triggers again that missed an entity which was not there."""
        if (armed := self._armed) is None:
            return
        await armed.async_reattach(entity_id)
        if self._armed is armed:
            self._report_problem(armed)

    @callback
    def _report_problem(self, armed: Armed) -> None:
        """Report triggers that are not attached, and retry them later."""
        if armed.problem:
            self._issues.partly_armed(armed.problem)
            self._try_again_later()
        else:
            self._issues.armed()

    @callback
    def _try_again_later(self) -> None:
        """Schedule a retry of what cannot be done now."""
        if self._working and self._cancel_again is None:
            self._cancel_again = async_call_later(
                self.hass, AGAIN, self._async_try_again
            )

    async def _async_try_again(self, _: datetime) -> None:
        """Retry attaching and catching up."""
        self._cancel_again = None
        if (armed := self._armed) is None:
            await self._async_arm()
            return
        if armed.problem:
            await armed.async_attach()
            if self._armed is not armed:
                return
            self._report_problem(armed)
        if self._home_started:
            self._references.watch(armed.references)
            await self._async_catch_up(armed)

    async def _async_look_back(self, armed: Armed) -> None:
        """End events that should have ended, and handle missed occurrences."""
        if self._openings is not None:
            await self._openings.async_look()
        await self._async_catch_up(armed)

    async def _async_catch_up(self, armed: Armed) -> None:
        """Handle missed occurrences."""

        async def fire(cause: Cause, notes: Notes) -> bool:
            """Fire as the rule's own triggers do."""
            return await self._delivering.async_fire(cause, armed, notes)

        await self._catching_up.async_catch_up(armed, fire)

    async def _async_fully_armed(self) -> Armed | None:
        """Return the armed rule once all is attached; None if it is not armed."""
        if self._armed is None and self._arming.locked():
            async with self._arming:
                pass
        return self._armed or self._disarming
