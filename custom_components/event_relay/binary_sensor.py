"""Binary sensor for the connectivity of a connection."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import RelayConfigEntry
from .entity import RelayEntity
from .outcomes.announcer import CONNECTIVITY

PARALLEL_UPDATES = 0

RELAY_CONNECTIVITY = BinarySensorEntityDescription(
    key=CONNECTIVITY,
    translation_key=CONNECTIVITY,
    # It represents the connection, also in Activity, and therefore has its name.
    name=None,
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the connectivity sensor of the connection."""
    async_add_entities([RelayConnectivity(entry, RELAY_CONNECTIVITY)])


class RelayConnectivity(RelayEntity, BinarySensorEntity):
    """Shows whether the last contact succeeded; always available."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the health of the connection."""
        self.async_on_remove(
            self.coordinator.async_add_listener(self.async_write_ha_state)
        )

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the backend responded to the last request."""
        return self.coordinator.last_update_success
