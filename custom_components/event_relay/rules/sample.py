"""What the triggers of a rule would tell, for a test and for a preview."""

from collections.abc import Collection
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from .arming import entities_of_triggers


def sample_variables(
    hass: HomeAssistant, configs: Collection[ConfigType]
) -> dict[str, Any]:
    """Return what templates would see if the first entity of the triggers fired now.

    Without one there is no `trigger`, and what needs it cannot be known.
    """
    for index, config in enumerate(configs):
        for entity_id in sorted(entities_of_triggers([config])):
            if (state := hass.states.get(entity_id)) is not None:
                trigger = {
                    "alias": config.get("alias"),
                    "attribute": None,
                    "description": f"state of {entity_id}",
                    "entity_id": entity_id,
                    "for": None,
                    "from_state": state,
                    "id": config.get("id", str(index)),
                    "idx": str(index),
                    "platform": config["platform"],
                    "to_state": state,
                }
                return {"trigger": trigger}
    return {}
