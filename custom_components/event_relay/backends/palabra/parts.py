"""What the operations share."""

from collections.abc import Mapping

from ..base import JsonObject, Receipt
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
    outside_id: str | None = None
    links: dict[str, str] = {}
    details: JsonObject = {}
    for result in results.values():
        match result:
            case {"event_id": str(event_id)}:
                outside_id = event_id
        match result:
            case {"links": dict(more)}:
                links |= {name: str(link) for name, link in more.items()}
        details |= {
            name: value for name in _DETAILS if (value := result.get(name)) is not None
        }
    return Receipt(
        outside_id=outside_id, links=links, details=details, warnings=warnings
    )
