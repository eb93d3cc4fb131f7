"""The calls that create an event: create, confirm, correct the times, describe."""

from datetime import UTC, datetime, timedelta

from ...base import Json, JsonObject, StepContext
from ...errors import (
    NOT_STORED,
    BackendError,
    CannotConnect,
    OutcomeUnknown,
    Unavailable,
)
from ..api.client import FrigateClient
from ..api.models import (
    DELIVERY_ID,
    PRE_CAPTURE,
    FrigateCapabilities,
    FrigateEvent,
    request_time,
)
from .boxes import dump_boxes
from .create_payload import CreateCameraEvent
from .ending import end_beside_item, end_safely, tidy
from .event_result import event_result
from .own_key import keyed_score
from .stored import own_event, set_description, set_retain

NOT_SHOWN = "Frigate answered with event {event_id}, but does not show it"
ITEM_IS_OPEN = timedelta(seconds=5)
"""Shortest time that the review item of a new event stays open.

It closes a cutoff time after the end, 30 or 40 s by default.
"""
LATE = timedelta(seconds=1)
"""Lateness from which an event is back-dated; less is ordinary latency."""


async def create(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> JsonObject:
    """Create the event and wait until it is stored.

    The response does not prove that: from 0.16 Frigate responds first. Any failure in
    between is an unknown outcome, with the id as its clue.
    """
    body = create_body(capabilities, payload, context)
    event_id = await client.create_event(payload.camera, payload.label, body)
    clue = {"event_id": event_id}
    try:
        event = await own_event(client, event_id)
    except BackendError as error:
        outage = isinstance(error, CannotConnect | Unavailable)
        raise OutcomeUnknown(error.reason, clue=clue, outage=outage) from error
    if event is None:
        raise OutcomeUnknown(
            NOT_SHOWN.format(event_id=event_id),
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
    """Return the result for a new event, and whether it was over when requested."""
    length = timedelta(seconds=payload.duration or 0)
    over = payload.duration is not None and context.occurred_at + length <= sent_at
    return {**event_result(client, capabilities, event), "over": over}


def create_body(
    capabilities: FrigateCapabilities, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Return the request body, without fields that the version does not support.

    Frigate does not check all values that its threads rely on (0.17.2 and 0.18, run).
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
    """Return the fields that date an event to its occurrence."""
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
    """Set the end of an event that was already over when it was created.

    Right after the creation its review item is certainly open.
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
    """Delete the short events that setting the end needed."""
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
    """Set the event to be kept for good."""
    await set_retain(client, _event_id(context), retain=True)
    return {}


def _event_id(context: StepContext) -> str:
    """Return the id of the event that the first step created."""
    return str(context.results["create"]["event_id"])
