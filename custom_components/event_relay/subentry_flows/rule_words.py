"""What a rule's fields are called in its form, and how their values are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import dump

from ..backends.base import InvalidField
from ..backends.rule_forms import RuleField
from ..backends.words import in_list, in_markdown
from ..const import DOMAIN
from ..home_language import in_home_language
from ..resolve import invalid_field, unfilled_field
from ..rules.fields import CannotRender
from ..rules.rule import SUBENTRY_RULE
from .rule_data import SECTION_MORE
from .rule_trial import field_of

HIDDEN = "********"
"""What is shown in place of a secret."""


class Labels(dict[str, str]):
    """What fields are called; one without a text by its own name."""

    def __missing__(self, name: str) -> str:
        """Return the name itself."""
        return name


async def labels_of(hass: HomeAssistant, operation: str) -> Mapping[str, str]:
    """Return what the fields of an operation are called in the home's language."""
    category = "config_subentries"
    texts = await async_get_translations(hass, hass.config.language, category, {DOMAIN})
    step = f"component.{DOMAIN}.{category}.{SUBENTRY_RULE}.step.{operation}"
    labels = Labels()
    for group in (f"{step}.data.", f"{step}.sections.{SECTION_MORE}.data."):
        labels |= {
            key.removeprefix(group): text
            for key, text in texts.items()
            if key.startswith(group)
        }
    return labels


async def with_labels(
    hass: HomeAssistant,
    fields: Sequence[RuleField],
    kept: Mapping[str, Mapping[str, str]],
) -> tuple[RuleField, ...]:
    """Return fields with labels in the home's language, and those kept with a rule."""
    category = "selector"
    texts = await async_get_translations(hass, hass.config.language, category, {DOMAIN})
    path = f"component.{DOMAIN}.{category}."
    named = {key.removeprefix(path): text for key, text in texts.items()}
    return tuple(field.with_texts(named, kept.get(field.name, {})) for field in fields)


def in_words(error: InvalidField, labels: Mapping[str, str]) -> InvalidField:
    """Return an error that calls fields what the form calls them."""
    name = field_of(error.field)
    details = dict(error.details)
    if "other" in details:
        details["other"] = labels[details["other"]]
    return InvalidField(
        labels[name] + error.field.removeprefix(name), error.problem, **details
    )


def refusal_in_words(
    hass: HomeAssistant, error: Exception, labels: Mapping[str, str]
) -> str:
    """Return why fields cannot be delivered, with the names that the form has."""
    match error:
        case InvalidField():
            return in_home_language(hass, invalid_field(in_words(error, labels)))
        case CannotRender():
            return " ".join(
                f"{in_home_language(hass, unfilled_field(labels[name], why))}."
                for name, why in error.reasons.items()
            )
    return str(error)


def as_yaml(values: Mapping[str, Any], fields: Sequence[RuleField]) -> str:
    """Return values as YAML in the order of the form, those that are secret hidden."""
    order = [field.name for field in fields]
    secret = {field.name for field in fields if field.secret}
    names = [name for name in order if name in values]
    names += [name for name in values if name not in order]
    shown = {name: HIDDEN if name in secret else values[name] for name in names}
    return dump(shown).strip()


def as_list(
    hass: HomeAssistant, reasons: Mapping[str, str], labels: Mapping[str, str]
) -> str:
    """Return for each field why it is not known, as a list in Markdown."""
    return in_list(
        [
            in_markdown(in_home_language(hass, unfilled_field(labels[name], why)))
            for name, why in reasons.items()
        ]
    )
