"""Fixtures for tests on the wire, which need no Home Assistant."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, DummyCookieJar
import pytest

from .contexts import MakeContext, step_context


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    """Return a session like the one that clients get in Home Assistant."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest.fixture
def make_context() -> MakeContext:
    """Return a factory of step contexts, by default of a first attempt."""
    return step_context
