"""Ends the events that a rule has begun: by its triggers, or when their time is up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
import logging
from uuid import UUID, uuid5

from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_call_later,
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import create_eager_task

from ..backends.base import Ending
from ..const import DOMAIN
from ..queue.delivery import Delivery, DeliveryState
from ..queue.queue import NotAllowed, Request
from ..queue.store.rule_state import Note
from ..queue.store.store import StaleDelivery, StoreError
from .firing import Cause
from .last_known import is_known
from .open_events import LATE, EndReport, OpenEvent, read_open_events
from .subentry_runner import SubentryRunner

_LOGGER = logging.getLogger(__name__)

_NAMESPACE = UUID("9b1c5c39-7f2b-4d7c-8a5e-0c2f4f1f7a90")
"""UUID namespace of the ids of ends; must never change."""
_RETRY_DELAY = timedelta(seconds=60)
"""Delay before an end that could not be accepted is retried."""


class EventEnder:
    """Keeps the open events of one rule, and ends them."""

    def __init__(
        self,
        runner: SubentryRunner,
        ending: Ending,
        notes: Mapping[str, Note],
        came_back: Callable[[Event[EventStateChangedData]], Awaitable[None]],
    ) -> None:
        """Initialize with the open events in the notes.

        `came_back` is called when an entity that was unavailable or unknown is in
        another state than the one that began its event.
        """
        self._runner = runner
        self._came_back = came_back
        self._ending = ending
        self._open = read_open_events(notes)
        now = dt_util.utcnow()
        self._due = {
            one.delivery_id: self._time_after(one.left(now))
            for one in self._open.values()
        }
        """When each must end, by the event loop's clock, which is monotonic."""
        self._over: set[str] = set()
        """Events whose end is decided, though its delivery may not be accepted yet."""
        self._earlier_run_checked = False
        """Whether the events of an earlier run have been checked."""
        self._beginning: dict[str, asyncio.Future[None]] = {}
        """Events whose deliveries have not been accepted yet."""
        self._ends: list[EndReport] = []
        """Recent ends: a beginning from before them may be reported after them."""
        self._cancel: CALLBACK_TYPE | None = None
        self._stop_listening: tuple[CALLBACK_TYPE, ...] = ()

    @property
    def events(self) -> tuple[OpenEvent, ...]:
        """Return the events that are open, the oldest first."""
        return tuple(self._open.values())

    def holds(self, cause: Cause) -> bool:
        """Return whether the entity has an open event, or had one until that moment.

        A change that ends an event does not begin the next one. An event is closed once
        its end is decided, even before the end is accepted.
        """
        entity_id, moment = cause.entity_id, cause.began_at
        if not self._earlier_run_checked:
            self._over.update(
                event.delivery_id
                for event in self.events
                if event.entity_id == entity_id and event.was_over(cause)
            )
        now = self._runner.hass.loop.time()
        return any(
            event.entity_id == entity_id
            and not event.test
            and event.delivery_id not in self._over
            and self._due[event.delivery_id] > now
            for event in self._open.values()
        ) or any(end.moment == moment and entity_id in end.ended for end in self._ends)

    @asynccontextmanager
    async def beginning(self, event: OpenEvent) -> AsyncIterator[None]:
        """Count an event as open while its delivery is submitted, and after success.

        Ends in the meantime wait for the outcome.
        """
        accepted = self._runner.hass.loop.create_future()
        self._open[event.delivery_id] = event
        self._due[event.delivery_id] = self._time_after(
            event.ends_by - dt_util.utcnow()
        )
        self._beginning[event.delivery_id] = accepted
        try:
            yield
        except BaseException:
            self._open.pop(event.delivery_id, None)
            raise
        finally:
            del self._beginning[event.delivery_id]
            accepted.set_result(None)
        self.watch()
        fired_since = self._runner.hass.loop.time() - LATE
        for end in tuple(self._ends):
            if end.fired_at > fired_since and end.ends(event):
                await self.async_end(event, end.at, end.context)

    @callback
    def watch(self) -> None:
        """Schedule the next timed end, and listen to the entities of open events."""
        self.unwatch()
        self._due = {one: self._due[one] for one in self._open}
        self._over &= self._open.keys()
        waits = {
            one: due
            for one, due in self._due.items()
            if one not in self._over or one not in self._beginning
        }
        if waits:
            hass = self._runner.hass
            entity_ids = {one.entity_id for one in self.events if one.entity_id}
            self._stop_listening = (
                async_track_entity_registry_updated_event(
                    hass, entity_ids, self._async_entity_changed
                ),
                async_track_state_change_event(
                    hass, entity_ids, self._async_state_changed
                ),
            )
            first = min(waits.values())
            over = frozenset(one for one, due in waits.items() if due <= first)
            self._cancel = async_call_later(
                self._runner.hass,
                max(0.0, first - self._runner.hass.loop.time()),
                partial(self._async_time_is_up, over),
            )

    def _time_after(self, left: timedelta) -> float:
        """Return the event loop's time after a duration."""
        return self._runner.hass.loop.time() + left.total_seconds()

    @callback
    def unwatch(self) -> None:
        """Cancel the timer and the listeners."""
        for stop in (self._cancel, *self._stop_listening):
            if stop is not None:
                stop()
        self._cancel, self._stop_listening = None, ()

    async def _async_state_changed(self, event: Event[EventStateChangedData]) -> None:
        """Report an entity that comes back in another state than began its event."""
        state = event.data["new_state"]
        if state is None or not is_known(state) or is_known(event.data["old_state"]):
            return
        if any(one.has_left(state) for one in self.events):
            await self._came_back(event)

    async def _async_entity_changed(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """End the events of an entity that was removed or renamed.

        An entity that takes over the old id ends only events of its own.
        """
        data = event.data
        gone = data["entity_id"]
        if data["action"] == "update":
            if "old_entity_id" not in data:
                return
            gone = data["old_entity_id"]
        now = dt_util.utcnow()
        await self._async_end(
            {one: now for one in self.events if one.entity_id == gone}
        )

    @callback
    def note_over(self) -> None:
        """Mark the events that are over when triggers are attached.

        Home Assistant may take long to start; a new event may begin until then.
        """
        now = dt_util.utcnow()
        self._over.update(
            one.delivery_id
            for one in self.events
            if one.ends_by <= now or one.cause_is_over(self._runner.hass)
        )

    async def async_look(self) -> None:
        """End events that should have ended while Home Assistant was off."""
        self.note_over()
        self._earlier_run_checked = True
        now = dt_util.utcnow()
        await self._async_end(
            {
                one: one.time_is_up(now) if one.ends_by <= now else now
                for one in self.events
                if one.delivery_id in self._over
            }
        )

    async def async_end_those(self, end: EndReport) -> None:
        """End the events that an end trigger ends: its entity's own, or all."""
        now = self._runner.hass.loop.time()
        self._ends = [one for one in self._ends if one.fired_at > now - LATE]
        self._ends.append(end)
        events = [event for event in self.events if end.ends(event)]
        end.ended.update(event.entity_id for event in events)
        await self._async_end(dict.fromkeys(events, end.at), end.context)

    async def _async_end(
        self, events: Mapping[OpenEvent, datetime], context: Context | None = None
    ) -> None:
        """Submit the ends of events, each at its time.

        All are marked over first, so that whatever begins while the ends are submitted
        begins a new event.
        """
        self._over.update(event.delivery_id for event in events)
        ends = [
            create_eager_task(self.async_end(event, at, context))
            for event, at in events.items()
        ]
        # The remaining events need not wait for these.
        self.watch()
        await asyncio.gather(*ends)

    async def async_end(
        self, event: OpenEvent, at: datetime, context: Context | None = None
    ) -> None:
        """Submit the end of an event, once, however often this is called."""
        self._over.add(event.delivery_id)
        if (accepted := self._beginning.get(event.delivery_id)) is not None:
            await accepted
        if self._open.pop(event.delivery_id, None) is None:
            return
        ending = self._ending
        end = min(at, event.ends_by)
        data: dict[str, object] = {ending.start_field: event.delivery_id}
        if ending.time_field is not None:
            data[ending.time_field] = end
        request = Request(
            id=str(uuid5(_NAMESPACE, event.delivery_id)),
            operation=ending.operation,
            data=data,
            origin=self._runner.origin(context or Context()),
            occurred_at=end,
            notes={event.name: None},
        )
        try:
            await self._runner.rule_context.queue.submit(request)
        except StoreError as error:
            _LOGGER.warning(
                "%s: the end of %s is tried again soon (%s)",
                self._runner.title,
                event.delivery_id,
                error,
            )
            # Retry it as an event whose time is up.
            self._open[event.delivery_id] = replace(event, ends_by=end, lasts=None)
            self._due[event.delivery_id] = self._time_after(_RETRY_DELAY)
            self.watch()
            return
        self._runner.noted(request.notes)
        self.watch()

    async def async_end_all(self) -> None:
        """End all open events, also those that have not reached the backend yet."""
        await self._async_end(dict.fromkeys(self.events, dt_util.utcnow()))
        self.unwatch()

    async def async_end_or_discard_all(self) -> None:
        """End each open event, or discard its beginning if that was not sent."""
        self.unwatch()
        now = dt_util.utcnow()
        for event in self.events:
            if not await self._never_began(event):
                await self.async_end(event, now)
        self.unwatch()

    @callback
    def settled(self, delivery: Delivery) -> None:
        """Forget an event whose beginning settled without being delivered."""
        began = delivery.state is DeliveryState.DELIVERED
        event = self._open.get(delivery.id)
        if event is None or began or not delivery.state.settled:
            return
        del self._open[delivery.id]
        self.watch()
        _ = self._runner.hass.async_create_task(
            self._runner.remember_if_possible({event.name: None}),
            f"{DOMAIN} forget {event.delivery_id}",
        )

    async def _never_began(self, event: OpenEvent) -> bool:
        """Discard a beginning that was certainly not sent; return whether it was."""
        try:
            start = await self._runner.rule_context.store.get(event.delivery_id)
            if start is None or start.state is not DeliveryState.PENDING:
                return False
            await self._runner.rule_context.queue.discard(start)
        except NotAllowed, StaleDelivery, StoreError:
            return False
        self._open.pop(event.delivery_id, None)
        await self._runner.remember_if_possible({event.name: None})
        return True

    async def _async_time_is_up(self, over: Collection[str], _: datetime) -> None:
        """End events that have been open for their longest time."""
        self.unwatch()
        now = dt_util.utcnow()
        await self._async_end(
            {one: one.time_is_up(now) for one in self.events if one.delivery_id in over}
        )
