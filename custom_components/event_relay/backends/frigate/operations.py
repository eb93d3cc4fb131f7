"""What Frigate can be asked to do."""

from ..base import Backend
from .create import CreateCameraEventOperation
from .create_payload import CreateCameraEvent
from .end import EndCameraEvent, EndCameraEventOperation
from .models import FrigateCapabilities
from .update import UpdateCameraEvent, UpdateCameraEventOperation

__all__ = ["FRIGATE", "CreateCameraEvent", "EndCameraEvent", "UpdateCameraEvent"]

FRIGATE = Backend(
    name="frigate",
    operations=(
        CreateCameraEventOperation(),
        EndCameraEventOperation(),
        UpdateCameraEventOperation(),
    ),
    load_capabilities=FrigateCapabilities.load,
    # Frigate answers at once; what takes time is a thread of its own writing the row.
    concurrency=12,
    claims_ahead=24,
    # What is missing counts as absent 30 s after it was sent, and not before.
    look_up_after=(2, 5, 10, 15, 60),
)
