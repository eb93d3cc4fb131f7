"""Changes while Home Assistant runs: reloads, options, the clock."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
import random

from tools.demo.api import Api, ApiError
from tools.simulators.wire import Json

from .wall_clock import OFFSETS, WallClock

_SECONDS = 1.0
"""Mean time between two changes of connections."""
_RELOAD_SHARE = 0.5
_DAYS = (300, 365)
"""Long enough to keep finished deliveries to the end, whatever the clock shows."""
_RIGHT_SECONDS = (0.5, 4.0)
_OFF_SECONDS = (1.0, 8.0)


class Changes:
    """Makes changes while Home Assistant runs, until it is killed."""

    def __init__(self, clock: WallClock, chance: random.Random) -> None:
        """Take the clock, which is right at first."""
        self._clock = clock
        self._chance = chance
        self.reloads = 0
        self.options = 0

    async def drive(self, api: Api, entry_ids: Collection[str]) -> None:
        """Make changes until cancelled."""
        async with asyncio.TaskGroup() as changing:
            changing.create_task(self._set_clock(api))
            changing.create_task(self._load(api, sorted(entry_ids)))

    async def _load(self, api: Api, entries: Sequence[str]) -> None:
        """Reload connections, and change their options."""
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / _SECONDS))
            entry_id = self._chance.choice(entries)
            # A change that the kill interrupts does not matter; another life makes
            # others.
            with suppress(ApiError):
                if self._chance.random() < _RELOAD_SHARE:
                    self.reloads += 1
                    await api.reload_entry(entry_id)
                else:
                    await self._change_options(api, entry_id)

    async def _set_clock(self, api: Api) -> None:
        """Set the clock, and correct it again; a kill may come between."""
        while True:
            await asyncio.sleep(self._chance.uniform(*_RIGHT_SECONDS))
            if self._clock.right:
                self._clock.set(self._chance.choice(OFFSETS))
                await self._renew(api)
                await asyncio.sleep(self._chance.uniform(*_OFF_SECONDS))
            self._clock.set(0)
            await self._renew(api)

    async def _renew(self, api: Api) -> None:
        """Get a token that is valid at the clock's current time."""
        with suppress(ApiError):
            await api.renew()

    async def _change_options(self, api: Api, entry_id: str) -> None:
        """Change an option that applies at once, or one that reloads the connection."""
        self.options += 1
        changes: dict[str, Json] = {"retention_days": self._chance.randint(*_DAYS)}
        if self._chance.random() < 1 / 2:
            changes["undated_life"] = self._chance.randint(60, 120)  # only Frigate's
        await api.change_options(entry_id, **changes)
