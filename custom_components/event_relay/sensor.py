"""Sensors for pending, failed, lost and held-back deliveries, and the last one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    ATTR_STATE_CLASS,
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import RelayConfigEntry
from .entities.part_sensors import async_add_for_parts
from .entities.subentry_entity import SubentryEntity, async_add_for_runners
from .entities.summary_sensor import SUMMARY, SummarySensor
from .entities.tally_sensors import (
    DELAY,
    SUBENTRY_DELAY,
    SUBENTRY_TALLIES,
    TALLIES,
    RelayDelay,
    RelayTally,
    SubentryDelay,
    SubentryTally,
)
from .entity import BurstEntity, RelayEntity
from .outcomes.announcer import Announcement
from .outcomes.losses import Losses
from .queue.store.store import Counts
from .rules.held_back import HeldBack
from .rules.outcome import OutcomeKind
from .rules.rule_runner import RuleRunner
from .rules.subentry_runner import SubentryRunner

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CountSensorDescription(SensorEntityDescription):
    """Describes a sensor and its value from the counts."""

    value_fn: Callable[[Counts], int | datetime | None]


@dataclass(frozen=True, kw_only=True)
class LossSensorDescription(SensorEntityDescription):
    """Describes a sensor of losses and its value."""

    value_fn: Callable[[Losses], int]


LOST = (
    LossSensorDescription(
        key="refused_deliveries",
        translation_key="refused_deliveries",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda losses: losses.refused,
    ),
)

NOT_IN_ACTIVITY = {ATTR_STATE_CLASS: None}
"""Attributes of a sensor whose changes Activity leaves out.

Activity does so for sensors that have a state class, even None. A line per delivery
would only repeat the one that describes the outcome.
"""


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
)

LAST_DELIVERY = CountSensorDescription(
    key="last_delivery",
    translation_key="last_delivery",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda counts: counts.delivered_at,
)
HELD_BACK = SensorEntityDescription(
    key="held_back",
    translation_key="held_back",
    state_class=SensorStateClass.TOTAL_INCREASING,
    entity_category=EntityCategory.DIAGNOSTIC,
)
SUBENTRY_LAST_DELIVERY = SensorEntityDescription(
    key="last_delivery",
    translation_key="last_delivery",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the connection, and of its rules, mirrors and other parts."""
    async_add_entities(CountSensor(entry, description) for description in SENSORS)
    async_add_entities([LastDeliverySensor(entry, LAST_DELIVERY)])
    async_add_entities(LossSensor(entry, description) for description in LOST)
    async_add_entities(RelayTally(entry, description) for description in TALLIES)
    async_add_entities([RelayDelay(entry, DELAY)])
    async_add_for_runners(
        entry,
        async_add_entities,
        lambda runner: _sensors_of(entry, runner),
    )
    async_add_for_parts(hass, entry, async_add_entities)


def _sensors_of(entry: RelayConfigEntry, runner: SubentryRunner) -> list[SensorEntity]:
    """Return the sensors of a rule or mirror; only rules hold firings back."""
    sensors: list[SensorEntity] = [
        SubentryLastDelivery(entry, runner, SUBENTRY_LAST_DELIVERY),
        *(
            SubentryTally(entry, runner, description)
            for description in SUBENTRY_TALLIES
        ),
        SubentryDelay(entry, runner, SUBENTRY_DELAY),
    ]
    if isinstance(runner, RuleRunner):
        sensors.append(HeldBackSensor(entry, runner, HELD_BACK))
        sensors.append(SummarySensor(entry, runner, SUMMARY))
    return sensors


class CountSensor(RelayEntity, SensorEntity):
    """A sensor read from the queue's file, also after a restart."""

    entity_description: CountSensorDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the counts."""
        await super().async_added_to_hass()
        self._read()
        self.async_on_remove(self.coordinator.counts.async_add_listener(self._counted))

    @property
    @override
    def available(self) -> bool:
        """Return whether the queue could be read."""
        return self.coordinator.counts.last_update_success

    @callback
    def _counted(self) -> None:
        """Update the state from the counts."""
        self._read()
        self.async_write_ha_state()

    def _read(self) -> None:
        """Set the value from the counts."""
        counts = self.coordinator.counts.data
        self._attr_native_value = self.entity_description.value_fn(counts)


class LastDeliverySensor(CountSensor, RestoreSensor):
    """The last arrival, kept after the delivery is deleted from the file."""

    _attr_extra_state_attributes = NOT_IN_ACTIVITY

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the value from before a restart."""
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, datetime):
            self._attr_native_value = last.native_value
        await super().async_added_to_hass()

    @override
    def _read(self) -> None:
        """Set the value if the file has one."""
        if self.coordinator.counts.data.delivered_at is not None:
            super()._read()


class LossSensor(RelayEntity, RestoreSensor):
    """Total number of losses, continued through restarts, for statistics."""

    entity_description: LossSensorDescription
    _before = 0

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the total."""
        await super().async_added_to_hass()
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int | float):
            self._before = int(last.native_value)
        self._read()
        self.async_on_remove(self.coordinator.losses.listen(self._counted))

    @callback
    def _counted(self) -> None:
        """Update the state from the counts."""
        self._read()
        self.async_write_ha_state()

    def _read(self) -> None:
        """Add the count of this run."""
        counted = self.entity_description.value_fn(self.coordinator.losses)
        self._attr_native_value = self._before + counted


class SubentryLastDelivery(BurstEntity, SubentryEntity, RestoreSensor):
    """The last arrival of a rule's or mirror's delivery.

    Home Assistant restores it, so that start-up reads nothing.
    """

    _attr_extra_state_attributes = NOT_IN_ACTIVITY

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the value, and listen to announcements."""
        await super().async_added_to_hass()
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, datetime):
            self._attr_native_value = last.native_value
        self.async_on_remove(
            self.coordinator.announcer.listen(self._announced, self.runner.id)
        )

    @callback
    def _announced(self, announcement: Announcement) -> None:
        """Update the state after an arrival."""
        outcome = announcement.outcome
        if outcome.kind is OutcomeKind.DELIVERED and outcome.delivery is not None:
            self._attr_native_value = outcome.delivery.settled_at
            self.async_set_context(announcement.context)
            self.async_write_soon()


class HeldBackSensor(BurstEntity, SubentryEntity, SensorEntity):
    """Number of firings that a rule held back in this run, with the last reason."""

    _stop_listening: CALLBACK_TYPE | None = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Remove the listener."""
        self._follow(None)
        await super().async_will_remove_from_hass()

    @override
    @callback
    def _runner_changed(self) -> None:
        """Follow the new runner."""
        if isinstance(self.runner, RuleRunner):
            self._follow(self.runner.held_back)
            self._read()

    def _follow(self, held_back: HeldBack | None) -> None:
        """Listen to another count in place of the former."""
        if self._stop_listening is not None:
            self._stop_listening()
        self._stop_listening = (
            None if held_back is None else held_back.listen(self._counted)
        )

    @callback
    def _counted(self) -> None:
        """Update the state from the counts."""
        self._read()
        self.async_write_soon()

    def _read(self) -> None:
        """Set the value from the counts."""
        if isinstance(self.runner, RuleRunner):
            held_back = self.runner.held_back
            self._attr_native_value = held_back.count
            self._attr_extra_state_attributes = {
                "last_reason": held_back.reason,
                "last_entity": held_back.entity_id,
                "last_time": held_back.at,
            }
