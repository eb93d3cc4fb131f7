"""Tests that a test's loop is used only by its thread, as in asyncio's debug mode."""

import asyncio
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    "call",
    [
        lambda loop: loop.call_soon(list),
        lambda loop: loop.call_later(1, list),
        lambda loop: loop.call_at(1, list),
    ],
)
async def test_another_thread_is_refused(
    call: Callable[[asyncio.AbstractEventLoop], object],
) -> None:
    with pytest.raises(RuntimeError):
        await asyncio.to_thread(call, asyncio.get_running_loop())


async def test_another_thread_may_schedule_a_call() -> None:
    loop = asyncio.get_running_loop()
    handed_over = asyncio.Event()

    await asyncio.to_thread(loop.call_soon_threadsafe, handed_over.set)

    await handed_over.wait()
