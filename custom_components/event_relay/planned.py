"""Coordinator that reads what a backend has planned."""

from datetime import timedelta
import logging
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .backends.errors import BackendError
from .backends.outside_calendar import OutsideCalendar, Planned
from .coordinator import RelayConfigEntry
from .errors import update_error
from .queue.delivery import Delivery, DeliveryState

_LOGGER = logging.getLogger(__name__)

POLL = timedelta(minutes=10)
"""Poll interval; changes by others are not pushed."""
PAUSE = 2.0
"""Cooldown in seconds between reads caused by our own deliveries."""


class PlannedCoordinator(DataUpdateCoordinator[tuple[Planned, ...]]):
    """Reads the list while it has listeners, and after our own changes."""

    config_entry: RelayConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: RelayConfigEntry, calendar: OutsideCalendar
    ) -> None:
        """Initialize without reading."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=POLL,
            request_refresh_debouncer=Debouncer(
                hass, _LOGGER, cooldown=PAUSE, immediate=True
            ),
        )
        self.data = ()
        self.known = False
        """Whether the list was read at least once."""
        self._calendar = calendar

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Read again when a delivery changes the list; return a callback to stop."""
        return self.config_entry.runtime_data.queue.listen(self._async_changed)

    @callback
    def _async_changed(self, delivery: Delivery) -> None:
        """Request a read if the delivery has changed the list."""
        if (
            delivery.state is DeliveryState.DELIVERED
            and delivery.operation in self._calendar.changed_by
        ):
            _ = self.config_entry.async_create_background_task(
                self.hass, self.async_request_refresh(), f"{self.name} planned"
            )

    @override
    async def _async_update_data(self) -> tuple[Planned, ...]:
        """Read all planned items, in order.

        A success does not count as contact: reads may work while writes are refused.
        """
        relay = self.config_entry.runtime_data
        try:
            planned = await self._calendar.read(relay.client)
        except BackendError as error:
            title = self.config_entry.title
            raise update_error(self.hass, error, title) from error
        self.known = True
        return tuple(sorted(planned, key=lambda one: (one.start, one.end, one.id)))
