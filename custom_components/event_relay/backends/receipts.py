"""Receipts put together from what the steps of an operation gave."""

from collections.abc import Collection, Mapping

from .base import JsonObject, Receipt


def receipt_of(
    results: Mapping[str, JsonObject],
    details: Collection[str],
    warnings: tuple[str, ...] = (),
) -> Receipt:
    """Return the id, the links, and some details; later steps know better."""
    outside_id: str | None = None
    links: dict[str, str] = {}
    known: JsonObject = {}
    for result in results.values():
        match result:
            case {"event_id": str(event_id)}:
                outside_id = event_id
        match result:
            case {"links": dict(more)}:
                links |= {name: str(link) for name, link in more.items()}
        known |= {
            name: value for name in details if (value := result.get(name)) is not None
        }
    return Receipt(outside_id=outside_id, links=links, details=known, warnings=warnings)
