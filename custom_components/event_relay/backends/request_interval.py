"""The rate limiter for backends whose request rate is up to us."""

import asyncio
from collections.abc import Awaitable, Callable
import time


class RequestInterval:
    """Sends requests one after the other, with a pause between them."""

    def __init__(
        self,
        interval: Callable[[], float],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take a function for the seconds between requests, a clock, and a sleep.

        The clock never goes back.
        """
        self._interval = interval
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = monotonic()
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until the next request may go, in first-come order."""
        async with self._lock:
            while (pause := self._next - self._monotonic()) > 0:
                await self._sleep(pause)
            self._next = self._monotonic() + self._interval()
