"""Keeps the generation of the outbox's file in Home Assistant's own storage.

So that an older copy of the file, which somebody has put back, is known for what it is.
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
"""Seconds between two generations while things are sent.

Where somebody copies the file, Home Assistant is killed so soon after that, and the
copy is put back, the file does not tell it.
"""


class Generations:
    """Follows what is claimed, and keeps the generation that begins by it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take where it is kept."""
        self._hass = hass
        self._storage: Storage[dict[str, int]] = Storage(
            hass, VERSION, KEY, atomic_writes=True
        )
        self._store: Store | None = None
        self._task: asyncio.Task[None] | None = None
        self._claimed = False

    async def async_seen(self) -> int:
        """Return the last generation that was kept; 0 if none was."""
        kept = await self._storage.async_load()
        return kept.get("generation", 0) if kept is not None else 0

    async def async_start(self, store: Store) -> None:
        """Begin a generation with the run of an open store."""
        self._store = store
        await self._async_advance()

    @callback
    def claimed(self) -> None:
        """Begin a generation, since something is sent that copies have as waiting."""
        self._claimed = True
        if self._store is not None and self._task is None:
            self._task = self._hass.async_create_background_task(
                self._async_follow(), f"{DOMAIN} generations"
            )

    async def async_end(self) -> None:
        """Begin the last generation of a run, with which nothing is sent any more."""
        if self._task is not None:
            self._task.cancel()
        await self._async_advance()

    async def _async_follow(self) -> None:
        """Begin one after the other as long as anything is claimed."""
        try:
            while self._claimed:
                self._claimed = False
                await self._async_advance()
                await sleep(SPACING)
        finally:
            self._task = None

    async def _async_advance(self) -> None:
        """Begin a generation; in the file first, so that a crash makes it no older."""
        if self._store is None:
            return
        with suppress(StoreUnavailable):
            number = await self._store.advance()
            await self._storage.async_save({"generation": number})
