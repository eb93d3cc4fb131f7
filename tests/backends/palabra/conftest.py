"""A Palabra to talk to, and what a step is told."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import StepContext
from custom_components.event_relay.backends.palabra.client import PalabraClient
from custom_components.event_relay.backends.palabra.credentials import (
    PalabraCredentials,
)
from simulators.palabra import PalabraSimulator

type MakeContext = Callable[..., StepContext]
type MakeClient = Callable[..., PalabraClient]

PAIR = {"client_id": "simulated-client", "client_secret": "simulated-secret"}


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[PalabraSimulator]:
    """Return a Palabra."""
    async with PalabraSimulator() as simulator:
        yield simulator


@pytest.fixture
def make_client(session: ClientSession, simulator: PalabraSimulator) -> MakeClient:
    """Return what makes a client of some credentials."""

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
def make_context() -> MakeContext:
    """Return what makes the context of a step, by default of a first attempt."""

    def make(**changes: object) -> StepContext:
        now = datetime.now(UTC)
        told: dict[str, Any] = {
            "delivery_id": "delivery-1",
            "occurred_at": now,
            "now": now,
            "first_sent_at": now,
            "attempt": 1,
            "look_ups": 0,
            "results": {},
            "clue": None,
            "followed": None,
            "outside_ids": frozenset(),
        }
        return StepContext(**(told | changes))

    return make
