"""The forms of a rule: their fields, labels and selectors."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, override

from homeassistant.const import CONF_CONDITIONS, CONF_NAME, CONF_TRIGGERS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConditionSelector,
    DurationSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TriggerSelector,
)
from homeassistant.util.yaml import dump
import voluptuous as vol

from ..actions.resolve import invalid_field, unfilled_field
from ..backends.base import Ending, InvalidField
from ..backends.choice_forms import NOTHING_CHOSEN
from ..backends.input_forms import BoundedNumber, field_of
from ..backends.markdown import in_list, in_markdown
from ..backends.rule_forms import RuleField
from ..home_language import Texts, in_home_language, quoted, texts_of
from ..rules.fields import CannotRender
from ..rules.rule import (
    CONF_COOL_DOWN,
    CONF_DEBOUNCE,
    CONF_DELIVER_MISSED,
    CONF_FROM_UNKNOWN,
    CONF_GRACE,
    CONF_LIMITS,
    CONF_LONGEST_OPEN,
    CONF_MISSED,
    CONF_MOST,
    CONF_OPERATION,
    CONF_PERIOD,
    CONF_UNTIL,
    SUBENTRY_RULE,
)
from .rule_data import SECTION_MORE, SECTION_ONLY_IF, without_empty

HIDDEN = "********"
"""The text that replaces a secret."""


class Labels(dict[str, str]):
    """The labels of a step's fields; a field without one has its name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Read the labels from the texts of the step."""
        super().__init__()
        self._texts = texts

    def __missing__(self, name: str) -> str:
        """Return the name of a field without a label."""
        for group in ("", f"sections.{SECTION_MORE}.", f"sections.{CONF_LIMITS}."):
            if (text := self._texts.get(f"{group}data.{name}")) is not None:
                return text
        return name


def labels_of(hass: HomeAssistant, operation: str) -> Mapping[str, str]:
    """Return the labels of an operation's fields in the home's language."""
    texts = texts_of(hass, "config_subentries")
    return Labels(Texts(texts, f"{SUBENTRY_RULE}.step.{operation}."))


def with_labels(
    hass: HomeAssistant,
    fields: Sequence[RuleField],
    kept: Mapping[str, Mapping[str, str]],
) -> tuple[RuleField, ...]:
    """Return fields with labels in the home's language, and those saved in a rule."""
    texts = texts_of(hass, "selector")
    return tuple(field.with_texts(texts, kept.get(field.name, {})) for field in fields)


def in_words(
    hass: HomeAssistant, error: InvalidField, labels: Mapping[str, str]
) -> InvalidField:
    """Return an error with the field labels of the form, in quotes."""
    name = field_of(error.field)
    details = dict(error.details)
    if "other" in details:
        details["other"] = quoted(hass, labels[details["other"]])
    label = quoted(hass, labels[name] + error.field.removeprefix(name))
    return InvalidField(label, error.problem, **details)


def _unfilled_in_words(hass: HomeAssistant, label: str, reason: str) -> str:
    """Return why a field cannot be filled in, with its label in quotes."""
    return in_home_language(hass, unfilled_field(quoted(hass, label), reason))


def refusal_in_words(
    hass: HomeAssistant, error: Exception, labels: Mapping[str, str]
) -> str:
    """Return why fields cannot be delivered, with the labels of the form."""
    match error:
        case InvalidField():
            return in_home_language(hass, invalid_field(in_words(hass, error, labels)))
        case CannotRender():
            return " ".join(
                f"{_unfilled_in_words(hass, labels[name], why)}."
                for name, why in error.reasons.items()
            )
    return str(error)


def as_yaml(values: Mapping[str, Any], fields: Sequence[RuleField]) -> str:
    """Return values as YAML in the order of the form, with secrets hidden."""
    order = [field.name for field in fields]
    secret = {field.name for field in fields if field.secret}
    names = [name for name in order if name in values]
    names += [name for name in values if name not in order]
    shown = {name: HIDDEN if name in secret else values[name] for name in names}
    return dump(shown).strip()


def as_list(
    hass: HomeAssistant, reasons: Mapping[str, str], labels: Mapping[str, str]
) -> str:
    """Return a Markdown list of why each field is not known."""
    return in_list(
        [
            in_markdown(_unfilled_in_words(hass, labels[name], why))
            for name, why in reasons.items()
        ]
    )


LONGEST_DURATION = timedelta(days=366)
MOST_FIRINGS = 10_000
_LIST_OF_OBJECTS = vol.Schema([dict])
_CONDITIONS = vol.Schema([vol.Any(dict, str)])


class RawTriggerSelector(TriggerSelector):
    """Triggers as entered; the step validates them."""

    @override
    def __call__(self, data: Any) -> Any:
        """Return data that can be stored as JSON and shown again."""
        return _LIST_OF_OBJECTS(data)


class RawConditionSelector(ConditionSelector):
    """Conditions as entered; the step validates them.

    Home Assistant's validated conditions cannot be stored as JSON.
    """

    @override
    def __call__(self, data: Any) -> Any:
        """Return data that can be stored as JSON and shown again."""
        return _CONDITIONS(data)


class BoundedDurationSelector(DurationSelector):
    """A duration of at most a year.

    Home Assistant's selector raises OverflowError for what no timedelta can hold.
    """

    @override
    def __call__(self, data: Any) -> Any:
        """Return a duration as entered; raises vol.Invalid."""
        try:
            parts = super().__call__(data)
            if abs(timedelta(**parts)) <= LONGEST_DURATION:
                return parts
        except OverflowError as error:
            raise vol.Invalid("duration too long") from error
        raise vol.Invalid("duration too long")


_DURATION = BoundedDurationSelector()


def when_schema(operations: Sequence[str], given: Mapping[str, Any]) -> vol.Schema:
    """Return the form for a rule's name, triggers and conditions.

    It asks for the operation only if there is a choice.
    """
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_TRIGGERS): RawTriggerSelector(),
    }
    if len(operations) > 1:
        marker = vol.Required(CONF_OPERATION, description=NOTHING_CHOSEN)
        fields[marker] = SelectSelector(
            SelectSelectorConfig(
                options=list(operations),
                translation_key="rule_operation",
                # Only a drop-down list shows that it is required.
                mode=SelectSelectorMode.DROPDOWN,
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
    fields: Sequence[RuleField],
    ending: Ending | None,
    given: Mapping[str, Any],
    *,
    missable: bool,
) -> vol.Schema:
    """Return the form for a rule's fields, its end, and its limits.

    It asks about missed firings only if `missable`: a trigger's firings while Home
    Assistant was off can be computed afterwards.
    """
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
        vol.Optional(CONF_MOST): BoundedNumber(1, MOST_FIRINGS),
        vol.Optional(CONF_PERIOD): _DURATION,
    }
    if missable:
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


def _marker(field: RuleField) -> vol.Marker:
    """Return the marker of a field: required or optional, with its default."""
    if not field.required:
        return vol.Optional(field.name)
    if isinstance(field.selector, SelectSelector):
        return vol.Required(field.name, description=NOTHING_CHOSEN)
    return vol.Required(field.name)


def _holds_anything(given: Mapping[str, Any] | None) -> bool:
    """Return whether a section has values other than its defaults."""
    defaults = {CONF_FROM_UNKNOWN: False, CONF_DELIVER_MISSED: True}
    return any(
        value != defaults.get(name)
        for name, value in without_empty(given or {}).items()
    )
