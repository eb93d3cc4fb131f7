"""Samples for triggers on times, the sky, and Home Assistant itself."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.const import (
    CONF_AT,
    CONF_ENTITY_ID,
    CONF_EVENT,
    CONF_OFFSET,
    CONF_OPTIONS,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util


async def time(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give the present as the time."""
    at = next(iter(cv.ensure_list(config.get(CONF_AT))), None)
    named = at.get(CONF_ENTITY_ID) if isinstance(at, Mapping) else at
    is_entity = isinstance(named, str) and hass.states.get(named) is not None
    return {
        "now": dt_util.now(),
        "entity_id": named if is_entity else None,
        "description": "time",
    }


async def time_pattern(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give the present as the time."""
    return {"now": dt_util.now(), "description": "time pattern"}


async def sun(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give the event of the sun that the trigger is for."""
    options = config.get(CONF_OPTIONS, config)
    event = options.get(CONF_EVENT, "sunset")
    return {
        "event": event,
        "offset": options.get(CONF_OFFSET, timedelta()),
        "description": f"sun event {event}",
    }


async def moon(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give the phase that the trigger is for."""
    phase = config.get(CONF_OPTIONS, {}).get("phase", "any")
    return {
        "phase": "full_moon" if phase == "any" else phase,
        "previous_phase": "waxing_gibbous",
        "description": "moon phase changed",
    }


async def home_assistant(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give the start or the stop that the trigger is for."""
    event = config[CONF_EVENT]
    word = "stopping" if event == "shutdown" else "starting"
    return {"event": event, "description": f"Home Assistant {word}"}
