"""What a trigger of a rule would tell, for a test and for a preview."""

from collections.abc import Collection
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .arming import entities_of_triggers


def sample_variables(
    hass: HomeAssistant, configs: Collection[ConfigType]
) -> dict[str, Any]:
    """Return variables as if the first trigger had just fired.

    With the present state of the first entity that it names as the one that it
    changed to, and from.
    """
    config = next(iter(configs), {})
    trigger: dict[str, Any] = {
        "id": "test",
        "idx": "0",
        "alias": config.get("alias"),
        "platform": config.get("platform", "test"),
        "description": "a test",
        "now": dt_util.now(),
    }
    for entity_id in sorted(entities_of_triggers([config])):
        if (state := hass.states.get(entity_id)) is not None:
            trigger |= {
                "entity_id": entity_id,
                "from_state": state,
                "to_state": state,
            }
            break
    return {"trigger": trigger}
