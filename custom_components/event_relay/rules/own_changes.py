"""Ignores Event Relay's own entities and events unless a trigger names them.

Every delivery changes our own entities. A rule for any change would fire itself.
"""

from collections.abc import Mapping, Sequence
import json
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN
from .firing import place_entered

_PREFIX = f"{DOMAIN}_"


def own_and_not_named(
    hass: HomeAssistant,
    variables: Mapping[str, Any],
    raw: Sequence[Mapping[str, Any]],
) -> bool:
    """Return whether a trigger reports a change of ours that it does not name.

    `raw` are the triggers as the user entered them, which may contain trigger lists.
    A trigger names it by its id, device or type, also inside a template.
    """
    trigger = variables.get("trigger")
    if not isinstance(trigger, Mapping) or not (names := _names(hass, trigger)):
        return False
    place = place_entered(variables, raw)
    written = json.dumps(raw if place is None else raw[place], default=str)
    return not any(name in written for name in names)


def own_entity(hass: HomeAssistant, entity_id: object) -> er.RegistryEntry | None:
    """Return the registry entry of one of our entities; None for any other."""
    if not isinstance(entity_id, str):
        return None
    entry = er.async_get(hass).async_get(entity_id)
    return entry if entry is not None and entry.platform == DOMAIN else None


def _names(hass: HomeAssistant, trigger: Mapping[str, Any]) -> set[str]:
    """Return the names of our entity or event in a trigger; empty if not ours."""
    names = _names_of_entity(hass, trigger.get("entity_id"))
    notification = trigger.get("notification")
    if isinstance(notification, Mapping):
        shown = str(notification.get("notification_id"))
        names |= {shown} if shown.startswith(_PREFIX) else set()
    event = trigger.get("event")
    if isinstance(event, Event):
        names |= _names_of_event(hass, event)
    platform = str(trigger.get("platform"))
    if platform.startswith(f"{DOMAIN}."):
        names.add(platform)
    return names


def _names_of_entity(hass: HomeAssistant, entity_id: object) -> set[str]:
    """Return the names of an entity of ours; empty for any other."""
    entry = own_entity(hass, entity_id)
    if entry is None:
        return set()
    return {entry.entity_id, entry.id, entry.device_id or entry.id}


def _names_of_event(hass: HomeAssistant, event: Event[Mapping[str, Any]]) -> set[str]:
    """Return the names of an event that is ours or about something of ours."""
    data = event.data
    names = _names_of_entity(hass, data.get("entity_id"))
    if str(event.event_type).startswith(_PREFIX):
        names.add(str(event.event_type))
    if data.get("domain") == DOMAIN:
        names.add(DOMAIN)
    device_id = data.get("device_id")
    if isinstance(device_id, str):
        device = dr.async_get(hass).async_get(device_id)
        ours = device and any(one[0] == DOMAIN for one in device.identifiers)
        names |= {device_id} if ours else set()
    return names
