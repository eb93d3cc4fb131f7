"""Code shared by the operations."""

from ...base import InvalidField, JsonObject
from ..api.client import FrigateClient
from ..api.models import FrigateCapabilities, FrigateEvent
from ..api.version import FrigateVersion

DETAILS = ("camera", "label", "start", "end", "review_id")
"""Details of an event in a receipt."""


def refuse_unless(
    can: bool,  # noqa: FBT001 it reads as a sentence
    value: object,
    field: str,
    version: FrigateVersion,
) -> None:
    """Refuse a given field that this version does not support."""
    if value is not None and not can:
        raise InvalidField(field, "not_supported", version=str(version))


def event_result(
    client: FrigateClient, capabilities: FrigateCapabilities, event: FrigateEvent
) -> JsonObject:
    """Return the result of a step for the receipt and the later steps.

    0.14 has no page for an event, and shows it on the review page.
    """
    version = capabilities.version
    page = f"explore?event_id={event.id}" if version.has_explore else "review"
    review: JsonObject = {}
    camera = capabilities.cameras.get(event.camera)
    if version.links_times and (camera is None or camera.reviews):
        moment = f"{event.camera}_{int(event.start.timestamp())}"
        review = {"review": f"{client.address}/review?timestamp={moment}"}
    clip: JsonObject = {}
    if camera is not None and camera.records:
        clip = {"clip": f"{client.address}/api/events/{event.id}/clip.mp4"}
    return {
        "event_id": event.id,
        "camera": event.camera,
        "label": event.label,
        "start": event.start.isoformat(),
        "end": event.end.isoformat() if event.end is not None else None,
        "links": {
            "event": f"{client.address}/{page}",
            "snapshot": f"{client.address}/api/events/{event.id}/snapshot.jpg",
            **clip,
            **review,
        },
    }
