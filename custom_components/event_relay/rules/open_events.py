"""Events that a rule has begun and not yet ended, as they are remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import logging

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..backends.base import Json
from ..outbox.memory import Note
from .instants import read_instant
from .noise import vanishes

_LOGGER = logging.getLogger(__name__)

_PREFIX = "open/"


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
            },
            keeps=self.delivery_id,
        )

    def cause_is_over(self, hass: HomeAssistant) -> bool:
        """Say whether the entity that began it is known to be in another state."""
        if self.test or self.entity_id is None or self.state is None:
            return False
        state = hass.states.get(self.entity_id)
        if vanishes({"trigger": {"to_state": state}}) or state is None:
            return False
        return state.state != self.state


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
            )
        case _:
            _LOGGER.warning("Event %s is ended: its note is damaged", delivery_id)
            return OpenEvent(delivery_id=delivery_id, ends_by=dt_util.utcnow())
