"""Run one simulator as a process of its own."""

import asyncio
from contextlib import suppress
import signal

from .server import Simulator


async def run_until_stopped(simulator: Simulator) -> None:
    """Serve until SIGTERM or SIGINT; say once where."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    async with simulator:
        # The one line a caller waits for, so it is printed and flushed.
        print(f"listening on {simulator.url}", flush=True)
        await stopped.wait()
