"""Recognising an event that carries no key of ours, by what it looks like.

Only for what an earlier version of ours sent up to Frigate 0.17: the earliest of those
that could be ours and belong to no other delivery. To take one that somebody else made
at the same time with the same words is the lesser evil; a second event would be the
other.
"""

from datetime import datetime, timedelta

from ..base import StepContext
from .client import FrigateClient
from .create_payload import CreateCameraEvent
from .models import FrigateEvent, request_time

EXACT_MARGIN = timedelta(hours=1)
"""How far back to look for our own id; more costs time only."""
CLOCK_MARGIN = timedelta(seconds=6)
"""How far the server's clock may be off what its answers told, both ways."""
LONGEST_SEND = timedelta(seconds=60)
"""Time that a request may have waited in the queue and been on its way, a proxy's
waiting included."""
SPAN_TOLERANCE = timedelta(seconds=2)
"""How far the length of an event may be off what was asked for."""


async def by_looks(
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
    first_sent_at: datetime,
) -> FrigateEvent | None:
    """Return the earliest event that looks like ours and is nobody else's."""
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
    """Whether an event is what was asked for, as far as one can see.

    One that lasts until it is ended may have been ended since, by anybody.
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
