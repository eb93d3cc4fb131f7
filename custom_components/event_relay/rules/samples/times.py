"""Samples for triggers on times, sun and moon, and Home Assistant itself."""

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
    """Return the present time."""
    at = next(iter(cv.ensure_list(config.get(CONF_AT))), None)
    named = at.get(CONF_ENTITY_ID) if isinstance(at, Mapping) else at
    is_entity = isinstance(named, str) and hass.states.get(named) is not None
    return {
        "now": dt_util.now(),
        "entity_id": named if is_entity else None,
        "description": "time",
    }


async def time_pattern(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return the present time."""
    return {"now": dt_util.now(), "description": "time pattern"}


async def sun(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return the sun event of the trigger."""
    options = config.get(CONF_OPTIONS, config)
    event = options.get(CONF_EVENT, "sunset")
    return {
        "event": event,
        "offset": options.get(CONF_OFFSET, timedelta()),
        "description": f"sun event {event}",
    }


async def moon(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return the moon phase of the trigger."""
    phase = config.get(CONF_OPTIONS, {}).get("phase", "any")
    return {
        "phase": "full_moon" if phase == "any" else phase,
        "previous_phase": "waxing_gibbous",
        "description": "moon phase changed",
    }


async def home_assistant(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return the start or stop of the trigger."""
    event = config[CONF_EVENT]
    word = "stopping" if event == "shutdown" else "starting"
    return {"event": event, "description": f"Home Assistant {word}"}
