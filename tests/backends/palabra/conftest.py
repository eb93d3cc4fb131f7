"""A simulated Palabra with a client."""

from collections.abc import AsyncIterator, Callable

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.palabra.api.client import PalabraClient
from custom_components.event_relay.backends.palabra.api.credentials import (
    PalabraCredentials,
)
from custom_components.event_relay.backends.palabra.api.models import (
    PalabraCapabilities,
)
from tools.simulators.palabra import PalabraSimulator

from ..contexts import Steps

type MakeClient = Callable[..., PalabraClient]

PAIR = {"client_id": "simulated-client", "client_secret": "simulated-secret"}


type PalabraSteps = Steps[PalabraClient, PalabraSimulator]


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[PalabraSimulator]:
    """Run a Palabra simulator."""
    async with PalabraSimulator() as simulator:
        yield simulator


@pytest.fixture
def make_client(session: ClientSession, simulator: PalabraSimulator) -> MakeClient:
    """Return a factory of clients, by credentials."""

    def make(**credentials: str) -> PalabraClient:
        return PalabraClient(
            session, simulator.url, credentials=PalabraCredentials(**credentials)
        )

    return make


@pytest.fixture
def client(make_client: MakeClient, simulator: PalabraSimulator) -> PalabraClient:
    """Return a client with the API key."""
    return make_client(api_key=simulator.settings.api_key)


@pytest.fixture
def capabilities() -> PalabraCapabilities:
    """Return capabilities."""
    return PalabraCapabilities()
