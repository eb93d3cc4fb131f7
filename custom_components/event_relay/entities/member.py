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
from ..rules.member import Member

type MakeEntities = Callable[[Member], Iterable[Entity]]


@callback
def async_see_members(entry: RelayConfigEntry, see: Callable[[Member], None]) -> None:
    """Call back for every present, new or changed rule and mirror."""
    if (rules := entry.runtime_data.rules) is None:
        return

    @callback
    def came(member: Member) -> None:
        # It may have been removed while its notes were read.
        if member.id in entry.subentries:
            see(member)

    for member in rules.members.values():
        came(member)
    entry.async_on_unload(rules.listen_members(came))


@callback
def async_register_member(
    hass: HomeAssistant, entry: RelayConfigEntry, member: Member
) -> None:
    """Register or update the device of a rule or mirror."""
    async_register_part(hass, entry, entry.subentries[member.id])


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
def async_add_for_members(
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
    def add(member: Member) -> None:
        # A changed member keeps its entities.
        if member.id not in known:
            known.add(member.id)
            entities = [one for one in make(member) if one.unique_id not in disabled]
            async_add_entities(entities, config_subentry_id=member.id)

    async_see_members(entry, add)


class MemberEntity(Entity):
    """An entity of a rule or mirror; it outlives the running member."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: RelayConfigEntry, member: Member, description: EntityDescription
    ) -> None:
        """Initialize on the device of a rule or mirror."""
        self.entity_description = description
        self.coordinator = entry.runtime_data
        self.member = member
        self.owner: str | None = member.id
        """The rule or mirror that it shows."""
        self._attr_unique_id = unique_id(entry.entry_id, member.id, description.key)
        self.device_entry = device_of(entry, part_identifier(entry, member.id))

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for changes of the rule or mirror."""
        await super().async_added_to_hass()
        if (rules := self.coordinator.rules) is None:
            return
        self.async_on_remove(rules.listen_members(self._member_came, self.member.id))
        # It may have changed while the entity was being added.
        self._member_came(rules.members.get(self.member.id, self.member))

    async def async_demand(self, context: Context | None) -> None:
        """Raise Unauthorized unless the user of a context may use it manually."""
        right = right_to_use(self.coordinator.forms, self.member)
        await async_demand(self.hass, context, right)

    @callback
    def _member_came(self, member: Member) -> None:
        """Use the new member after a change."""
        self.member = member
        self._member_changed()

    @callback
    def _member_changed(self) -> None:
        """Update for the new member."""


def part_identifier(entry: RelayConfigEntry, part_id: str) -> tuple[str, str]:
    """Return the device identifier of a rule, mirror or other part."""
    return DOMAIN, f"{entry.entry_id}_{part_id}"
