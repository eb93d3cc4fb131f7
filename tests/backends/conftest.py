"""Fixtures for tests on the wire, which need no Home Assistant."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, DummyCookieJar
import pytest

from .contexts import MakeContext, a_context


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    """Return a session like the one that Home Assistant gives a client."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest.fixture
def make_context() -> MakeContext:
    """Return what makes the context of a step, by default of a first attempt."""
    return a_context
