"""Logbook platform: one line in Activity per outcome, with what and why.

The line belongs to the entity that represents the rule, mirror or connection, and has
the delivery's cause. Other changes with a delivery have no lines: Activity leaves the
sensors out, and the event entities are disabled by default.

Lines are in the home's language, because Home Assistant requests one for all users.
"""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_CONTEXT_ID,
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .outcomes.announcer import EVENT_OUTCOME
from .outcomes.descriptions import message


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None
    ],
) -> None:
    """Describe outcomes."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        """Describe an outcome."""
        data = event.data
        return {
            LOGBOOK_ENTRY_NAME: data.get("name"),
            LOGBOOK_ENTRY_MESSAGE: message(hass, data),
            LOGBOOK_ENTRY_ENTITY_ID: data.get("entity_id"),
            LOGBOOK_ENTRY_CONTEXT_ID: event.context_id,
        }

    async_describe_event(DOMAIN, EVENT_OUTCOME, describe)
