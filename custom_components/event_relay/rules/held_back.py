"""Counts the firings that a rule holds back, by reason."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .listeners import Listeners


class Reason(StrEnum):
    """Why a firing is held back."""

    APPEARED = "appeared"
    """Its entity is new, or was restored at start-up."""
    VANISHED = "vanished"
    """Its entity became unavailable or unknown, or was removed."""
    CAME_BACK = "came_back"
    """Its entity is back in the state it had before it became unavailable."""
    CONDITIONS = "conditions"
    LIMITS = "limits"
    STILL_OPEN = "still_open"
    """Its entity already has an open event."""


@dataclass
class HeldBack:
    """The firings that a rule has held back in this run."""

    count: int = 0
    reason: Reason | None = None
    """The reason of the last one."""
    entity_id: str | None = None
    at: datetime | None = None
    _listeners: Listeners[[]] = field(default_factory=Listeners)

    @callback
    def add(self, reason: Reason, entity_id: str | None) -> None:
        """Count one more, and notify listeners."""
        self.count += 1
        self.reason, self.entity_id, self.at = reason, entity_id, dt_util.utcnow()
        self._listeners.notify(None)

    @callback
    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener after each; return a callback that removes it."""
        return self._listeners.add(listener)
