"""Home Assistant's own triggers and conditions, as a rule has them."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from copy import deepcopy
import logging
from typing import Any, cast

from homeassistant.const import CONF_ENTITY_ID, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition, config_validation as cv, trigger
from homeassistant.helpers.condition import ConditionsChecker
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

_LOGGER = logging.getLogger(__name__)


class CannotArm(Exception):
    """Triggers or conditions cannot be attached; the message says why."""


async def validate_triggers(
    hass: HomeAssistant, raw: Collection[Mapping[str, Any]]
) -> list[ConfigType]:
    """Return triggers as Home Assistant reads them.

    Raises voluptuous' Invalid and HomeAssistantError.
    """
    configs = cv.TRIGGER_SCHEMA([deepcopy(dict(one)) for one in raw])
    return await trigger.async_validate_trigger_config(hass, configs)


async def make_conditions(
    hass: HomeAssistant, raw: Collection[Any], name: str
) -> ConditionsChecker:
    """Return what checks the conditions of a rule; it must be unloaded.

    Raises CannotArm.
    """
    try:
        configs = await condition.async_validate_conditions_config(
            hass, cv.CONDITIONS_SCHEMA(deepcopy(list(raw)))
        )
        return await condition.async_conditions_from_config(
            hass, cast("list[ConfigType]", configs), _LOGGER, name
        )
    except (vol.Invalid, HomeAssistantError) as error:
        raise CannotArm(str(error)) from error


def entities_of_triggers(configs: Collection[ConfigType]) -> set[str]:
    """Return the entities that triggers name."""
    found: set[str] = set()
    for config in configs:
        with suppress(KeyError, TypeError):
            # One that has not been validated may name a single entity by its text.
            found.update(cv.ensure_list(trigger.async_extract_entities(config)))
    return found


def targets_more_than_entities(config: ConfigType) -> bool:
    """Say whether a trigger is for areas, devices, floors or labels."""
    target = config.get(CONF_TARGET)
    return isinstance(target, Mapping) and bool(target.keys() - {CONF_ENTITY_ID})


def entities_of_conditions(raw: Collection[Any]) -> set[str]:
    """Return the entities that conditions name."""
    found: set[str] = set()
    for config in raw:
        with suppress(KeyError, TypeError, vol.Invalid):
            found.update(condition.async_extract_entities(config))
    return found
