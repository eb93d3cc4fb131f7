"""What Frigate can be asked to do."""

from datetime import timedelta

from ..base import Backend
from .client import FrigateClient
from .create import CreateCameraEventOperation
from .create_payload import CreateCameraEvent
from .end import EndCameraEvent, EndCameraEventOperation
from .models import FrigateCapabilities
from .update import UpdateCameraEvent, UpdateCameraEventOperation

__all__ = ["FRIGATE", "CreateCameraEvent", "EndCameraEvent", "UpdateCameraEvent"]

WRITE_TIME = timedelta(seconds=30)
"""The row of a new event is written by other threads after the answer: within 0.5 s
with 13 events at once (0.17.2 and 0.18, measured), 1 s where a camera gives no frames
(run). The rest is for a recorder whose disk is busy."""


async def recognises(client: FrigateClient, event_id: str) -> bool:
    """Say whether there is an event with an id, which no other system gives.

    Its ids are made of the time and chance.
    """
    return await client.event(event_id) is not None


FRIGATE = Backend(
    name="frigate",
    title="Frigate",
    operations=(
        CreateCameraEventOperation(),
        EndCameraEventOperation(),
        UpdateCameraEventOperation(),
    ),
    load_capabilities=FrigateCapabilities.load,
    # Frigate answers at once; what takes time is a thread of its own writing the row.
    concurrency=12,
    claims_ahead=24,
    recognises=recognises,
    write_time=WRITE_TIME,
    look_up_after=(2, 5, 10, 15, 60),
    health_check=FrigateClient.health_check,
)
