"""Fixtures for the simulators: sockets, and a plain HTTP client."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let these tests open real connections to 127.0.0.1."""


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    """Return a client that follows no redirects and keeps no cookies."""
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(60)
    ) as client:
        yield client
