"""Sensors for statistics: what was delivered, failed or expired, and how late."""

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

from .coordinator import RelayCoordinator
from .entity import RelayEntity
from .member_entity import MemberEntity
from .rules.member import Member
from .rules.outcome import OutcomeKind


@dataclass(frozen=True, kw_only=True)
class TallySensorDescription(SensorEntityDescription):
    """A sensor, and which outcomes it counts."""

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
MEMBER_TALLIES = tuple(
    replace(tally, entity_registry_enabled_default=False) for tally in TALLIES
)
"""Disabled until somebody wants them: a home may have hundreds of rules."""
DELAY = SensorEntityDescription(
    key="delay",
    translation_key="delay",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_display_precision=1,
    state_class=SensorStateClass.MEASUREMENT,
)
MEMBER_DELAY = replace(DELAY, entity_registry_enabled_default=False)


@dataclass
class TallyStoredData(SensorExtraStoredData):
    """What Home Assistant keeps of a sensor, and up to when it has counted."""

    until: datetime | None = None

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        until = self.until.isoformat() if self.until else None
        return {**super().as_dict(), "until": until}

    @classmethod
    @override
    def from_dict(cls, restored: dict[str, Any]) -> Self | None:
        """Return what was stored; None for what is nothing of the kind."""
        if (known := super().from_dict(restored)) is not None:
            known.until = dt_util.parse_datetime(str(restored.get("until")))
        return known


class StatisticsSensor(RestoreSensor):
    """Follows the numbers of a connection, or of a rule or mirror."""

    coordinator: RelayCoordinator

    @property
    def owner(self) -> str | None:
        """Whose numbers they are: None for those of the whole connection."""
        return None

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what was shown before, and follow the numbers."""
        await super().async_added_to_hass()
        await self._async_restore()
        self._read()
        self.async_on_remove(self.coordinator.tallies.listen(self._counted, self.owner))

    async def _async_restore(self) -> None:
        """Take up what was shown before."""
        raise NotImplementedError

    @callback
    def _counted(self) -> None:
        """Show the numbers, if they are others."""
        before = self._attr_native_value
        self._read()
        if self._attr_native_value != before:
            self.async_write_ha_state()

    def _read(self) -> None:
        """Take the value from what was counted."""
        raise NotImplementedError


class TallySensor(StatisticsSensor):
    """How many have ended in one way."""

    entity_description: TallySensorDescription
    _before = 0
    _until: datetime | None = None

    @property
    @override
    def extra_restore_state_data(self) -> TallyStoredData:
        """Return what is to be known after a restart."""
        return TallyStoredData(
            native_value=self.native_value,
            native_unit_of_measurement=self.native_unit_of_measurement,
            until=self.coordinator.tallies.until or self._until,
        )

    @override
    async def _async_restore(self) -> None:
        """Go on from the number before, and what has ended after it."""
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
        """Add what was counted in this run."""
        counted = self.coordinator.tallies.count(
            self.owner, self.entity_description.kind
        )
        self._attr_native_value = self._before + counted


class DelaySensor(StatisticsSensor):
    """How late the last that arrived was."""

    @override
    async def _async_restore(self) -> None:
        """Show what was shown before."""
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int | float):
            self._attr_native_value = last.native_value

    @override
    def _read(self) -> None:
        """Take that of the last in this run, if there was one."""
        if (delay := self.coordinator.tallies.delay(self.owner)) is not None:
            self._attr_native_value = delay


class RelayTally(TallySensor, RelayEntity):
    """Of all deliveries of a connection."""


class RelayDelay(DelaySensor, RelayEntity):
    """Of all deliveries of a connection."""


class _OfMember:
    """Whose numbers are those of a rule or mirror."""

    member: Member

    @property
    def owner(self) -> str:
        """The rule or mirror."""
        return self.member.id


class MemberTally(_OfMember, TallySensor, MemberEntity):
    """Of what a rule or mirror asked for."""


class MemberDelay(_OfMember, DelaySensor, MemberEntity):
    """Of what a rule or mirror asked for."""
