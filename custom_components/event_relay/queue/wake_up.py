"""What wakes the worker of a connection."""

import asyncio
from contextlib import suppress


class WakeUp:
    """Tells the worker to look for work; whoever has some for it has this."""

    def __init__(self) -> None:
        """Begin awake."""
        self._set = asyncio.Event()
        self.at_rest = False
        """Whether nothing waits in the file, as of the last turn."""
        self.noticed = False
        """Whether something has begun to wait in the file since then."""

    def now(self) -> None:
        """Have the worker take a turn now."""
        self.at_rest = False
        self._set.set()

    def notice(self) -> None:
        """Note that something waits in the file, which is not urgent."""
        self.at_rest = False
        self.noticed = True

    def clear(self) -> None:
        """Note that a turn is about to begin, which finds all that is there."""
        self._set.clear()

    def begin_turn(self) -> None:
        """Forget what was known of the file, which is about to be read."""
        self.at_rest = self.noticed = False

    def end_turn(self, *, waiting: bool) -> None:
        """Note whether anything waits, and rest if nothing does, or came meanwhile."""
        self.at_rest = not (waiting or self.noticed or self._set.is_set())

    async def wait(self, seconds: float | None) -> None:
        """Wait for so long at the most, without a bound for None."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._set.wait()
