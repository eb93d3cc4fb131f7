"""The calls that make an event: make it, see it, set it right, describe it."""

from datetime import UTC, datetime, timedelta

from ..base import Json, JsonObject, StepContext
from ..errors import BackendError, OutcomeUnknown
from .boxes import dump_boxes
from .client import FrigateClient
from .create_payload import CreateCameraEvent
from .models import DELIVERY_ID, PRE_CAPTURE, FrigateCapabilities, FrigateEvent
from .stored import NOT_STORED, end, event_result, own_event, review_item

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
    sent_at = context.now.astimezone(UTC).isoformat()
    body = create_body(capabilities, payload, context)
    try:
        event_id = await client.create_event(payload.camera, payload.label, body)
    except OutcomeUnknown as error:
        error.clue = {"sent_at": sent_at}
        raise
    clue = {"sent_at": sent_at, "event_id": event_id}
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
    return made(client, payload, context, event, sent_at=context.now)


def made(
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
    return {**event_result(client, event), "over": over}


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
    if payload.score is not None:
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
    client: FrigateClient, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Set the end of an event that was already over when it was made."""
    if payload.duration is None or not context.results["create"].get("over"):
        return {}
    event = await own_event(client, _event_id(context))
    if event is None:
        return {}
    ended = context.occurred_at.astimezone(UTC) + timedelta(seconds=payload.duration)
    return event_result(client, await end(client, event, client.server_time(ended)))


async def describe(
    client: FrigateClient, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Describe the event."""
    await client.set_description(_event_id(context), payload.description or "")
    return {}


async def retain(
    client: FrigateClient, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Keep the event for good."""
    await client.set_retain(_event_id(context), retain=True)
    return {}


async def find_review(
    client: FrigateClient, payload: CreateCameraEvent, context: StepContext
) -> JsonObject:
    """Find the review item that shows the event, for its link; there may be none."""
    try:
        review_id = await review_item(client, _event_id(context))
    except BackendError:
        return {}
    if review_id is None:
        return {}
    return {
        "review_id": review_id,
        "links": {"review": f"{client.address}/review?id={review_id}"},
    }


def _event_id(context: StepContext) -> str:
    """Return the id of the event that the first step made."""
    return str(context.results["create"]["event_id"])
