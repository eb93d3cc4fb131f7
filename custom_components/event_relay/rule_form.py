"""The forms of a rule, and how what they hold becomes the data of its subentry."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, override

from homeassistant.const import CONF_CONDITIONS, CONF_NAME, CONF_TRIGGERS
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConditionSelector,
    DurationSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TriggerSelector,
)
import voluptuous as vol

from .backends.base import Ending
from .backends.rule_forms import RuleField
from .rules.rule import (
    CONF_COOL_DOWN,
    CONF_DEBOUNCE,
    CONF_DELIVER_MISSED,
    CONF_FIELDS,
    CONF_FROM_UNKNOWN,
    CONF_GRACE,
    CONF_LIMITS,
    CONF_LONGEST_OPEN,
    CONF_MISSED,
    CONF_MOST,
    CONF_OPERATION,
    CONF_PERIOD,
    CONF_UNTIL,
)

SECTION_MORE = "more"
SECTION_ONLY_IF = "only_if"
SECTIONS = (CONF_UNTIL, CONF_LIMITS, CONF_MISSED)
"""The same for all operations, but that not every one can be ended."""
DURATIONS = frozenset(
    {CONF_LONGEST_OPEN, CONF_DEBOUNCE, CONF_COOL_DOWN, CONF_PERIOD, CONF_GRACE}
)

_DURATION = DurationSelector()
_LIST_OF_OBJECTS = vol.Schema([dict])
_CONDITIONS = vol.Schema([vol.Any(dict, str)])


class RawTriggerSelector(TriggerSelector):
    """Triggers as they were entered: they are checked by the step itself."""

    @override
    def __call__(self, data: Any) -> Any:
        """Return what can be stored as JSON, and shown again."""
        return _LIST_OF_OBJECTS(data)


class RawConditionSelector(ConditionSelector):
    """Conditions as they were entered: they are checked by the step itself.

    What Home Assistant makes of them cannot be stored as JSON.
    """

    @override
    def __call__(self, data: Any) -> Any:
        """Return what can be stored as JSON, and shown again."""
        return _CONDITIONS(data)


def when_schema(operations: Sequence[str], given: Mapping[str, Any]) -> vol.Schema:
    """Return the form of what a rule is called and what fires it.

    The operation is asked for only where there is a choice.
    """
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_TRIGGERS): RawTriggerSelector(),
    }
    if len(operations) > 1:
        fields[vol.Required(CONF_OPERATION, default=operations[0])] = SelectSelector(
            SelectSelectorConfig(
                options=list(operations), translation_key="rule_operation"
            )
        )
    fields[vol.Required(SECTION_ONLY_IF)] = section(
        vol.Schema(
            {
                vol.Optional(CONF_CONDITIONS): RawConditionSelector(),
                vol.Optional(CONF_FROM_UNKNOWN, default=False): BooleanSelector(),
            }
        ),
        {"collapsed": not _holds_anything(given.get(SECTION_ONLY_IF))},
    )
    return vol.Schema(fields)


def deliver_schema(
    fields: Sequence[RuleField], ending: Ending | None, given: Mapping[str, Any]
) -> vol.Schema:
    """Return the form of what a rule delivers, when it ends, how often, how late."""
    form: dict[vol.Marker, Any] = {
        _marker(field): field.selector for field in fields if not field.seldom
    }
    sections: dict[str, dict[vol.Marker, Any]] = {
        SECTION_MORE: {
            _marker(field): field.selector for field in fields if field.seldom
        }
    }
    if ending is not None:
        sections[CONF_UNTIL] = {
            vol.Optional(CONF_TRIGGERS): RawTriggerSelector(),
            vol.Optional(CONF_LONGEST_OPEN): _DURATION,
        }
    sections[CONF_LIMITS] = {
        vol.Optional(CONF_DEBOUNCE): _DURATION,
        vol.Optional(CONF_COOL_DOWN): _DURATION,
        vol.Optional(CONF_MOST): NumberSelector(
            NumberSelectorConfig(min=1, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Optional(CONF_PERIOD): _DURATION,
    }
    sections[CONF_MISSED] = {
        vol.Optional(CONF_DELIVER_MISSED, default=True): BooleanSelector(),
        vol.Optional(CONF_GRACE): _DURATION,
    }
    for name, inner in sections.items():
        if inner:
            form[vol.Required(name)] = section(
                vol.Schema(inner), {"collapsed": not _holds_anything(given.get(name))}
            )
    return vol.Schema(form)


def when_shown(title: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form of what fires a rule shows for its data."""
    only_if = {
        name: data[name]
        for name in (CONF_CONDITIONS, CONF_FROM_UNKNOWN)
        if name in data
    }
    shown = {CONF_NAME: title, SECTION_ONLY_IF: only_if}
    shown |= {
        name: data[name] for name in (CONF_TRIGGERS, CONF_OPERATION) if name in data
    }
    return shown


def when_data(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of what was entered there; what is empty is left out."""
    only_if = entered[SECTION_ONLY_IF]
    data: dict[str, Any] = {CONF_TRIGGERS: entered[CONF_TRIGGERS]}
    if CONF_OPERATION in entered:
        data[CONF_OPERATION] = entered[CONF_OPERATION]
    if conditions := only_if.get(CONF_CONDITIONS):
        data[CONF_CONDITIONS] = conditions
    if only_if.get(CONF_FROM_UNKNOWN):
        data[CONF_FROM_UNKNOWN] = True
    return data


def deliver_shown(
    fields: Sequence[RuleField], data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the form of what a rule delivers shows for its data."""
    values = data.get(CONF_FIELDS, {})
    shown: dict[str, Any] = {
        field.name: values[field.name]
        for field in fields
        if not field.seldom and field.name in values
    }
    shown[SECTION_MORE] = {
        field.name: values[field.name]
        for field in fields
        if field.seldom and field.name in values
    }
    for name in SECTIONS:
        shown[name] = {
            key: _parts(value) if key in DURATIONS else value
            for key, value in data.get(name, {}).items()
        }
    return shown


def deliver_data(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of what was entered there; what is empty is left out."""
    top = {
        name: value
        for name, value in entered.items()
        if name not in (SECTION_MORE, *SECTIONS)
    }
    values = _without_empty({**top, **entered.get(SECTION_MORE, {})})
    data: dict[str, Any] = {CONF_FIELDS: values}
    for name in SECTIONS:
        given = {
            key: _seconds(value) if key in DURATIONS else value
            for key, value in entered.get(name, {}).items()
        }
        given = _without_empty(given)
        if CONF_MOST in given:
            given[CONF_MOST] = int(given[CONF_MOST])
        if given.get(CONF_DELIVER_MISSED):
            del given[CONF_DELIVER_MISSED]
        if given:
            data[name] = given
    return data


def place_of(fields: Sequence[RuleField], name: str) -> str:
    """Return where an error of a field is shown: there, or at its section."""
    for field in fields:
        if field.name == name:
            return SECTION_MORE if field.seldom else name
    return "base"


def _marker(field: RuleField) -> vol.Marker:
    """Return what says whether a field must be filled.

    The interface fills a list that must be with its first option. Where there are
    others that would be the wrong camera, and so the operation asks for it instead.
    """
    selector = field.selector
    several = isinstance(selector, SelectSelector) and selector.config["options"][1:]
    if field.required and not several:
        return vol.Required(field.name)
    return vol.Optional(field.name)


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what holds nothing."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and value not in ("", [], {})
    }


def _holds_anything(given: Mapping[str, Any] | None) -> bool:
    """Say whether a section holds more than its defaults."""
    defaults = {CONF_FROM_UNKNOWN: False, CONF_DELIVER_MISSED: True}
    return any(
        value != defaults.get(name)
        for name, value in _without_empty(given or {}).items()
    )


def _seconds(parts: Mapping[str, float]) -> float | None:
    """Return the seconds of a duration as its form has it; None for none."""
    return timedelta(**parts).total_seconds() if parts else None


def _parts(seconds: float) -> dict[str, float]:
    """Return a duration in seconds as its form has it."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return {"hours": hours, "minutes": minutes, "seconds": rest}
