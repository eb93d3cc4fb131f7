"""The operations of aipix."""

from datetime import timedelta

from ..base import Backend
from .api.models import AipixCapabilities
from .operations.create import CreateScript, CreateScriptOperation
from .operations.mark import CreateCameraMark, CreateCameraMarkOperation
from .operations.update import UpdateScript, UpdateScriptOperation

__all__ = ["AIPIX", "CreateCameraMark", "CreateScript", "UpdateScript"]

WRITE_TIME = timedelta(seconds=30)
"""No figure is published; the documented API responds after storing (inferred). This is
the default request limit of such web servers."""

AIPIX = Backend(
    name="aipix",
    title="aipix",
    operations=(
        CreateScriptOperation(),
        UpdateScriptOperation(),
        CreateCameraMarkOperation(),
    ),
    load_capabilities=AipixCapabilities.load,
    concurrency=1,
    shared=True,
    write_time=WRITE_TIME,
    look_up_after=(2, 5, 10, 15, 60),
)
