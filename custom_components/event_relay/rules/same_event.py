"""Finds out which triggers report the same event.

Home Assistant calls the triggers of one happening one after the other, some of them one
turn of the event loop later, and in the order in which they were attached.
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
"""What a trigger tells of itself, not of what happened."""

_AT_ONCE = timedelta()

type Teller = tuple[str, str]
"""Which trigger tells: whether it begins or ends events, and its place."""


@dataclass(frozen=True, kw_only=True)
class _Message:
    """What has no time of its own, such as a call of a webhook."""

    content: Mapping[str, Any]
    heard_at: datetime
    told_by: set[Teller]


class Moments:
    """Gives all that triggers of a rule tell of one happening the same moment."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing heard."""
        self._hass = hass
        self._messages: list[_Message] = []
        """Those of this turn of the event loop."""

    @callback
    def of(self, variables: Mapping[str, Any], role: str) -> datetime:
        """Return when what a trigger tells of happened; call it as that is heard.

        `role` tells triggers that begin events from those that end them.
        """
        if (own := _own_moment(variables)) is not None:
            return own
        trigger = trigger_of(variables)
        teller = (role, str(trigger.get("idx")))
        content = {
            name: value
            for name, value in trigger.items()
            if name not in _OF_THE_TRIGGER
        }
        for message in self._messages:
            # The same content that a trigger tells again is another message.
            if message.content == content and teller not in message.told_by:
                message.told_by.add(teller)
                return message.heard_at
        if not self._messages:
            self._hass.loop.call_soon(self._messages.clear)
        now = dt_util.utcnow()
        self._messages.append(_Message(content=content, heard_at=now, told_by={teller}))
        return now


def moment_of(
    variables: Mapping[str, Any], occurrence: Occurrence | None, heard: datetime
) -> datetime:
    """Return when something happened that may have been planned for a time."""
    if occurrence is None or _own_moment(variables) is not None:
        return heard
    return occurrence.instant


def _own_moment(variables: Mapping[str, Any]) -> datetime | None:
    """Return the time that a change of state or an event has; None without one."""
    trigger = trigger_of(variables)
    event, to_state = trigger.get("event"), trigger.get("to_state")
    if isinstance(event, Event):
        return event.time_fired
    if not isinstance(to_state, State):
        return None
    lasts = trigger.get("for")
    return to_state.last_updated + (lasts if isinstance(lasts, timedelta) else _AT_ONCE)
