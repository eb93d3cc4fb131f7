"""Coordinator of a connection: its parts, its health, and why it is paused."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
import logging
from math import inf
from operator import is_
import random
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.update_coordinator import (
    REQUEST_REFRESH_DEFAULT_COOLDOWN,
    REQUEST_REFRESH_DEFAULT_IMMEDIATE,
    DataUpdateCoordinator,
)
from homeassistant.util import dt as dt_util

from .backends.base import Capabilities, JsonObject
from .backends.choice_forms import Listed
from .backends.errors import (
    BALANCE_EMPTY,
    BackendError,
    InvalidCredentials,
    PermissionDenied,
)
from .backends.forms import BackendForms, read_capabilities
from .card.subscription import CHANGED
from .const import (
    CONF_BACKEND,
    CONF_CAPABILITIES,
    CONF_PAUSED,
    DOMAIN,
)
from .counts import CountsCoordinator
from .errors import update_error
from .options import READ_WHEN_NEEDED, paused, retention, spread, unsettled_limit
from .outcomes.announcer import Announcer
from .outcomes.losses import Losses
from .outcomes.tallies import Tallies
from .queue.clock import SteadyClock
from .queue.connection import Connection
from .queue.delivery import Delivery, DeliveryState
from .queue.enricher import Enricher
from .queue.queue import DeliveryQueue, held_back
from .queue.store.store import Store, StoreUnavailable
from .queue.worker import Worker
from .registry import BY_NAME
from .repair_flows.held_back_issue import HeldBackIssue
from .repair_flows.not_stored_issue import NotStoredIssue
from .rules.rules import Rules
from .storage import async_before_closing

_LOGGER = logging.getLogger(__name__)

QUIET = timedelta(minutes=15)
"""Time without contact after which a connection is polled."""

TIDYING = timedelta(hours=1)
"""Interval of deleting old deliveries; the first time not at start."""

RESCHEDULE_EVERY = 1.0
"""Seconds in which the next poll is not rescheduled again."""

LISTS = 6.0
"""Seconds that a form waits for lists to choose from.

Longer than Home Assistant resolves a `.local` name: cancelling that logs a traceback.
"""

LISTED = f"{DOMAIN}_listed"
"""Sent when the lists of a live system have changed."""

PERMISSION_ISSUE = "permission_denied_"

type RelayConfigEntry = ConfigEntry[RelayCoordinator]


class RelayCoordinator(DataUpdateCoordinator[Capabilities]):
    """Tracks the health of a connection, and owns its queue and worker.

    Every response of the backend counts as contact, whoever sent the request.
    """

    config_entry: RelayConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: RelayConfigEntry, store: Store
    ) -> None:
        """Build the client, the queue and the worker of an entry."""
        self._requested: Debouncer[Coroutine[Any, Any, None]] = Debouncer(
            hass,
            _LOGGER,
            cooldown=REQUEST_REFRESH_DEFAULT_COOLDOWN,
            immediate=REQUEST_REFRESH_DEFAULT_IMMEDIATE,
        )
        # It schedules its polls itself: any response reschedules them.
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            request_refresh_debouncer=self._requested,
            always_update=False,
        )
        self.forms: BackendForms = BY_NAME[entry.data[CONF_BACKEND]]
        backend = self.forms.backend
        self.data = backend.load_capabilities(entry.data[CONF_CAPABILITIES])
        self._effective: Capabilities = self.data
        self._effective_of: tuple[object, ...] = (None,) * 5
        """What it was built from."""
        self.client = self.forms.create_client(hass, {**entry.data, **entry.options})
        self.settings = settings(entry)
        self._store = store
        connection = Connection(
            id=entry.entry_id,
            backend=backend,
            client=self.client,
            capabilities=lambda: self.effective,
            store=store,
            clock=SteadyClock(dt_util.utcnow),
            instance=self.forms.instance(entry.data, entry.unique_id),
        )
        self._starts_after = self._random_delay()
        self.queue = DeliveryQueue(
            connection=connection,
            limit=unsettled_limit(entry.options),
            random_delay=self._random_delay,
        )
        self.worker = Worker(
            connection=connection, observer=self, starts_after=self._starts_after
        )
        self.worker.switch(on=not paused(entry.options))
        self.queue.attach(self.worker)
        self._enricher = Enricher(
            connection=connection,
            worker=self.worker,
            enriched=partial(async_dispatcher_send, hass, CHANGED),
        )
        self._asked: Listed = {}
        """The latest lists of the live system."""
        self._told: Listed = self.lists
        self.rules: Rules | None = None
        """Its rules and mirrors, once loaded."""
        self.counts = CountsCoordinator(hass, entry, store)
        self.announcer = Announcer(hass, entry, backend)
        self.tallies = Tallies(hass, entry.entry_id, store)
        self.losses = Losses(hass, entry, self)
        self.paused_for: BackendError | None = None
        """Why nothing is sent until somebody fixes the connection."""
        self._not_stored = NotStoredIssue(hass, entry)
        self._held_back = HeldBackIssue(hass, entry, backend)
        self._polling = False
        """Whether it polls: until it is unloaded, or Home Assistant stops."""
        self._cancel_timer: CALLBACK_TYPE | None = None
        """Cancels the timer of the next poll."""
        self._poll_job = HassJob(
            self._async_poll, f"{DOMAIN} poll", cancel_on_shutdown=True
        )
        self._rescheduled_at = -inf
        """When a response last rescheduled the next poll, in the event loop's time."""

    @callback
    def async_start(self) -> None:
        """Start delivering, and poll the backend without waiting."""
        entry = self.config_entry
        entry.async_on_unload(self.counts.async_follow(self.queue))
        entry.async_on_unload(
            self.queue.listen(partial(async_dispatcher_send, self.hass, CHANGED))
        )
        entry.async_on_unload(self.queue.listen(self._enricher.changed))
        entry.async_on_unload(self.queue.listen(self._not_stored.async_ended))
        entry.async_on_unload(self._not_stored.async_clear)
        if not self.forms.reports_held_back:
            entry.async_on_unload(self.queue.listen(self._held_back.async_changed))
            entry.async_on_unload(self._held_back.async_clear)
        entry.async_on_unload(self.losses.async_start())
        entry.async_on_unload(self.announcer.listen(self.tallies.add))
        entry.async_on_unload(self.tallies.async_stop)
        self._notify_cards()
        # Whether it is disabled is known by then.
        entry.async_on_unload(self._notify_cards)
        entry.async_on_unload(self.async_add_listener(self._notify_lists_changed))
        self._polling = True
        self._schedule_poll()
        entry.async_on_unload(self._stop_polling)
        # Remaining problems are detected again after the next load.
        entry.async_on_unload(self._withdraw_permission_issue)
        _ = entry.async_create_background_task(
            self.hass, self.worker.run(), f"{DOMAIN} worker {entry.entry_id}"
        )
        _ = entry.async_create_background_task(
            self.hass, self._enricher.run(), f"{DOMAIN} enricher {entry.entry_id}"
        )
        _ = entry.async_create_background_task(
            self.hass, self._async_first_look(), f"{DOMAIN} first look {entry.entry_id}"
        )
        entry.async_on_unload(
            async_track_time_interval(
                self.hass, self._async_tidy, TIDYING, cancel_on_shutdown=True
            )
        )
        # Home Assistant does not unload entries when it stops.
        entry.async_on_unload(async_before_closing(self.hass, self._async_file_closes))
        entry.async_on_unload(
            self.hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_STOP, self._async_home_assistant_stops
            )
        )

    @property
    def sends_nothing_for_long(self) -> bool:
        """Return whether nothing is sent until somebody acts."""
        return self.paused_for is not None or self.worker.switched_off

    @callback
    def async_switch(self, *, on: bool) -> None:
        """Resume or pause deliveries; raises nothing, and survives a restart."""
        if on is not self.worker.switched_off:
            return
        self.worker.switch(on=on)
        if not on:
            self.queue.release()
        self.async_update_listeners()
        since = False if on else dt_util.utcnow().isoformat()
        options = {**self.config_entry.options, CONF_PAUSED: since}
        self.hass.config_entries.async_update_entry(self.config_entry, options=options)
        self._notify_cards()

    @callback
    def _notify_cards(self) -> None:
        """Have open cards reload, such as when the connection pauses or resumes."""
        async_dispatcher_send(self.hass, CHANGED, None)

    @property
    def effective(self) -> Capabilities:
        """Return the live system's capabilities, limited by the user's settings."""
        entry = self.config_entry
        # A subentry is changed in place, which only the time of the entry shows.
        changed = (entry.subentries, entry.modified_at)
        made_of = (self.data, entry.data, entry.options, *changed)
        if not all(map(is_, made_of, self._effective_of, strict=True)):
            settings = self.forms.settings_of(entry)
            self._effective = self.forms.with_settings(self.data, settings)
            self._effective_of = made_of
        return self._effective

    def _random_delay(self) -> timedelta:
        """Return the random delay of this home for scheduled deliveries."""
        chance = random.random()  # noqa: S311 - chance, not secrecy
        return spread(self.config_entry.options) * chance

    async def _async_first_look(self) -> None:
        """Poll the backend for the first time, alongside the first delivery."""
        if wait := self._starts_after.total_seconds():
            await asyncio.sleep(wait)
        await self.async_refresh()
        if self.last_update_success:
            await self.async_listed()

    @property
    def lists(self) -> Listed:
        """Return the latest lists to choose from."""
        return {**self._asked, **self.forms.known_lists(self.effective)}

    async def async_listed(self) -> Listed:
        """Return current lists to choose from; the latest ones without a response."""
        with suppress(BackendError, TimeoutError):
            async with asyncio.timeout(LISTS):
                self._asked = await self.forms.ask_lists(self.client)
        self._notify_lists_changed()
        return self.lists

    @callback
    def _notify_lists_changed(self) -> None:
        """Notify the forms of actions that the lists have changed."""
        if (lists := self.lists) != self._told:
            self._told = lists
            async_dispatcher_send(self.hass, LISTED)

    async def _async_home_assistant_stops(self, _: Event) -> None:
        """Stop sending; deliveries accepted until the file closes are stored."""
        self._stop_polling()
        if self.rules is not None:
            await self.rules.async_home_stops()
        await self.async_stop_sending()

    async def async_stop_sending(self) -> None:
        """Stop sending, and show what has been counted while there are entities."""
        await self.worker.stop()
        self.losses.async_show()
        self.tallies.async_stop()

    async def _async_file_closes(self) -> None:
        """Stop counting and the rules: nothing can be read or stored any more."""
        await self.counts.async_shutdown()
        if self.rules is not None:
            await self.rules.async_stop()

    @override
    async def _async_update_data(self) -> Capabilities:
        """Read the live system's capabilities; store them for the next start."""
        self._cancel_poll()
        refused = False
        try:
            capabilities = await read_capabilities(self.client)
        except BackendError as error:
            refused = isinstance(error, InvalidCredentials)
            self._pause_for(error)
            raise update_error(self.hass, error, self.name) from error
        finally:
            if not refused:
                self._schedule_poll()
        kept: JsonObject = capabilities.dump()
        entry = self.config_entry
        if entry.data[CONF_CAPABILITIES] != kept:
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_CAPABILITIES: kept}
            )
        if self.paused_for is not None:
            self.worker.resume()
            if not self.counts.data.waiting:
                # No delivery is left that could show what is permitted.
                self._withdraw_permission_issue()
        return capabilities

    @callback
    def changed(self, delivery: Delivery) -> None:
        """Handle the outcome of an attempt, or a settled delivery."""
        self.queue.changed(delivery)

    @callback
    def contacted(self, error: BackendError | None) -> None:
        """Record a response to the worker, or the error in its place."""
        if self.forms.contacted(self.hass, self.config_entry, self.client):
            self.worker.release_held_back()
        if error is not None:
            self._pause_for(error)
            self._not_stored.async_failed(error, dt_util.utcnow())
            if isinstance(error, InvalidCredentials):
                self._cancel_poll()
                self._requested.async_cancel()
                self.config_entry.async_start_reauth(self.hass)
            elif isinstance(error, PermissionDenied):
                self._schedule_poll()
            self.last_exception = error
            if self.last_update_success:
                _LOGGER.warning("%s: deliveries wait (%s)", self.name, error)
                self.last_update_success = False
                self.async_update_listeners()
            return
        self._reschedule_poll()
        if self.paused_for is not None:
            self._withdraw_permission_issue()
        if not self.last_update_success:
            _LOGGER.info("%s: deliveries go on", self.name)
            self.async_set_updated_data(self.data)

    @callback
    def _reschedule_poll(self) -> None:
        """Reschedule the next poll, in a burst not for each response."""
        now = self.hass.loop.time()
        burst = now - self._rescheduled_at < RESCHEDULE_EVERY
        if not burst or not self.last_update_success:
            self._rescheduled_at = now
            self._schedule_poll()

    @callback
    def _schedule_poll(self) -> None:
        """Poll after a time without contact, in place of an earlier scheduled poll."""
        self._cancel_poll()
        if self._polling and not self.config_entry.pref_disable_polling:
            self._cancel_timer = async_call_later(self.hass, QUIET, self._poll_job)

    @callback
    def _cancel_poll(self) -> None:
        """Cancel the scheduled poll, if there is one."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _stop_polling(self) -> None:
        """Schedule no poll any more."""
        self._polling = False
        self._cancel_poll()

    @callback
    def _async_poll(self, _now: datetime) -> None:
        """Poll the backend after a time without contact."""
        self._cancel_timer = None
        _ = self.config_entry.async_create_background_task(
            self.hass, self.async_refresh(), f"{DOMAIN} poll {self.name}"
        )

    @callback
    def _withdraw_permission_issue(self) -> None:
        """Withdraw the report of a missing permission."""
        if self.paused_for is not None:
            self.paused_for = None
            self._notify_cards()
        ir.async_delete_issue(self.hass, DOMAIN, permission_issue(self.config_entry))

    def _pause_for(self, error: BackendError) -> None:
        """Pause deliveries for an error that only a person can fix.

        New credentials reload the connection. A permission or balance is retried
        after a while, with one delivery.
        """
        if not isinstance(error, InvalidCredentials | PermissionDenied):
            return
        self.worker.pause()
        self.queue.release()
        before, self.paused_for = self.paused_for, error
        if before is None or before.code != error.code:
            self._notify_cards()
        if isinstance(error, PermissionDenied):
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                permission_issue(self.config_entry),
                data={"entry_id": self.config_entry.entry_id},
                is_fixable=True,
                severity=ir.IssueSeverity.ERROR,
                translation_key=(
                    "balance_empty"
                    if error.code == BALANCE_EMPTY
                    else "permission_denied"
                ),
                # Every user may list repairs: show the backend's words only in the
                # repair flow.
                translation_placeholders={"connection": self.name},
            )

    async def _async_tidy(self, now: datetime) -> None:
        """Delete old settled deliveries, and those of removed connections."""
        entry = self.config_entry
        before = now - retention(entry.options)
        try:
            if self.rules is not None:
                await self.rules.async_save_progress()
                # Apply what the outbox has kept from being applied.
                await self.rules.async_sync(entry.subentries)
            while await self._store.prune(entry.entry_id, before):
                self.counts.async_recount()
                # Open lists reload without the deleted deliveries.
                self._notify_cards()
            for owner in await self._store.owners():
                # Checked for each: a new connection may have been added meanwhile.
                if self.hass.config_entries.async_get_entry(owner) is None:
                    await self._store.remove_connection(owner)
        except StoreUnavailable as error:
            _LOGGER.debug("Old deliveries are deleted another time: %s", error)


def permission_issue(entry: RelayConfigEntry) -> str:
    """Return the id of the repair issue of a missing permission."""
    return f"{PERMISSION_ISSUE}{entry.entry_id}"


def pause_of(entry: RelayConfigEntry) -> str | None:
    """Return the key of why a connection sends nothing until somebody acts.

    None while it sends, and if that is not known.
    """
    if entry.disabled_by is not None:
        return "disabled"
    if entry.state is not ConfigEntryState.LOADED:
        return None
    coordinator = entry.runtime_data
    if coordinator.worker.switched_off:
        return "switched_off"
    if (error := coordinator.paused_for) is None:
        return None
    return error.code if error.code == BALANCE_EMPTY else type(error).code


def delivery_pause(entry: RelayConfigEntry, delivery: Delivery) -> str | None:
    """Return the key of why a delivery waits until somebody acts; None otherwise.

    Its connection may be paused, or the backend refuses this delivery but not others.
    """
    if delivery.state not in (DeliveryState.PENDING, DeliveryState.UNCERTAIN):
        return None
    if (pause := pause_of(entry)) or entry.state is not ConfigEntryState.LOADED:
        return pause
    failure, backend = delivery.failure, entry.runtime_data.forms.backend
    return failure.code if failure and held_back(delivery, backend) else None


def settings(entry: RelayConfigEntry) -> dict[str, Any]:
    """Return the settings whose change requires a reload.

    All except those that are only stored, and those that are read whenever needed.
    """
    data = entry.data.keys() - {CONF_CAPABILITIES}
    options = entry.options.keys() - READ_WHEN_NEEDED
    return {
        "data": {key: entry.data[key] for key in data},
        "options": {key: entry.options[key] for key in options},
    }
