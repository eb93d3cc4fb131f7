"""The last real firing of a rule, stored without secrets as a sample for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import hashlib
import json
import logging
from typing import Any, cast

from ..backends.base import Json, JsonObject
from ..queue.store.rule_state import Note
from .firing import Cause, place_entered
from .instants import read_instant
from .stored_values import kept, read

_LOGGER = logging.getLogger(__name__)

LAST_FIRING = "last_firing"
"""Name of its note."""
LARGEST = 32_768
"""Most characters of JSON; a larger firing is not stored."""


@dataclass(frozen=True, kw_only=True)
class LastFiring:
    """The last firing of a rule."""

    at: datetime
    trigger: str
    """Digest of the trigger's configuration."""
    variables: JsonObject

    @property
    def note(self) -> Note:
        """Return the note that remembers it."""
        return Note(
            value={
                "at": self.at.timestamp(),
                "trigger": self.trigger,
                "variables": self.variables,
            }
        )

    def index_in(self, triggers: Sequence[Mapping[str, Any]]) -> int | None:
        """Return the index of its trigger in a rule; None if it was removed."""
        for index, trigger in enumerate(triggers):
            if digest(trigger) == self.trigger:
                return index
        return None

    def seen_by_templates(self) -> dict[str, Any]:
        """Return its template variables; raises ValueError if they are damaged."""
        try:
            return cast("dict[str, Any]", read(self.variables))
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(str(error)) from error


def digest(trigger: Mapping[str, Any]) -> str:
    """Return a digest of the configuration of a trigger."""
    written = json.dumps(trigger, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def last_firing_of(
    cause: Cause, triggers: Sequence[Mapping[str, Any]]
) -> LastFiring | None:
    """Return a firing to store; None if it cannot be stored.

    `triggers` are the raw ones of the rule.
    """
    if (place := place_entered(cause.variables, triggers)) is None:
        return None
    try:
        variables = cast("JsonObject", kept(dict(cause.variables)))
        if len(json.dumps(variables)) > LARGEST:
            return None
    except (TypeError, ValueError, RecursionError) as error:
        _LOGGER.debug("A firing cannot be remembered: %r", error)
        return None
    return LastFiring(
        at=cause.occurred_at, trigger=digest(triggers[place]), variables=variables
    )


def read_last_firing(noted: Json) -> LastFiring | None:
    """Read it from its note; None if the note is missing or damaged."""
    match noted:
        case {
            "at": at,
            "trigger": str() as trigger,
            "variables": dict() as variables,
        } if (moment := read_instant(at)) is not None:
            return LastFiring(at=moment, trigger=trigger, variables=variables)
    return None
