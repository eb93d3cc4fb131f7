"""Cleans up after a removed connection.

Nothing delays the removal: the user is told at once what is no longer sent. Open
events of its rules are ended in the background if that is soon possible; those left
open are reported.
"""

import asyncio
from collections import Counter
from contextlib import suppress
import logging

from homeassistant.components.persistent_notification import async_create
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from .backends.base import UnreadablePayload
from .backends.errors import BackendError, InvalidCredentials, PermissionDenied
from .backends.forms import BackendForms
from .backends.markdown import in_markdown
from .card.subscription import CHANGED
from .const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from .home_language import in_home_language, operation_name
from .queue.clock import SteadyClock
from .queue.connection import Connection
from .queue.delivery import UNSETTLED, Delivery, DeliveryState
from .queue.queue import DeliveryQueue, NotAllowed
from .queue.store.store import StaleDelivery, Store, StoreUnavailable
from .queue.worker import Worker
from .registry import async_load
from .rule_context import make_context
from .rules.open_events import read_open_events
from .rules.rules import Rules
from .storage import async_get_store

_LOGGER = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds allowed for delivering the ends."""


async def async_clean_up(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Report what an unloaded connection leaves, and clean up in the background."""
    forms = await async_load(hass, entry.data[CONF_BACKEND])
    name = f"{DOMAIN} clean up {entry.entry_id}"
    try:
        store = await async_get_store(hass)
        to_end = await _async_look(hass, entry, store, forms)
    except StoreUnavailable as error:
        _LOGGER.warning("Deliveries of %s stay in the outbox: %s", entry.title, error)
        _ = hass.async_create_background_task(forms.removed(hass, entry.data), name)
        return
    clean_up = _async_end_and_log_out(hass, entry, store, forms, to_end=to_end)
    _ = hass.async_create_background_task(clean_up, name)


async def _async_look(
    hass: HomeAssistant, entry: ConfigEntry, store: Store, forms: BackendForms
) -> bool:
    """Report what is no longer sent; return whether any event must be ended.

    Raises StoreUnavailable.
    """
    notes = await store.recall(entry.entry_id)
    opened = {
        delivery_id
        for noted in notes.values()
        for delivery_id in read_open_events(noted)
    }
    ends = await _ends(store, entry, forms)
    waiting = await store.listing(owner=entry.entry_id, states=UNSETTLED, limit=None)
    kept = ends | opened | {one.follows for one in waiting if one.id in ends}
    _report(hass, entry, [one for one in waiting if one.id not in kept])
    return bool(opened or ends)


def _report(hass: HomeAssistant, entry: ConfigEntry, dropped: list[Delivery]) -> None:
    """Report what is no longer sent: a count per kind, with details in the log."""
    if not dropped:
        return
    _LOGGER.warning(
        "%s is removed with %s deliveries waiting, which are not sent: %s",
        entry.title,
        len(dropped),
        ", ".join(one.id for one in dropped),
    )
    kinds = Counter(operation_name(hass, one.operation) for one in dropped)
    _notify(
        hass,
        entry,
        "waiting",
        HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="removed_with_waiting",
            translation_placeholders={
                "connection": in_markdown(entry.title),
                "number": str(len(dropped)),
                "kinds": ", ".join(f"{kind}: {kinds[kind]}" for kind in sorted(kinds)),
            },
        ),
    )


def _notify(
    hass: HomeAssistant, entry: ConfigEntry, what: str, said: HomeAssistantError
) -> None:
    """Notify the users, without the content of deliveries."""
    sentences = f"{in_home_language(hass, said).rstrip('.')}."
    notification_id = f"{DOMAIN}_removed_{what}_{entry.entry_id}"
    async_create(hass, sentences, "Event Relay", notification_id)


async def _async_end_and_log_out(
    hass: HomeAssistant,
    entry: ConfigEntry,
    store: Store,
    forms: BackendForms,
    *,
    to_end: bool,
) -> None:
    """End open events, delete the deliveries, and log out."""
    left_open: list[str] = []
    try:
        if to_end:
            left_open = await _CleanUp(hass, entry, store, forms).async_end_all()
        await store.remove_connection(entry.entry_id)
    except UnreadablePayload:
        left_open = ["?"]
        await store.remove_connection(entry.entry_id)
    except StoreUnavailable as error:
        _LOGGER.warning("Deliveries of %s stay in the outbox: %s", entry.title, error)
    await forms.removed(hass, entry.data)
    async_dispatcher_send(hass, CHANGED, None)
    if left_open:
        _LOGGER.warning(
            "%s is removed; what these deliveries began there may be left open: %s",
            entry.title,
            ", ".join(left_open),
        )
        _notify(
            hass,
            entry,
            "open",
            HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="removed_with_open",
                translation_placeholders={
                    "connection": in_markdown(entry.title),
                    "number": str(len(left_open)),
                },
            ),
        )


async def _ends(store: Store, entry: ConfigEntry, forms: BackendForms) -> set[str]:
    """Return the ids of the ends that have not arrived."""
    if not (operations := {ending.operation for ending in forms.endings.values()}):
        return set()
    waiting = await store.listing(owner=entry.entry_id, states=UNSETTLED, limit=None)
    return {one.id for one in waiting if one.operation in operations}


class _CleanUp:
    """Runs the queue of a removed connection for a last time, without entities."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: Store,
        forms: BackendForms,
    ) -> None:
        """Build the worker for the ends; raises UnreadablePayload."""
        self._entry = entry
        self._store = store
        self._forms = forms
        self._something_happened = asyncio.Event()
        self._refused = False
        backend = forms.backend
        capabilities = forms.with_settings(
            backend.load_capabilities(entry.data[CONF_CAPABILITIES]),
            forms.settings_of(entry),
        )
        connection = Connection(
            id=entry.entry_id,
            backend=backend,
            client=forms.create_client(hass, {**entry.data, **entry.options}),
            capabilities=lambda: capabilities,
            store=store,
            clock=SteadyClock(dt_util.utcnow),
        )
        self._queue = DeliveryQueue(connection=connection)
        self._worker = Worker(connection=connection, observer=self)
        self._rules = Rules(make_context(hass, entry, store, self._queue))

    async def async_end_all(self) -> list[str]:
        """Deliver all ends; return the starts of events that may be left open."""
        await self._rules.async_sync(self._entry.subentries)
        await self._rules.async_remove()
        ends = await _ends(self._store, self._entry, self._forms)
        await self._give_up_all_but(ends)
        working = asyncio.create_task(self._worker.run())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._until_settled()
        finally:
            await self._worker.stop(patience=0)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        arrived = (DeliveryState.DELIVERED, DeliveryState.DISCARDED)
        found = [await self._store.get(end) for end in ends]
        return [
            str(end.follows)
            for end in found
            if end is not None and end.state not in arrived
        ]

    async def _give_up_all_but(self, ends: set[str]) -> None:
        """Discard all deliveries except ends and those that ends follow."""
        waiting = await self._store.listing(
            owner=self._entry.entry_id, states=UNSETTLED, limit=None
        )
        followed = {one.follows for one in waiting if one.id in ends}
        for delivery in waiting:
            if delivery.id in ends | followed:
                continue
            with suppress(NotAllowed, StaleDelivery):
                await self._queue.discard(delivery)

    async def _until_settled(self) -> None:
        """Wait until all ends have settled."""
        while await _ends(self._store, self._entry, self._forms) and not self._refused:
            await self._something_happened.wait()
            self._something_happened.clear()

    def changed(self, delivery: Delivery) -> None:
        """Handle a changed delivery."""
        self._queue.changed(delivery)
        self._something_happened.set()

    def contacted(self, error: BackendError | None) -> None:
        """Stop waiting for a backend that permits nothing."""
        self._refused |= isinstance(error, InvalidCredentials | PermissionDenied)
        self._something_happened.set()
