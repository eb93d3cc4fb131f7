"""Sensors for statistics: delivered, failed and expired deliveries, and delay."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntityDescription,
    SensorExtraStoredData,
    SensorStateClass,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..coordinator import RelayCoordinator
from ..entity import RelayEntity
from ..rules.outcome import OutcomeKind
from .subentry_entity import SubentryEntity


@dataclass(frozen=True, kw_only=True)
class TallySensorDescription(SensorEntityDescription):
    """Describes a sensor and the outcomes that it counts."""

    kind: OutcomeKind


DELIVERED = TallySensorDescription(
    key="total_delivered",
    translation_key="total_delivered",
    state_class=SensorStateClass.TOTAL_INCREASING,
    kind=OutcomeKind.DELIVERED,
)
FAILED = TallySensorDescription(
    key="total_failed",
    translation_key="total_failed",
    state_class=SensorStateClass.TOTAL_INCREASING,
    kind=OutcomeKind.FAILED,
)
EXPIRED = TallySensorDescription(
    key="expired_deliveries",
    translation_key="expired_deliveries",
    state_class=SensorStateClass.TOTAL_INCREASING,
    kind=OutcomeKind.EXPIRED,
)
TALLIES = (DELIVERED, FAILED, EXPIRED)
SUBENTRY_TALLIES = tuple(
    replace(tally, entity_registry_enabled_default=False) for tally in TALLIES
)
"""Disabled by default: a home may have hundreds of rules."""
DELAY = SensorEntityDescription(
    key="delay",
    translation_key="delay",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_display_precision=1,
    state_class=SensorStateClass.MEASUREMENT,
)
SUBENTRY_DELAY = replace(DELAY, entity_registry_enabled_default=False)


@dataclass
class TallyStoredData(SensorExtraStoredData):
    """Stored value of a sensor, and the time up to which it has counted."""

    until: datetime | None = None

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return the data to store."""
        until = self.until.isoformat() if self.until else None
        return {**super().as_dict(), "until": until}

    @classmethod
    @override
    def from_dict(cls, restored: dict[str, Any]) -> Self | None:
        """Return the stored data; None if they are invalid."""
        if (known := super().from_dict(restored)) is not None:
            known.until = dt_util.parse_datetime(str(restored.get("until")))
        return known


class StatisticsSensor(RestoreSensor):
    """Shows numbers of a connection, or of a rule or mirror."""

    coordinator: RelayCoordinator
    owner: str | None
    """The owner of the numbers: None for the whole connection."""

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the value, and listen to the numbers."""
        await super().async_added_to_hass()
        await self._async_restore()
        self._read()
        self.async_on_remove(self.coordinator.tallies.listen(self._counted, self.owner))

    async def _async_restore(self) -> None:
        """Restore the value."""
        raise NotImplementedError

    @callback
    def _counted(self) -> None:
        """Write the state if the numbers have changed."""
        before = self._attr_native_value
        self._read()
        if self._attr_native_value != before:
            self.async_write_ha_state()

    def _read(self) -> None:
        """Set the value from the numbers."""
        raise NotImplementedError


class TallySensor(StatisticsSensor):
    """Number of deliveries with one kind of outcome."""

    entity_description: TallySensorDescription
    _before = 0
    _until: datetime | None = None

    @property
    @override
    def extra_restore_state_data(self) -> TallyStoredData:
        """Return the data to restore after a restart."""
        return TallyStoredData(
            native_value=self.native_value,
            native_unit_of_measurement=self.native_unit_of_measurement,
            until=self.coordinator.tallies.until or self._until,
        )

    @override
    async def _async_restore(self) -> None:
        """Restore the total, and add the outcomes since."""
        stored = await self.async_get_last_extra_data()
        last = TallyStoredData.from_dict(stored.as_dict()) if stored else None
        if last is None or not isinstance(last.native_value, int | float):
            return
        self._before, self._until = int(last.native_value), last.until
        if last.until is not None:
            self._before += await self.coordinator.tallies.async_missing(
                self.owner, self.entity_description.kind, last.until
            )

    @override
    def _read(self) -> None:
        """Add the count of this run."""
        counted = self.coordinator.tallies.count(
            self.owner, self.entity_description.kind
        )
        self._attr_native_value = self._before + counted


class DelaySensor(StatisticsSensor):
    """Delay of the last arrival."""

    @override
    async def _async_restore(self) -> None:
        """Restore the value."""
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int | float):
            self._attr_native_value = last.native_value

    @override
    def _read(self) -> None:
        """Set the delay of the last arrival in this run, if any."""
        if (delay := self.coordinator.tallies.delay(self.owner)) is not None:
            self._attr_native_value = delay


class RelayTally(TallySensor, RelayEntity):
    """For all deliveries of a connection."""


class RelayDelay(DelaySensor, RelayEntity):
    """For all deliveries of a connection."""


class SubentryTally(TallySensor, SubentryEntity):
    """For the deliveries of a rule or mirror."""


class SubentryDelay(DelaySensor, SubentryEntity):
    """For the deliveries of a rule or mirror."""
