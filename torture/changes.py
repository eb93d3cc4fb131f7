"""What is changed at Home Assistant while it runs: loads, options, the clock."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
import random

from demo.api import Api, ApiError
from simulators.wire import Json

from .wall_clock import WallClock

_SECONDS = 2.5
"""Mean time between two changes."""
_CLOCK_SHARE = 0.4
_RELOAD_SHARE = 0.3
_HOUR = 3600
_OFFSETS = (2 * _HOUR, -2 * _HOUR, 72 * _HOUR)
"""Seconds; longer than a run, so that no moment of it comes twice."""
_DAYS = (300, 365)
"""Long enough for what has ended to be there in the end, whatever the clock says."""
_OFF_SECONDS = (1.0, 8.0)
_STAYS_SHARE = 0.3
"""How often the next life begins with a clock that is wrong."""


class Changes:
    """Makes changes from when Home Assistant runs until it is killed."""

    def __init__(self, clock: WallClock, chance: random.Random) -> None:
        """Take the clock, which shows the true time."""
        self._clock = clock
        self._chance = chance
        self.reloads = 0
        self.options = 0

    async def drive(self, api: Api, entry_ids: Collection[str]) -> None:
        """Make changes until cancelled."""
        entries = sorted(entry_ids)
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / _SECONDS))
            kind = self._chance.random()
            # What the kill cuts off is no matter; another life has others.
            with suppress(ApiError):
                if kind < _CLOCK_SHARE:
                    await self._set_clock(api)
                elif kind < _CLOCK_SHARE + _RELOAD_SHARE:
                    self.reloads += 1
                    await api.reload_entry(self._chance.choice(entries))
                else:
                    await self._change_options(api, self._chance.choice(entries))

    async def _set_clock(self, api: Api) -> None:
        """Set the clock, and mostly set it right again."""
        if self._clock.right:
            self._clock.set(self._chance.choice(_OFFSETS))
            await asyncio.sleep(self._chance.uniform(*_OFF_SECONDS))
            # Tokens are as old as the clock says.
            await api.renew()
        if self._chance.random() >= _STAYS_SHARE:
            self._clock.set(0)
            await api.renew()

    async def _change_options(self, api: Api, entry_id: str) -> None:
        """Change what a running connection follows, or what loads it again."""
        self.options += 1
        changes: dict[str, Json] = {"retention_days": self._chance.randint(*_DAYS)}
        if self._chance.random() < 1 / 2:
            changes["undated_life"] = self._chance.randint(60, 120)  # only Frigate's
        await api.change_options(entry_id, **changes)
