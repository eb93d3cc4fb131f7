"""What a rule holds back, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from homeassistant.core import callback
from homeassistant.util import dt as dt_util


class Reason(StrEnum):
    """Why a trigger of a rule delivers nothing."""

    APPEARED = "appeared"
    """Its entity was not there before, or has been restored at a start."""
    VANISHED = "vanished"
    """Its entity became unavailable or unknown, or was removed."""
    CAME_BACK = "came_back"
    """Its entity is what it was before it became unavailable."""
    CONDITIONS = "conditions"
    LIMITS = "limits"
    STILL_OPEN = "still_open"
    """Its entity has an event open already."""


@dataclass
class HeldBack:
    """Counts what a rule has held back in this run."""

    count: int = 0
    reason: Reason | None = None
    """Of the last one."""
    entity_id: str | None = None
    at: datetime | None = None
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    @callback
    def add(self, reason: Reason, entity_id: str | None) -> None:
        """Count one more, and tell whoever listens."""
        self.count += 1
        self.reason, self.entity_id, self.at = reason, entity_id, dt_util.utcnow()
        for listener in tuple(self._listeners):
            listener()

    @callback
    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener with each; return how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
