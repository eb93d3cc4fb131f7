"""Look up whether an event with an unknown outcome exists."""

from datetime import datetime, timedelta

from ...base import Absent, Finding, Found, StepContext, Unclear
from ...errors import InvalidResponse
from ..api.client import TOO_LARGE, FrigateClient
from ..api.models import FrigateCapabilities, FrigateEvent
from .create_payload import CreateCameraEvent
from .create_steps import made
from .look_alike import EXACT_MARGIN, find_by_content
from .own_key import events_with_key

CLAIMED_EARLY = timedelta(seconds=10)
"""How long before a request is sent it may count as sent already. The time is only used
to decide whether to set the event's end, which is harmless."""


async def find(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
) -> Finding:
    """Look up the event of a delivery.

    By its id if Frigate returned one. Otherwise by our own id: from 0.18 it is stored
    as it is, before that in the score. Events that an earlier version of ours sent
    without it are matched by their contents.
    """
    try:
        event = await _event(capabilities, client, payload, context)
    except InvalidResponse as error:
        if error.code != TOO_LARGE:
            raise
        return Unclear()  # permanently: the user is asked in an hour
    if event is not None:
        sent = (context.first_sent_at or context.now) + CLAIMED_EARLY
        result = made(capabilities, client, payload, context, event, sent_at=sent)
        return Found(result=result)
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
    if context.first_sent_at is None or context.sent_after is None:
        return None
    await client.learn_clock()
    if payload.keyed or capabilities.version.keeps_draw:
        late = max(timedelta(), context.first_sent_at - context.occurred_at)
        return await _by_own_id(client, payload, context, context.sent_after - late)
    return await find_by_content(client, payload, context, context.first_sent_at)


async def _by_own_id(
    client: FrigateClient,
    payload: CreateCameraEvent,
    context: StepContext,
    early: datetime,
) -> FrigateEvent | None:
    """Return the event that carries the delivery's id, or the key derived from it.

    It begins at `early`, by our clock, or later.
    """
    after = client.server_time(early - EXACT_MARGIN - _early(payload))
    events = await events_with_key(
        client,
        payload.camera,
        payload.label,
        after,
        score=payload.score,
        key=context.delivery_id,
    )
    return events[0] if events else None


def _early(payload: CreateCameraEvent) -> timedelta:
    return timedelta(seconds=payload.pre_capture or 0)
