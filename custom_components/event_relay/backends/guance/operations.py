"""What Guance and TrueWatch can be asked to do."""

from datetime import timedelta

from ..base import Backend
from .create import CreateCustomEventOperation
from .create_payload import CreateCustomEvent
from .models import GuanceCapabilities

__all__ = ["GUANCE", "CreateCustomEvent"]

WRITE_TIME = timedelta(seconds=180)
"""How long events take to be seen is not published; a sample took 7.6 s (inferred)."""

GUANCE = Backend(
    name="guance",
    title="Guance",
    operations=(CreateCustomEventOperation(),),
    load_capabilities=GuanceCapabilities.load,
    concurrency=1,
    shared=True,
    look_ups_at_once=20,
    write_time=WRITE_TIME,
    # How soon an event shows is not known: first when most will, then less often.
    look_up_after=(15, 45, 120),
)
"""No key: events stand for themselves, and each keeps its own date."""
