"""Live events as a calendar shows them."""

from ..outside_calendar import OutsideCalendar, Planned
from .api.client import PalabraClient
from .api.models import STATUSES, UNKNOWN_STATUS, LiveEvent


async def _read(client: PalabraClient) -> tuple[Planned, ...]:
    """Return the events with known times, unordered."""
    return tuple(
        planned
        for event in await client.events()
        if (planned := _planned(event)) is not None
    )


def _planned(event: LiveEvent) -> Planned | None:
    """Return an event with its times; None if a calendar cannot show it."""
    if event.start is None or event.end is None or event.end <= event.start:
        return None
    return Planned(
        id=event.id,
        title=event.title or event.id,
        start=event.start,
        end=event.end,
        status=event.status,
        description=event.description,
        location=event.location,
    )


LIVE_EVENTS = OutsideCalendar(
    statuses=(*sorted(STATUSES), UNKNOWN_STATUS),
    read=_read,
    changed_by=frozenset(
        {"create_live_event", "update_live_event", "delete_live_event"}
    ),
)
