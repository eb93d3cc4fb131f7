"""What the operations share."""

from collections.abc import Mapping

from ..base import (
    InvalidField,
    JsonObject,
    Receipt,
)
from .version import FrigateVersion

_DETAILS = ("camera", "label", "start", "end", "review_id")


def refuse_unless(
    can: bool,  # noqa: FBT001 it reads as a sentence
    value: object,
    field: str,
    version: FrigateVersion,
) -> None:
    """Refuse a field that was given and that this version lacks."""
    if value is not None and not can:
        raise InvalidField(field, "not_supported", version=str(version))


def receipt_from(results: Mapping[str, JsonObject]) -> Receipt:
    """Put together what the steps gave; later ones know better."""
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
    return Receipt(outside_id=outside_id, links=links, details=details)
