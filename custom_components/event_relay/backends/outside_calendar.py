"""What a backend has planned, as a calendar of Home Assistant shows it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Something with a start and a later end, both instants with their time zone."""

    id: str
    title: str
    start: datetime
    end: datetime
    status: str | None = None
    """How far it has come, in one of the calendar's words; None where untold."""
    description: str | None = None
    location: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutsideCalendar:
    """A list of what is planned, and what makes it worth reading again."""

    statuses: tuple[str, ...]
    """All words that a status may have."""
    read: Callable[[Any], Awaitable[tuple[Planned, ...]]]
    """Return all there is; takes the client, raises BackendError."""
    changed_by: frozenset[str]
    """Operations that change it."""
