"""An aipix to talk to, and what a step is told."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.aipix.client import AipixClient
from custom_components.event_relay.backends.aipix.login import AipixLogin, Api
from custom_components.event_relay.backends.base import StepContext
from custom_components.event_relay.backends.http import HttpTransport
from simulators.aipix import AipixSimulator

USER = "relay"
PASSWORD = "a good password"

type MakeContext = Callable[..., StepContext]
type MakeClient = Callable[..., AipixClient]


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[AipixSimulator]:
    """Return an aipix."""
    async with AipixSimulator() as simulator:
        yield simulator


@pytest.fixture
def make_client(session: ClientSession, simulator: AipixSimulator) -> MakeClient:
    """Return what makes a client of either API."""

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
    """Return what makes the context of a step, by default of an event just now."""

    def make(*, late: float = 0, **changes: object) -> StepContext:
        now = datetime.now(UTC)
        told: dict[str, Any] = {
            "delivery_id": "delivery-1",
            "occurred_at": now - timedelta(seconds=late),
            "now": now,
            "first_sent_at": now - timedelta(seconds=late),
            "attempt": 1,
            "look_ups": 0,
            "results": {},
            "clue": None,
            "followed": None,
            "outside_ids": frozenset(),
        }
        return StepContext(**(told | changes))

    return make
