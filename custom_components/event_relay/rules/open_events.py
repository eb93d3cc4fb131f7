"""Stored events that a rule has begun and not yet ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging

from homeassistant.core import Context, HomeAssistant, State
from homeassistant.util import dt as dt_util

from ..backends.base import Json
from ..queue.store.rule_state import Note
from .firing import Cause
from .instants import read_instant
from .last_known import is_known

_LOGGER = logging.getLogger(__name__)

LATE = 1.0
"""Seconds after an end in which an earlier beginning may still be reported."""
_PREFIX = "open/"
_LONGEST = timedelta(days=999).total_seconds()


@dataclass(frozen=True, kw_only=True)
class OpenEvent:
    """An event that is still open at the backend."""

    delivery_id: str
    """The delivery that began it."""
    ends_by: datetime
    """When it ends at the latest."""
    entity_id: str | None = None
    """The entity that began it; None if it was none."""
    state: str | None = None
    """The state of this entity then; None if the cause was not a state."""
    test: bool = False
    """Whether it is a test: it holds nothing back, and ends only by time."""
    lasts: timedelta | None = None
    """How long it may be open; None if an earlier version began it."""
    began_at: datetime | None = None
    """When its cause occurred; None if that was in an earlier run."""

    @property
    def name(self) -> str:
        """Return the name of its note."""
        return f"{_PREFIX}{self.delivery_id}"

    @property
    def note(self) -> Note:
        """Return the note that remembers it."""
        return Note(
            value={
                "ends_by": self.ends_by.timestamp(),
                "entity_id": self.entity_id,
                "state": self.state,
                "test": self.test,
                "lasts": None if self.lasts is None else self.lasts.total_seconds(),
            },
            keeps=self.delivery_id,
        )

    def left(self, now: datetime) -> timedelta:
        """Return how much longer an event of an earlier run may be open.

        At most its full duration: the clock may have been ahead when it began.
        """
        left = max(self.ends_by - now, timedelta())
        return left if self.lasts is None else min(left, self.lasts)

    def time_is_up(self, now: datetime) -> datetime:
        """Return its end time when its time is up."""
        if self.lasts is not None and self.ends_by - self.lasts > now:
            return now  # the clock was set back since it began
        return self.ends_by

    def was_over(self, cause: Cause) -> bool:
        """Return whether its entity had left its state before this cause."""
        before = cause.state_before
        if self.began_at is not None or self.test or self.state is None:
            return False
        return before is not None and is_known(before) and before.state != self.state

    def has_left(self, state: State) -> bool:
        """Return whether a state is another one of the entity that began it."""
        if self.test or self.state is None or self.entity_id != state.entity_id:
            return False
        return state.state != self.state

    def cause_is_over(self, hass: HomeAssistant) -> bool:
        """Return whether the entity that began it is now in another known state."""
        if self.entity_id is None or (state := hass.states.get(self.entity_id)) is None:
            return False
        return is_known(state) and self.has_left(state)


@dataclass(frozen=True, kw_only=True)
class EndReport:
    """A report of an end trigger."""

    entity_id: str | None
    """The entity whose own events it ends; None if it ends all that are open."""
    moment: datetime
    """The same for all triggers that report one event."""
    at: datetime
    """The end time of the events that it ends."""
    fired_at: float
    """In the event loop's time."""
    context: Context
    ended: set[str | None] = field(default_factory=set)
    """The entities whose events it has ended."""

    def ends(self, event: OpenEvent) -> bool:
        """Return whether it ends an event: one that began before it."""
        if event.test or self.entity_id not in (None, event.entity_id):
            return False
        began_at = event.began_at
        if began_at is None or began_at < self.moment:
            return True
        # The clock may have been set back since it began.
        return (began_at - dt_util.utcnow()).total_seconds() > LATE


def read_open_events(notes: Mapping[str, Note]) -> dict[str, OpenEvent]:
    """Return the events in notes, by the ids of the deliveries that began them."""
    events = (
        _read(name.removeprefix(_PREFIX), note.value)
        for name, note in notes.items()
        if name.startswith(_PREFIX)
    )
    return {event.delivery_id: event for event in events}


def _read(delivery_id: str, value: Json) -> OpenEvent:
    """Return the event in a note.

    A damaged note only shows that an event is open. That event ends now, so that it
    does not stay open forever.
    """
    match value:
        case {"ends_by": noted, **rest} if ends_by := read_instant(noted):
            entity_id, state = rest.get("entity_id"), rest.get("state")
            return OpenEvent(
                delivery_id=delivery_id,
                ends_by=ends_by,
                entity_id=entity_id if isinstance(entity_id, str) else None,
                state=state if isinstance(state, str) else None,
                test=rest.get("test") is True,
                lasts=_read_span(rest.get("lasts")),
            )
        case _:
            _LOGGER.warning("Event %s is ended: its note is damaged", delivery_id)
            return OpenEvent(delivery_id=delivery_id, ends_by=dt_util.utcnow())


def _read_span(noted: object) -> timedelta | None:
    """Return a duration from seconds; None if they are missing or invalid."""
    if isinstance(noted, int | float) and 0 <= noted <= _LONGEST:
        return timedelta(seconds=noted)
    return None
