"""Sample states of an entity when a trigger fires."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.util import dt as dt_util

_PAIRS = (
    ("on", "off"),
    ("open", "closed"),
    ("home", "not_home"),
    ("unlocked", "locked"),
    ("active", "idle"),
    ("playing", "idle"),
    ("cleaning", "docked"),
    ("mowing", "docked"),
    ("triggered", "armed_away"),
    ("armed_home", "disarmed"),
    ("heat", "off"),
)
_OPPOSITES = {
    one: other for pair in reversed(_PAIRS) for one, other in (pair, pair[::-1])
}
_TIMES = frozenset({"button", "event", "image", "input_button", "scene", "tag"})
"""Domains whose state is the time of the last event."""
_NUMBERS = frozenset({"counter", "input_number", "number", "sensor", "zone"})
"""Domains whose state usually is a number."""


def present(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity; a plausible one if it has none."""
    state = hass.states.get(entity_id)
    if state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return state
    domain = split_entity_id(entity_id)[0]
    likely = "on"
    if domain in _TIMES:
        likely = dt_util.utcnow().isoformat()
    elif domain in _NUMBERS:
        likely = "1"
    return State(entity_id, likely, {} if state is None else state.attributes)


def other_than(value: str) -> str:
    """Return a plausible previous state value."""
    return _OPPOSITES.get(value, STATE_UNKNOWN)


def having(
    state: State,
    value: object,
    attribute: str | None = None,
    more: Mapping[str, object] = MappingProxyType({}),
) -> State:
    """Return a state with another value, or another value of an attribute."""
    attributes = {**state.attributes, **more}
    if attribute is not None:
        return State(state.entity_id, state.state, {**attributes, attribute: value})
    return State(state.entity_id, str(value), attributes)


def change(before: State, after: State, **more: object) -> Mapping[str, Any]:
    """Return the trigger variables of an entity that has changed."""
    return {
        "entity_id": after.entity_id,
        "from_state": before,
        "to_state": after,
        "for": None,
        "description": f"state of {after.entity_id}",
        **more,
    }
