"""Home Assistant's own triggers and conditions, attached for a rule."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
import logging
from typing import Any, cast

from homeassistant.const import CONF_ENTITY_ID, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition, config_validation as cv, trigger
from homeassistant.helpers.condition import ConditionsChecker
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)

type Triggered = Callable[[dict[str, Any], Context | None], Awaitable[None]]
"""Called with the variables of a trigger and the context of its cause."""


class CannotArm(Exception):
    """Triggers or conditions cannot be attached; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Triggers:
    """Triggers that are attached until they are detached."""

    configs: list[ConfigType]
    """As Home Assistant validated them, in their order."""
    detach: CALLBACK_TYPE


async def attach(
    hass: HomeAssistant,
    raw: Collection[Mapping[str, Any]],
    name: str,
    triggered: Triggered,
) -> Triggers:
    """Attach triggers; raises CannotArm if one of them cannot be."""
    problems: list[str] = []

    def log(level: int, message: str, **_: object) -> None:
        """Collect what Home Assistant would only write to the log."""
        if level >= logging.ERROR:
            problems.append(message)

    try:
        configs = await validate_triggers(hass, raw)
        detach = await trigger.async_initialize_triggers(
            hass, configs, triggered, DOMAIN, name, log
        )
    except (vol.Invalid, HomeAssistantError) as error:
        raise CannotArm(str(error)) from error
    if problems:
        if detach is not None:
            detach()
        raise CannotArm("; ".join(problems))
    return Triggers(configs=configs, detach=detach or _nothing)


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
            found.update(trigger.async_extract_entities(config))
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


def _nothing() -> None:
    """Stand for what was not attached."""
