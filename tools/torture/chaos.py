"""Faults of the outside systems: lost replies, errors, outages, stalls, restarts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from operator import methodcaller
import random
from time import monotonic

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.server import Simulator

from .targets import AnyTarget

_PAUSE_SECONDS = 0.4
"""Mean time between two faults."""
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
_UNKNOWN = frozenset({500, 502, 504})
"""Statuses that leave open whether a request was handled."""
_METHODS = ("*", "POST", "PUT", "PATCH", "DELETE", "GET")
_OUTAGE_SHARE = 0.03
_OUTAGE_SECONDS = 5.0
_SLOWNESS = (0.7, 7.0)
"""Seconds that a slow system takes for each request: less than the timeout."""
_SLOW_SECONDS = (2.0, 10.0)
_QUICK_SECONDS = (0.0, 4.0)
_STALL_SECONDS = (5.0, 60.0)
"""How long a system is frozen by SIGSTOP."""
_LIVELY_SECONDS = (2.0, 15.0)
"""How long no system is frozen."""
_RESTART_SHARE = 0.03
_EXPIRY_SHARE = 0.03


class Chaos:
    """Causes faults at targets until it is stopped."""

    def __init__(self, targets: Sequence[AnyTarget], chance: random.Random) -> None:
        """Take the targets, whose simulators run."""
        self._targets = targets
        self._chance = chance
        self._ended = asyncio.Event()
        self.outages = 0
        self.restarts = 0
        self.expiries = 0
        self.slow_spans = 0
        self.stalls = 0
        self.stalled = 0.0
        """Total seconds of all stalls."""
        self._faults: dict[str, int] = {}

    @property
    def _unfrozen(self) -> Sequence[AnyTarget]:
        """Return the targets whose systems are not frozen."""
        return [target for target in self._targets if not target.process.frozen]

    async def faults(self) -> int:
        """Return how many requests a fault has struck, except on frozen systems."""
        for target in self._unfrozen:
            self._faults[target.name] = await target.process.do(_struck)
        return sum(self._faults.values())

    @asynccontextmanager
    async def raging(self) -> AsyncIterator[None]:
        """Cause faults meanwhile, and leave every simulator running without any."""
        self._ended.clear()
        troubles = asyncio.gather(
            self._cause_faults(), self._slow_down(), self._stall()
        )
        try:
            yield
        finally:
            self._ended.set()
            await troubles
            for target in self._targets:
                await target.process.do(methodcaller("clear_faults"))

    async def _cause_faults(self) -> None:
        """Cause one fault after another; an outage may last to its end."""
        while not self._ended.is_set():
            await self._pause(self._chance.expovariate(1 / _PAUSE_SECONDS))
            if awake := self._unfrozen:
                await self._trouble(self._chance.choice(awake))

    async def _slow_down(self) -> None:
        """Make one system after another slow for a while."""
        while not self._ended.is_set():
            process = self._chance.choice(self._targets).process
            self.slow_spans += 1
            await process.do(_be_slow)
            await self._pause(self._chance.uniform(*_SLOW_SECONDS))
            await process.do(_be_quick)
            await self._pause(self._chance.uniform(*_QUICK_SECONDS))

    async def _stall(self) -> None:
        """Freeze one system after another, with its requests in flight."""
        while not self._ended.is_set():
            process = self._chance.choice(self._targets).process
            await self._pause(self._chance.uniform(*_LIVELY_SECONDS))
            self.stalls += 1
            await process.freeze()
            began = monotonic()
            try:
                await self._pause(self._chance.uniform(*_STALL_SECONDS))
            finally:
                process.thaw()
                self.stalled += monotonic() - began

    async def _trouble(self, target: AnyTarget) -> None:
        process = target.process
        kind = self._chance.random()
        if kind < _OUTAGE_SHARE:
            self.outages += 1
            await process.do(methodcaller("stop"))
            await self._pause(self._chance.uniform(0.2, _OUTAGE_SECONDS))
            await process.do(methodcaller("start"))
            return
        kind -= _OUTAGE_SHARE
        if kind < _RESTART_SHARE and target.temper.restarts:
            self.restarts += 1
            graceful = self._chance.random() < 1 / 2
            await process.do(methodcaller("restart", graceful=graceful))
            return
        kind -= _RESTART_SHARE
        if 0 <= kind < _EXPIRY_SHARE and target.temper.expires_logins:
            self.expiries += 1
            await process.do(methodcaller("expire_logins"))
            return
        await process.do(methodcaller("add_faults", self._fault()))

    def _fault(self) -> Fault:
        """Return a fault for the next request, or for the next write.

        A 429 has a Retry-After: without it some would not be retried for minutes.
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
            handled=chance.random() < 1 / 2
            and (kind is not FaultKind.STATUS or status in _UNKNOWN),
        )

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the run."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()


def _struck(simulator: Simulator) -> int:
    """Count the requests that a fault has struck."""
    return sum(request.fault is not None for request in simulator.requests)


def _be_slow(simulator: Simulator) -> None:
    """Make every request slow."""
    simulator.slowness = _SLOWNESS


def _be_quick(simulator: Simulator) -> None:
    """Make no request slow."""
    simulator.slowness = None
