"""A simulated Frigate with a client."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.operations import stored
from tools.simulators.frigate import FrigateSimulator

from ..contexts import Steps

type FrigateSteps = Steps[FrigateClient, FrigateSimulator]


@pytest.fixture
async def simulator(
    request: pytest.FixtureRequest, socket_enabled: None
) -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator that stores at once; parametrise it by version."""
    version = getattr(request, "param", "0.18")
    async with FrigateSimulator(version=version, async_delay=0) as simulator:
        yield simulator


@pytest.fixture
def client(session: ClientSession, simulator: FrigateSimulator) -> FrigateClient:
    """Return a client without credentials."""
    return FrigateClient(session, simulator.url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look twice at most, in tests of a result that never comes."""
    for name in ("OWN_PATIENCE", "FOREIGN_PATIENCE", "CHANGE_PATIENCE"):
        monkeypatch.setattr(stored, name, (0.01,))
