"""What Guance and TrueWatch can be asked to do."""

from ..base import Backend
from .create import CreateCustomEventOperation
from .create_payload import CreateCustomEvent
from .models import GuanceCapabilities

__all__ = ["GUANCE", "CreateCustomEvent"]

GUANCE = Backend(
    name="guance",
    operations=(CreateCustomEventOperation(),),
    load_capabilities=GuanceCapabilities.load,
    concurrency=1,
    shared=True,
    look_ups_at_once=20,
    # 15, 60 and 180 s after: what is not seen then counts as absent, not before.
    look_up_after=(15, 45, 120),
)
"""No key: events stand for themselves, and each keeps its own date."""
