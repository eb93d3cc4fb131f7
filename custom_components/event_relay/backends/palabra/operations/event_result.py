"""Code shared by the operations."""

from ...base import JsonObject
from ..api.models import LiveEvent
from ..api.times import written_or_none

DETAILS = ("start", "end", "event_type", "status")
"""Details of an event in a receipt."""


def event_result(event: LiveEvent) -> JsonObject:
    """Return the result of a step for an event, without secret or personal data."""
    return {
        "event_id": event.id,
        "start": written_or_none(event.start),
        "end": written_or_none(event.end),
        "event_type": event.event_type,
        "status": event.status,
        "links": {} if event.qr_code_url is None else {"qr_code": event.qr_code_url},
    }
