"""Keeps the generation of the queue's file in Home Assistant's storage.

It reveals an older copy of the file that somebody has restored.
"""

import asyncio
from asyncio import sleep
from contextlib import suppress

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store as Storage

from .const import DOMAIN
from .queue.store.store import Store, StoreUnavailable

KEY = f"{DOMAIN}.outbox"
VERSION = 1
SPACING = 10.0
"""Seconds between two generations while deliveries are sent.

A copy is not recognized if Home Assistant is killed within this time after copying.
"""


class Generations:
    """Begins generations as deliveries are claimed, and stores the latest."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize the storage."""
        self._hass = hass
        self._storage: Storage[dict[str, int]] = Storage(
            hass, VERSION, KEY, atomic_writes=True
        )
        self._store: Store | None = None
        self._task: asyncio.Task[None] | None = None
        self._claimed = False

    async def async_seen(self) -> int:
        """Return the last stored generation; 0 without one."""
        kept = await self._storage.async_load()
        return kept.get("generation", 0) if kept is not None else 0

    async def async_start(self, store: Store) -> None:
        """Begin a generation for this run of an open store."""
        self._store = store
        await self._async_advance(store)

    @callback
    def claimed(self) -> None:
        """Begin a generation: a delivery is sent that is pending in copies."""
        self._claimed = True
        if self._store is not None and self._task is None:
            self._task = self._hass.async_create_background_task(
                self._async_follow(), f"{DOMAIN} generations"
            )

    async def async_end(self) -> None:
        """Begin the last generation of a run; what is claimed meanwhile begins none."""
        store, self._store = self._store, None
        if self._task is not None:
            self._task.cancel()
        if store is not None:
            await self._async_advance(store)

    async def _async_follow(self) -> None:
        """Begin one generation after the other while deliveries are claimed."""
        try:
            while self._claimed and self._store is not None:
                self._claimed = False
                await self._async_advance(self._store)
                await sleep(SPACING)
        finally:
            self._task = None

    async def _async_advance(self, store: Store) -> None:
        """Begin a generation, in the file first, so that a crash makes it no older."""
        with suppress(StoreUnavailable):
            number = await store.advance()
            await self._storage.async_save({"generation": number})
