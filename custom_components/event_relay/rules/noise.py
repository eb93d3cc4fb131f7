"""What looks like an event at home and is none: start-up, and entities that vanish."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State, split_entity_id

_NEITHER = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
_STATELESS = frozenset({"button", "event", "input_button", "scene"})
"""Domains whose state is the time of the last event: the first one comes from
`unknown`."""


def is_noise(variables: Mapping[str, Any]) -> bool:
    """Say whether a trigger only tells that an entity came, went or was restored."""
    trigger = variables.get("trigger") or {}
    if not _tells_of_a_change(trigger):
        return False
    before = trigger.get("from_state")
    return vanishes(variables) or before is None or _tells_nothing(before)


def vanishes(variables: Mapping[str, Any]) -> bool:
    """Say whether a trigger only tells that an entity went."""
    trigger = variables.get("trigger") or {}
    if not _tells_of_a_change(trigger):
        return False
    after = trigger["to_state"]
    return after is None or after.state in _NEITHER


def _tells_of_a_change(trigger: Mapping[str, Any]) -> bool:
    """Say whether a trigger has states; a template that time made true has none."""
    by_time = "entity_id" in trigger and trigger["entity_id"] is None
    return "to_state" in trigger and not by_time


def _tells_nothing(before: State) -> bool:
    """Say whether a state is none that anything could have changed from."""
    if split_entity_id(before.entity_id)[0] in _STATELESS:
        return before.state == STATE_UNAVAILABLE
    return before.state in _NEITHER
