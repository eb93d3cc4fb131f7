"""What aipix can be asked to do."""

from ..base import Backend
from .create import CreateScript, CreateScriptOperation
from .mark import CreateCameraMark, CreateCameraMarkOperation
from .models import AipixCapabilities
from .update import UpdateScript, UpdateScriptOperation

__all__ = ["AIPIX", "CreateCameraMark", "CreateScript", "UpdateScript"]

AIPIX = Backend(
    name="aipix",
    operations=(
        CreateScriptOperation(),
        UpdateScriptOperation(),
        CreateCameraMarkOperation(),
    ),
    load_capabilities=AipixCapabilities.load,
    concurrency=1,
    shared=True,
    # What is not listed counts as absent 30 s after it was sent, and not before.
    look_up_after=(2, 5, 10, 15, 60),
)
