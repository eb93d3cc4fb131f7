"""Sensors of parts without a runner, such as HTTP requests."""

from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..backends.forms import Trait
from ..coordinator import RelayConfigEntry
from ..entity import device_of
from ..outcomes.announcer import unique_id
from .subentry_entity import async_register_part, part_identifier


@callback
def async_add_for_parts(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a sensor for each present and future part that has a trait to show."""
    known: set[str] = set()
    traits = entry.runtime_data.forms.traits

    @callback
    def add() -> None:
        for part in entry.subentries.values():
            if (trait := traits.get(part.subentry_type)) is None:
                continue
            async_register_part(hass, entry, part)
            if part.subentry_id not in known:
                known.add(part.subentry_id)
                sensor = TraitSensor(entry, part, trait)
                async_add_entities([sensor], config_subentry_id=part.subentry_id)

    async def updated(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
        add()
        async_dispatcher_send(hass, _signal(entry))

    if traits:
        add()
        entry.async_on_unload(entry.add_update_listener(updated))


def _signal(entry: RelayConfigEntry) -> str:
    """Return the dispatcher signal for a possible change of parts."""
    return f"{entry.domain}_parts_{entry.entry_id}"


class TraitSensor(SensorEntity):
    """Shows a trait of a connection's part, read from its settings."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(
        self, entry: RelayConfigEntry, part: ConfigSubentry, trait: Trait
    ) -> None:
        """Initialize on the device of a part."""
        self.entity_description = SensorEntityDescription(
            key=trait.translation_key,
            translation_key=trait.translation_key,
            options=[*trait.options],
        )
        self._entry = entry
        self._part_id = part.subentry_id
        self._trait = trait
        self._attr_unique_id = unique_id(
            entry.entry_id, part.subentry_id, trait.translation_key
        )
        self.device_entry = device_of(entry, part_identifier(entry, part.subentry_id))

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for changes of the part."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, _signal(self._entry), self.async_write_ha_state
            )
        )

    @property
    @override
    def native_value(self) -> str | None:
        """Return the trait; None if the part is unreadable or removed."""
        if (part := self._entry.subentries.get(self._part_id)) is None:
            return None
        value = self._trait.read(part.data)
        return value if value in self._trait.options else None
