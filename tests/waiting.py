"""Wait for a condition."""

import asyncio
from collections.abc import Callable


async def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition is met."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
