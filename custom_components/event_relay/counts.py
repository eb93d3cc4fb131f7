"""Coordinator that counts a connection's pending and failed deliveries."""

from collections.abc import Coroutine
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN
from .home_language import reason_in_words
from .queue.delivery import Delivery
from .queue.queue import DeliveryQueue
from .queue.store.store import Counts, Store, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

SETTLING = 1.0
"""Seconds from a change to the next count.

Debounces bursts into one query, and hides deliveries that arrive at once.
"""


class CountsCoordinator(DataUpdateCoordinator[Counts]):
    """Counts deliveries in the queue, only after a change."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], store: Store
    ) -> None:
        """Initialize with the store, which all connections share."""
        self._recount: Debouncer[Coroutine[Any, Any, None]] = Debouncer(
            hass, _LOGGER, cooldown=SETTLING, immediate=False
        )
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            request_refresh_debouncer=self._recount,
            always_update=False,
        )
        self._store = store

    @callback
    def async_follow(self, queue: DeliveryQueue) -> CALLBACK_TYPE:
        """Count again after every change; return a callback to stop."""
        return queue.listen(self._changed)

    @callback
    def async_recount(self) -> None:
        """Count again soon."""
        self._recount.async_schedule_call()

    @callback
    def _changed(self, _: Delivery) -> None:
        """Schedule a count after a changed delivery."""
        self.async_recount()

    @override
    async def _async_update_data(self) -> Counts:
        """Count; raises UpdateFailed."""
        try:
            return await self._store.counts(self.config_entry.entry_id)
        except StoreUnavailable as error:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="outbox_unavailable",
                translation_placeholders={
                    "reason": reason_in_words(self.hass, str(error))
                },
            ) from error
