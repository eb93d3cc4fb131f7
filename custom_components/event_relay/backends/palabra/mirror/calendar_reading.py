"""What a calendar of Home Assistant shows, as what is to be outside."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
import hashlib

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ....rules.occurrences import CannotTell
from ...base import Json
from .calendar_plan import Seen
from .calendar_settings import CalendarMirrorSettings

_LONGEST_LOOKED_AT = 500
"""Characters of a summary that a filter looks at: others write them, and a regular
expression must not take long."""


async def read_calendar(
    hass: HomeAssistant, entity_id: str, start: datetime, end: datetime
) -> list[CalendarEvent]:
    """Return the events of a calendar that overlap a time.

    Raises CannotTell where the calendar is not there or does not answer.
    """
    state = hass.states.get(entity_id)
    component = hass.data.get(DATA_COMPONENT)
    entity = component.get_entity(entity_id) if component else None
    if state is None or not isinstance(entity, CalendarEntity):
        raise CannotTell(f"{entity_id} is not there")
    if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        raise CannotTell(f"{entity_id} is {state.state}")
    try:
        return await entity.async_get_events(
            hass, dt_util.as_local(start), dt_util.as_local(end)
        )
    except Exception as error:
        # Integrations raise whatever their libraries do.
        raise CannotTell(f"{entity_id}: {type(error).__name__}") from error


def seen_events(
    events: Iterable[CalendarEvent], settings: CalendarMirrorSettings, time_zone: str
) -> dict[str, Seen]:
    """Return the events that a mirror takes, by their keys."""
    listed = list(events)
    times = Counter(event.uid for event in listed)
    taken = (
        _seen(event, settings, time_zone, alone=times[event.uid] == 1)
        for event in listed
        if settings.takes((event.summary or "")[:_LONGEST_LOOKED_AT])
    )
    return {one.key: one for one in taken}


def _seen(
    event: CalendarEvent,
    settings: CalendarMirrorSettings,
    time_zone: str,
    *,
    alone: bool,
) -> Seen:
    """Return an event as it is to be outside.

    Occurrences are told apart by their recurrence id, and where an integration gives
    none by their start. Without an id at all the summary stands for it.
    """
    start, end = _instant(event.start), _instant(event.end)
    title = " ".join((event.summary or "").split())
    if event.uid:
        group = event.uid
        occurrence = event.recurrence_id or ("" if alone else _mark(start))
    else:
        group = f"summary:{hashlib.sha256(title.encode()).hexdigest()[:32]}"
        occurrence = _mark(start)
    return Seen(
        group=group,
        occurrence=occurrence,
        start=start,
        end=end,
        content={
            **settings.content,
            "title": title,
            "timezone": time_zone,
            **(_details(event) if settings.details else {}),
        },
    )


def _details(event: CalendarEvent) -> dict[str, Json]:
    """Return description and location of an event, without what no line may hold."""
    lines = (" ".join(line.split()) for line in (event.description or "").splitlines())
    description = "\n".join(lines).strip()
    location = " ".join((event.location or "").split())
    given = {"description": description, "location": location}
    return {name: words for name, words in given.items() if words}


def _instant(when: date | datetime) -> datetime:
    """Return an instant in UTC and whole seconds.

    A day begins at the home's midnight, so that an event of whole days lasts from
    midnight to midnight, whatever the clocks do in between.
    """
    if not isinstance(when, datetime):
        when = dt_util.start_of_local_day(when)
    return dt_util.as_utc(when).astimezone(UTC).replace(microsecond=0)


def _mark(start: datetime) -> str:
    """Return what tells occurrences apart by their start."""
    return f"{start.timestamp():.0f}"
