"""Health checks while a breaker is open: a cheap read tells when a backend is back."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from datetime import datetime, timedelta
import logging

from ..backends.errors import BackendError, CannotConnect, Unavailable
from .flow_control import FlowControl

_LOGGER = logging.getLogger(__name__)

PART_OF_OUTAGE = 0.1
"""Which part of an outage is waited between two checks."""
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(seconds=30)


class HealthChecks:
    """Lets the next attempt of an open breaker begin as soon as the backend answers.

    Attempts that the breaker makes by itself go on: a backend may take writes and yet
    not answer its health check. There are none while nothing waits to be sent.
    """

    def __init__(
        self,
        *,
        check: Callable[[], Awaitable[object]] | None,
        flow_control: FlowControl,
        clock: Callable[[], datetime],
        wanted: Callable[[], bool],
        answered: Callable[[], None],
    ) -> None:
        """Take the check, None for a backend without one.

        `wanted` says whether anything waits; `answered` is called when the backend
        answers again after it did not.
        """
        self._check = check
        self._flow_control = flow_control
        self._clock = clock
        self._wanted = wanted
        self._answered = answered
        self._checking: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Check while the breaker is open and something waits; call it on each turn."""
        running = self._checking is not None and not self._checking.done()
        if self._check is not None and self._flow_control.probing and self._wanted():
            if not running:
                self._checking = asyncio.create_task(self._run(self._check))
        elif self._checking is not None:
            self._checking.cancel()

    async def stop(self) -> None:
        """Check no more."""
        if (checking := self._checking) is not None:
            checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await checking

    async def _run(self, check: Callable[[], Awaitable[object]]) -> None:
        """Check until cancelled."""
        healthy, wait = False, SHORTEST
        while True:
            await asyncio.sleep(wait.total_seconds())
            was_healthy, healthy = healthy, await _answers(check)
            if healthy and not was_healthy:
                self._answered()
            wait = self._wait()

    def _wait(self) -> timedelta:
        """Return the time to the next check: longer the longer the outage lasts."""
        outage = self._flow_control.outage(self._clock())
        return min(max(outage * PART_OF_OUTAGE, SHORTEST), LONGEST)


async def _answers(check: Callable[[], Awaitable[object]]) -> bool:
    """Say whether a backend answers; what it answers is for the next attempt to see."""
    try:
        await check()
    except CannotConnect, Unavailable:
        return False
    except BackendError:
        return True
    except Exception:
        _LOGGER.exception("The health check broke")
        return False
    return True
