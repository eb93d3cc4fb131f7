"""Samples for triggers on entity states."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import (
    CONF_ABOVE,
    CONF_ATTRIBUTE,
    CONF_BELOW,
    CONF_ENTITY_ID,
    CONF_EVENT,
    CONF_OPTIONS,
    CONF_SOURCE,
    CONF_VALUE_TEMPLATE,
    CONF_ZONE,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .states import change, having, other_than, present


async def state(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a change of the first entity that fires the trigger."""
    known = present(hass, _first(config[CONF_ENTITY_ID]))
    attribute = config.get(CONF_ATTRIBUTE)
    now = known.attributes.get(attribute) if attribute else known.state
    wanted = _first(config.get("to"))
    former = _first(config.get("from"))
    to = now if wanted is None else wanted
    if to in cv.ensure_list(config.get("not_to")):
        to = other_than(str(to))
    if former is None:
        former = other_than(str(to)) if now == to else now
    if attribute:
        before, after = having(known, former, attribute), having(known, to, attribute)
    else:
        before = having(known, former)
        after = known if to == now else having(known, to)
    return change(before, after, attribute=attribute)


async def numeric_state(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a change of the first entity into the range of the trigger."""
    known = present(hass, _first(config[CONF_ENTITY_ID]))
    above = _limit(hass, config.get(CONF_ABOVE))
    below = _limit(hass, config.get(CONF_BELOW))
    attribute = config.get(CONF_ATTRIBUTE)
    now = _number(known.attributes.get(attribute) if attribute else known.state)
    after = known
    fits = now is not None and (
        (above is None or now > above) and (below is None or now < below)
    )
    if not fits and CONF_VALUE_TEMPLATE not in config:
        after = having(known, _between(above, below), attribute)
    return change(
        having(known, _outside(above, below), attribute),
        after,
        above=config.get(CONF_ABOVE),
        below=config.get(CONF_BELOW),
        description=f"numeric state of {known.entity_id}",
    )


async def template(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a change of an entity that the template reads, or of time without one."""
    read = config[CONF_VALUE_TEMPLATE].async_render_to_info()
    named = sorted(entity for entity in read.entities if hass.states.get(entity))
    if not named:
        return {
            "entity_id": None,
            "from_state": None,
            "to_state": None,
            "for": None,
            "description": "time change or manual update via template",
        }
    known = present(hass, named[0])
    return change(
        having(known, other_than(known.state)),
        known,
        description=f"{known.entity_id} via template",
    )


async def zone(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return the first entity entering or leaving the zone."""
    options = config.get(CONF_OPTIONS, config)
    known = present(hass, _first(options[CONF_ENTITY_ID]))
    return _through_zone(
        hass, known, options[CONF_ZONE], options.get(CONF_EVENT, "enter")
    )


async def geo_location(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return an entity of the source entering or leaving the zone."""
    source = config[CONF_SOURCE].lower()
    known = next(
        (
            state
            for state in hass.states.async_all("geo_location")
            if str(state.attributes.get("source", "")).lower() == source
        ),
        State("geo_location.sample", "1", {"source": source}),
    )
    moved = _through_zone(
        hass, known, config[CONF_ZONE], config.get(CONF_EVENT, "enter")
    )
    return {**moved, "source": source, "description": f"geo_location - {source}"}


def _through_zone(
    hass: HomeAssistant, known: State, zone_id: str, event: str
) -> Mapping[str, Any]:
    """Return the trigger variables of an entity that entered or left a zone."""
    zone_state = present(hass, zone_id)
    inside = having(known, zone_state.name)
    outside = having(known, "not_home")
    before, after = (outside, inside) if event == "enter" else (inside, outside)
    told = {**change(before, after, zone=zone_state, event=event)}
    del told["for"]
    return told


def _first(value: object) -> Any:  # noqa: ANN401 - what the trigger wants
    """Return the first of a list, or a single value; None if empty."""
    if isinstance(value, list | tuple | set | frozenset):
        return next(iter(sorted(value, key=str)), None)
    return value


def _limit(hass: HomeAssistant, limit: object) -> float | None:
    """Return a limit, possibly from the state of another entity."""
    if isinstance(limit, str) and (state := hass.states.get(limit)) is not None:
        return _number(state.state)
    return _number(limit)


def _number(value: object) -> float | None:
    """Return a number from its text; None if it is not a number."""
    try:
        return float(value)  # type: ignore[arg-type]
    except TypeError, ValueError:
        return None


def _between(above: float | None, below: float | None) -> float:
    """Return a value within the limits of a trigger."""
    match above, below:
        case float(), float():
            return (above + below) / 2
        case float(), None:
            return above + 1
        case None, float():
            return below - 1
    return 1


def _outside(above: float | None, below: float | None) -> float:
    """Return a value outside the limits."""
    if above is not None:
        return above - 1
    return 0 if below is None else below + 1
