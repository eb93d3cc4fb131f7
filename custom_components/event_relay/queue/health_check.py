"""Health checks: a cheap read finds out when an unreachable backend is back."""

import asyncio
import contextlib
from datetime import timedelta
import logging

from ..backends.errors import BackendError, CannotConnect, Unavailable
from .connection import Connection
from .flow_control import FlowControl
from .wake_up import WakeUp

_LOGGER = logging.getLogger(__name__)

PART_OF_OUTAGE = 0.1
"""Wait between two checks, as a share of the outage so far."""
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(seconds=30)


class HealthChecks:
    """Makes a probe due as soon as the backend of an open breaker answers a check.

    The breaker's own probes go on, since a backend may take writes and not answer its
    health check. There are no checks while nothing waits to be sent.
    """

    def __init__(
        self, connection: Connection, flow_control: FlowControl, wake_up: WakeUp
    ) -> None:
        """Set the connection to check; its backend may have no health check."""
        self._connection = connection
        self._flow_control = flow_control
        self._wake_up = wake_up
        self._checking: asyncio.Task[None] | None = None
        self._asking = False
        """Whether the backend is being asked just now."""

    def follow(self) -> None:
        """Begin or end the checks; to be called after each turn of the worker."""
        running = self._checking is not None and not self._checking.done()
        if self._wanted:
            if not running:
                self._checking = asyncio.create_task(self._run())
        elif self._checking is not None and not self._asking:
            self._checking.cancel()

    @property
    def _wanted(self) -> bool:
        """Whether the answer to a check would be of use."""
        return (
            self._connection.backend.health_check is not None
            and self._flow_control.probing
            and not self._wake_up.at_rest
        )

    async def stop(self) -> None:
        """End the checks."""
        if (checking := self._checking) is not None:
            checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await checking

    async def _run(self) -> None:
        """Check until cancelled, or until that is of no use any more.

        A check that has begun comes to its end: aiohttp shields the look-up of a host
        name, and where that fails later on, asyncio logs its traceback.
        """
        healthy, wait = False, SHORTEST
        while True:
            await asyncio.sleep(wait.total_seconds())
            self._asking = True
            try:
                was_healthy, healthy = healthy, await _answers(self._connection)
            finally:
                self._asking = False
            if not self._wanted:
                return
            if healthy and not was_healthy:
                self._flow_control.probe_now(self._connection.clock())
                self._wake_up.now()
            wait = self._wait()

    def _wait(self) -> timedelta:
        """Return the wait before the next check; it grows with the outage."""
        outage = self._flow_control.outage(self._connection.clock())
        return min(max(outage * PART_OF_OUTAGE, SHORTEST), LONGEST)


async def _answers(connection: Connection) -> bool:
    """Return whether a backend answers at all; a refusal is an answer, too."""
    if (check := connection.backend.health_check) is None:
        return False
    try:
        await check(connection.client)
    except CannotConnect, Unavailable:
        return False
    except BackendError:
        return True
    except Exception:
        _LOGGER.exception("The health check failed unexpectedly")
        return False
    return True
