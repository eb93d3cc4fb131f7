"""Recognise an event without our key by its contents.

Only for events that an earlier version of ours sent up to Frigate 0.17. Takes the
earliest match that belongs to no other delivery. It may be an event that somebody else
created at the same time with the same texts; that is better than creating a second one.
"""

from datetime import datetime, timedelta

from ...base import StepContext
from ..api.client import FrigateClient
from ..api.models import FrigateEvent, request_time
from .create_payload import CreateCameraEvent

EXACT_MARGIN = timedelta(hours=1)
"""How far back to look for our own id; a larger margin only costs time."""
CLOCK_MARGIN = timedelta(seconds=6)
"""Error of the server's clock offset as measured from responses, both ways."""
LONGEST_SEND = timedelta(seconds=60)
"""Time that a request may have waited in the queue and been on its way, delays of a
proxy included."""
SPAN_TOLERANCE = timedelta(seconds=2)
"""Difference between an event's duration and the requested one that is ignored."""


async def find_by_content(
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
    first_sent_at: datetime,
) -> FrigateEvent | None:
    """Return the earliest event that matches ours and belongs to no other delivery."""
    since = client.server_time(first_sent_at) - CLOCK_MARGIN
    until = client.server_time(first_sent_at) + LONGEST_SEND + CLOCK_MARGIN
    events = await client.events(payload.camera, payload.label, since - EXACT_MARGIN)
    ours = [
        (requested, event)
        for event in events
        if event.id not in context.outside_ids
        and (requested := _requested(event)) is not None
        and since <= requested
        and requested <= until
        and _looks_like(event, requested, payload)
    ]
    return min(ours, key=lambda one: one[0])[1] if ours else None


def _looks_like(
    event: FrigateEvent, requested: datetime, payload: CreateCameraEvent
) -> bool:
    """Return whether an event matches the request, as far as that is visible.

    An open event may have been ended since, by anybody.
    """
    if (event.type, event.sub_label) != ("api", payload.sub_label):
        return False
    if (event.score or 0) != (payload.score or 0):
        return False
    if payload.duration is None:
        return True
    span = None if event.end is None else event.end - requested
    asked = timedelta(seconds=payload.duration)
    return span is not None and abs(span - asked) <= SPAN_TOLERANCE


def _requested(event: FrigateEvent) -> datetime | None:
    try:
        return request_time(event.id)
    except ValueError:
        return None
