"""What goes wrong outside: lost replies, errors, outages, slowness, restarts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
import random

from simulators.faults import Fault, FaultKind

from .targets import AnyTarget

_PAUSE_SECONDS = 0.4
"""Mean time between two troubles."""
_WEIGHTS = {
    FaultKind.RESET_AFTER: 6,
    FaultKind.RESET_BEFORE: 3,
    FaultKind.STATUS: 6,
    FaultKind.DELAY: 4,
    FaultKind.HALF_BODY: 2,
    FaultKind.GARBAGE: 2,
    FaultKind.REFUSE: 2,
    FaultKind.HANG: 1,
}
_STATUSES = (429, 500, 502, 503, 504)
_METHODS = ("*", "POST", "PUT", "PATCH", "DELETE", "GET")
_OUTAGE_SHARE = 0.03
_OUTAGE_SECONDS = 5.0
_SLOWNESS = (0.7, 7.0)
"""Seconds that a slow system takes for each request: less than is waited for."""
_SLOW_SECONDS = (2.0, 10.0)
_QUICK_SECONDS = (0.0, 4.0)
_RESTART_SHARE = 0.03
_EXPIRY_SHARE = 0.03


class Chaos:
    """Makes trouble for targets until it is ended."""

    def __init__(self, targets: Sequence[AnyTarget], chance: random.Random) -> None:
        """Take the targets, whose simulators run."""
        self._targets = targets
        self._chance = chance
        self._ended = asyncio.Event()
        self.outages = 0
        self.restarts = 0
        self.expiries = 0
        self.slow_spans = 0

    @property
    def faults(self) -> int:
        """Return how many requests a fault has struck."""
        return sum(
            request.fault is not None
            for target in self._targets
            for request in target.simulator.requests
        )

    @asynccontextmanager
    async def raging(self) -> AsyncIterator[None]:
        """Make trouble meanwhile, and leave every simulator running without faults."""
        self._ended.clear()
        troubles = asyncio.gather(self._make(), self._slow_down())
        try:
            yield
        finally:
            self._ended.set()
            await troubles
            for target in self._targets:
                target.simulator.clear_faults()

    async def _make(self) -> None:
        """Make one trouble after another; an outage is let come to its end."""
        while not self._ended.is_set():
            await self._pause(self._chance.expovariate(1 / _PAUSE_SECONDS))
            await self._trouble(self._chance.choice(self._targets))

    async def _slow_down(self) -> None:
        """Make one system after another slow for a while."""
        while not self._ended.is_set():
            simulator = self._chance.choice(self._targets).simulator
            self.slow_spans += 1
            simulator.slowness = _SLOWNESS
            await self._pause(self._chance.uniform(*_SLOW_SECONDS))
            simulator.slowness = None
            await self._pause(self._chance.uniform(*_QUICK_SECONDS))

    async def _trouble(self, target: AnyTarget) -> None:
        kind = self._chance.random()
        if kind < _OUTAGE_SHARE:
            self.outages += 1
            await target.simulator.stop()
            await self._pause(self._chance.uniform(0.2, _OUTAGE_SECONDS))
            await target.simulator.start()
            return
        kind -= _OUTAGE_SHARE
        if kind < _RESTART_SHARE and target.temper.restarts:
            self.restarts += 1
            target.simulator.restart(graceful=self._chance.random() < 1 / 2)
            return
        kind -= _RESTART_SHARE
        if 0 <= kind < _EXPIRY_SHARE and target.temper.expires_logins:
            self.expiries += 1
            target.simulator.expire_logins()
            return
        target.simulator.add_faults(self._fault())

    def _fault(self) -> Fault:
        """Return a fault for the next request, or for the next write.

        A 429 says for how long: without that some would be left alone for minutes.
        """
        chance = self._chance
        kind = chance.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
        status = chance.choice(_STATUSES)
        told = status == HTTPStatus.TOO_MANY_REQUESTS or (
            status == HTTPStatus.SERVICE_UNAVAILABLE and chance.random() < 1 / 2
        )
        return Fault(
            kind=kind,
            method=chance.choice(_METHODS),
            times=chance.choice((1, 1, 1, 2, 3)),
            status=status,
            retry_after=str(chance.randint(1, 3)) if told else None,
            seconds=chance.uniform(0.1, 3) if kind is FaultKind.DELAY else 0,
            handled=chance.random() < 1 / 2,
        )

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
