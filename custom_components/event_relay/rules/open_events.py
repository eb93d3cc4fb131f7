"""Events that a rule has begun and not yet ended, as they are remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ..backends.base import Json
from ..queue.store.rule_state import Note
from .firing import Cause
from .instants import read_instant
from .last_known import is_known
from .startup_filter import vanishes

_LOGGER = logging.getLogger(__name__)

LATE = 1.0
"""Seconds after which no beginning is heard that happened before an end."""
_PREFIX = "open/"
_LONGEST = timedelta(days=999).total_seconds()


@dataclass(frozen=True, kw_only=True)
class OpenEvent:
    """An event that is still going on outside."""

    delivery_id: str
    """The delivery that began it."""
    ends_by: datetime
    """When it is ended at the latest."""
    entity_id: str | None = None
    """The entity that began it; None if it was none."""
    state: str | None = None
    """The state that this entity had then; None if the cause was no state."""
    test: bool = False
    """Whether it is only a test: it holds nothing back, and ends by time alone."""
    lasts: timedelta | None = None
    """How long it may be open; None if an earlier version has begun it."""
    began_at: datetime | None = None
    """The moment of what began it; None if that was in an earlier run."""

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
        """Return for how long it may still be open, for one of an earlier run.

        No longer than as if it began now: a clock that was ahead then says more.
        """
        left = max(self.ends_by - now, timedelta())
        return left if self.lasts is None else min(left, self.lasts)

    def time_is_up(self, now: datetime) -> datetime:
        """Return when it ends, if its time is up now."""
        if self.lasts is not None and self.ends_by - self.lasts > now:
            return now  # the clock was set back since it began
        return self.ends_by

    def was_over(self, cause: Cause) -> bool:
        """Say whether its entity was in another state before what it fires now."""
        before = cause.state_before
        if self.began_at is not None or self.test or self.state is None:
            return False
        return before is not None and is_known(before) and before.state != self.state

    def cause_is_over(self, hass: HomeAssistant) -> bool:
        """Say whether the entity that began it is known to be in another state."""
        if self.test or self.entity_id is None or self.state is None:
            return False
        state = hass.states.get(self.entity_id)
        if vanishes({"trigger": {"to_state": state}}) or state is None:
            return False
        return state.state != self.state


@dataclass(frozen=True, kw_only=True)
class EndHeard:
    """What an end trigger tells."""

    entity_id: str | None
    """The entity whose own events it ends; None if it ends all that are open."""
    moment: datetime
    """The same for all that triggers tell of one happening."""
    at: datetime
    """When events end by it."""
    heard_at: float
    """By the clock of the event loop."""
    context: Context
    ended: set[str | None] = field(default_factory=set)
    """The entities whose events it has ended."""

    def ends(self, event: OpenEvent) -> bool:
        """Say whether an event ends by it: one that had begun before it."""
        if event.test or self.entity_id not in (None, event.entity_id):
            return False
        began_at = event.began_at
        if began_at is None or began_at < self.moment:
            return True
        # The clock may have been set back since it began.
        return (began_at - dt_util.utcnow()).total_seconds() > LATE


def read_open_events(notes: Mapping[str, Note]) -> dict[str, OpenEvent]:
    """Return the events that notes speak of, by the deliveries that began them."""
    events = (
        _read(name.removeprefix(_PREFIX), note.value)
        for name, note in notes.items()
        if name.startswith(_PREFIX)
    )
    return {event.delivery_id: event for event in events}


def _read(delivery_id: str, value: Json) -> OpenEvent:
    """Return what a note speaks of.

    Of one that is damaged nothing is known but that an event is open. It is ended,
    so that it does not stay open for good.
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
    """Return how long something lasts; None if that was not noted."""
    if isinstance(noted, int | float) and 0 <= noted <= _LONGEST:
        return timedelta(seconds=noted)
    return None
