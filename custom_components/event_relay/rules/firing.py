"""Why a rule fires, and what Home Assistant's triggers tell of it."""

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
    """What makes a rule fire."""

    variables: Mapping[str, Any]
    """What templates see: `trigger`, and what the trigger adds."""
    occurred_at: datetime
    context: Context
    """A context of its own, whose parent is that of the trigger."""
    moment: datetime | None = None
    """The same for all that triggers tell of one happening; `occurred_at` if None."""
    occurrence: Occurrence | None = None
    """Which occurrence it is, where these can be worked out."""
    kind: OriginKind = OriginKind.RULE
    told: bool = False
    """Whether it has been told already that the outbox did not take it."""

    @property
    def test(self) -> bool:
        """Whether somebody only wants to see the rule at work."""
        return self.kind is OriginKind.TEST

    @property
    def began_at(self) -> datetime:
        """Return the moment that tells what begins from what ends it."""
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
        """Return what its entity was before, None if it was none."""
        before = trigger_of(self.variables).get("from_state")
        return before if isinstance(before, State) else None


def occurred_at(variables: Mapping[str, Any]) -> datetime:
    """Return when what a trigger tells of happened.

    A trigger that waits for a state to last fires when it has lasted.
    """
    trigger = trigger_of(variables)
    now = dt_util.utcnow()
    to_state = trigger.get("to_state")
    if isinstance(to_state, State) and not trigger.get("for"):
        return min(now, to_state.last_updated)
    return now


def entity_of(variables: Mapping[str, Any]) -> str | None:
    """Return the entity that triggered, None if it was none.

    An event may be about one, such as a change of its state.
    """
    trigger = trigger_of(variables)
    event = trigger.get("event")
    of = event.data if isinstance(event, Event) else trigger
    entity_id = of.get("entity_id")
    return entity_id if isinstance(entity_id, str) else None


def index_of(variables: Mapping[str, Any]) -> int:
    """Return which of its rule's triggers fired."""
    return int(trigger_of(variables).get("idx", 0))


def place_entered(
    variables: Mapping[str, Any], raw: Sequence[Mapping[str, Any]]
) -> int | None:
    """Return which of the triggers that the user entered fired.

    None where they hold lists of others, which Home Assistant counts, too.
    """
    index = index_of(variables)
    if index >= len(raw) or any("triggers" in one for one in raw):
        return None
    return index


def trigger_of(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the trigger itself gives."""
    trigger = variables.get("trigger")
    return trigger if isinstance(trigger, Mapping) else {}
