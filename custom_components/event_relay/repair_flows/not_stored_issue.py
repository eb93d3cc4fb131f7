"""Repair issue of a backend that accepts requests but stores nothing."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..backends.errors import NOT_STORED, BackendError
from ..const import DOMAIN
from ..queue.delivery import Delivery, DeliveryState

NOT_STORED_ISSUE = "not_stored_"
SURE_AFTER = timedelta(seconds=25)
"""How long nothing must be stored before the issue is created.

Retries are frequent enough to show it within two minutes.
"""


class NotStoredIssue:
    """Watches one connection."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Initialize for a connection."""
        self._hass = hass
        self._id = f"{NOT_STORED_ISSUE}{entry.entry_id}"
        self._entry = entry
        self._since: datetime | None = None

    @callback
    def async_failed(self, error: BackendError, now: datetime) -> None:
        """Create the issue once nothing has been stored for a while."""
        if error.code != NOT_STORED:
            return
        if self._since is None:
            self._since = now
        if now - self._since < SURE_AFTER:
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="not_stored",
            translation_placeholders={"connection": self._entry.title},
        )

    @callback
    def async_ended(self, delivery: Delivery) -> None:
        """Delete the issue once a delivery has arrived."""
        if self._since is not None and delivery.state is DeliveryState.DELIVERED:
            self.async_clear()

    @callback
    def async_clear(self) -> None:
        """Delete the issue."""
        self._since = None
        ir.async_delete_issue(self._hass, DOMAIN, self._id)
