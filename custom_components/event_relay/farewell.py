"""Ends what the rules of a connection have begun outside before it is removed."""

import asyncio
from contextlib import suppress
import logging
import random

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .backends.base import UnreadablePayload
from .backends.errors import BackendError, InvalidCredentials, PermissionDenied
from .backends.forms import BackendForms
from .const import CONF_BACKEND, CONF_CAPABILITIES
from .outbox.clock import SteadyClock
from .outbox.delivery import UNSETTLED, Delivery, DeliveryState
from .outbox.outbox import NotAllowed, Outbox
from .outbox.store import StaleDelivery, Store
from .outbox.worker import Worker
from .registry import BY_NAME
from .rule_way import make_way
from .rules.open_events import read_open_events
from .rules.rules import Rules

_LOGGER = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that the backend gets to hear of the ends."""


async def async_say_farewell(
    hass: HomeAssistant, entry: ConfigEntry, store: Store
) -> None:
    """End what an unloaded connection has open, as far as that can be done soon.

    Everything else that waits is given up. Raises StoreUnavailable.
    """
    forms = BY_NAME[entry.data[CONF_BACKEND]]
    notes = await store.recall(entry.entry_id)
    are_open = any(read_open_events(noted) for noted in notes.values())
    if not are_open and not await _ends(store, entry, forms):
        return
    try:
        farewell = _Farewell(hass, entry, store, forms)
    except UnreadablePayload:
        _LOGGER.warning("What %s has begun outside may be left open", entry.title)
        return
    await farewell.async_end_all()


async def _ends(store: Store, entry: ConfigEntry, forms: BackendForms) -> set[str]:
    """Return the ids of the ends that have not arrived."""
    if not (operations := {ending.operation for ending in forms.endings.values()}):
        return set()
    waiting = await store.listing(owner=entry.entry_id, states=UNSETTLED, limit=None)
    return {one.id for one in waiting if one.operation in operations}


class _Farewell:
    """Runs an outbox for the last time, without entities that would show it."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: Store,
        forms: BackendForms,
    ) -> None:
        """Build what carries the ends out; raises UnreadablePayload."""
        self._entry = entry
        self._store = store
        self._forms = forms
        self._something_happened = asyncio.Event()
        self._refused = False
        backend = forms.backend
        capabilities = backend.load_capabilities(entry.data[CONF_CAPABILITIES])
        clock = SteadyClock(dt_util.utcnow)
        self._outbox = Outbox(
            connection=entry.entry_id,
            backend=backend,
            capabilities=lambda: capabilities,
            store=store,
            clock=clock,
        )
        self._worker = Worker(
            connection=entry.entry_id,
            backend=backend,
            client=forms.create_client(hass, {**entry.data, **entry.options}),
            capabilities=lambda: capabilities,
            store=store,
            clock=clock,
            chance=random.random,
            changed=self._changed,
            contacted=self._contacted,
        )
        self._rules = Rules(make_way(hass, entry, store, self._outbox))

    async def async_end_all(self) -> None:
        """Have everything ended, and say what may be left open."""
        await self._rules.async_load(self._entry.subentries)
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
        for end in ends:
            self._tell_if_lost(await self._store.get(end))

    async def _give_up_all_but(self, ends: set[str]) -> None:
        """Discard what is neither an end nor what an end waits for."""
        waiting = await self._store.listing(
            owner=self._entry.entry_id, states=UNSETTLED, limit=None
        )
        followed = {one.follows for one in waiting if one.id in ends}
        for delivery in waiting:
            if delivery.id in ends | followed:
                continue
            with suppress(NotAllowed, StaleDelivery):
                await self._outbox.discard(delivery)

    async def _until_settled(self) -> None:
        """Wait until all ends have arrived, or will not."""
        while await _ends(self._store, self._entry, self._forms) and not self._refused:
            await self._something_happened.wait()
            self._something_happened.clear()

    def _changed(self, delivery: Delivery) -> None:
        """Hear of an outcome."""
        self._outbox.changed(delivery)
        self._something_happened.set()

    def _contacted(self, error: BackendError | None) -> None:
        """Wait no longer for a backend that lets nothing in."""
        self._refused |= isinstance(error, InvalidCredentials | PermissionDenied)
        self._something_happened.set()

    def _tell_if_lost(self, end: Delivery | None) -> None:
        """Say what nobody will end any more."""
        arrived = (DeliveryState.DELIVERED, DeliveryState.DISCARDED)
        if end is not None and end.state not in arrived:
            _LOGGER.warning(
                "%s is removed; what delivery %s began there may be left open",
                self._entry.title,
                end.follows,
            )
