"""Read-only calendar of what a connection's backend has planned."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .backends.outside_calendar import Planned
from .const import DOMAIN
from .coordinator import RelayConfigEntry
from .entity import RelayEntity
from .planned import PlannedCoordinator

PARALLEL_UPDATES = 0

PLANNED = CalendarEntityDescription(
    key="planned_events",
    translation_key="planned_events",
    # It is polled, and shows titles to everyone who sees states.
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendar of a connection whose backend has one."""
    if (calendar := entry.runtime_data.forms.calendar) is not None:
        planned = PlannedCoordinator(hass, entry, calendar)
        async_add_entities([RelayCalendar(entry, planned)])


class RelayCalendar(RelayEntity, CalendarEntity):
    """A read-only calendar; the backend is polled only while it is enabled."""

    def __init__(self, entry: RelayConfigEntry, planned: PlannedCoordinator) -> None:
        """Initialize with the coordinator."""
        super().__init__(entry, PLANNED)
        self._planned = planned

    @override
    async def async_added_to_hass(self) -> None:
        """Start reading, without waiting for the backend."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self._planned.async_add_listener(self.async_write_ha_state)
        )
        self.async_on_remove(self._planned.async_follow())
        entry = self._planned.config_entry
        _ = entry.async_create_background_task(
            self.hass, self._planned.async_refresh(), f"{DOMAIN} calendar"
        )

    @property
    @override
    def available(self) -> bool:
        """Return whether the last read succeeded."""
        return self._planned.known and self._planned.last_update_success

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the current or next event."""
        current = self._current
        return None if current is None else _event(current)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return the progress of the event shown."""
        current = self._current
        return {"lifecycle_status": None if current is None else current.status}

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events in a time range, from the last read."""
        return [
            _event(one)
            for one in self._planned.data
            if one.start < end_date and one.end > start_date
        ]

    @property
    def _current(self) -> Planned | None:
        """Return the first event that is not over."""
        now = dt_util.utcnow()
        return next((one for one in self._planned.data if one.end > now), None)


def _event(planned: Planned) -> CalendarEvent:
    """Convert a planned item to a calendar event."""
    return CalendarEvent(
        uid=planned.id,
        summary=planned.title,
        start=dt_util.as_local(planned.start),
        end=dt_util.as_local(planned.end),
        description=planned.description,
        location=planned.location,
    )
