"""Base entities of a connection, and its device."""

from datetime import datetime
from math import inf
from typing import override

from homeassistant.core import CALLBACK_TYPE, Context, HassJob, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry, DeviceEntryType
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN
from .coordinator import RelayConfigEntry
from .outcomes.announcer import unique_id

WRITTEN_EVERY = 0.1
"""Least seconds between states of an entity that changes with every delivery."""


@callback
def async_register_device(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
    """Register or update the device of a connection."""
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


def device_of(
    entry: RelayConfigEntry, identifier: tuple[str, str]
) -> DeviceEntry | None:
    """Return a registered device for an entity.

    With `device_info` Home Assistant would check the device for each entity.
    """
    devices = dr.async_get(entry.runtime_data.hass)
    return devices.async_get_device_by_identifier(identifier, entry.entry_id)


class RelayEntity(Entity):
    """An entity of a connection; it is not polled."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    owner: str | None = None
    """None: what it shows is of the whole connection."""

    def __init__(self, entry: RelayConfigEntry, description: EntityDescription) -> None:
        """Initialize on the device of a connection."""
        self.entity_description = description
        self.coordinator = entry.runtime_data
        self._attr_unique_id = unique_id(entry.entry_id, None, description.key)
        self.device_entry = device_of(entry, (DOMAIN, entry.entry_id))


class ControlEntity(Entity):
    """An entity that is controlled by actions; it knows the context of the latest."""

    call_context: Context | None = None

    @callback
    @override
    def async_set_context(self, context: Context) -> None:
        """Note the context of an action, which Home Assistant sets right before it."""
        super().async_set_context(context)
        self.call_context = context


class BurstEntity(Entity):
    """An entity whose value changes with every delivery, possibly in bursts.

    The first change is written at once; those that follow soon are written as one.
    """

    _written_at = -inf
    """When a state was last written, in the event loop's time."""
    _cancel_write: CALLBACK_TYPE | None = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Cancel a pending write."""
        if self._cancel_write is not None:
            self._cancel_write()
        await super().async_will_remove_from_hass()

    @callback
    def async_write_soon(self) -> None:
        """Write the state now, or together with changes within a tenth of a second."""
        if self._cancel_write is not None:
            return
        wait = self._written_at + WRITTEN_EVERY - self.hass.loop.time()
        if wait <= 0:
            self._write()
        else:
            job = HassJob(self._write, cancel_on_shutdown=True)
            self._cancel_write = async_call_later(self.hass, wait, job)

    @callback
    def _write(self, _: datetime | None = None) -> None:
        """Write the state as it is now."""
        self._cancel_write = None
        self._written_at = self.hass.loop.time()
        self.async_write_ha_state()
