"""A connection to a simulated Frigate, with rules."""

from collections.abc import AsyncIterator

import pytest

from simulators.frigate import FrigateSimulator


@pytest.fixture
async def frigate(socket_enabled: None) -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate that needs no login."""
    async with FrigateSimulator() as simulator:
        yield simulator
