"""A time at which a trigger was to fire, and what tells it from all others."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

LONGEST = timedelta(days=31)
"""How far back is looked."""
MOST = 1000
"""How many occurrences of one trigger are given at once: the last ones."""

_NAMESPACE = UUID("4f3bb2de-3c0f-4a6e-9e59-9d2b6f0d5c11")
"""What the ids of occurrences are made in; never to be changed."""


class CannotTell(Exception):
    """What the occurrences come from, such as a calendar, does not answer now."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What makes an occurrence of a trigger this one and no other."""

    instant: datetime
    """Whole seconds, in UTC."""
    mark: str = ""
    """Tells occurrences of one trigger at one instant apart."""


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One time at which a trigger was to fire."""

    index: int
    """Which of the rule's triggers."""
    instant: datetime
    mark: str = ""
    """Tells occurrences of one trigger at one instant apart."""
    variables: Mapping[str, Any]
    """What the trigger gives to templates: `trigger` as when it fires by itself."""
    left_out: int = 0
    """How many came before it that are not given, since they were too many.

    Only the first of those that are given says so.
    """

    def delivery_id(self, rule_id: str) -> str:
        """Return the id of its delivery, the same whenever it is worked out."""
        at = f"{self.instant.timestamp():.0f}"
        return str(uuid5(_NAMESPACE, f"{rule_id}/{self.index}/{at}/{self.mark}"))


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An occurrence that was worked out, before a rule's trigger is told of it."""

    identity: Identity
    description: str
    """As the trigger describes it."""
    gives: Mapping[str, Any]
    """What only this kind of trigger gives."""


def _always(config: ConfigType) -> bool:
    """Say yes."""
    return True


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of trigger whose occurrences can be worked out afterwards."""

    recurs: Callable[[ConfigType], bool] = _always
    """Says whether those of a configuration can be, as Home Assistant validated it."""
    identify: Callable[[ConfigType, Mapping[str, Any]], Identity | None]
    """Says from `trigger` of a live firing which occurrence it is.

    None if it is none, for example since somebody changed a schedule.
    """
    look_back: Callable[
        [HomeAssistant, ConfigType, datetime, datetime], Awaitable[Iterator[Moment]]
    ]
    """Gives the latest first, from the second instant back to the first.

    Raises CannotTell before it gives any.
    """


def whole_second(instant: datetime) -> datetime:
    """Return an instant without its fraction of a second."""
    return instant.replace(microsecond=0)
