"""Run one simulator in its own process."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
import signal
from typing import Any, Protocol


class Server(AbstractAsyncContextManager[Any], Protocol):
    """A server that runs for the life of the process."""

    @property
    def url(self) -> str:
        """Return the URL, once it serves."""


async def run_until_stopped(server: Server) -> None:
    """Serve until SIGTERM or SIGINT; print the URL once."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    async with server:
        # The caller waits for this line, so it is flushed.
        print(f"listening on {server.url}", flush=True)
        await stopped.wait()
