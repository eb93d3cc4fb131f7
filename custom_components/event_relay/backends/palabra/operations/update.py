"""The operation that changes a live event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from ...base import InvalidField, JsonObject, StepContext
from ...errors import UNKNOWN_EVENT, Gone, Rejected
from ...target import FollowingOperation
from ..api.client import PalabraClient
from ..api.models import PalabraCapabilities
from .content import LIVE_EVENT, Content
from .create import refuse_over
from .event_result import DETAILS, event_result
from .fields import in_order
from .target import Target

EXPIRES = timedelta(days=7)
"""How long a change waits if the event's end is unknown: events are planned long ahead,
and a connection without credentials is paused until somebody fixes it."""


@dataclass(frozen=True, kw_only=True)
class UpdateLiveEvent:
    """Changes to a live event; an empty value clears, None keeps."""

    target: Target
    content: Content


class UpdateLiveEventOperation(
    FollowingOperation[PalabraClient, UpdateLiveEvent, PalabraCapabilities]
):
    """Change the details or times of a live event.

    Only changed fields are sent: it is not documented what v2 takes (facts 1), nor
    whether an empty text clears a field. A refusal has Palabra's own message.
    """

    name = "update_live_event"
    step = "update"
    repeatable = True
    fields = LIVE_EVENT
    target = Target
    details = DETAILS

    @override
    def parse(self, data: Mapping[str, object]) -> UpdateLiveEvent:
        """Read the fields of the action; raises InvalidField."""
        content = Content(**self.read(data))
        target = Target.parse(data)
        if content == Content():
            raise InvalidField("title", "nothing_to_change")
        if content.start is not None and content.end is not None:
            in_order(content.start, content.end)
        return UpdateLiveEvent(target=target, content=content)

    @override
    def check(
        self,
        payload: UpdateLiveEvent,
        capabilities: PalabraCapabilities,
        now: datetime,
    ) -> None:
        """Refuse to move the end into the past."""
        if payload.content.end is not None:
            refuse_over(payload.content.end, now)

    @override
    def dump(self, payload: UpdateLiveEvent) -> JsonObject:
        """Turn the payload into its stored form."""
        return {**payload.target.dump(), **self.stored(payload.content)}

    @override
    async def run(
        self, client: PalabraClient, payload: UpdateLiveEvent, context: StepContext
    ) -> JsonObject:
        """Send the changes, unless the event would end before it starts."""
        event_id = payload.target.resolve(context)
        await _refuse_disorder(client, event_id, payload.content)
        event = await client.update_event(event_id, payload.content.body())
        return {"event_id": event_id} if event is None else event_result(event)

    @override
    def summary(self, payload: UpdateLiveEvent) -> str:
        """Name the new title, or the event."""
        return payload.content.title or payload.target.summary

    @override
    def expires(
        self,
        payload: UpdateLiveEvent,
        occurred_at: datetime,
        capabilities: PalabraCapabilities,
    ) -> datetime:
        """Return the new end, or a time to wait if only Palabra knows the end.

        The wait counts from the new start, if that is in the future.
        """
        if payload.content.end is not None:
            return payload.content.end
        return max(occurred_at, payload.content.start or occurred_at) + EXPIRES


async def _refuse_disorder(
    client: PalabraClient, event_id: str, content: Content
) -> None:
    """Check a single moved end against the event's other one, as it is now.

    It is unknown whether Palabra checks this itself.
    """
    if (content.start is None) == (content.end is None):
        return
    event = await client.event(event_id)
    if event is None:
        raise Gone("there is no such event", code=UNKNOWN_EVENT)
    start, end = content.start or event.start, content.end or event.end
    if start is not None and end is not None and end <= start:
        field = "start" if content.end is None else "end"
        reason = "the event would end before it starts"
        raise Rejected(reason, fields={field: reason})
