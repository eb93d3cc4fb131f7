"""A Frigate to talk to, and what a step is told."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import StepContext
from custom_components.event_relay.backends.frigate import stored
from custom_components.event_relay.backends.frigate.client import FrigateClient
from simulators.frigate import FrigateSimulator

type MakeContext = Callable[..., StepContext]


@pytest.fixture
async def simulator(
    request: pytest.FixtureRequest, socket_enabled: None
) -> AsyncIterator[FrigateSimulator]:
    """Return a Frigate that stores at once; parametrise it by version."""
    version = getattr(request, "param", "0.18")
    async with FrigateSimulator(version=version, async_delay=0) as simulator:
        yield simulator


@pytest.fixture
def client(session: ClientSession, simulator: FrigateSimulator) -> FrigateClient:
    """Return a client without credentials."""
    return FrigateClient(session, simulator.url)


@pytest.fixture
def make_context() -> MakeContext:
    """Return what makes the context of a step, by default of an event just now."""

    def make(*, late: float = 0, **changes: object) -> StepContext:
        now = datetime.now(UTC)
        told: dict[str, Any] = {
            "delivery_id": "delivery-1",
            "occurred_at": now - timedelta(seconds=late),
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


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look twice at most, where a test shows that something never comes."""
    for name in ("OWN_PATIENCE", "FOREIGN_PATIENCE", "REVIEW_PATIENCE"):
        monkeypatch.setattr(stored, name, (0.01,))
