"""Fixtures for tests on the wire, which need no Home Assistant."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession, DummyCookieJar
import pytest

from tools.simulators.server import Simulator

from .contexts import MakeContext, Steps, step_context


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    """Return a session like the one that clients get in Home Assistant."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest.fixture
def make_context() -> MakeContext:
    """Return a factory of step contexts, by default of a first attempt."""
    return step_context


@pytest.fixture
def capabilities() -> object:
    """Return the capabilities of the system, unless it is to be asked each time."""
    return None


@pytest.fixture
def steps(
    client: object,
    simulator: Simulator,
    make_context: MakeContext,
    capabilities: object,
) -> Steps[Any, Any]:
    """Return what runs the steps of operations."""
    return Steps(
        client=client,
        simulator=simulator,
        context=make_context,
        capabilities=capabilities,
    )
