"""Looks for events of many deliveries with one request."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from ..errors import BackendError
from .models import Sighting

MOST_AT_ONCE = 20
"""Look-ups that share one request; no limit is published (inferred)."""

type Ask = Callable[[Mapping[str, datetime]], Awaitable[Mapping[str, Sighting]]]


class Search:
    """Gathers the look-ups that wait for their turn, and asks for them together."""

    def __init__(self, turn: Callable[[], Awaitable[None]], ask: Ask) -> None:
        """Take what waits for a turn, and what then asks for several events at once."""
        self._turn = turn
        self._ask_for = ask
        self._asking = asyncio.Lock()
        self._waiting: dict[
            str, tuple[datetime, asyncio.Future[Sighting | BackendError]]
        ] = {}

    async def find(self, delivery_id: str, date: datetime) -> Sighting:
        """Return what was seen of the event of a delivery; raises BackendError.

        Whoever has waited longest asks for all; the others find themselves answered.
        """
        future: asyncio.Future[Sighting | BackendError] = (
            asyncio.get_running_loop().create_future()
        )
        self._waiting[delivery_id] = (date, future)
        try:
            async with self._asking:
                while not future.done():
                    await self._ask()
        finally:
            del self._waiting[delivery_id]
        if isinstance(answer := future.result(), BackendError):
            raise answer
        return answer

    async def _ask(self) -> None:
        """Ask for those that have waited longest, and answer them."""
        await self._turn()
        open_ones = [
            (delivery_id, date, future)
            for delivery_id, (date, future) in self._waiting.items()
            if not future.done()
        ][:MOST_AT_ONCE]
        try:
            found = await self._ask_for(
                {delivery_id: date for delivery_id, date, _ in open_ones}
            )
        except BackendError as error:
            for _, _, future in open_ones:
                future.set_result(error)
            return
        for delivery_id, _, future in open_ones:
            future.set_result(found[delivery_id])
