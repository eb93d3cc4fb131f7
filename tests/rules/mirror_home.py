"""A mirror on a real connection, and its source."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, override

from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_at_time
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay.actions.resolve import coerce
from custom_components.event_relay.backends.base import InvalidField, JsonObject
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.home_language import moment_in_words, say
from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.queue.worker import Worker
from custom_components.event_relay.rules.context import RuleContext
from custom_components.event_relay.rules.mirrors.mirror import Mirror
from custom_components.event_relay.rules.outcome import Outcome
from custom_components.event_relay.storage import async_get_store

from .calendar import Calendar

CALENDAR = "calendar.events"
NOW = datetime(2040, 6, 1, 8, tzinfo=UTC)
"""Start of the tests; later than any real clock, so that no timer fires by itself."""
STEP = timedelta(minutes=15)


class Clock:
    """Home Assistant's clock, moved only by the test."""

    def __init__(self) -> None:
        self.now = NOW
        self._workers: list[Worker] = []

    async def move_to(self, hass: HomeAssistant, now: datetime) -> None:
        """Set the time, and fire all timers, whose callbacks check what is due."""
        await self.idle()
        self.now = now
        async_fire_time_changed(hass, now)
        await hass.async_block_till_done()

    async def idle(self) -> None:
        """Wait until no request is in flight: its timeout would fire as well."""
        for _ in range(1000):
            await asyncio.sleep(0.01)
            if not any(
                one._in_flight.sending or one._in_flight.looking_up
                for one in self._workers
            ):
                return
        raise TimeoutError

    def seconds(self) -> float:
        """Return the time in seconds."""
        return self.now.timestamp()

    def control(self, entry: MockConfigEntry) -> None:
        """Show a connection passing time, but no change of the system's clock."""
        steady = entry.runtime_data.queue._clock
        self._workers.append(entry.runtime_data.worker)
        steady._monotonic = self.seconds
        steady._last_monotonic = steady._steady_since = self.now.timestamp()

    async def pass_time(self, hass: HomeAssistant, time: timedelta) -> None:
        """Let time pass in steps of a quarter of an hour at most."""
        end = self.now + time
        while self.now < end:
            await self.move_to(hass, self.now + min(STEP, end - self.now))


class PreparedCalendar(Calendar):
    """A calendar with prepared events that may fail to respond."""

    _attr_name = "Events"
    _attr_should_poll = False
    entity_id = CALENDAR

    def __init__(self) -> None:
        super().__init__([])
        self.error: Exception | None = None
        self.read: list[tuple[datetime, datetime]] = []

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        self.read.append((start_date, end_date))
        if self.error is not None:
            raise self.error
        return await super().async_get_events(hass, start_date, end_date)

    def set_available(self, *, available: bool) -> None:
        """Become available or unavailable."""
        self._attr_available = available
        self.async_write_ha_state()


async def add_calendar(hass: HomeAssistant) -> PreparedCalendar:
    """Add a calendar without events."""
    assert await async_setup_component(hass, "calendar", {})
    calendar = PreparedCalendar()
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])
    await hass.async_block_till_done()
    return calendar


async def rule_context_of(hass: HomeAssistant, entry: MockConfigEntry) -> RuleContext:
    """Return a connection's context as its mirrors see it."""
    runtime = entry.runtime_data

    async def canonical(
        operation: str, data: Mapping[str, Any]
    ) -> Mapping[str, object]:
        fields = runtime.forms.action_fields[operation]
        resolved: Mapping[str, object] = await runtime.forms.resolve(
            hass, runtime.forms.settings_of(entry), operation, coerce(data, fields)
        )
        return resolved

    async def ask(look: str) -> JsonObject:
        answer: JsonObject = await runtime.forms.looks[look](runtime.client)
        return answer

    def explain(error: Exception) -> str:
        assert isinstance(error, InvalidField)
        return f"{error.field}: {error.problem}"

    return RuleContext(
        hass=hass,
        connection=entry.entry_id,
        queue=runtime.queue,
        store=await async_get_store(hass),
        canonical=canonical,
        shape_of=runtime.forms.shape_of,
        as_test=lambda _operation, data: data,
        explain=explain,
        say=partial(say, hass),
        moment=partial(moment_in_words, hass),
        runners={},
        endings={},
        ask=ask,
    )


def mirror_subentry(
    kind: str, *, made: datetime | None = None, **data: object
) -> ConfigSubentry:
    """Return a subentry created at a time, by default now."""
    at = (made or dt_util.utcnow()).timestamp()
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_id=ulid_at_time(at),
        subentry_type=kind,
        title="Mirror",
        unique_id=None,
    )


class MirrorHome[MirrorT: Mirror]:
    """A mirror, created anew at each restart of its Home Assistant."""

    def __init__(
        self,
        rule_context: RuleContext,
        kind: Callable[[RuleContext, ConfigSubentry, Mapping[str, Any]], MirrorT],
        subentry: ConfigSubentry,
    ) -> None:
        self.rule_context = rule_context
        self.kind = kind
        self.subentry = subentry
        self.outcomes: list[Outcome] = []

    async def start(self) -> MirrorT:
        """Start the mirror with its notes."""
        notes = await self.rule_context.store.recall(self.rule_context.connection)
        self.mirror = self.kind(
            self.rule_context, self.subentry, notes.get(self.subentry.subentry_id, {})
        )
        self.mirror.listen(self.outcomes.append)
        self.stop_listening = self.rule_context.queue.listen(self._settled)
        await self.mirror.async_start()
        await self.rule_context.hass.async_block_till_done()
        return self.mirror

    async def stop(self) -> None:
        """Stop the mirror as Home Assistant does."""
        self.stop_listening()
        await self.mirror.async_stop()

    async def restart(self) -> MirrorT:
        """Stop the mirror, drop all state outside the file, and start it."""
        await self.stop()
        return await self.start()

    async def compare(self) -> None:
        """Compare source and target now."""
        await self.mirror.async_compare()
        await self.rule_context.hass.async_block_till_done()

    def _settled(self, delivery: Delivery) -> None:
        if delivery.origin.subentry_id == self.subentry.subentry_id:
            self.mirror.settled(delivery)


@dataclass(kw_only=True)
class SourceHome[MirrorT: Mirror]:
    """A Home Assistant with the source of mirrors, and its clock."""

    hass: HomeAssistant
    clock: Clock
    mirrors: list[MirrorHome[MirrorT]] = field(default_factory=list)

    @property
    def running(self) -> MirrorHome[MirrorT]:
        """Return the mirror that was started last."""
        return self.mirrors[-1]

    @property
    def context(self) -> RuleContext:
        """Return the connection's context as the mirror sees it."""
        return self.running.rule_context

    async def listed(self) -> list[Delivery]:
        """Return all deliveries."""
        return await self.context.store.listing(limit=None)

    def issue(self, kind: str) -> ir.IssueEntry | None:
        """Return a repair of the mirror."""
        issue_id = f"{kind}_{self.running.subentry.subentry_id}"
        return ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)

    async def reconfigure(self, **data: object) -> None:
        """Let the connection lead to another system, as its reconfiguration does."""
        await self.running.stop()
        entry = self.hass.config_entries.async_get_entry(self.context.connection)
        assert isinstance(entry, MockConfigEntry)
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
        await self.hass.config_entries.async_reload(entry.entry_id)
        await self.hass.async_block_till_done()
        self.running.rule_context = await rule_context_of(self.hass, entry)
        await self.running.start()
        await self.settle()

    async def settle(self) -> list[Delivery]:
        """Wait until all deliveries are settled; return them, newest first."""
        async with asyncio.timeout(60):
            while True:
                listed = await self.listed()
                if all(delivery.state.settled for delivery in listed):
                    return listed
                await asyncio.sleep(0.01)

    async def settle_in_time(self) -> None:
        """Wait until all deliveries are settled, while time passes.

        Moving the clock fires every timer, including timeouts. So it is only moved when
        nothing happens without that: due work may just be slow.
        """
        for _ in range(100):
            for _ in range(100):
                await self.clock.idle()
                waiting = [one for one in await self.listed() if not one.state.settled]
                if not waiting:
                    return
                if all(one.due_at and one.due_at > self.clock.now for one in waiting):
                    break
            await self.clock.pass_time(self.hass, timedelta(minutes=1))
        raise TimeoutError
