"""Name look-ups that fail, at once or when told."""

import asyncio
import socket
from typing import override

from aiohttp.abc import AbstractResolver, ResolveResult


class NoNames(AbstractResolver):
    """Knows no host."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(None, "Domain name not found")

    @override
    async def close(self) -> None:
        """Nothing is open."""


class NoNamesLater(NoNames):
    """Knows no host, and says so when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.fails = asyncio.Event()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.set()
        await self.fails.wait()
        return await super().resolve(host, port, family)


async def errors_nobody_retrieves(
    resolver: NoNamesLater, work: asyncio.Task[object]
) -> int:
    """Cancel work that looks a name up, let the look-up fail, and count what is logged.

    The task must end as cancelled.
    """
    unheard: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, it: unheard.append(it))
    await resolver.asked.wait()
    work.cancel()
    await asyncio.wait((work,))
    assert work.cancelled()
    resolver.fails.set()
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    await asyncio.sleep(0)
    return len(unheard)
