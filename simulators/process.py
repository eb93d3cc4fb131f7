"""Run one simulator as a process of its own."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
import signal
from typing import Any, Protocol


class Server(AbstractAsyncContextManager[Any], Protocol):
    """What serves from its beginning to its end."""

    @property
    def url(self) -> str:
        """Return where, once it serves."""


async def run_until_stopped(server: Server) -> None:
    """Serve until SIGTERM or SIGINT; say once where."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    async with server:
        # The one line a caller waits for, so it is printed and flushed.
        print(f"listening on {server.url}", flush=True)
        await stopped.wait()
