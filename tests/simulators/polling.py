"""Wait for asynchronous events."""

import asyncio
from collections.abc import Callable

import pytest


async def until(happened: Callable[[], bool]) -> None:
    """Wait until a condition is met; fail after 5 seconds."""
    for _ in range(500):
        if happened():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen within 5 seconds")
