"""Repair issue of deliveries that a backend refuses while it accepts others."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..backends.base import Backend
from ..const import DOMAIN
from ..queue.delivery import Delivery
from ..queue.queue import held_back

HELD_BACK_ISSUE = "held_back_"


class HeldBackIssue:
    """Watches one connection.

    It begins with nothing: what waits is tried again when its connection is loaded.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], backend: Backend
    ) -> None:
        """Initialize for a connection."""
        self._hass = hass
        self._id = f"{HELD_BACK_ISSUE}{entry.entry_id}"
        self._entry = entry
        self._backend = backend
        self._waiting: set[str] = set()

    @callback
    def async_changed(self, delivery: Delivery) -> None:
        """Create, update or delete the issue after the outcome of a delivery."""
        if held_back(delivery, self._backend) is (delivery.id in self._waiting):
            return
        self._waiting ^= {delivery.id}
        if not self._waiting:
            self.async_clear()
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="held_back",
            # Every user may list repairs, so they omit the backend's reasons.
            translation_placeholders={
                "connection": self._entry.title,
                "waiting": str(len(self._waiting)),
            },
        )

    @callback
    def async_clear(self) -> None:
        """Delete the issue."""
        self._waiting.clear()
        ir.async_delete_issue(self._hass, DOMAIN, self._id)
