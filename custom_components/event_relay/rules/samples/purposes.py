"""Samples for purpose triggers, such as doors that open."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from homeassistant.const import (
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
    CONF_PLATFORM,
    CONF_TARGET,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.trigger import EntityTriggerBase, TriggerConfig
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from .states import change, having, other_than, present

_WORDS = (
    *("on", "off", "open", "closed", "opening", "closing", "locked", "unlocked"),
    *("home", "not_home", "active", "idle", "playing", "paused", "buffering"),
    *("cleaning", "docked", "returning", "error", "mowing", "stopped", "jammed"),
    *("triggered", "armed_home", "armed_away", "armed_night", "armed_vacation"),
    *("disarmed", "arming", "pending", "heat", "cool", "auto", "dry", "eco"),
    *("listening", "processing", "responding", "0", "1", "50", "100"),
)
"""Common states of Home Assistant's entities."""
_DEEP = 4


async def changed_entity(
    hass: HomeAssistant, config: ConfigType
) -> Mapping[str, Any] | None:
    """Return a change of a targeted entity that fires the trigger.

    None for a trigger that is not on entity states.
    """
    kind = await _kind(hass, config)
    if kind is None or not (aimed_at := _entities(hass, config)):
        return None
    trigger = _not_attached(hass, kind, config)
    named = sorted(trigger.entity_filter(set(aimed_at))) if trigger else aimed_at
    if not named:
        named = aimed_at
    known = present(hass, named[0])
    options = config.get(CONF_OPTIONS) or {}
    more = {}
    if types := options.get("event_type"):
        more["event_type"] = types[0] if isinstance(types, list) else types
    likely = _candidates(known, options, more)
    after = next(
        (state for state in likely if trigger and _fires_for(trigger, state)), known
    )
    return change(
        having(known, other_than(after.state)), after, **{"for": options.get(CONF_FOR)}
    )


async def timer(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a timer with the remaining time of the trigger."""
    named = _entities(hass, config)
    known = present(hass, named[0] if named else "timer.sample")
    return {
        "entity_id": known.entity_id,
        "to_state": having(known, "active"),
        "remaining": config[CONF_OPTIONS].get("remaining", timedelta()),
        "description": f"time remaining of {known.entity_id}",
    }


async def to_do(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a change of a to-do item."""
    named = _entities(hass, config)
    return {
        "entity_id": named[0] if named else "todo.sample",
        "item_ids": ["Sample item"],
        "description": "todo item trigger",
    }


async def _kind(
    hass: HomeAssistant, config: ConfigType
) -> type[EntityTriggerBase] | None:
    """Return the trigger class if it is for entities."""
    domain, _, name = config[CONF_PLATFORM].partition(".")
    integration = await async_get_integration(hass, domain)
    platform = await integration.async_get_platform("trigger")
    if not hasattr(platform, "async_get_triggers"):
        return None
    made = (await platform.async_get_triggers(hass)).get(name or "_")
    on_entities = isinstance(made, type) and issubclass(made, EntityTriggerBase)
    return made if on_entities else None


def _not_attached(
    hass: HomeAssistant, kind: type[EntityTriggerBase], config: ConfigType
) -> EntityTriggerBase | None:
    """Return an unattached trigger to test states with; None if not possible."""
    aim = TriggerConfig(
        key=config[CONF_PLATFORM],
        target=config.get(CONF_TARGET),
        options=config.get(CONF_OPTIONS),
    )
    try:
        return kind(hass, aim)
    except Exception:  # noqa: BLE001 - other integrations raise anything
        return None


def _entities(hass: HomeAssistant, config: ConfigType) -> list[str]:
    """Return the targeted entities, those named directly first."""
    target = config.get(CONF_TARGET) or {}
    named = target.get(CONF_ENTITY_ID) or []
    listed = [named] if isinstance(named, str) else list(named)
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(target))
    return [*listed, *sorted(selected.indirectly_referenced - set(listed))]


def _candidates(
    known: State, options: Mapping[str, Any], more: Mapping[str, object]
) -> Iterator[State]:
    """Yield possible states of the entity, the present one first."""
    if not more:
        yield known
        turned = {
            name: not value
            for name, value in known.attributes.items()
            if isinstance(value, bool)
        }
        yield having(known, other_than(known.state), more=turned)
    for value in (known.state, *_WORDS, dt_util.utcnow().isoformat()):
        yield having(known, value, more=more)
    for limit in _numbers(options):
        for number in (limit + 1, limit - 1, limit):
            yield having(known, number)
            for attribute in known.attributes:
                yield having(known, number, attribute)


def _fires_for(trigger: EntityTriggerBase, state: State) -> bool:
    """Return whether a trigger fires for a state."""
    try:
        return trigger.is_valid_state(state, _ignore)
    except Exception:  # noqa: BLE001 - other integrations raise anything
        return False


def _ignore(reason: str, /, **data: object) -> None:
    """Ignore the reason why it does not fire."""


def _numbers(value: object, depth: int = 0) -> Iterator[float]:
    """Yield the numbers in the options of a trigger."""
    if depth > _DEEP or isinstance(value, bool):
        return
    match value:
        case int() | float():
            yield float(value)
        case Mapping():
            for one in value.values():
                yield from _numbers(one, depth + 1)
        case list() | tuple():
            for one in value:
                yield from _numbers(one, depth + 1)
