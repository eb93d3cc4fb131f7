"""Look up the events of many deliveries with one request."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...errors import BackendError
from .models import Sighting

MOST_AT_ONCE = 20
"""Look-ups that share one request; no limit is published (inferred)."""

type Ask = Callable[[Mapping[str, datetime]], Awaitable[Mapping[str, Sighting]]]


@dataclass(eq=False, kw_only=True)
class _LookUp:
    """A look-up that waits for its result."""

    delivery_id: str
    date: datetime
    answer: Sighting | BackendError | None = None


class Search:
    """Collects the look-ups that wait for the rate limiter, and sends them together."""

    def __init__(self, turn: Callable[[], Awaitable[None]], ask: Ask) -> None:
        """Take the wait for the rate limiter, and the query for several events."""
        self._turn = turn
        self._ask_for = ask
        self._asking = asyncio.Lock()
        self._waiting: list[_LookUp] = []

    async def find(self, delivery_id: str, date: datetime) -> Sighting:
        """Return the result for a delivery's event; raises BackendError.

        The look-up that has waited longest sends the request for all; the others find
        their results ready.
        """
        look_up = _LookUp(delivery_id=delivery_id, date=date)
        self._waiting.append(look_up)
        try:
            async with self._asking:
                while look_up.answer is None:
                    await self._ask()
        finally:
            self._waiting.remove(look_up)
        if isinstance(look_up.answer, BackendError):
            raise look_up.answer
        return look_up.answer

    async def _ask(self) -> None:
        """Send the look-ups that have waited longest, and set their results."""
        await self._turn()
        unanswered = [one for one in self._waiting if one.answer is None]
        asked = unanswered[:MOST_AT_ONCE]
        try:
            found = await self._ask_for({one.delivery_id: one.date for one in asked})
        except BackendError as error:
            for one in asked:
                one.answer = error
            return
        for one in asked:
            one.answer = found[one.delivery_id]
