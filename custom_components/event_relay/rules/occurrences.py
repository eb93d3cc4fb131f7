"""When time, schedule and calendar triggers were to fire, whoever was there or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

_NAMESPACE = UUID("4f3bb2de-3c0f-4a6e-9e59-9d2b6f0d5c11")
"""What the ids of occurrences are made in; never to be changed."""


class CannotTell(Exception):
    """What the occurrences come from, such as a calendar, does not answer now."""


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

    def delivery_id(self, rule_id: str) -> str:
        """Return the id of its delivery, the same whenever it is worked out."""
        at = f"{self.instant.timestamp():.0f}"
        return str(uuid5(_NAMESPACE, f"{rule_id}/{self.index}/{at}/{self.mark}"))


def recurs(config: ConfigType) -> bool:
    """Say whether the occurrences of a trigger can be worked out afterwards."""
    return False


def occurrence_of(
    config: ConfigType, index: int, variables: Mapping[str, Any]
) -> Occurrence | None:
    """Return which occurrence a trigger that fires by itself is.

    None for a trigger whose occurrences cannot be worked out.
    """
    return None


async def missed_occurrences(
    hass: HomeAssistant,
    config: ConfigType,
    index: int,
    since: datetime,
    until: datetime,
) -> list[Occurrence]:
    """Return when a trigger was to fire from `since` up to `until`, both included.

    Raises CannotTell.
    """
    return []
