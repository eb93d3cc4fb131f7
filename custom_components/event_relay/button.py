"""What can be done about the outbox of a connection with one press."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import RelayConfigEntry
from .deliveries import async_retry_failed
from .entity import RelayEntity

PARALLEL_UPDATES = 1

RETRY_FAILED = ButtonEntityDescription(
    key="retry_failed", translation_key="retry_failed"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of the connection."""
    async_add_entities([RetryButton(entry, RETRY_FAILED)])


class RetryButton(RelayEntity, ButtonEntity):
    """Opens again what failed for a known reason, also while the backend is away."""

    @override
    async def async_press(self) -> None:
        """Open it again; raises HomeAssistantError if the outbox cannot be used."""
        await async_retry_failed(self.coordinator.config_entry)
