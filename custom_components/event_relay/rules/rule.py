"""The settings of a rule, read from its subentry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_CONDITIONS, CONF_TRIGGERS

CONF_OPERATION = "operation"
CONF_FIELDS = "fields"
CONF_LABELS = "labels"
"""Labels of chosen values, for when they are no longer listed."""
CONF_UNTIL = "until"
CONF_LONGEST_OPEN = "longest_open"
CONF_LIMITS = "limits"
CONF_DEBOUNCE = "debounce"
CONF_COOL_DOWN = "cool_down"
CONF_MOST = "most"
CONF_PERIOD = "period"
CONF_MISSED = "missed"
CONF_DELIVER_MISSED = "deliver"
CONF_GRACE = "grace"
CONF_FROM_UNKNOWN = "from_unknown"

SUBENTRY_RULE = "rule"

LONGEST_OPEN = timedelta(hours=1)
"""Default for how long an event stays open."""
GRACE = timedelta(hours=1)
"""Default for how late a missed occurrence is still delivered."""
PERIOD = timedelta(hours=1)
"""Default period of the limit on firings."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How often a rule may fire."""

    debounce: timedelta = timedelta()
    """How long after a firing its entity does not fire the rule again."""
    cool_down: timedelta = timedelta()
    """How long after a firing nothing fires the rule."""
    most: int | None = None
    """The most firings in `period`."""
    period: timedelta = PERIOD


@dataclass(frozen=True, kw_only=True)
class Missed:
    """How to handle occurrences missed while Home Assistant was off."""

    deliver: bool = True
    grace: timedelta = GRACE
    """Later occurrences are skipped."""


@dataclass(frozen=True, kw_only=True)
class Until:
    """What ends an event that the rule begins."""

    triggers: list[Mapping[str, Any]] = field(default_factory=list)
    """Raw trigger configurations."""
    longest_open: timedelta = LONGEST_OPEN


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The settings of a rule; two are equal if they behave the same."""

    id: str
    """Subentry id."""
    title: str
    triggers: list[Mapping[str, Any]]
    """Raw trigger configurations."""
    conditions: list[Any]
    """Raw condition configurations."""
    operation: str
    fields: Mapping[str, Any]
    """A value or a template for each field of the operation."""
    until: Until | None = None
    limits: Limits = Limits()
    missed: Missed = Missed()
    from_unknown: bool = False
    """Whether changes from and to `unknown` and `unavailable` also fire it."""


def read_rule(subentry: ConfigSubentry) -> Rule:
    """Return the rule of a subentry.

    Its data are JSON; durations are in seconds.
    """
    data = subentry.data
    limits = data.get(CONF_LIMITS, {})
    missed = data.get(CONF_MISSED, {})
    until = data.get(CONF_UNTIL)
    return Rule(
        id=subentry.subentry_id,
        title=subentry.title,
        triggers=list(data[CONF_TRIGGERS]),
        conditions=list(data.get(CONF_CONDITIONS, ())),
        operation=data[CONF_OPERATION],
        fields=dict(data.get(CONF_FIELDS, {})),
        until=None if until is None else _read_until(until),
        limits=Limits(
            debounce=_seconds(limits, CONF_DEBOUNCE, timedelta()),
            cool_down=_seconds(limits, CONF_COOL_DOWN, timedelta()),
            most=limits.get(CONF_MOST),
            period=_seconds(limits, CONF_PERIOD, PERIOD),
        ),
        missed=Missed(
            deliver=missed.get(CONF_DELIVER_MISSED, True),
            grace=_seconds(missed, CONF_GRACE, GRACE),
        ),
        from_unknown=data.get(CONF_FROM_UNKNOWN, False),
    )


def _read_until(data: Mapping[str, Any]) -> Until:
    """Return the settings for the end of an event."""
    return Until(
        triggers=list(data.get(CONF_TRIGGERS, ())),
        longest_open=_seconds(data, CONF_LONGEST_OPEN, LONGEST_OPEN),
    )


def _seconds(data: Mapping[str, Any], name: str, default: timedelta) -> timedelta:
    """Return a duration that is given in seconds."""
    seconds = data.get(name)
    return default if seconds is None else timedelta(seconds=seconds)
