"""Look up whether an event with an unknown outcome exists.

Palabra stores no id of ours and cannot search for a title (facts 7). So the whole list
is read, and exactly one event in it must match and belong to no other delivery.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...base import Absent, Finding, Found, StepContext, Unclear
from ...errors import InvalidResponse
from ..api.client import TOO_LARGE, PalabraClient
from ..api.models import LiveEvent
from .event_result import event_result

CLOCK_MARGIN = timedelta(minutes=5)
"""Error of Palabra's clock as derived from its responses; an older event is not
ours."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The details that identify the event."""

    title: str
    event_type: str
    start: datetime
    end: datetime

    def matches(self, event: LiveEvent, since: datetime) -> bool | None:
        """Return whether an event matches; None if it has too few details."""
        told: tuple[bool | None, ...] = (
            None if event.title is None else event.title.strip() == self.title,
            None if event.event_type is None else event.event_type == self.event_type,
            _same(event.start, self.start),
            _same(event.end, self.end),
            None if event.created_at is None else event.created_at >= since,
        )
        if False in told:
            return False
        return None if None in told else True


async def find(client: PalabraClient, wanted: Wanted, context: StepContext) -> Finding:
    """Look up the event of a delivery.

    A single match is ours; with several the user decides. It is absent if a complete
    list lacks it.
    """
    if context.sent_after is None:
        return Absent()
    try:
        events = await client.events()
    except InvalidResponse as error:
        if error.code != TOO_LARGE:
            raise
        return Unclear()  # permanently: the user is asked in an hour
    since = client.server_time(context.sent_after) - CLOCK_MARGIN
    free = (event for event in events if event.id not in context.outside_ids)
    ours, doubtful = await _matches(client, wanted, free, since)
    if len(ours) == 1 and not doubtful:
        started = wanted.start < context.now
        return Found(result={**event_result(ours[0]), "started": started})
    return Unclear() if ours or doubtful else Absent()


async def _matches(
    client: PalabraClient,
    wanted: Wanted,
    events: Iterable[LiveEvent],
    since: datetime,
) -> tuple[list[LiveEvent], int]:
    """Return the matches, and the number of events with too few details.

    The event itself may have details that the list leaves out (facts 8).
    """
    ours: list[LiveEvent] = []
    doubtful = 0
    for listed in events:
        match = wanted.matches(listed, since)
        event: LiveEvent | None = listed
        if match is None:
            event = await client.event(listed.id)
            match = event is not None and wanted.matches(event, since)
        if match and event is not None:
            ours.append(event)
        elif match is None:
            doubtful += 1
    return ours, doubtful


def _same(told: datetime | None, wanted: datetime) -> bool | None:
    """Compare instants in whole seconds, as they were sent."""
    return None if told is None else told.replace(microsecond=0) == wanted
