"""Samples for device triggers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_DEVICE_ID, CONF_DOMAIN, CONF_ENTITY_ID, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.typing import ConfigType

from .events import of_type
from .placeholder import Anything
from .states import change, having, other_than, present

_STATES = {
    "turned_on": "on",
    "turned_off": "off",
    "opened": "open",
    "closed": "closed",
    "locked": "locked",
    "unlocked": "unlocked",
}
"""State of the entity by the type of the device trigger."""


async def device(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a change of the device's entity, or an event of the device."""
    kind = str(config.get(CONF_TYPE, ""))
    named = config.get(CONF_ENTITY_ID)
    entity_id = er.async_resolve_entity_id(er.async_get(hass), named) if named else None
    if entity_id is None:
        data: dict[str, Any] = {
            name: config[name]
            for name in (CONF_DEVICE_ID, CONF_TYPE, "subtype")
            if name in config
        }
        told = of_type(hass, f"{config[CONF_DOMAIN]}_event", data)
        return Anything({**told, "payload": "Sample payload"})
    known = present(hass, entity_id)
    if known.domain == "binary_sensor":
        value = "off" if kind.startswith(("not_", "no_")) else "on"
    else:
        value = _STATES.get(kind, known.state)
    return change(
        having(known, other_than(value)),
        known if value == known.state else having(known, value),
        attribute=None,
    )
