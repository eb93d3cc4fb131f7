"""Finding out whether an event whose making was cut short exists."""

from datetime import datetime, timedelta

from ..base import Absent, Finding, Found, StepContext, Unclear
from .client import FrigateClient
from .create_payload import CreateCameraEvent
from .create_steps import made
from .models import FrigateCapabilities, FrigateEvent, request_time

ABSENT_AFTER = timedelta(seconds=30)
"""Time since the send after which an event that is not there never was.

A request gives up after 10 s, and Frigate stores within about 1 s (0.18, run).
"""
EXACT_MARGIN = timedelta(hours=1)
"""How far back to look for our own id; more costs time only."""
CLOCK_MARGIN = timedelta(seconds=6)
"""How far the server's clock may be off what its answers told, both ways."""
LONGEST_SEND = timedelta(seconds=60)
"""Time that a request may have been on its way, a proxy's waiting included."""
SPAN_TOLERANCE = timedelta(seconds=2)
"""How far the length of an event may be off what was asked for."""


async def find(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> Finding:
    """Look for the event of a delivery.

    By its id where Frigate gave one. Otherwise, from 0.18, by our own id, which it
    keeps; before, by what it looks like: the earliest of those that could be ours
    and belong to no other delivery. To take one that somebody else made at the same
    time with the same words is the lesser evil; a second event would be the other.
    """
    event = await _event(capabilities, client, payload, context)
    sent_at = _last_sent_at(context)
    if event is not None:
        sent = sent_at or context.now
        return Found(result=made(client, payload, context, event, sent_at=sent))
    if sent_at is not None and context.now - sent_at < ABSENT_AFTER:
        return Unclear()
    return Absent()


async def _event(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> FrigateEvent | None:
    event_id = (context.clue or {}).get("event_id")
    if isinstance(event_id, str):
        return await client.event(event_id)
    if context.first_sent_at is None:
        return None
    await client.learn_clock()
    if capabilities.version.keeps_draw:
        return await _by_own_id(client, payload, context, context.first_sent_at)
    return await _by_looks(client, payload, context, context.first_sent_at)


async def _by_own_id(
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
    first_sent_at: datetime,
) -> FrigateEvent | None:
    """Return the event that carries the id of the delivery."""
    early = min(first_sent_at, context.occurred_at) - EXACT_MARGIN - _early(payload)
    events = await client.events(
        payload.camera, payload.label, client.server_time(early)
    )
    return next((one for one in events if one.delivery_id == context.delivery_id), None)


async def _by_looks(
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
    first_sent_at: datetime,
) -> FrigateEvent | None:
    """Return the earliest event that looks like ours and is nobody else's."""
    since = client.server_time(first_sent_at) - CLOCK_MARGIN
    until = None
    if (sent_at := _last_sent_at(context)) is not None:
        until = client.server_time(sent_at) + LONGEST_SEND + CLOCK_MARGIN
    events = await client.events(payload.camera, payload.label, since - EXACT_MARGIN)
    ours = [
        (requested, event)
        for event in events
        if event.id not in context.outside_ids
        and (requested := _requested(event)) is not None
        and since <= requested
        and (until is None or requested <= until)
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


def _early(payload: CreateCameraEvent) -> timedelta:
    return timedelta(seconds=payload.pre_capture or 0)


def _last_sent_at(context: StepContext) -> datetime | None:
    """Return when the request was last sent: the clue knows of later attempts."""
    sent_at = (context.clue or {}).get("sent_at")
    if not isinstance(sent_at, str):
        return context.first_sent_at
    return datetime.fromisoformat(sent_at)
