"""Occurrences of calendar triggers: start and end of events, with offsets."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
import json
from typing import Any

from homeassistant.components.calendar import CalendarEntity, get_date
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_ENTITY_ID,
    CONF_EVENT,
    CONF_OFFSET,
    CONF_OPTIONS,
    CONF_PLATFORM,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .occurrence import CannotTell, Identity, Moment, Source, whole_second
from .targets import targeted

_DOMAIN = "calendar"
_CALENDAR_EVENT = "calendar_event"
_START, _END = "start", "end"

_PATIENCE = 60
"""Timeout of a calendar, in seconds."""
_MARGIN = timedelta(hours=3)
"""By how much the searched span is extended.

Calendars return the events that overlap a span: not one that ended as it began, nor
one that an offset moves across a clock change.
"""


def _identify(config: ConfigType, trigger: Mapping[str, Any]) -> Identity:
    """Identify the occurrence of a live firing."""
    return _identity(trigger[ATTR_ENTITY_ID], trigger)


async def _look_back(
    hass: HomeAssistant, config: ConfigType, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield occurrences, latest first."""
    edge, offset, entity_ids = _reading(hass, config)
    span = (since - offset - _MARGIN, until - offset + _MARGIN)
    moments: list[Moment] = []
    for entity_id in entity_ids:
        for event in await _events(hass, entity_id, *span):
            gives = {
                CONF_EVENT: edge,
                CONF_OFFSET: offset,
                ATTR_ENTITY_ID: entity_id,
                _CALENDAR_EVENT: event,
            }
            identity = _identity(entity_id, gives)
            if since <= identity.instant <= until:
                moments.append(
                    Moment(
                        identity=identity,
                        description="calendar event state change",
                        gives=gives,
                    )
                )
    return iter(sorted(moments, key=_when, reverse=True))


def _when(moment: Moment) -> datetime:
    """Return the instant of a moment."""
    return moment.identity.instant


def _reading(
    hass: HomeAssistant, config: ConfigType
) -> tuple[str, timedelta, list[str]]:
    """Return the edge of events that counts, its offset, and the calendars."""
    options = config[CONF_OPTIONS]
    offset = signed_offset(options)
    match config[CONF_PLATFORM]:
        case "calendar.event_started":
            edge = _START
        case "calendar.event_ended":
            edge = _END
        case _:
            return options[CONF_EVENT], offset, [options[CONF_ENTITY_ID]]
    return edge, offset, targeted(hass, config, _DOMAIN)


def signed_offset(options: Mapping[str, Any]) -> timedelta:
    """Return the offset of a calendar trigger, negative if it fires before the event.

    Home Assistant 2026.10 keeps the direction of some triggers in `offset_type`; from
    2026.11 on, its validation removes that, and gives the offset a sign.
    """
    offset: timedelta = options.get(CONF_OFFSET, timedelta())
    return -offset if options.get("offset_type") == "before" else offset


def _identity(entity_id: str, gives: Mapping[str, Any]) -> Identity:
    """Return the identity of a calendar event's occurrence."""
    event: Mapping[str, Any] = gives[_CALENDAR_EVENT]
    told = event[gives[CONF_EVENT]]
    # Days begin in Home Assistant's time zone. The offset is added in local time, as
    # Home Assistant does.
    at = get_date({"dateTime" if "T" in told else "date": told}) + gives[CONF_OFFSET]
    names = (event.get(key) for key in ("uid", "recurrence_id", "summary"))
    return Identity(
        instant=whole_second(dt_util.as_utc(at)), mark=json.dumps([entity_id, *names])
    )


async def _events(
    hass: HomeAssistant, entity_id: str, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Return a calendar's events as triggers report them; raises CannotTell."""
    component = hass.data.get(DATA_COMPONENT)
    entity = component.get_entity(entity_id) if component else None
    if not isinstance(entity, CalendarEntity) or not entity.available:
        raise CannotTell(f"{entity_id} is not available")
    local = dt_util.as_local(since), dt_util.as_local(until)
    try:
        async with asyncio.timeout(_PATIENCE):
            events = await entity.async_get_events(hass, *local)
    # Calendars of other integrations raise anything.
    except Exception as error:
        raise CannotTell(f"{entity_id} cannot be read: {error!r}") from error
    return [event.as_dict() for event in events]


SOURCE = Source(identify=_identify, look_back=_look_back)
