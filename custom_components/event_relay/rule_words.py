"""What the fields of a rule are called in its form."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .backends.base import InvalidField
from .const import DOMAIN
from .rule_form import SECTION_MORE
from .rule_trial import field_of
from .rules.rule import SUBENTRY_RULE


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


def in_words(error: InvalidField, labels: Mapping[str, str]) -> InvalidField:
    """Return an error that calls fields what the form calls them."""
    name = field_of(error.field)
    details = dict(error.details)
    if "other" in details:
        details["other"] = labels[details["other"]]
    return InvalidField(
        labels[name] + error.field.removeprefix(name), error.problem, **details
    )
