"""Samples for calendar triggers: a real event if there is one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from homeassistant.const import (
    CONF_ENTITY_ID,
    CONF_EVENT,
    CONF_OFFSET,
    CONF_OPTIONS,
    CONF_PLATFORM,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from ..occurrences import LONGEST, CannotTell, missed_occurrences
from ..occurrences.calendars import signed_offset

CALENDAR_EVENT = "calendar_event"
_START, _END = "start", "end"
_LASTS = timedelta(hours=1)


async def event(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return the next event, else the last one as if it began now, else a sample."""
    now = dt_util.utcnow()
    for since, until in ((now, now + LONGEST), (now - LONGEST, now)):
        try:
            found = await missed_occurrences(hass, config, 0, since, until)
        except CannotTell:
            break
        if found:
            nearest = found[0] if since == now else found[-1]
            trigger: Mapping[str, Any] = nearest.variables["trigger"]
            return moved_to_present(trigger)
    return _made_up(config)


def moved_to_present(trigger: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a trigger's past event as if it began now.

    A backend may not accept past events.
    """
    told = trigger.get(CALENDAR_EVENT)
    if not isinstance(told, Mapping):
        return trigger
    start, end = (_moment(told.get(edge)) for edge in (_START, _END))
    if start is None or end is None:
        return trigger
    begins: date = dt_util.now().replace(second=0, microsecond=0)
    if not isinstance(start, datetime):
        begins = dt_util.now().date()
    if end > begins:
        return trigger
    moved = {_START: begins.isoformat(), _END: (begins + (end - start)).isoformat()}
    return {**trigger, CALENDAR_EVENT: {**told, **moved}}


def _made_up(config: ConfigType) -> Mapping[str, Any]:
    """Return the trigger variables of a made-up event."""
    options = config.get(CONF_OPTIONS, {})
    edge = _END if config[CONF_PLATFORM].endswith("ended") else _START
    begins = dt_util.now().replace(second=0, microsecond=0)
    named = options.get(CONF_ENTITY_ID)
    if named is None:
        target = config.get("target", {}).get(CONF_ENTITY_ID, [])
        named = next(iter([target] if isinstance(target, str) else target), None)
    return {
        CONF_EVENT: options.get(CONF_EVENT, edge),
        CONF_OFFSET: signed_offset(options),
        "entity_id": named or "calendar.sample",
        "description": "calendar event state change",
        CALENDAR_EVENT: {
            _START: begins.isoformat(),
            _END: (begins + _LASTS).isoformat(),
            "all_day": False,
            "summary": "Sample event",
            "description": "Sample description",
            "location": "Sample location",
        },
    }


def _moment(told: object) -> Any:  # noqa: ANN401 - a day, or an instant
    """Return the time of an event's edge; None if it cannot be read."""
    if not isinstance(told, str):
        return None
    return dt_util.parse_datetime(told) if "T" in told else dt_util.parse_date(told)
