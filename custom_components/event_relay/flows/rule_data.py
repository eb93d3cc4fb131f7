"""Converts the input of a rule's forms to the data of its subentry, and back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from homeassistant.const import CONF_CONDITIONS, CONF_NAME, CONF_TRIGGERS

from ..backends.choice_forms import ChoiceSelector
from ..backends.rule_forms import RuleField
from ..rules.rule import (
    CONF_COOL_DOWN,
    CONF_DEBOUNCE,
    CONF_DELIVER_MISSED,
    CONF_FIELDS,
    CONF_FROM_UNKNOWN,
    CONF_GRACE,
    CONF_LABELS,
    CONF_LIMITS,
    CONF_LONGEST_OPEN,
    CONF_MISSED,
    CONF_OPERATION,
    CONF_PERIOD,
    CONF_UNTIL,
)

SECTION_MORE = "more"
SECTION_ONLY_IF = "only_if"
SECTIONS = (CONF_UNTIL, CONF_LIMITS, CONF_MISSED)
"""The same for all operations, except that only some can be ended."""
DURATIONS = frozenset(
    {CONF_LONGEST_OPEN, CONF_DEBOUNCE, CONF_COOL_DOWN, CONF_PERIOD, CONF_GRACE}
)


def when_shown(title: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule's data as the form of its triggers shows them."""
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
    """Return the data of the form's input, without empty values."""
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
    """Return a rule's data as the form of its delivery shows them."""
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
    """Return the data of the form's input, without empty values."""
    top = {
        name: value
        for name, value in entered.items()
        if name not in (SECTION_MORE, *SECTIONS)
    }
    values = without_empty({**top, **entered.get(SECTION_MORE, {})})
    data: dict[str, Any] = {CONF_FIELDS: values}
    for name in SECTIONS:
        given = {
            key: _seconds(value) if key in DURATIONS else value
            for key, value in entered.get(name, {}).items()
        }
        given = without_empty(given)
        if given.get(CONF_DELIVER_MISSED):
            del given[CONF_DELIVER_MISSED]
        if given:
            data[name] = given
    return data


def chosen_labels(
    fields: Sequence[RuleField], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return labels of chosen values, for when they are no longer listed."""
    labels = {
        field.name: found
        for field in fields
        if isinstance(field.selector, ChoiceSelector)
        and (found := field.selector.labels_of(values.get(field.name)))
    }
    return {CONF_LABELS: labels} if labels else {}


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are not empty."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and value not in ("", [], {})
    }


def _seconds(parts: Mapping[str, float]) -> float | None:
    """Return the seconds of a duration from its form; None without one."""
    return timedelta(**parts).total_seconds() if parts else None


def _parts(seconds: float) -> dict[str, float]:
    """Return a duration in seconds as its form holds it."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return {"hours": hours, "minutes": minutes, "seconds": rest}
