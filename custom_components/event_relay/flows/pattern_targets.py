"""Fills the triggers of a pattern with what this home has."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.const import ATTR_DEVICE_CLASS, CONF_ENTITY_ID, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.trigger import async_get_all_descriptions

from ..const import DOMAIN


async def async_filled(
    hass: HomeAssistant, triggers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return triggers that this home can fire, with the target if only one fits.

    The others would lead to a list of targets that is empty. State triggers take the
    same entity: a pattern is about one thing.
    """
    descriptions = await async_get_all_descriptions(hass)
    filled: list[dict[str, Any]] = []
    alone: list[str] = []
    for trigger in triggers:
        if CONF_TARGET not in trigger:
            filled.append(dict(trigger))
            continue
        name = str(trigger["trigger"])
        target = (descriptions.get(name) or {}).get(CONF_TARGET, {})
        # A domain that is not set up has no description, and most often no entity.
        filters = target.get("entity") or {"domain": name.partition(".")[0]}
        if fitting := _fitting(hass, filters):
            alone = fitting if len(fitting) == 1 else []
            chosen = {CONF_ENTITY_ID: alone} if alone else {}
            filled.append({**trigger, CONF_TARGET: chosen})
    return [
        {**one, CONF_ENTITY_ID: alone} if one.get(CONF_ENTITY_ID) == [] else one
        for one in filled
    ]


def _fitting(
    hass: HomeAssistant, filters: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return the entities that a trigger can watch, without those of Event Relay."""
    each = [filters] if isinstance(filters, Mapping) else filters
    registry = er.async_get(hass)
    return [
        state.entity_id
        for state in hass.states.async_all()
        if any(_fits(state, one) for one in each)
        and (
            (entity := registry.async_get(state.entity_id)) is None
            or entity.platform != DOMAIN
        )
    ]


def _fits(state: State, wanted: Mapping[str, Any]) -> bool:
    """Return whether an entity has the domain and the device class of a filter."""
    classes = cv.ensure_list(wanted.get("device_class"))
    return state.domain in cv.ensure_list(wanted.get("domain")) and (
        not classes or state.attributes.get(ATTR_DEVICE_CLASS) in classes
    )
