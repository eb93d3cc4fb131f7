"""What the operations share."""

from ..base import JsonObject
from .models import LiveEvent
from .times import written_or_none

DETAILS = ("start", "end", "event_type", "status")
"""What a receipt says of an event."""


def event_result(event: LiveEvent) -> JsonObject:
    """Return what a step keeps of an event: nothing that is secret or personal."""
    return {
        "event_id": event.id,
        "start": written_or_none(event.start),
        "end": written_or_none(event.end),
        "event_type": event.event_type,
        "status": event.status,
        "links": {} if event.qr_code_url is None else {"qr_code": event.qr_code_url},
    }
