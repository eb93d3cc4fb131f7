"""The operations of Frigate."""

from datetime import timedelta

from ..base import Backend
from .api.client import FrigateClient
from .api.models import FrigateCapabilities
from .operations.create import CreateCameraEventOperation
from .operations.create_payload import CreateCameraEvent
from .operations.end import EndCameraEvent, EndCameraEventOperation
from .operations.update import UpdateCameraEvent, UpdateCameraEventOperation

__all__ = ["FRIGATE", "CreateCameraEvent", "EndCameraEvent", "UpdateCameraEvent"]

WRITE_TIME = timedelta(seconds=30)
"""Other threads write the row of a new event after the response: within 0.5 s with 13
events at once (0.17.2 and 0.18, measured), 1 s if a camera delivers no frames (run).
The rest allows for a recorder with a busy disk."""


async def recognises(client: FrigateClient, event_id: str) -> bool:
    """Return whether an event with this id exists; no other system issues the same.

    Ids consist of the time and random characters.
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
    # Frigate responds at once; a thread of its own takes longer to write the row.
    concurrency=12,
    claims_ahead=24,
    recognises=recognises,
    write_time=WRITE_TIME,
    look_up_after=(2, 5, 10, 15, 60),
    health_check=FrigateClient.health_check,
)
