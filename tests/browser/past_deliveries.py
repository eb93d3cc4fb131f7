"""The past deliveries of a home: enough to be a load."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

from custom_components.event_relay.backends.base import Receipt
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
    Origin,
    OriginKind,
)
from custom_components.event_relay.queue.store.store import Store

MANY = 11_000
"""Pages of a search look through fewer, so that what is old is on the third."""
UNKNOWN = "Gate left open"
"""Title of the newest past delivery, whose outcome is unknown."""
UNKNOWN_ID = "00000000-0000-4000-8000-aaaaaaaaaaaa"
GIVEN_UP_ID = "00000000-0000-4000-8000-bbbbbbbbbbbb"
"""Of the oldest one, which somebody discarded since its outcome was unknown."""
_TOGETHER = 5_000
"""More at a time would be too many for the queue."""
_APART = timedelta(seconds=34)
"""So that they span days, and none is too old to be kept."""


async def fill(queue: Path, connection: str) -> None:
    """Put many deliveries into the queue of a home that is not running."""
    now = datetime.now(UTC)
    moments = [now - number * _APART for number in range(MANY, 0, -1)]
    store = Store(queue)
    await store.open()
    try:
        await store.accept(
            replace(
                _unknown(connection, moments[0]),
                id=GIVEN_UP_ID,
                state=DeliveryState.DISCARDED,
            )
        )
        for some in batched(enumerate(moments, 1), _TOGETHER, strict=False):
            await asyncio.gather(
                *(
                    store.accept(_delivered(number, connection, moment))
                    for number, moment in some
                )
            )
        await store.accept(_unknown(connection, now))
    finally:
        await store.close()


def _unknown(connection: str, moment: datetime) -> Delivery:
    return replace(
        _delivered(0, connection, moment),
        id=UNKNOWN_ID,
        summary=f"warning: {UNKNOWN}",
        state=DeliveryState.FAILED,
        outcome_unknown=True,
        failure=Failure(code="outcome_unknown"),
        receipt=None,
    )


def _delivered(number: int, connection: str, moment: datetime) -> Delivery:
    title = f"Gust of wind {number}"
    return Delivery(
        id=f"00000000-0000-4000-8000-{number:012}",
        connection=connection,
        operation="create_custom_event",
        version=1,
        payload={"status": "info", "title": title, "message": "Ten on the scale."},
        summary=f"info: {title}",
        origin=Origin(kind=OriginKind.ACTION),
        occurred_at=moment,
        accepted_at=moment,
        state=DeliveryState.DELIVERED,
        attempts=1,
        receipt=Receipt(),
        settled_at=moment + timedelta(seconds=1),
    )
