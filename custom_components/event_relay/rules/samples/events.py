"""Samples for event triggers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_NAME,
    CONF_DEVICE_ID,
    CONF_EVENT_DATA,
    EVENT_STATE_CHANGED,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv, template
from homeassistant.helpers.typing import ConfigType

from .placeholder import Anything
from .states import having, other_than, present

_EVENT_TYPE = "event_type"


async def event(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return an event of the first type, with the data that the trigger requires."""
    types = template.render_complex(cv.ensure_list(config[_EVENT_TYPE]))
    asked = template.render_complex(dict(config.get(CONF_EVENT_DATA) or {}))
    return of_type(hass, str(types[0]), asked)


async def tag(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a scan of the first tag."""
    tag_id = str(cv.ensure_list(config["tag_id"])[0])
    devices = cv.ensure_list(config.get(CONF_DEVICE_ID))
    data = {
        "tag_id": tag_id,
        ATTR_NAME: f"Tag {tag_id}",
        ATTR_DEVICE_ID: devices[0] if devices else None,
    }
    return {"event": Event("tag_scanned", data), "description": "Tag scanned"}


def of_type(
    hass: HomeAssistant, event_type: str, asked: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the trigger variables of an event of a type."""
    data = dict(asked)
    if event_type == EVENT_STATE_CHANGED:
        entity_id = data.get(ATTR_ENTITY_ID) or next(
            iter(sorted(hass.states.async_entity_ids())), "sensor.sample"
        )
        known = present(hass, entity_id)
        data |= {
            ATTR_ENTITY_ID: entity_id,
            "old_state": having(known, other_than(known.state)),
            "new_state": known,
        }
    return {
        "event": Event(event_type, Anything(data, event_type)),
        "description": f"event '{event_type}'",
    }
