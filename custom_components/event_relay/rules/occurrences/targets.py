"""Resolves the entities of a trigger's target."""

from homeassistant.const import CONF_TARGET
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.typing import ConfigType


def targeted(hass: HomeAssistant, config: ConfigType, domain: str) -> list[str]:
    """Return the entities of a domain that a trigger targets now."""
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(config[CONF_TARGET]), expand_group=False
    )
    return sorted(
        entity_id
        for entity_id in selected.referenced | selected.indirectly_referenced
        if split_entity_id(entity_id)[0] == domain
    )
