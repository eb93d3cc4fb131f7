"""Occurrences that were missed, for each kind of trigger that can tell."""

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
"""After how many steps others have their turn."""


def recurs(config: ConfigType) -> bool:
    """Say whether the occurrences of a trigger can be worked out afterwards.

    The configuration is one that Home Assistant has validated.
    """
    return _source(config) is not None


def occurrence_of(
    config: ConfigType, index: int, variables: Mapping[str, Any]
) -> Occurrence | None:
    """Return which occurrence a trigger that fires by itself is.

    None for a trigger whose occurrences cannot be worked out, and for a firing that
    is none of them, such as one because a schedule was changed.
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


async def missed_occurrences(
    hass: HomeAssistant,
    config: ConfigType,
    index: int,
    since: datetime,
    until: datetime,
) -> list[Occurrence]:
    """Return when a trigger was to fire from `since` up to `until`, both included.

    The earliest comes first. What it is worked out from, such as a schedule and
    Home Assistant's time zone, is taken as it is now. Nothing before `LONGEST` is
    looked for. Of more than `MOST` the last are given, and the first of those tells
    how many are left out; they are only counted, and the event loop has its turn all
    the while.

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
    """Return the last moments, the earliest first, and the number of those before."""
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
    """Return what works out the occurrences of a trigger."""
    source = _SOURCES.get(config[CONF_PLATFORM])
    return source if source and source.recurs(config) else None


def _enabled(config: ConfigType) -> bool:
    """Say whether a trigger is enabled; raises CannotTell."""
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
    """Return what the trigger would have given; raises CannotTell."""
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
    if CONF_VARIABLES in config:
        try:
            variables.update(config[CONF_VARIABLES].async_render(hass, variables))
        except TemplateError as error:
            raise CannotTell(f"a variable cannot be rendered: {error}") from error
    return variables
