"""Signal that wakes the worker of a connection."""

import asyncio
from contextlib import suppress


class WakeUp:
    """Tells the worker to look for work; shared by all who have some for it."""

    def __init__(self) -> None:
        """Begin with nothing known of the file."""
        self._set = asyncio.Event()
        self.at_rest = False
        """Whether nothing waited in the file at the last turn."""
        self.noticed = False
        """Whether a delivery has begun to wait in the file since then."""

    def now(self) -> None:
        """Have the worker take a turn now."""
        self.at_rest = False
        self._set.set()

    def notice(self) -> None:
        """Note that a delivery waits in the file; a turn is not needed yet."""
        self.at_rest = False
        self.noticed = True

    def clear(self) -> None:
        """Clear the signal before a turn."""
        self._set.clear()

    def begin_turn(self) -> None:
        """Forget what is known of the file, which is about to be read."""
        self.at_rest = self.noticed = False

    def end_turn(self, *, waiting: bool) -> None:
        """Rest if nothing waits, and nothing was noted during the turn."""
        self.at_rest = not (waiting or self.noticed or self._set.is_set())

    async def wait(self, seconds: float | None) -> None:
        """Wait for the signal, up to `seconds`; None means without a bound."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._set.wait()
