"""Finds missed occurrences, for each kind of trigger that has computable ones."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from homeassistant.const import (
    CONF_ALIAS,
    CONF_ENABLED,
    CONF_ID,
    CONF_PLATFORM,
    CONF_VARIABLES,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType

from . import calendars, patterns, schedules, times
from .occurrence import LONGEST, MOST, CannotTell, Identity, Moment, Occurrence, Source

_SOURCES: Mapping[str, Source] = {
    "calendar": calendars.SOURCE,
    "calendar.event_ended": calendars.SOURCE,
    "calendar.event_started": calendars.SOURCE,
    "schedule.block_ended": schedules.BLOCKS,
    "schedule.block_started": schedules.BLOCKS,
    "state": schedules.STATES,
    "time": times.SOURCE,
    "time_pattern": patterns.SOURCE,
}

_BREATH = 500
"""Number of steps between yields to the event loop."""


def recurs(config: ConfigType) -> bool:
    """Return whether the occurrences of a trigger can be computed afterwards.

    The configuration must be validated.
    """
    return _source(config) is not None


def occurrence_of(
    config: ConfigType, index: int, variables: Mapping[str, Any]
) -> Occurrence | None:
    """Return the occurrence of a live firing.

    None for a trigger whose occurrences cannot be computed, and for a firing that is
    not one of them, for example because a schedule was changed.
    """
    source = _source(config)
    identity = source.identify(config, variables["trigger"]) if source else None
    if identity is None:
        return None
    return Occurrence(
        index=index,
        instant=identity.instant,
        mark=identity.mark,
        variables=variables,
    )


def add_variables(
    hass: HomeAssistant, config: ConfigType, variables: dict[str, Any]
) -> None:
    """Add the variables that a trigger's configuration defines.

    As in Home Assistant, their templates see `trigger` and do not replace it. Raises
    TemplateError.
    """
    if CONF_VARIABLES in config:
        variables.update(config[CONF_VARIABLES].async_render(hass, variables))


async def missed_occurrences(
    hass: HomeAssistant,
    config: ConfigType,
    index: int,
    since: datetime,
    until: datetime,
) -> list[Occurrence]:
    """Return the occurrences from `since` to `until` inclusive, earliest first.

    Computed from the present state of schedules, calendars and Home Assistant's time
    zone. Nothing before `LONGEST` is searched. Only the last `MOST` are returned;
    the first of them has the number of those left out, which are only counted. Yields
    to the event loop regularly.

    Raises CannotTell.
    """
    source = _source(config)
    if source is None or not _enabled(config):
        return []
    since = max(since, until - LONGEST)
    moments = await source.look_back(hass, config, since, until)
    last, left_out = await _last(moments)
    return [
        Occurrence(
            index=index,
            instant=moment.identity.instant,
            mark=moment.identity.mark,
            variables=_variables(hass, config, index, moment),
            left_out=left_out if number == 0 else 0,
        )
        for number, moment in enumerate(last)
    ]


async def _last(moments: Iterator[Moment]) -> tuple[list[Moment], int]:
    """Return the last moments, earliest first, and the number of earlier ones."""
    last: dict[Identity, Moment] = {}
    left_out = 0
    for number, moment in enumerate(moments):
        if len(last) < MOST:
            last.setdefault(moment.identity, moment)
        else:
            left_out += 1
        if number % _BREATH == 0:
            await asyncio.sleep(0)
    return list(reversed(last.values())), left_out


def _source(config: ConfigType) -> Source | None:
    """Return the source of a trigger's occurrences."""
    source = _SOURCES.get(config[CONF_PLATFORM])
    return source if source and source.recurs(config) else None


def _enabled(config: ConfigType) -> bool:
    """Return whether a trigger is enabled; raises CannotTell."""
    enabled = config.get(CONF_ENABLED, True)
    if isinstance(enabled, Template):
        try:
            enabled = enabled.async_render(limited=True)
        except TemplateError as error:
            raise CannotTell(f"`enabled` cannot be rendered: {error}") from error
    return bool(enabled)


def _variables(
    hass: HomeAssistant, config: ConfigType, index: int, moment: Moment
) -> Mapping[str, Any]:
    """Return the trigger's variables; raises CannotTell."""
    variables: dict[str, Any] = {
        "trigger": {
            "id": config.get(CONF_ID, f"{index}"),
            "idx": f"{index}",
            "alias": config.get(CONF_ALIAS),
            "platform": config[CONF_PLATFORM],
            "description": moment.description,
            **moment.gives,
        }
    }
    try:
        add_variables(hass, config, variables)
    except TemplateError as error:
        raise CannotTell(f"a variable cannot be rendered: {error}") from error
    return variables
