"""An occurrence: a time at which a trigger was due, and its identity."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

LONGEST = timedelta(days=31)
"""How far back to look."""
MOST = 1000
"""Most occurrences of one trigger that are returned at once: the last ones."""

_NAMESPACE = UUID("4f3bb2de-3c0f-4a6e-9e59-9d2b6f0d5c11")
"""UUID namespace of the ids of occurrences; must never change."""


class CannotTell(Exception):
    """The source of the occurrences, such as a calendar, does not respond now."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The identity of an occurrence among those of a trigger."""

    instant: datetime
    """Whole seconds, in UTC."""
    mark: str = ""
    """Distinguishes occurrences of one trigger at one instant."""


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One time at which a trigger was due."""

    index: int
    """Index of the rule's trigger."""
    instant: datetime
    mark: str = ""
    """Distinguishes occurrences of one trigger at one instant."""
    variables: Mapping[str, Any]
    """Template variables, with `trigger` as in a live firing."""
    left_out: int = 0
    """Number of earlier occurrences that were left out because of `MOST`.

    Set only in the first one returned.
    """

    def delivery_id(self, rule_id: str) -> str:
        """Return the id of its delivery, which is deterministic."""
        at = f"{self.instant.timestamp():.0f}"
        return str(uuid5(_NAMESPACE, f"{rule_id}/{self.index}/{at}/{self.mark}"))


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A computed occurrence, before the trigger's variables are added."""

    identity: Identity
    description: str
    """As the trigger describes it."""
    gives: Mapping[str, Any]
    """Variables that only this kind of trigger has."""


def _always(config: ConfigType) -> bool:
    """Return True."""
    return True


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of trigger whose occurrences can be computed afterwards."""

    recurs: Callable[[ConfigType], bool] = _always
    """Returns whether those of a validated configuration can be computed."""
    identify: Callable[[ConfigType, Mapping[str, Any]], Identity | None]
    """Returns the occurrence of a live firing from its `trigger`.

    None if it is none, for example because a schedule was changed.
    """
    look_back: Callable[
        [HomeAssistant, ConfigType, datetime, datetime], Awaitable[Iterator[Moment]]
    ]
    """Returns occurrences, latest first, from the second instant back to the first.

    Raises CannotTell before the first one.
    """


def whole_second(instant: datetime) -> datetime:
    """Return an instant without its fraction of a second."""
    return instant.replace(microsecond=0)
