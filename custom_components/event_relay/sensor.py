"""What waits in the outbox of a connection, what failed and what arrived."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import RelayConfigEntry
from .entity import RelayEntity
from .outbox.store import Counts

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CountSensorDescription(SensorEntityDescription):
    """A sensor, and how it is read from what was counted."""

    value_fn: Callable[[Counts], int | datetime | None]


SENSORS: tuple[CountSensorDescription, ...] = (
    CountSensorDescription(
        key="pending_deliveries",
        translation_key="pending_deliveries",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda counts: counts.waiting,
    ),
    CountSensorDescription(
        key="failed_deliveries",
        translation_key="failed_deliveries",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda counts: counts.failed,
    ),
    CountSensorDescription(
        key="oldest_pending",
        translation_key="oldest_pending",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda counts: counts.oldest_at,
    ),
    CountSensorDescription(
        key="last_delivery",
        translation_key="last_delivery",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda counts: counts.delivered_at,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the connection."""
    async_add_entities(CountSensor(entry, description) for description in SENSORS)


class CountSensor(RelayEntity, SensorEntity):
    """Something that is read from the file, also after a restart."""

    entity_description: CountSensorDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is counted."""
        self.async_on_remove(
            self.coordinator.counts.async_add_listener(self.async_write_ha_state)
        )

    @property
    @override
    def available(self) -> bool:
        """Return whether the outbox could be read."""
        return self.coordinator.counts.last_update_success

    @property
    @override
    def native_value(self) -> int | datetime | None:
        """Return what was counted."""
        return self.entity_description.value_fn(self.coordinator.counts.data)
