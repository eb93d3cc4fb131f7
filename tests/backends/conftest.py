"""Fixtures for tests on the wire, which need no Home Assistant."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, DummyCookieJar
import pytest


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    """Return a session like the one that Home Assistant gives a client."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session
