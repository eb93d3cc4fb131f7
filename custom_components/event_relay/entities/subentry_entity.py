"""Base entity of a rule or mirror, and its device."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..const import DOMAIN
from ..coordinator import RelayConfigEntry
from ..entity import device_of
from ..home_language import texts_of
from ..outcomes.announcer import unique_id
from ..permissions import async_demand, right_to_use
from ..rules.subentry_runner import SubentryRunner

type MakeEntities = Callable[[SubentryRunner], Iterable[Entity]]


@callback
def async_see_runners(
    entry: RelayConfigEntry, see: Callable[[SubentryRunner], None]
) -> None:
    """Call back for every present, new or changed rule and mirror."""
    if (rules := entry.runtime_data.rules) is None:
        return

    @callback
    def came(runner: SubentryRunner) -> None:
        # It may have been removed while its notes were read.
        if runner.id in entry.subentries:
            see(runner)

    for runner in rules.runners.values():
        came(runner)
    entry.async_on_unload(rules.listen_runners(came))


@callback
def async_register_runner(
    hass: HomeAssistant, entry: RelayConfigEntry, runner: SubentryRunner
) -> None:
    """Register or update the device of a rule or mirror."""
    async_register_part(hass, entry, entry.subentries[runner.id])


@callback
def async_register_part(
    hass: HomeAssistant, entry: RelayConfigEntry, part: ConfigSubentry
) -> None:
    """Register or update the device of a part of a connection."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=part.subentry_id,
        identifiers={part_identifier(entry, part.subentry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=part.title,
        manufacturer="Event Relay",
        model=texts_of(hass, "config_subentries")[f"{part.subentry_type}.entry_type"],
        via_device_id=dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
    )


@callback
def async_add_for_runners(
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: MakeEntities,
) -> None:
    """Add entities for every present and future rule and mirror.

    Disabled entities are left out: Home Assistant reloads the connection when one is
    enabled.
    """
    known: set[str] = set()
    registry = er.async_get(entry.runtime_data.hass)
    disabled = {
        one.unique_id
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
        if one.disabled
    }

    @callback
    def add(runner: SubentryRunner) -> None:
        # A changed runner keeps its entities.
        if runner.id not in known:
            known.add(runner.id)
            entities = [one for one in make(runner) if one.unique_id not in disabled]
            async_add_entities(entities, config_subentry_id=runner.id)

    async_see_runners(entry, add)


class SubentryEntity(Entity):
    """An entity of a rule or mirror; it outlives its runner."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: RelayConfigEntry,
        runner: SubentryRunner,
        description: EntityDescription,
    ) -> None:
        """Initialize on the device of a rule or mirror."""
        self.entity_description = description
        self.coordinator = entry.runtime_data
        self.runner = runner
        self.owner: str | None = runner.id
        """The rule or mirror that it shows."""
        self._attr_unique_id = unique_id(entry.entry_id, runner.id, description.key)
        self.device_entry = device_of(entry, part_identifier(entry, runner.id))

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for changes of the rule or mirror."""
        await super().async_added_to_hass()
        if (rules := self.coordinator.rules) is None:
            return
        self.async_on_remove(rules.listen_runners(self._use_runner, self.runner.id))
        # It may have changed while the entity was being added.
        self._use_runner(rules.runners.get(self.runner.id, self.runner))

    async def async_demand(self, context: Context | None) -> None:
        """Raise Unauthorized unless the user of a context may use it manually."""
        right = right_to_use(self.coordinator.forms, self.runner)
        await async_demand(self.hass, context, right)

    @callback
    def _use_runner(self, runner: SubentryRunner) -> None:
        """Use the new runner after a change."""
        self.runner = runner
        self._runner_changed()

    @callback
    def _runner_changed(self) -> None:
        """Update for the new runner."""


def part_identifier(entry: RelayConfigEntry, part_id: str) -> tuple[str, str]:
    """Return the device identifier of a rule, mirror or other part."""
    return DOMAIN, f"{entry.entry_id}_{part_id}"
