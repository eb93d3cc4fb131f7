"""Validates a rule as entered, and tries its delivery."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
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
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..actions.coercion import coerce
from ..backends.base import Ending, InvalidField
from ..backends.input_forms import field_of
from ..coordinator import RelayConfigEntry
from ..rules.fields import Field
from ..rules.rule import (
    CONF_FIELDS,
    CONF_LIMITS,
    CONF_LONGEST_OPEN,
    CONF_MOST,
    CONF_PERIOD,
    CONF_UNTIL,
)
from ..rules.triggers import CannotAttach, make_conditions, validate_triggers
from .rule_data import SECTION_ONLY_IF

_WATCHED = frozenset({CONF_ENTITY_ID, CONF_TARGET})
"""Keys that select the entities of a trigger."""


class Mistake(Exception):
    """The input cannot be used."""

    def __init__(
        self, where: str, problem: str, details: Mapping[str, str] | None = None
    ) -> None:
        """Initialize with the problem, and the field or its section."""
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem
        self.details = details or {}


async def check_when(
    hass: HomeAssistant, entered: Mapping[str, Any]
) -> list[ConfigType]:
    """Return the triggers as Home Assistant validates them; raises Mistake."""
    if not entered[CONF_NAME].strip():
        raise Mistake(CONF_NAME, "no_name")
    triggers = await check_triggers(hass, entered[CONF_TRIGGERS], CONF_TRIGGERS)
    conditions = entered[SECTION_ONLY_IF].get(CONF_CONDITIONS, [])
    try:
        checker = await make_conditions(hass, conditions, entered[CONF_NAME])
    except CannotAttach as error:
        raise Mistake(
            SECTION_ONLY_IF, "invalid_conditions", {"reason": str(error)}
        ) from error
    checker.async_unload()
    return triggers


async def check_triggers(
    hass: HomeAssistant, raw: Collection[Mapping[str, Any]], where: str
) -> list[ConfigType]:
    """Return triggers as Home Assistant validates them; raises Mistake."""
    if not raw:
        raise Mistake(where, "no_triggers")
    return [
        await _check_trigger(hass, one, number, where)
        for number, one in enumerate(raw, start=1)
    ]


async def _check_trigger(
    hass: HomeAssistant, raw: Mapping[str, Any], number: int, where: str
) -> ConfigType:
    """Return a trigger as Home Assistant validates it; raises Mistake."""
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
    """Return the missing key of a trigger, if that is the error."""
    if isinstance(error, vol.MultipleInvalid):
        error = error.errors[0]
    if isinstance(error, vol.RequiredFieldInvalid) and error.path:
        return str(error.path[-1])
    return None


async def check_deliver(
    hass: HomeAssistant, data: Mapping[str, Any], ending: Ending | None
) -> None:
    """Validate the end and the limits; raises Mistake."""
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


class BrokenTemplate(Exception):
    """A template cannot be parsed; the message says why."""

    def __init__(self, name: str, reason: str) -> None:
        """Initialize with the field and the reason."""
        super().__init__(reason)
        self.field = name


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a rule would deliver if it fired now."""

    values: dict[str, Any]
    """Values of its fields, as far as they are known."""
    templated: frozenset[str]
    """Fields that contain a template."""
    unknown: dict[str, str] = field(default_factory=dict)
    """Reasons by field name, for fields that only a firing can fill."""
    refusal: InvalidField | None = None
    """The backend's refusal of `values`."""
    data: Mapping[str, object] = field(default_factory=dict)
    """The data requested, with Home Assistant's references resolved."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The data to deliver, with all defaults; empty if refused."""

    @property
    def ready(self) -> bool:
        """Return whether it can be delivered as it is."""
        return self.refusal is None and not self.unknown

    @property
    def mistake(self) -> InvalidField | None:
        """Return the refusal if no firing can resolve it."""
        if (refusal := self.refusal) is None:
            return None
        named = {field_of(refusal.field), refusal.details.get("other", "")}
        return None if named & self.templated else refusal


async def try_fields(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    operation: str,
    fields: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> Trial:
    """Return what a rule would deliver with these variables.

    Raises BrokenTemplate.
    """
    values: dict[str, Any] = {}
    templated: set[str] = set()
    unknown: dict[str, str] = {}
    for name, raw in fields.items():
        shape = entry.runtime_data.forms.shape_of(operation, name)
        try:
            read = Field(hass, raw, shape)
        except vol.Invalid as error:
            raise BrokenTemplate(name, str(error)) from error
        if read.templated:
            templated.add(name)
        try:
            # Missing values are not made up. A firing renders an unknown variable as
            # empty text, as everywhere in Home Assistant.
            value = read.render(variables, strict=True)
        except TemplateError as error:
            unknown[name] = str(error)
            continue
        if value is not None:
            values[name] = value
    data: Mapping[str, object] = {}
    payload: Mapping[str, Any] = {}
    refusal = None
    try:
        data, payload = await _offer(hass, entry, operation, values)
    except InvalidField as error:
        if field_of(error.field) not in unknown:
            refusal = error
    return Trial(
        values=values,
        templated=frozenset(templated),
        unknown=unknown,
        refusal=refusal,
        data=data,
        payload=payload,
    )


async def _offer(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    operation: str,
    values: Mapping[str, Any],
) -> tuple[Mapping[str, object], Mapping[str, Any]]:
    """Process values as at acceptance, without accepting them.

    Return the data requested and the data to store. Raises InvalidField.
    """
    forms = entry.runtime_data.forms
    settings = forms.settings_of(entry)
    data = coerce(values, forms.action_fields[operation])
    resolved = await forms.resolve(hass, settings, operation, data)
    asked = forms.backend.operation(operation)
    fitting, _ = asked.shortened(resolved)
    payload = asked.parse(fitting)
    asked.check(payload, entry.runtime_data.effective, dt_util.utcnow())
    return resolved, asked.dump(payload)
