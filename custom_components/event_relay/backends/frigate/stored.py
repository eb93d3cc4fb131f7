"""Seeing that Frigate has stored what it was asked to.

From 0.16 it answers first and stores afterwards: within 0.1 s, with no live picture
within 1 s (0.17.2 and 0.18, run), and never when one of its threads has died.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from ..base import JsonObject
from ..errors import Unavailable
from .client import FrigateClient
from .models import FrigateEvent

NOT_STORED = "not_stored"
OWN_PATIENCE = (0.1, 0.15, 0.25, 0.5, 1.0, 1.5, 1.5)
"""Seconds between looks for an event that was just asked for: 5 in all."""
FOREIGN_PATIENCE = (0.2, 0.4, 0.6, 0.8)
"""Seconds between looks for an event that somebody else may just have made."""
REVIEW_PATIENCE = (0.2, 0.3, 0.5)
"""Seconds between looks for the review item, which takes up to 0.7."""
SAME = timedelta(milliseconds=10)
"""How far apart two times may be that went through a floating point number."""


async def _wait_for[T](
    look: Callable[[], Awaitable[T | None]], patience: tuple[float, ...]
) -> T | None:
    """Look until something is there; None when it is not after the last wait."""
    for pause in patience:
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(pause)
    return await look()


async def own_event(client: FrigateClient, event_id: str) -> FrigateEvent | None:
    """Return an event that was just asked for; None when it does not appear."""
    return await _wait_for(lambda: client.event(event_id), OWN_PATIENCE)


async def foreign_event(client: FrigateClient, event_id: str) -> FrigateEvent | None:
    """Return an event that was made elsewhere, maybe just now; None without it."""
    return await _wait_for(lambda: client.event(event_id), FOREIGN_PATIENCE)


async def review_item(client: FrigateClient, event_id: str) -> str | None:
    """Return the id of the review item of a new event; None when none appears."""
    return await _wait_for(lambda: client.review_of(event_id), REVIEW_PATIENCE)


async def end(
    client: FrigateClient, event: FrigateEvent, moment: datetime
) -> FrigateEvent:
    """Set the end of an event and return it as it is then stored.

    An end before the start is one at the start, which 0.17 would refuse. Raises
    Unavailable when Frigate took the end and does not store it: the same may be
    asked again.
    """
    moment = max(moment, event.start)

    async def look() -> FrigateEvent | None:
        stored = await client.event(event.id)
        if stored is None or stored.end is None or abs(stored.end - moment) > SAME:
            return None
        return stored

    await client.end_event(event.id, moment)
    if (stored := await _wait_for(look, OWN_PATIENCE)) is None:
        raise Unavailable(
            "Frigate took the end, but does not store it", code=NOT_STORED
        )
    return stored


def event_result(client: FrigateClient, event: FrigateEvent) -> JsonObject:
    """Return what a step keeps of an event, for the receipt and the steps after."""
    return {
        "event_id": event.id,
        "camera": event.camera,
        "label": event.label,
        "start": event.start.isoformat(),
        "end": event.end.isoformat() if event.end is not None else None,
        "links": {
            "event": f"{client.address}/explore?event_id={event.id}",
            "snapshot": f"{client.address}/api/events/{event.id}/snapshot.jpg",
        },
    }
