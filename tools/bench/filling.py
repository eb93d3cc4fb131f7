"""Queue files with many waiting deliveries."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from custom_components.event_relay.queue.delivery import Delivery, Origin, OriginKind
from custom_components.event_relay.queue.store.file import open_file
from custom_components.event_relay.queue.store.limits import QueueLimits
from custom_components.event_relay.queue.store.writes import (
    Acceptance,
    Unclaimed,
    accept,
)
from custom_components.event_relay.storage import FILE_NAME

from .backend import OPERATION

LIMIT = 200_000
"""The largest queue limit that a connection's options allow."""


async def fill(folder: Path, waiting: int) -> None:
    """Write a queue file whose deliveries are all due, and close it cleanly."""
    await asyncio.to_thread(_fill, folder / FILE_NAME, waiting)


def _fill(path: Path, waiting: int) -> None:
    """Write the file."""
    with closing(open_file(path).database) as database:
        database.execute("BEGIN")
        deliveries = (_a_delivery(number) for number in range(waiting))
        acceptances = [Acceptance(delivery=one, limit=LIMIT) for one in deliveries]
        accept(database, acceptances, QueueLimits(), Unclaimed())
        database.execute("COMMIT")


def _a_delivery(number: int) -> Delivery:
    """Return an accepted delivery of the bench's connection."""
    now = datetime.now(UTC)
    return Delivery(
        id=f"waiting-{number:07}",
        connection="bench",
        operation=OPERATION,
        version=1,
        payload={"number": number, "title": "Bell at the front door"},
        summary="Bell at the front door",
        origin=Origin(kind=OriginKind.ACTION, context_id="0" * 26),
        occurred_at=now,
        accepted_at=now,
        due_at=now,
    )
