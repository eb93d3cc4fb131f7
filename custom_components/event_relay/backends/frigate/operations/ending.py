"""End an event without stopping Frigate's review.

The review takes the first end of an event since its own start for the end of something
that the camera's open review item shows, and stops for good if no item is open (0.17.2
and 0.18, run; 0.14 to 0.16, source). An item closes by itself while an event goes on,
and its state is reported too late to rely on. So each end that may be the first follows
a short event of ours: it opens an item or joins the open one, and Frigate handles our
requests in order. It is deleted as soon as the end is stored.
"""

from datetime import datetime, timedelta

from ...base import JsonObject, StepContext
from ...errors import Rejected
from ..api.client import FrigateClient
from ..api.models import DELIVERY_ID, FrigateCapabilities, FrigateEvent
from .own_key import events_with_key, keyed_score
from .stored import changed, own_event

END_UNSAFE = "end_unsafe"
SHORT_EVENTS = "short_events"
"""Key in a step's result: the ids of the short events to delete."""
_EARLIER_KEY = "carriers"
"""The same in results that earlier versions stored."""
SHORT_DURATION = 1
"""Seconds; the shortest duration that Frigate treats as an event."""
SAME = timedelta(milliseconds=10)
"""Rounding error of times that went through a floating point number."""
EXACT_MARGIN = timedelta(hours=1)
"""How far back to look for short events; a larger margin only costs time."""


async def end_beside_item(
    client: FrigateClient, event: FrigateEvent, moment: datetime
) -> FrigateEvent:
    """Set the end of an event that has a review item, or no longer needs one.

    An end before the start, which 0.17 would refuse, becomes the start. Raises
    Unavailable if Frigate confirmed the end but did not store it.
    """
    moment = max(moment, event.start)
    return await changed(
        client,
        event.id,
        lambda: client.end_event(event.id, moment),
        lambda stored: _ends_at(stored, moment),
    )


async def end_safely(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    event: FrigateEvent,
    moment: datetime,
) -> tuple[FrigateEvent, JsonObject]:
    """Set the end of an event; return it, and the data that `tidy` needs.

    For an end in the past, the review first gets an end that is now: otherwise it would
    make an item of negative length.
    """
    if event.type != "api" or _has_been_ended(event, context):
        # An earlier attempt at this end may have set it.
        more: JsonObject = {SHORT_EVENTS: []} if context.attempt > 1 else {}
        return await end_beside_item(client, event, moment), more
    moment = max(moment, event.start)
    short_events: list[str] = []

    async def write() -> None:
        created = await _create_short_event(capabilities, client, context, event)
        if created is not None:
            short_events.append(created)
        if moment < client.server_time(context.now):
            await client.end_event(event.id, None)
        await client.end_event(event.id, moment)

    if context.attempt > 1:
        await _delete_short_events(capabilities, client, context, event)
    ended = await changed(
        client, event.id, write, lambda stored: _ends_at(stored, moment)
    )
    return ended, {SHORT_EVENTS: [*short_events]}


async def tidy(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    result: JsonObject,
) -> None:
    """Delete the short events of an end that is stored.

    An interrupted attempt may have left some whose ids are not stored.
    """
    short_events = result.get(SHORT_EVENTS, result.get(_EARLIER_KEY))
    if not isinstance(short_events, list):
        return
    for event_id in short_events:
        if (event := await own_event(client, str(event_id))) is not None:
            await client.delete_event(event.id)
    if context.attempt > 1:
        event = await client.event(str(result["event_id"]))
        if event is not None:
            await _delete_short_events(capabilities, client, context, event)


async def _create_short_event(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    event: FrigateEvent,
) -> str | None:
    """Create a short event and return its id; None if its camera is gone.

    From 0.18 the label decides whether an event has a review item. If no label does,
    raises Rejected, unless the user prefers the end to the review.
    """
    label: str | None = event.label
    if capabilities.version.reviews_by_label:
        label = (await client.review_settings(event.camera)).shown_label(event.label)
    if label is None:
        if capabilities.ends_unsafely:
            return None
        raise Rejected(
            "its end would stop Frigate's review: alerts are off and no label is a"
            " detection",
            code=END_UNSAFE,
        )
    key = _key(context)
    body: JsonObject = {
        "duration": SHORT_DURATION,
        "include_recording": False,
        "sub_label": event.sub_label,
    }
    if capabilities.version.keeps_draw:
        body |= {"pre_capture": 0, "draw": {"boxes": [], DELIVERY_ID: key}}
    else:
        body["score"] = keyed_score(None, key)
    try:
        return await client.create_event(event.camera, label, body)
    except Rejected:
        return None


async def _delete_short_events(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    event: FrigateEvent,
) -> None:
    """Delete the short events that earlier attempts have left."""
    key = _key(context)
    since = client.server_time((context.sent_after or context.now) - EXACT_MARGIN)
    for one in await events_with_key(
        client, event.camera, None, since, score=None, key=key
    ):
        await client.delete_event(one.id)


def _key(context: StepContext) -> str:
    """Return the key that marks the short events of a delivery."""
    return f"{context.delivery_id}/end"


def _ends_at(event: FrigateEvent, moment: datetime) -> bool:
    return event.end is not None and abs(event.end - moment) <= SAME


def _has_been_ended(event: FrigateEvent, context: StepContext) -> bool:
    """Return whether an event that was left open already has an end.

    Either somebody has ended it, or Frigate has restarted: then its review no longer
    waits for it.
    """
    if event.end is None or context.followed is None:
        return False
    return "end" not in context.followed.details
