"""The device of a connection, and what all its entities have in common."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .announcing import unique_id
from .const import DOMAIN
from .coordinator import RelayConfigEntry


@callback
def async_register_device(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
    """Register the device of a connection, or bring it up to date."""
    coordinator = entry.runtime_data
    product = coordinator.forms.product(entry.data, coordinator.data)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=entry.title,
        manufacturer=product.manufacturer,
        model=product.model,
        sw_version=product.version,
        configuration_url=product.address,
    )


class RelayEntity(Entity):
    """An entity of a connection; it is told when to write its state."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: RelayConfigEntry, description: EntityDescription) -> None:
        """Belong to the device of a connection."""
        self.entity_description = description
        self.coordinator = entry.runtime_data
        self._attr_unique_id = unique_id(entry.entry_id, None, description.key)
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})
