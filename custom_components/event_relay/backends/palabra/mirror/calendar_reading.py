"""Read the events of a Home Assistant calendar in the form of live events."""

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
"""Characters of a summary that a filter examines: others write summaries, and a regular
expression must not take long."""


async def read_calendar(
    hass: HomeAssistant, entity_id: str, start: datetime, end: datetime
) -> list[CalendarEvent]:
    """Return the events of a calendar that overlap a period.

    Raises CannotTell if the calendar does not exist or respond.
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
    """Return the events that a mirror takes, by key."""
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
    """Return an event in the form of its live event.

    Occurrences are distinguished by their recurrence id, or by their start if an
    integration gives none. Without any id the summary takes its place.
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
    """Return description and location of an event, without forbidden characters."""
    lines = (" ".join(line.split()) for line in (event.description or "").splitlines())
    description = "\n".join(lines).strip()
    location = " ".join((event.location or "").split())
    given = {"description": description, "location": location}
    return {name: words for name, words in given.items() if words}


def _instant(when: date | datetime) -> datetime:
    """Return an instant in UTC and whole seconds.

    A day begins at the home's midnight, so an all-day event lasts from midnight to
    midnight, whatever the clocks do in between.
    """
    if not isinstance(when, datetime):
        when = dt_util.start_of_local_day(when)
    return dt_util.as_utc(when).astimezone(UTC).replace(microsecond=0)


def _mark(start: datetime) -> str:
    """Return the text that distinguishes occurrences by their start."""
    return f"{start.timestamp():.0f}"
