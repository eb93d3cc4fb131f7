"""A backend's schedule, as a Home Assistant calendar shows it."""

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
    """Its progress, as one of the calendar's statuses; None if unknown."""
    description: str | None = None
    location: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutsideCalendar:
    """A schedule that can be read, and the operations after which to read it again."""

    statuses: tuple[str, ...]
    """All possible statuses."""
    read: Callable[[Any], Awaitable[tuple[Planned, ...]]]
    """Return all planned items; takes the client, raises BackendError."""
    changed_by: frozenset[str]
    """Operations that change it."""
