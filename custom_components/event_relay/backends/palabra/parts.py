"""What the operations share."""

from collections.abc import Mapping

from ..base import JsonObject, Receipt
from ..receipts import receipt_of
from .models import LiveEvent
from .times import written_or_none

_DETAILS = ("start", "end", "event_type", "status")


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


def receipt_from(
    results: Mapping[str, JsonObject], warnings: tuple[str, ...] = ()
) -> Receipt:
    """Put together what the steps gave."""
    return receipt_of(results, _DETAILS, warnings)
