"""The calls that make an event: make it, see it, set it right, describe it."""

from datetime import UTC, datetime, timedelta

from ..base import Json, JsonObject, StepContext
from ..errors import NOT_STORED, BackendError, OutcomeUnknown
from .boxes import dump_boxes
from .client import FrigateClient
from .create_payload import CreateCameraEvent
from .ending import end_beside_item, end_safely, tidy
from .models import (
    DELIVERY_ID,
    PRE_CAPTURE,
    FrigateCapabilities,
    FrigateEvent,
    request_time,
)
from .own_key import keyed_score
from .parts import event_result
from .stored import own_event, set_description, set_retain

ITEM_IS_OPEN = timedelta(seconds=5)
"""How long the review item of a new event stays open at least.

It closes a cutoff time after the end, 30 or 40 s unless somebody has set another.
"""
LATE = timedelta(seconds=1)
"""Lateness from which an event is back-dated; less is the way there."""


async def create(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> JsonObject:
    """Make the event and wait until it is stored.

    An answer is no proof of that: from 0.16 Frigate answers first. Whatever goes
    wrong between is an unknown outcome, with the id as its clue.
    """
    body = create_body(capabilities, payload, context)
    event_id = await client.create_event(payload.camera, payload.label, body)
    clue = {"event_id": event_id}
    try:
        event = await own_event(client, event_id)
    except BackendError as error:
        raise OutcomeUnknown(error.reason, clue=clue) from error
    if event is None:
        raise OutcomeUnknown(
            f"Frigate answered with event {event_id}, but does not show it",
            code=NOT_STORED,
            clue=clue,
        )
    return made(capabilities, client, payload, context, event, sent_at=context.now)


def made(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
    event: FrigateEvent,
    *,
    sent_at: datetime,
) -> JsonObject:
    """Return what is kept of a new event, and whether it was over when asked for."""
    length = timedelta(seconds=payload.duration or 0)
    over = payload.duration is not None and context.occurred_at + length <= sent_at
    return {**event_result(client, capabilities, event), "over": over}


def create_body(
    capabilities: FrigateCapabilities, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Return what is sent for an event, with nothing that a version cannot take.

    Frigate does not check all that its threads then rely on (0.17.2 and 0.18, run).
    """
    version = capabilities.version
    late = max(timedelta(), context.now - context.occurred_at)
    body: JsonObject = {
        "sub_label": payload.sub_label,
        "duration": payload.duration,
        "include_recording": payload.include_recording,
    }
    if payload.keyed and not version.keeps_draw:
        body["score"] = keyed_score(payload.score, context.delivery_id)
    elif payload.score is not None:
        body["score"] = payload.score
    if payload.source_type is not None and version.takes_source_type:
        body["source_type"] = payload.source_type
    if version.back_dates:
        body |= _dates(capabilities, payload, late)
    drawn: dict[str, Json] = {}
    if version.keeps_draw:
        drawn = {"boxes": dump_boxes(payload.boxes), DELIVERY_ID: context.delivery_id}
    elif payload.boxes:
        drawn = {"boxes": dump_boxes(payload.boxes)}
    if drawn:
        body["draw"] = drawn
    return body


def _dates(
    capabilities: FrigateCapabilities, payload: CreateCameraEvent, late: timedelta
) -> JsonObject:
    """Return the fields that put an event where it occurred."""
    if late < LATE:
        return (
            {} if payload.pre_capture is None else {"pre_capture": payload.pre_capture}
        )
    camera = capabilities.cameras.get(payload.camera)
    early = payload.pre_capture
    if early is None:
        early = camera.pre_capture if camera is not None else PRE_CAPTURE
    seconds = round(late.total_seconds())
    left = None if payload.duration is None else max(1, payload.duration - seconds)
    return {"pre_capture": seconds + early, "duration": left}


async def back_date(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> JsonObject:
    """Set the end of an event that was already over when it was made.

    Right after its making its review item is open for sure.
    """
    if payload.duration is None or not context.results["create"].get("over"):
        return {}
    event = await own_event(client, _event_id(context))
    if event is None:
        return {}
    ended = context.occurred_at.astimezone(UTC) + timedelta(seconds=payload.duration)
    moment = client.server_time(ended)
    more: JsonObject = {}
    age = client.server_time(context.now) - request_time(event.id)
    if context.attempt == 1 and age < ITEM_IS_OPEN:
        event = await end_beside_item(client, event, moment)
    else:
        event, more = await end_safely(capabilities, client, context, event, moment)
    return {**event_result(client, capabilities, event), **more}


async def clear(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> JsonObject:
    """Remove what setting the end needed."""
    await tidy(capabilities, client, context, context.results["back_date"])
    return {}


async def describe(
    client: FrigateClient, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Describe the event."""
    await set_description(client, _event_id(context), payload.description or "")
    return {}


async def retain(
    client: FrigateClient, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Keep the event for good."""
    await set_retain(client, _event_id(context), retain=True)
    return {}


def _event_id(context: StepContext) -> str:
    """Return the id of the event that the first step made."""
    return str(context.results["create"]["event_id"])
