"""What can be wrong with a rule as it was entered."""

from collections.abc import Collection, Mapping
from typing import Any

from homeassistant.const import (
    CONF_CONDITIONS,
    CONF_ENTITY_ID,
    CONF_NAME,
    CONF_OPTIONS,
    CONF_TARGET,
    CONF_TRIGGERS,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..backends.base import Ending
from ..rules.arming import CannotArm, make_conditions, validate_triggers
from ..rules.rule import (
    CONF_FIELDS,
    CONF_LIMITS,
    CONF_LONGEST_OPEN,
    CONF_MOST,
    CONF_PERIOD,
    CONF_UNTIL,
)
from .rule_data import SECTION_ONLY_IF

_WATCHED = frozenset({CONF_ENTITY_ID, CONF_TARGET})
"""What says which entities a trigger watches."""


class Mistake(Exception):
    """Something that was entered cannot be used."""

    def __init__(
        self, where: str, problem: str, details: Mapping[str, str] | None = None
    ) -> None:
        """Name the problem, and the field, or the section that it is in.

        A form shows errors at sections, but not at the fields inside.
        """
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem
        self.details = details or {}


async def check_when(
    hass: HomeAssistant, entered: Mapping[str, Any]
) -> list[ConfigType]:
    """Return the triggers as Home Assistant reads them; raises Mistake."""
    if not entered[CONF_NAME].strip():
        raise Mistake(CONF_NAME, "no_name")
    triggers = await check_triggers(hass, entered[CONF_TRIGGERS], CONF_TRIGGERS)
    conditions = entered[SECTION_ONLY_IF].get(CONF_CONDITIONS, [])
    try:
        checker = await make_conditions(hass, conditions, entered[CONF_NAME])
    except CannotArm as error:
        raise Mistake(
            SECTION_ONLY_IF, "invalid_conditions", {"reason": str(error)}
        ) from error
    checker.async_unload()
    return triggers


async def check_triggers(
    hass: HomeAssistant, raw: Collection[Mapping[str, Any]], where: str
) -> list[ConfigType]:
    """Return triggers as Home Assistant reads them; raises Mistake."""
    if not raw:
        raise Mistake(where, "no_triggers")
    return [
        await _check_trigger(hass, one, number, where)
        for number, one in enumerate(raw, start=1)
    ]


async def _check_trigger(
    hass: HomeAssistant, raw: Mapping[str, Any], number: int, where: str
) -> ConfigType:
    """Return a trigger as Home Assistant reads it; raises Mistake."""
    details = {"number": str(number)}
    try:
        (trigger,) = await validate_triggers(hass, [raw])
    except (vol.Invalid, HomeAssistantError) as error:
        if (missing := _missing_key(error)) in _WATCHED:
            raise Mistake(where, "nothing_watched", details) from error
        if missing is not None:
            details["missing"] = missing
            raise Mistake(where, "incomplete_trigger", details) from error
        details["reason"] = str(error)
        raise Mistake(where, "invalid_triggers", details) from error
    options = {**trigger, **trigger.get(CONF_OPTIONS, {})}
    if any(name in options and not options[name] for name in _WATCHED):
        raise Mistake(where, "nothing_watched", details)
    return trigger


def _missing_key(error: Exception) -> str | None:
    """Return the key that a trigger lacks, if that is what is wrong with it."""
    if isinstance(error, vol.MultipleInvalid):
        error = error.errors[0]
    if isinstance(error, vol.RequiredFieldInvalid) and error.path:
        return str(error.path[-1])
    return None


async def check_deliver(
    hass: HomeAssistant, data: Mapping[str, Any], ending: Ending | None
) -> None:
    """Refuse an end or a limit that makes no sense; raises Mistake."""
    if (until := data.get(CONF_UNTIL)) is not None:
        if CONF_TRIGGERS not in until:
            raise Mistake(CONF_UNTIL, "no_end")
        if until.get(CONF_LONGEST_OPEN) == 0:
            raise Mistake(CONF_UNTIL, "no_time")
        await check_triggers(hass, until[CONF_TRIGGERS], CONF_UNTIL)
        for name in sorted(ending.instead_of if ending else ()):
            if name in data[CONF_FIELDS]:
                raise Mistake(name, "ended_otherwise")
    limits = data.get(CONF_LIMITS, {})
    if CONF_PERIOD in limits and CONF_MOST not in limits:
        raise Mistake(CONF_LIMITS, "no_most")
    if limits.get(CONF_PERIOD) == 0:
        raise Mistake(CONF_LIMITS, "no_time")
