"""Waiting for what will be, but not for ever."""

import asyncio
from collections.abc import Awaitable, Callable

_LOOK_SECONDS = 0.05


class TookTooLong(Exception):
    """Something that was waited for did not come."""


async def eventually[Thing](
    look: Callable[[], Awaitable[Thing | None]], what: str, seconds: float
) -> Thing:
    """Return what look finds; raise TookTooLong if it finds only None for so long."""
    try:
        async with asyncio.timeout(seconds):
            while (found := await look()) is None:  # noqa: ASYNC110 no one tells us
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise TookTooLong(f"{what}: not within {seconds:.0f} s") from None
    return found
