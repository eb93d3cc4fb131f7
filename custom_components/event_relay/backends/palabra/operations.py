"""What Palabra can be asked to do."""

from ..base import Backend
from .create import CreateLiveEventOperation
from .delete import DeleteLiveEventOperation
from .models import PalabraCapabilities
from .update import UpdateLiveEventOperation

PALABRA = Backend(
    name="palabra",
    operations=(
        CreateLiveEventOperation(),
        UpdateLiveEventOperation(),
        DeleteLiveEventOperation(),
    ),
    load_capabilities=PalabraCapabilities.load,
    concurrency=1,
    shared=True,
    # Absent after two complete lists, the second 35 s after the send at the least.
    look_up_after=(3, 15, 30, 60),
)
