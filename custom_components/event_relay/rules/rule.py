"""What a rule is: when something happens at home, deliver that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_CONDITIONS, CONF_TRIGGERS

CONF_OPERATION = "operation"
CONF_FIELDS = "fields"
CONF_LABELS = "labels"
"""What chosen values were shown as, for when they are not listed any more."""
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
"""How long an event stays open unless a rule says otherwise."""
GRACE = timedelta(hours=1)
"""How late a missed occurrence is still delivered unless a rule says otherwise."""
PERIOD = timedelta(hours=1)
"""The period in which a rule may fire so many times unless it says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How often a rule may fire."""

    debounce: timedelta = timedelta()
    """After a firing, the time in which its entity fires nothing more."""
    cool_down: timedelta = timedelta()
    """After a firing, the time in which nothing fires the rule."""
    most: int | None = None
    """The most firings in `period`."""
    period: timedelta = PERIOD


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What becomes of what happened while Home Assistant was off."""

    deliver: bool = True
    grace: timedelta = GRACE
    """What is later than that is skipped."""


@dataclass(frozen=True, kw_only=True)
class Until:
    """What ends an event that the rule begins."""

    triggers: list[Mapping[str, Any]] = field(default_factory=list)
    """Raw trigger configurations."""
    longest_open: timedelta = LONGEST_OPEN


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as its form left it; two are equal if they do the same."""

    id: str
    """Subentry id."""
    title: str
    triggers: list[Mapping[str, Any]]
    """Raw trigger configurations."""
    conditions: list[Any]
    """Raw condition configurations."""
    operation: str
    fields: Mapping[str, Any]
    """For each field of the operation a value or a template."""
    until: Until | None = None
    limits: Limits = Limits()
    missed: Missed = Missed()
    from_unknown: bool = False
    """Whether changes from and to `unknown` and `unavailable` fire it, too."""


def read_rule(subentry: ConfigSubentry) -> Rule:
    """Return the rule of a subentry.

    Its data are JSON; times are numbers of seconds.
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
    """Return what ends an event."""
    return Until(
        triggers=list(data.get(CONF_TRIGGERS, ())),
        longest_open=_seconds(data, CONF_LONGEST_OPEN, LONGEST_OPEN),
    )


def _seconds(data: Mapping[str, Any], name: str, default: timedelta) -> timedelta:
    """Return a time that is given in seconds."""
    seconds = data.get(name)
    return default if seconds is None else timedelta(seconds=seconds)
