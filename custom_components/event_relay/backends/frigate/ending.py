"""Ending an event without harm to Frigate's review.

Frigate's review takes the first end of an event since its own start for the end of
something that the camera's open review item shows, and stops for good where no item is
open (0.17.2 and 0.18, run; 0.14 to 0.16, source). An item closes by itself while an
event goes on, and whether one is open is told too late to be sure. So a short event of
ours, the carrier, goes before each end that may be the first: it opens an item or joins
the one that is open, and what is asked of Frigate keeps its order. It is deleted as
soon as the end is stored.
"""

from datetime import datetime, timedelta

from ..base import JsonObject, StepContext
from ..errors import Rejected
from .client import FrigateClient
from .models import DELIVERY_ID, FrigateCapabilities, FrigateEvent
from .own_key import keyed_score
from .stored import changed, own_event

END_UNSAFE = "end_unsafe"
CARRIER_DURATION = 1
"""Seconds; no event of Frigate's is shorter that is one."""
SAME = timedelta(milliseconds=10)
"""How far apart two times may be that went through a floating point number."""
EXACT_MARGIN = timedelta(hours=1)
"""How far back to look for carriers; more costs time only."""


async def end_beside_item(
    client: FrigateClient, event: FrigateEvent, moment: datetime
) -> FrigateEvent:
    """Set the end of an event that has its review item, or needs none any more.

    An end before the start is one at the start, which 0.17 would refuse. Raises
    Unavailable when Frigate took the end and does not store it.
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
    """Set the end of an event; return it, and what `tidy` needs to know.

    An end in the past is set once the review has taken one that is now: an item of
    negative length would come of it otherwise.
    """
    if event.type != "api" or _has_been_ended(event, context):
        # It may have been an earlier attempt of this very end.
        more: JsonObject = {"carriers": []} if context.attempt > 1 else {}
        return await end_beside_item(client, event, moment), more
    moment = max(moment, event.start)
    carriers: list[str] = []

    async def write() -> None:
        if (executor := await _carry(capabilities, client, context, event)) is not None:
            carriers.append(executor)
        if moment < client.server_time(context.now):
            await client.end_event(event.id, None)
        await client.end_event(event.id, moment)

    if context.attempt > 1:
        await _delete_carriers(capabilities, client, context, event)
    ended = await changed(
        client, event.id, write, lambda stored: _ends_at(stored, moment)
    )
    return ended, {"carriers": [*carriers]}


async def tidy(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    result: JsonObject,
) -> None:
    """Delete the carriers of an end that is stored.

    After an attempt that broke off there may be some that nobody has noted.
    """
    carriers = result.get("carriers")
    if not isinstance(carriers, list):
        return
    for executor in carriers:
        if (event := await own_event(client, str(executor))) is not None:
            await client.delete_event(event.id)
    if context.attempt > 1:
        event = await client.event(str(result["event_id"]))
        if event is not None:
            await _delete_carriers(capabilities, client, context, event)


async def _carry(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    event: FrigateEvent,
) -> str | None:
    """Make a carrier and return its id; None where its camera is no more.

    From 0.18 the label decides whether an event has a review item. Where no label does,
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
        "duration": CARRIER_DURATION,
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


async def _delete_carriers(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    context: StepContext,
    event: FrigateEvent,
) -> None:
    """Delete the carriers that earlier attempts have left."""
    key = _key(context)
    score = keyed_score(None, key)
    since = client.server_time((context.sent_after or context.now) - EXACT_MARGIN)
    for one in await client.events(event.camera, None, since):
        if one.delivery_id == key or one.score == score:
            await client.delete_event(one.id)


def _key(context: StepContext) -> str:
    """Return what the carriers of a delivery are known by."""
    return f"{context.delivery_id}/end"


def _ends_at(event: FrigateEvent, moment: datetime) -> bool:
    return event.end is not None and abs(event.end - moment) <= SAME


def _has_been_ended(event: FrigateEvent, context: StepContext) -> bool:
    """Whether an event that was left open has an end.

    Somebody has ended it, or Frigate has since been started: its review awaits no more.
    """
    if event.end is None or context.followed is None:
        return False
    return "end" not in context.followed.details
