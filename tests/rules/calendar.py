"""A calendar with prepared events."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant


class Calendar(CalendarEntity):
    """A calendar with prepared events."""

    _attr_name = "Test"
    entity_id = "calendar.test"

    def __init__(self, events: list[CalendarEvent]) -> None:
        self.events = events

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [
            one
            for one in self.events
            if one.start_datetime_local < end_date
            and one.end_datetime_local > start_date
        ]
