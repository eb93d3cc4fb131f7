"""How Activity tells of outcomes.

The event entities appear there by themselves, but only as an outcome without what
was delivered, where, and why not. Hence an event of our own, which says it in a
sentence, and which their lines name as their cause.
"""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_CONTEXT_ID,
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback

from .announcing import EVENT_OUTCOME
from .const import DOMAIN
from .rules.outcome import OutcomeKind


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
            LOGBOOK_ENTRY_MESSAGE: message(data),
            LOGBOOK_ENTRY_ENTITY_ID: data.get("entity_id"),
            LOGBOOK_ENTRY_CONTEXT_ID: event.context_id,
        }

    async_describe_event(DOMAIN, EVENT_OUTCOME, describe)


def message(data: Mapping[str, Any]) -> str:
    """Say what an outcome was, to follow the name of whose it is.

    In English, as all of Activity that is not a state: Home Assistant has no
    translations for it. Nothing of what was delivered is told, not even a camera or
    a label: in a rule they may be templates, which may hold what anybody has said.
    """
    what = _in_words(data.get("operation")) or "an event"
    of_connection = data.get("name") == data.get("connection")
    where = "" if of_connection else f" to {data.get('connection')}"
    match data.get("outcome"):
        case OutcomeKind.DELIVERED:
            return f"delivered{where}: {what}"
        case OutcomeKind.EXPIRED:
            said = f"could not deliver{where} in time: {what}"
        case OutcomeKind.DISCARDED:
            said = f"discarded what was to be delivered{where}: {what}"
        case OutcomeKind.SKIPPED:
            times = f", {often} times" if (often := data.get("times", 1)) > 1 else ""
            return f"skipped what was missed while Home Assistant was off{times}"
        case _:
            said = f"failed to deliver{where}: {what}"
    reason = _in_words(data.get("reason"))
    return f"{said} ({reason})" if reason else said


def _in_words(key: str | None) -> str:
    """Return a key as a reader would say it."""
    return (key or "").replace("_", " ")
