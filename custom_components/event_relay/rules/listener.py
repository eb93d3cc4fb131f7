"""Turns what a rule's triggers report into firings and ends."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers.trace import trace_clear
from homeassistant.util import dt as dt_util

from .attachment import Armed
from .catch_up import CatchUp
from .delivering import Delivering
from .firing import Cause, entity_of, index_of, occurred_at
from .occurrences import occurrence_of
from .open_events import EndReport
from .own_changes import own_and_not_named
from .same_event import Moments, moment_of
from .self_firing import SelfFiring
from .startup_filter import reason_to_ignore, vanishes

_PATIENCE = 15.0
"""Seconds to wait for firings in progress after the triggers are detached."""


class Listener:
    """Handles the calls of one rule's triggers."""

    def __init__(
        self,
        hass: HomeAssistant,
        delivering: Delivering,
        catching_up: CatchUp,
        self_firing: SelfFiring,
        armed: Callable[[], Awaitable[Armed | None]],
    ) -> None:
        """Initialize the listener of a rule.

        `armed` waits until everything is attached; it returns None if the rule is not
        armed.
        """
        self._hass = hass
        self._delivering = delivering
        self._catching_up = catching_up
        self._self_firing = self_firing
        self._armed = armed
        self._moments = Moments(hass)
        self._in_progress: dict[asyncio.Task[Any] | None, asyncio.Future[None]] = {}
        """Firings in progress, by the task that handles them."""

    async def async_wait_for_firings(self) -> None:
        """Wait until firings in progress are accepted or refused, except the caller's.

        Home Assistant fires some triggers in the next iteration of the event loop.
        """
        await asyncio.sleep(0)
        this = asyncio.current_task()
        if others := [
            done for task, done in self._in_progress.items() if task is not this
        ]:
            await asyncio.wait(others, timeout=_PATIENCE)

    async def async_triggered(
        self, variables: dict[str, Any], context: Context | None = None
    ) -> None:
        """Handle a trigger that begins an event, unless an entity only came or went."""
        fired_at = self._moments.of(variables, "begins")
        task, done = asyncio.current_task(), self._hass.loop.create_future()
        self._in_progress[task] = done
        try:
            await self._async_fire(variables, context, fired_at)
        finally:
            self._in_progress.pop(task, None)
            done.set_result(None)

    async def _async_fire(
        self, variables: dict[str, Any], context: Context | None, fired_at: datetime
    ) -> None:
        """Handle a trigger that begins an event, unless an entity only came or went."""
        # Keep our condition checks out of the trace of the automation that caused it.
        trace_clear()
        if (armed := await self._armed()) is None:
            return
        index = index_of(variables)
        if own_and_not_named(self._hass, variables, armed.triggers.raw):
            return
        config = armed.triggers.configs[index]
        occurrence = occurrence_of(config, index, variables)
        cause = Cause(
            variables=variables,
            occurred_at=occurrence.instant if occurrence else occurred_at(variables),
            moment=moment_of(variables, occurrence, fired_at),
            context=Context(parent_id=context.id if context else None),
            occurrence=occurrence,
        )
        if not armed.rule.from_unknown and (
            reason := reason_to_ignore(self._hass, variables, config)
        ):
            self._delivering.held_back.add(reason, cause.entity_id)
            return
        if self._self_firing.stops(context, cause.entity_id, dt_util.utcnow()):
            return
        self._self_firing.fires(cause.context)
        notes = self._catching_up.notes_for(occurrence)
        taken = await self._delivering.async_fire(cause, armed, notes)
        if occurrence is not None and not taken:
            self._catching_up.refused(occurrence)

    async def async_ended(
        self, variables: dict[str, Any], context: Context | None = None
    ) -> None:
        """Handle an end trigger; an entity that vanishes ends nothing."""
        fired_at = self._moments.of(variables, "ends")
        trace_clear()
        armed = await self._armed()
        openings = self._delivering.openings
        if armed is None or armed.ends is None or openings is None:
            return
        if vanishes(variables):
            return
        if own_and_not_named(self._hass, variables, armed.ends.raw):
            return
        index = index_of(variables)
        occurrence = occurrence_of(armed.ends.configs[index], index, variables)
        entity_id = entity_of(variables)
        await openings.async_end_those(
            EndReport(
                entity_id=entity_id if armed.may_start(entity_id) else None,
                moment=moment_of(variables, occurrence, fired_at),
                at=occurred_at(variables),
                fired_at=self._hass.loop.time(),
                context=Context(parent_id=context.id if context else None),
            )
        )

    async def async_came_back(self, event: Event[EventStateChangedData]) -> None:
        """End the event of an entity that came back, if its end trigger misses it."""
        state = event.data["new_state"]
        armed = await self._armed()
        openings = self._delivering.openings
        if armed is None or armed.ends is None or openings is None or state is None:
            return
        if not armed.ends.miss_return(state):
            return
        await openings.async_end_those(
            EndReport(
                entity_id=state.entity_id,
                moment=state.last_updated,
                at=min(dt_util.utcnow(), state.last_updated),
                fired_at=self._hass.loop.time(),
                context=Context(parent_id=event.context.id),
            )
        )
