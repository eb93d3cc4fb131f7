"""Whether the user lets a rule or mirror work."""

from collections.abc import Coroutine
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import RelayConfigEntry, outbox_error
from .member_entity import MemberEntity, async_add_for_members
from .outbox.store import StoreError

PARALLEL_UPDATES = 1

ENABLED = SwitchEntityDescription(key="enabled", translation_key="enabled", name=None)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of each rule and mirror."""
    async_add_for_members(
        entry,
        async_add_entities,
        lambda member: [MemberSwitch(entry, member, ENABLED)],
    )


class MemberSwitch(MemberEntity, SwitchEntity):
    """Stands for the rule or mirror, as an automation's entity does for it.

    Whether it is on is remembered in the outbox's file, with all else that a rule
    remembers, and not by Home Assistant.
    """

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it may work; one that cannot be armed still may."""
        return self.member.enabled

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let it work from now on; raises HomeAssistantError."""
        await self._turn(self.member.async_enable())

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it work no more; raises HomeAssistantError."""
        await self._turn(self.member.async_disable())

    async def _turn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it, and show what it has come to."""
        try:
            await work
        except StoreError as error:
            raise outbox_error(error, self.coordinator.name) from error
        finally:
            self.async_write_ha_state()

    @override
    @callback
    def _member_changed(self) -> None:
        """Be `this` in its templates."""
        self.member.entity_id = self.entity_id
        if self.hass.states.get(self.entity_id) is not None:
            self.async_write_ha_state()
