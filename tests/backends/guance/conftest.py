"""A simulated workspace with a client, a clock without waits, and contexts of steps."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.guance.api.client import GuanceClient
from custom_components.event_relay.backends.guance.api.models import GuanceCapabilities
from tools.simulators.guance import GuanceSimulator

from ..contexts import MakeContext, Steps, step_context

DELIVERY = "0f9a4d5e-6c1b-4a53-9c43-6b6f2a1f7e11"


type GuanceSteps = Steps[GuanceClient, GuanceSimulator]


@dataclass
class Patience:
    """A monotonic clock that a sleep moves forward."""

    time: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def patience() -> Patience:
    """Return a clock for this test."""
    return Patience()


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[GuanceSimulator]:
    """Run a Guance simulator that ingests at once."""
    async with GuanceSimulator(ingest_lag=0) as simulator:
        yield simulator


@pytest.fixture
def client(
    session: ClientSession, simulator: GuanceSimulator, patience: Patience
) -> GuanceClient:
    """Return a client with the right key, and without waits."""
    return GuanceClient(
        session,
        simulator.url,
        api_key=simulator.settings.api_key,
        monotonic=patience.monotonic,
        sleep=patience.sleep,
    )


@pytest.fixture
def make_context() -> MakeContext:
    """Return a factory of step contexts, of a delivery with its own id."""
    return partial(step_context, delivery_id=DELIVERY)


@pytest.fixture
def capabilities() -> GuanceCapabilities:
    """Return capabilities."""
    return GuanceCapabilities()
