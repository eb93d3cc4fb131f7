"""The operations of Guance and TrueWatch."""

from datetime import timedelta

from ..base import Backend
from .api.models import GuanceCapabilities
from .operations.create import CreateCustomEventOperation
from .operations.create_payload import CreateCustomEvent

__all__ = ["GUANCE", "CreateCustomEvent"]

WRITE_TIME = timedelta(seconds=180)
"""The delay until an event is visible is not published; a sample took 7.6 s
(inferred)."""

GUANCE = Backend(
    name="guance",
    title="Guance",
    operations=(CreateCustomEventOperation(),),
    load_capabilities=GuanceCapabilities.load,
    concurrency=1,
    shared=True,
    look_ups_at_once=20,
    write_time=WRITE_TIME,
    # The delay until an event shows is unknown: look first when most will, then less
    # often.
    look_up_after=(15, 45, 120),
)
"""No order key: events are independent, and each keeps its own date."""
