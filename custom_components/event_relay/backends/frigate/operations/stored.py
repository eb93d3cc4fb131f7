"""Confirm that Frigate has stored a change.

From 0.16 it responds first and stores afterwards: within 0.1 s, without a live picture
within 1 s (0.17.2 and 0.18, run), and never if one of its threads has died.
"""

import asyncio
from collections.abc import Awaitable, Callable

from ...errors import NOT_STORED, Unavailable
from ..api.client import FrigateClient
from ..api.models import FrigateEvent

OWN_PATIENCE = (0.1, 0.15, 0.25, 0.5, 1.0, 1.5, 1.5)
"""Seconds between look-ups of an event that was just requested: 5 in all."""
FOREIGN_PATIENCE = (0.2, 0.4, 0.6, 0.8)
"""Seconds between look-ups of an event that somebody else may just have created."""
CHANGE_PATIENCE = (0.1, 0.1, 0.15, 0.25, 0.5, 1.0)
"""Seconds between look-ups of a change that was just requested: 2.1 in all."""
WRITES = 2
"""How often a change is written before a later attempt has to do it."""


async def _wait_for[T](
    look: Callable[[], Awaitable[T | None]], patience: tuple[float, ...]
) -> T | None:
    """Look until something appears; None if it does not after the last wait."""
    for pause in patience:
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(pause)
    return await look()


async def own_event(client: FrigateClient, event_id: str) -> FrigateEvent | None:
    """Return an event that was just requested; None if it does not appear."""
    return await _wait_for(lambda: client.event(event_id), OWN_PATIENCE)


async def foreign_event(client: FrigateClient, event_id: str) -> FrigateEvent | None:
    """Return an event that was created elsewhere, maybe just now; None without it."""
    return await _wait_for(lambda: client.event(event_id), FOREIGN_PATIENCE)


async def changed(
    client: FrigateClient,
    event_id: str,
    write: Callable[[], Awaitable[None]],
    shows: Callable[[FrigateEvent], bool],
) -> FrigateEvent:
    """Change an event and return it once the change shows; write it again if not.

    Only one change of an event at a time: each saves the whole row, so the later of two
    undoes the earlier (0.17.2 and 0.18, run). Raises Unavailable if Frigate confirmed
    the change but did not store it: it may be requested again.
    """

    async def look() -> FrigateEvent | None:
        stored = await client.event(event_id)
        return stored if stored is not None and shows(stored) else None

    async with client.alone(event_id):
        for _ in range(WRITES):
            await write()
            if (stored := await _wait_for(look, CHANGE_PATIENCE)) is not None:
                return stored
    raise Unavailable("Frigate took the change, but does not store it", code=NOT_STORED)


async def set_sub_label(
    client: FrigateClient, event_id: str, sub_label: str
) -> FrigateEvent:
    """Set the sub label of an event; an empty one clears it."""
    return await changed(
        client,
        event_id,
        lambda: client.set_sub_label(event_id, sub_label),
        lambda stored: (stored.sub_label or "") == sub_label,
    )


async def set_description(
    client: FrigateClient, event_id: str, description: str
) -> FrigateEvent:
    """Set the description of an event; an empty one clears it."""
    return await changed(
        client,
        event_id,
        lambda: client.set_description(event_id, description),
        lambda stored: (stored.description or "") == description,
    )


async def set_retain(
    client: FrigateClient, event_id: str, *, retain: bool
) -> FrigateEvent:
    """Set whether an event is kept for good."""
    return await changed(
        client,
        event_id,
        lambda: client.set_retain(event_id, retain=retain),
        lambda stored: stored.retained is retain,
    )
