"""The pace of requests, which is ours: the service publishes no numbers."""

import asyncio
from collections.abc import Awaitable, Callable
import time

INTERVAL = 1.0
"""Seconds between two requests. That limits exist is documented, per key and per
workspace; their numbers, window and headers are not (inferred)."""


class Pace:
    """Lets requests go one after the other, with a pause between them."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take a clock that never goes back, and what waits for so many seconds."""
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = monotonic()
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until the next request may go; those who wait keep their order."""
        async with self._lock:
            while (pause := self._next - self._monotonic()) > 0:
                await self._sleep(pause)
            self._next = self._monotonic() + INTERVAL
