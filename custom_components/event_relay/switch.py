"""Switches to pause a connection, and to disable rules and mirrors."""

from collections.abc import Awaitable, Callable
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import RelayConfigEntry
from .entities.subentry_entity import SubentryEntity, async_add_for_runners
from .entity import ControlEntity, RelayEntity
from .errors import outbox_error
from .outcomes.announcer import ENABLED
from .permissions import Right, async_demand
from .queue.store.store import StoreError
from .rules.subentry_runner import SubentryRunner

PARALLEL_UPDATES = 1

ATTR_ARMED = "armed"

SUBENTRY_ENABLED = SwitchEntityDescription(
    key=ENABLED, translation_key="enabled", name=None
)

DELIVERY = SwitchEntityDescription(
    key="delivery",
    translation_key="delivery",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of the connection, and one per rule and mirror."""
    async_add_entities([DeliverySwitch(entry, DELIVERY)])
    async_add_for_runners(
        entry,
        async_add_entities,
        lambda runner: [SubentrySwitch(entry, runner, SUBENTRY_ENABLED)],
    )


class DeliverySwitch(ControlEntity, RelayEntity, SwitchEntity):
    """Off while the user pauses a connection: accepted deliveries wait.

    Stored in the options of the connection.
    """

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the connection: a repair resumes it, too."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_add_listener(self.async_write_ha_state)
        )

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the user lets deliveries go out."""
        return not self.coordinator.worker.switched_off

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Resume deliveries; raises Unauthorized."""
        await self._turn(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Pause deliveries, except those in flight; raises Unauthorized."""
        await self._turn(on=False)

    async def _turn(self, *, on: bool) -> None:
        """Turn the switch if the user is permitted."""
        await async_demand(self.hass, self.call_context, Right.ADMINISTER)
        self.coordinator.async_switch(on=on)


def _nothing() -> None:
    """Do nothing, in place of a callback to remove a watcher."""


class SubentrySwitch(ControlEntity, SubentryEntity, SwitchEntity):
    """Represents the rule or mirror, as an automation's entity does.

    Its state is stored in the queue's file with the rule's other notes, and not by Home
    Assistant.
    """

    _stop_watching: Callable[[], None] = staticmethod(_nothing)

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is enabled, even if it cannot be armed."""
        return self.runner.enabled

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return whether it is armed: an enabled one may lack what it needs."""
        return {ATTR_ARMED: self.runner.armed}

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for changes of the armed state."""
        await super().async_added_to_hass()
        self.async_on_remove(self._unwatch)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Enable it from now on; raises Unauthorized or HomeAssistantError."""
        await self._turn(lambda runner: runner.async_enable())

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Disable it; raises Unauthorized or HomeAssistantError."""
        await self._turn(lambda runner: runner.async_disable())

    async def _turn(self, turn: Callable[[SubentryRunner], Awaitable[None]]) -> None:
        """Switch the runner if the user is permitted, and write the state."""
        await self.async_demand(self.call_context)
        try:
            await turn(self.runner)
        except StoreError as error:
            raise outbox_error(error, self.coordinator.name) from error
        finally:
            self.async_write_ha_state()

    @override
    @callback
    def _runner_changed(self) -> None:
        """Become `this` in its templates, and watch its armed state."""
        self.runner.entity_id = self.entity_id
        self._unwatch()
        self._stop_watching = self.runner.watch(self._show)
        self._show()

    @callback
    def _unwatch(self) -> None:
        """Stop watching the former runner."""
        self._stop_watching()
        self._stop_watching = _nothing

    @callback
    def _show(self) -> None:
        """Write the state, but not before the entity is added."""
        if self.hass.states.get(self.entity_id) is not None:
            self.async_write_ha_state()
