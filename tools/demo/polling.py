"""Wait for a condition, with a timeout."""

import asyncio
from collections.abc import Awaitable, Callable

_LOOK_SECONDS = 0.05


class TookTooLong(Exception):
    """A condition was not met in time."""


async def eventually[Thing](
    look: Callable[[], Awaitable[Thing | None]], what: str, seconds: float
) -> Thing:
    """Return the result of look; raise TookTooLong if it stays None."""
    try:
        async with asyncio.timeout(seconds):
            while (found := await look()) is None:  # noqa: ASYNC110 no one tells us
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise TookTooLong(f"{what}: not within {seconds:.0f} s") from None
    return found
