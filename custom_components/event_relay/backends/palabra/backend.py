"""The operations of Palabra."""

from datetime import timedelta

from ..base import Backend
from .api.client import PalabraClient
from .api.models import PalabraCapabilities
from .operations.create import CreateLiveEventOperation
from .operations.delete import DeleteLiveEventOperation
from .operations.update import UpdateLiveEventOperation

WRITE_TIME = timedelta(seconds=30)
"""No figure is published. The vendor's own client gave a request 30 s up to its version
1, and 60 s since then, connection included (facts 10)."""


async def recognises(client: PalabraClient, event_id: str) -> bool:
    """Return whether an event with this id exists; no other system issues the same.

    Ids are UUIDs (facts 1).
    """
    return await client.event(event_id) is not None


PALABRA = Backend(
    name="palabra",
    title="Palabra",
    operations=(
        CreateLiveEventOperation(),
        UpdateLiveEventOperation(),
        DeleteLiveEventOperation(),
    ),
    load_capabilities=PalabraCapabilities.load,
    concurrency=1,
    shared=True,
    recognises=recognises,
    write_time=WRITE_TIME,
    look_up_after=(3, 15, 30, 60),
)
