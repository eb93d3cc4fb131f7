"""Filters triggers that report no real event: start-up, and vanishing entities.

An entity that comes back after a gap is compared with its state before, so that
real changes in the meantime still fire.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.const import (
    CONF_ABOVE,
    CONF_BELOW,
    CONF_PLATFORM,
    CONF_VALUE_TEMPLATE,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.exceptions import ConditionError
from homeassistant.helpers import condition

from .held_back import Reason
from .last_known import LastKnown, async_last_known_states, is_known

STATELESS = frozenset(
    {
        "ai_task",
        "button",
        "conversation",
        "event",
        "image",
        "input_button",
        "notify",
        "scene",
        "stt",
        "tag",
        "tts",
    }
)
"""Domains whose state is the time of the last event, `unknown` before the first."""


def reason_to_ignore(
    hass: HomeAssistant, variables: Mapping[str, Any], config: Mapping[str, Any]
) -> Reason | None:
    """Return why a trigger reports no real event; None if it reports one."""
    trigger = variables.get("trigger") or {}
    if not _is_state_change(trigger):
        return None
    if vanishes(variables):
        return Reason.VANISHED
    before: State | None = trigger.get("from_state")
    if before is not None and not _is_gap(before):
        return None
    last_known = async_last_known_states(hass).before(trigger["to_state"].entity_id)
    if last_known is None:
        return Reason.APPEARED
    if _is_new(hass, variables, config, last_known):
        return None
    return Reason.CAME_BACK


def vanishes(variables: Mapping[str, Any]) -> bool:
    """Return whether a trigger reports only that an entity vanished."""
    trigger = variables.get("trigger") or {}
    return _is_state_change(trigger) and not is_known(trigger["to_state"])


def _is_state_change(trigger: Mapping[str, Any]) -> bool:
    """Return whether a trigger has states; a template that time made true has none."""
    by_time = "entity_id" in trigger and trigger["entity_id"] is None
    return "to_state" in trigger and not by_time


def _is_gap(before: State) -> bool:
    """Return whether a state is a gap, from which no real change starts."""
    if split_entity_id(before.entity_id)[0] in STATELESS:
        return before.state == STATE_UNAVAILABLE
    return not is_known(before)


def _is_new(
    hass: HomeAssistant,
    variables: Mapping[str, Any],
    config: Mapping[str, Any],
    last_known: LastKnown,
) -> bool:
    """Return whether a trigger reports what it had not reported before the gap."""
    trigger = variables["trigger"]
    if not _was_so_already(hass, variables, config, last_known.state):
        return True
    # It was so before the gap, but perhaps not long enough: then it is new now.
    lasts = trigger.get("for")
    if not isinstance(lasts, timedelta) or not lasts:
        return False
    return last_known.until - last_known.state.last_changed < lasts


def _was_so_already(
    hass: HomeAssistant,
    variables: Mapping[str, Any],
    config: Mapping[str, Any],
    state: State,
) -> bool:
    """Return whether the state before a gap already matched the trigger."""
    trigger = variables["trigger"]
    attribute = trigger.get("attribute") or config.get("attribute")
    if config.get(CONF_PLATFORM) == "numeric_state":
        try:
            return condition.async_numeric_state(
                hass,
                state,
                config.get(CONF_BELOW),
                config.get(CONF_ABOVE),
                config.get(CONF_VALUE_TEMPLATE),
                variables,
                attribute,
            )
        except ConditionError:
            return False
    after: State = trigger["to_state"]
    if attribute:
        return bool(state.attributes.get(attribute) == after.attributes.get(attribute))
    return state.state == after.state
