"""Creates sample trigger variables, for the test and the preview of a rule."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Any

from homeassistant.const import (
    CONF_ALIAS,
    CONF_ENABLED,
    CONF_ID,
    CONF_OPTIONS,
    CONF_PLATFORM,
    CONF_VARIABLES,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from ...const import DOMAIN
from . import calendars, devices, entities, events, messages, purposes, times
from .placeholder import Anything

_LOGGER = logging.getLogger(__name__)

type Maker = Callable[[HomeAssistant, ConfigType], Awaitable[Mapping[str, Any]]]
"""Returns what a trigger of one platform adds to `trigger`."""

_MAKERS: Mapping[str, Maker] = {
    "calendar": calendars.event,
    "calendar.event_ended": calendars.event,
    "calendar.event_started": calendars.event,
    "conversation": messages.sentence,
    "device": devices.device,
    "event": events.event,
    "geo_location": entities.geo_location,
    "homeassistant": times.home_assistant,
    "moon.phase_changed": times.moon,
    "mqtt": messages.mqtt,
    "numeric_state": entities.numeric_state,
    "persistent_notification": messages.notification,
    "state": entities.state,
    "sun": times.sun,
    "tag": events.tag,
    "template": entities.template,
    "time": times.time,
    "time_pattern": times.time_pattern,
    "timer.remaining_time_reached": purposes.timer,
    "todo.item_added": purposes.to_do,
    "todo.item_completed": purposes.to_do,
    "todo.item_removed": purposes.to_do,
    "webhook": messages.webhook,
    "zone": entities.zone,
}

_EXAMPLES_BY_DOMAIN: Mapping[str, str] = {
    "calendar": "{{ trigger.calendar_event.summary }}",
    DOMAIN: "{{ trigger.message }}",
    "moon": "{{ trigger.phase }}",
    "sun": "{{ trigger.description }}",
    "todo": "{{ trigger.entity_id }}",
}
"""A template that works with a domain's purpose triggers that report no state."""
_EXAMPLES: Mapping[str, str] = {
    "calendar": "{{ trigger.calendar_event.summary }}",
    "conversation": "{{ trigger.sentence }}",
    "event": "{{ trigger.event.data.name }}",
    "homeassistant": "{{ trigger.event }}",
    "mqtt": "{{ trigger.payload }}",
    "persistent_notification": "{{ trigger.notification.title }}",
    "sun": "{{ trigger.description }}",
    "tag": "{{ trigger.event.data.tag_id }}",
    "time": "{{ trigger.now }}",
    "time_pattern": "{{ trigger.now }}",
    "webhook": "{{ trigger.json.message }}",
}
"""A template that works with triggers of a platform."""
_EXAMPLE = "{{ trigger.to_state.name }}"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Template variables for a test, and their source."""

    variables: Mapping[str, Any]
    """`trigger`, and what the trigger adds."""
    trigger: Mapping[str, Any]
    """The configuration of its trigger."""
    fired_at: datetime | None = None
    """When the trigger really fired; None for a made-up sample."""


async def sample_of(hass: HomeAssistant, configs: Sequence[ConfigType]) -> Sample:
    """Return the template variables as if the first enabled trigger fired now.

    The configurations must be validated. Values that are known only when it happens are
    made up, and marked as such.
    """
    index = next(
        (
            number
            for number, config in enumerate(configs)
            if config.get(CONF_ENABLED, True) is not False
        ),
        0,
    )
    config = configs[index]
    variables: dict[str, Any] = {"trigger": await _trigger(hass, config, index)}
    if CONF_VARIABLES in config:
        try:
            variables |= config[CONF_VARIABLES].async_render(hass, variables)
        except Exception as error:  # noqa: BLE001 - templates raise anything
            _LOGGER.debug("A variable of a trigger cannot be rendered: %s", error)
    return Sample(variables=variables, trigger=config)


def example_template(configs: Sequence[ConfigType]) -> str:
    """Return a template that works with the first of these triggers."""
    platform = str(configs[0][CONF_PLATFORM]) if configs else ""
    domain = platform.partition(".")[0]
    return _EXAMPLES.get(platform) or _EXAMPLES_BY_DOMAIN.get(domain, _EXAMPLE)


async def _trigger(
    hass: HomeAssistant, config: ConfigType, index: int
) -> dict[str, Any]:
    """Return the variables that a trigger of this configuration would have."""
    platform = config[CONF_PLATFORM]
    common = {
        "id": config.get(CONF_ID, str(index)),
        "idx": str(index),
        "alias": config.get(CONF_ALIAS),
        "platform": platform,
    }
    try:
        if (make := _MAKERS.get(platform)) is not None:
            return {**common, **await make(hass, config)}
        if (given := await purposes.changed_entity(hass, config)) is not None:
            return {**common, **given}
    except Exception as error:  # noqa: BLE001 - other integrations raise anything
        _LOGGER.debug("No sample can be made for %s: %r", platform, error)
    options = config.get(CONF_OPTIONS) or {}
    described = {**options, **common, "description": f"sample of {platform}"}
    return Anything(described, "trigger")
