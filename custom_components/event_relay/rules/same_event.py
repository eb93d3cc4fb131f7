"""Recognizes triggers that report the same event.

Home Assistant calls the triggers of one event one after the other, in the order in
which they were attached; some are called one iteration of the event loop later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from .firing import trigger_of
from .occurrences import Occurrence

_OF_THE_TRIGGER = frozenset({"id", "idx", "alias", "description"})
"""Trigger variables that describe the trigger, not the event."""

_AT_ONCE = timedelta()

type Source = tuple[str, str]
"""The trigger that reports: whether it begins or ends events, and its index."""


@dataclass(frozen=True, kw_only=True)
class _Message:
    """An event without a time of its own, such as a webhook call."""

    content: Mapping[str, Any]
    fired_at: datetime
    reported_by: set[Source]


class Moments:
    """Gives all triggers of a rule that report one event the same moment."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without messages."""
        self._hass = hass
        self._messages: list[_Message] = []
        """Those of this iteration of the event loop."""

    @callback
    def of(self, variables: Mapping[str, Any], role: str) -> datetime:
        """Return the moment of a reported event; must be called as the trigger fires.

        `role` distinguishes triggers that begin events from those that end them.
        """
        if (own := _own_moment(variables)) is not None:
            return own
        trigger = trigger_of(variables)
        source = (role, str(trigger.get("idx")))
        content = {
            name: value
            for name, value in trigger.items()
            if name not in _OF_THE_TRIGGER
        }
        for message in self._messages:
            # The same content from the same trigger is another message.
            if message.content == content and source not in message.reported_by:
                message.reported_by.add(source)
                return message.fired_at
        if not self._messages:
            self._hass.loop.call_soon(self._messages.clear)
        now = dt_util.utcnow()
        self._messages.append(
            _Message(content=content, fired_at=now, reported_by={source})
        )
        return now


def moment_of(
    variables: Mapping[str, Any], occurrence: Occurrence | None, fired_at: datetime
) -> datetime:
    """Return the moment of an event that may be a scheduled occurrence."""
    if occurrence is None or _own_moment(variables) is not None:
        return fired_at
    return occurrence.instant


def _own_moment(variables: Mapping[str, Any]) -> datetime | None:
    """Return the time of a state change or an event; None for anything else."""
    trigger = trigger_of(variables)
    event, to_state = trigger.get("event"), trigger.get("to_state")
    if isinstance(event, Event):
        return event.time_fired
    if not isinstance(to_state, State):
        return None
    lasts = trigger.get("for")
    return to_state.last_updated + (lasts if isinstance(lasts, timedelta) else _AT_ONCE)
