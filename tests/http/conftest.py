"""A target, and a home that sends to it."""

from collections.abc import AsyncIterator

import pytest

from tests.backends.http.target import Target, serving


@pytest.fixture
async def target(socket_enabled: None) -> AsyncIterator[Target]:
    """Serve a target."""
    async with serving() as one:
        yield one
