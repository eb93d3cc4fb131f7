"""A simulated aipix with a client, and contexts of steps."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.aipix.api.client import AipixClient
from custom_components.event_relay.backends.aipix.api.login import AipixLogin, Api
from custom_components.event_relay.backends.aipix.api.models import AipixCapabilities
from custom_components.event_relay.backends.base import StepContext
from custom_components.event_relay.backends.transport import HttpTransport
from tools.simulators.aipix import AipixSimulator

from ..contexts import MakeContext, Steps, step_context

USER = "relay"
PASSWORD = "a good password"

type MakeClient = Callable[..., AipixClient]


type AipixSteps = Steps[AipixClient, AipixSimulator]


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[AipixSimulator]:
    """Run an aipix simulator."""
    async with AipixSimulator() as simulator:
        yield simulator


@pytest.fixture
def make_client(session: ClientSession, simulator: AipixSimulator) -> MakeClient:
    """Return a factory of clients of either API."""

    def make(api: Api = Api.CLIENT, **changes: object) -> AipixClient:
        account: dict[str, Any] = {
            "username": USER,
            "password": PASSWORD,
            "device_id": "device-1",
        }
        transport = HttpTransport(session, simulator.url, timeout=5)
        return AipixClient(AipixLogin(transport, api, **(account | changes)))

    return make


@pytest.fixture
def client(make_client: MakeClient) -> AipixClient:
    """Return a client of the client API."""
    return make_client()


@pytest.fixture
def make_context() -> MakeContext:
    """Return a factory of step contexts, by default sent at the event."""

    def make(**changes: Any) -> StepContext:  # noqa: ANN401 - of any field
        context = step_context(**changes)
        sent_at = changes.get("first_sent_at", context.occurred_at)
        return replace(context, first_sent_at=sent_at, sent_after=sent_at)

    return make


@pytest.fixture
def capabilities() -> AipixCapabilities:
    """Return capabilities."""
    return AipixCapabilities(version="24.03", api=Api.CLIENT, lists_scripts=True)
