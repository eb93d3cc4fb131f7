"""Occurrences of `time_pattern` triggers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .occurrence import Identity, Moment, Source
from .wall_clock import WallClock, latest_of

_UNITS = ("hours", "minutes", "seconds")


def _identify(config: ConfigType, trigger: Mapping[str, Any]) -> Identity:
    """Identify the occurrence of a live firing."""
    return Identity(instant=latest_of([_clock(config)], trigger["now"]))


async def _look_back(
    hass: HomeAssistant, config: ConfigType, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield occurrences, latest first."""
    # A trigger that fires each second is a plain interval and reports UTC.
    every_second = all(config.get(key, "*") == "*" for key in _UNITS)
    return (
        Moment(
            identity=Identity(instant=instant),
            description="time pattern",
            gives={"now": instant if every_second else dt_util.as_local(instant)},
        )
        for instant in _clock(config).back(since, until)
    )


def _clock(config: ConfigType) -> WallClock:
    """Return the matching clock; units below a given one are zero."""
    hours, minutes, seconds = (config.get(key) for key in _UNITS)
    if minutes is None and hours is not None:
        minutes = 0
    if seconds is None and minutes is not None:
        seconds = 0
    return WallClock(
        hours=frozenset(dt_util.parse_time_expression(hours, 0, 23)),
        minutes=frozenset(dt_util.parse_time_expression(minutes, 0, 59)),
        seconds=frozenset(dt_util.parse_time_expression(seconds, 0, 59)),
    )


SOURCE = Source(identify=_identify, look_back=_look_back)
