"""The cause of a rule's firing, read from Home Assistant's trigger variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import Context, Event, State
from homeassistant.util import dt as dt_util

from ..queue.delivery import OriginKind
from .occurrences import Occurrence


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The cause of a firing."""

    variables: Mapping[str, Any]
    """Template variables: `trigger`, and what the trigger adds."""
    occurred_at: datetime
    context: Context
    """A new context, whose parent is the trigger's."""
    moment: datetime | None = None
    """The same for all triggers that report one event; `occurred_at` if None."""
    occurrence: Occurrence | None = None
    """The occurrence; None for a trigger whose occurrences cannot be computed."""
    kind: OriginKind = OriginKind.RULE
    told: bool = False
    """Whether the queue's refusal has been reported already."""

    @property
    def test(self) -> bool:
        """Return whether this is a test by a user."""
        return self.kind is OriginKind.TEST

    @property
    def began_at(self) -> datetime:
        """Return the moment to compare with that of an end."""
        return self.moment or self.occurred_at

    @property
    def entity_id(self) -> str | None:
        """Return the entity that triggered, None if it was none."""
        return entity_of(self.variables)

    @property
    def state(self) -> str | None:
        """Return the state that triggered, None if it was none."""
        to_state = trigger_of(self.variables).get("to_state")
        return to_state.state if isinstance(to_state, State) else None

    @property
    def state_before(self) -> State | None:
        """Return the entity's previous state; None without one."""
        before = trigger_of(self.variables).get("from_state")
        return before if isinstance(before, State) else None


def occurred_at(variables: Mapping[str, Any]) -> datetime:
    """Return when the event that a trigger reports occurred.

    A trigger with `for` fires when the state has lasted.
    """
    trigger = trigger_of(variables)
    now = dt_util.utcnow()
    to_state = trigger.get("to_state")
    if isinstance(to_state, State) and not trigger.get("for"):
        return min(now, to_state.last_updated)
    return now


def entity_of(variables: Mapping[str, Any]) -> str | None:
    """Return the entity that triggered, None if it was none.

    Also the entity that an event is about, such as a state change.
    """
    trigger = trigger_of(variables)
    event = trigger.get("event")
    of = event.data if isinstance(event, Event) else trigger
    entity_id = of.get("entity_id")
    return entity_id if isinstance(entity_id, str) else None


def index_of(variables: Mapping[str, Any]) -> int:
    """Return the index of the trigger that fired."""
    return int(trigger_of(variables).get("idx", 0))


def place_entered(
    variables: Mapping[str, Any], raw: Sequence[Mapping[str, Any]]
) -> int | None:
    """Return the index, among the triggers as entered, of the one that fired.

    None if they contain trigger lists, which Home Assistant flattens into the count.
    """
    index = index_of(variables)
    if index >= len(raw) or any("triggers" in one for one in raw):
        return None
    return index


def trigger_of(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the `trigger` variable; empty without one."""
    trigger = variables.get("trigger")
    return trigger if isinstance(trigger, Mapping) else {}
