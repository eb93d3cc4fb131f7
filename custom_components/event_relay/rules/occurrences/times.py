"""Occurrences of `time` triggers: at a time of day, or at the time of an entity."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from heapq import merge
from typing import Any

from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_AT,
    CONF_ENTITY_ID,
    CONF_OFFSET,
    CONF_WEEKDAY,
    WEEKDAYS,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import Template, render_complex
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .occurrence import CannotTell, Identity, Moment, Source, whole_second
from .time_entities import instants_of_entity
from .wall_clock import WallClock, latest_of

type _At = time | str | Mapping[str, Any]
"""A time of day, an entity id, or one with an offset."""

_AT = vol.Any(cv.time, cv.entity_id)


def _identify(config: ConfigType, trigger: Mapping[str, Any]) -> Identity:
    """Identify the occurrence of a live firing."""
    now, entity_id = trigger["now"], trigger.get(ATTR_ENTITY_ID)
    if entity_id is not None:
        instant = whole_second(dt_util.as_utc(now))
        return Identity(instant=instant, mark=entity_id)
    times = [at for at in config[CONF_AT] if isinstance(at, time)]
    return Identity(instant=latest_of([WallClock.at(at) for at in times], now))


async def _look_back(
    hass: HomeAssistant, config: ConfigType, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield occurrences, latest first."""
    each = [_moments(hass, at, since, until) for at in config[CONF_AT]]
    moments = merge(*each, key=lambda moment: moment.identity.instant, reverse=True)
    weekdays = config.get(CONF_WEEKDAY, WEEKDAYS)
    return (one for one in moments if WEEKDAYS[one.gives["now"].weekday()] in weekdays)


def _moments(
    hass: HomeAssistant, at: _At | Template, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield the occurrences of one time; raises CannotTell."""
    if isinstance(at, Template):
        at = _rendered(at)
    match at:
        case time():
            return _of_time(WallClock.at(at).back(since, until))
        case str():
            entity_id, offset = at, timedelta()
        case _:
            entity_id, offset = at[CONF_ENTITY_ID], at.get(CONF_OFFSET, timedelta())
    return _of_entity(
        entity_id, instants_of_entity(hass, entity_id, offset, since, until)
    )


def _of_time(instants: Iterator[datetime]) -> Iterator[Moment]:
    """Yield the moments of a time in the trigger itself."""
    return (
        Moment(
            identity=Identity(instant=instant),
            description="time",
            gives={"now": dt_util.as_local(instant), ATTR_ENTITY_ID: None},
        )
        for instant in instants
    )


def _of_entity(entity_id: str, instants: Iterator[datetime]) -> Iterator[Moment]:
    """Yield the moments of the time of an entity."""
    return (
        Moment(
            identity=Identity(instant=whole_second(instant), mark=entity_id),
            description=f"time set in {entity_id}",
            gives={"now": dt_util.as_local(instant), ATTR_ENTITY_ID: entity_id},
        )
        for instant in instants
    )


def _rendered(template: Template) -> _At:
    """Return the time or the entity id that a limited template renders."""
    try:
        at: _At = _AT(render_complex(template, {}, limited=True))
    except (TemplateError, vol.Invalid) as error:
        raise CannotTell(f"a time cannot be rendered: {error}") from error
    return at


SOURCE = Source(identify=_identify, look_back=_look_back)
