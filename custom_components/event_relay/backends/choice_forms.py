"""Selectors that also take values outside their list, and that show labels."""

from collections.abc import Iterable, Mapping
from typing import Any, Self, override

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

type Labels = Mapping[str, str]
"""Labels by value."""
type Listed = Mapping[str, Labels]
"""Choices that a live system lists, by field."""

NOTHING_CHOSEN: Mapping[str, str] = {"suggested_value": ""}
"""Description of a required field without a suggestion: Home Assistant's interface
preselects the first option if there is neither a default nor a suggestion."""


class ChoiceSelector(SelectSelector):
    """A list to choose from, which takes other values and templates, too.

    Home Assistant's interface shows a single choice by its value, not by its label
    (2026.10). So its options are labels instead of values, and the choice is mapped
    back here. With multiple choices it shows labels itself.
    """

    def __init__(
        self,
        options: Labels,
        *,
        translation_key: str | None = None,
        multiple: bool = False,
        fixed: bool = False,
    ) -> None:
        """Offer values by their labels, or by translated texts with a key.

        `fixed` options do not come from a live system: their labels need not be kept.
        """
        self.fixed = fixed
        self.options = options
        self.translation_key = translation_key
        self.multiple = multiple
        self._labels = {} if multiple else _distinct(options)
        self._values = {label: value for value, label in self._labels.items()}
        given = {**options, **self._labels}
        config = SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value if multiple else label, label=label)
                for value, label in given.items()
            ],
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
            multiple=multiple,
        )
        super().__init__(config)

    @override
    def __call__(self, data: Any) -> Any:
        """Return the value of a choice, and typed text as it is."""
        entered = super().__call__(data)
        return entered if self.multiple else self._values.get(entered, entered)

    def shown(self, value: object) -> object:
        """Return the form's text for a value, or for several."""
        match value:
            case None | "":
                return value
            case list() | tuple() if self.multiple:
                return [str(one) for one in value]
            case str() | int() | float() if self.multiple:
                return [str(value)]
            case str() | int() | float():
                return self._labels.get(str(value), str(value))
        return value

    def labels_of(self, value: object) -> dict[str, str]:
        """Return the labels to keep for the chosen values, if they differ from them."""
        if self.fixed:
            return {}
        chosen = value if isinstance(value, list | tuple) else [value]
        return {
            one: self.options[one]
            for one in map(str, chosen)
            if self.options.get(one, one) != one
        }

    def with_texts(self, texts: Mapping[str, str], kept: Labels) -> Self:
        """Return the selector with translated labels, and with labels once kept.

        `texts` are those of selectors, by `<translation key>.options.<value>`.
        """
        labels = {**kept, **self.options}
        if (key := self.translation_key) is not None:
            labels = {
                value: texts.get(f"{key}.options.{value}", label)
                for value, label in labels.items()
            }
        return type(self)(labels, multiple=self.multiple, fixed=key is not None)


def choice(
    options: Labels | Iterable[str],
    *,
    translation_key: str | None = None,
    multiple: bool = False,
) -> ChoiceSelector:
    """Return a selector for a list of values, or for labels by value."""
    labels = (
        options if isinstance(options, Mapping) else {value: value for value in options}
    )
    return ChoiceSelector(labels, translation_key=translation_key, multiple=multiple)


def as_shown(schema: vol.Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as a form shows them: choices by their labels."""
    shown = dict(values)
    for marker, inner in schema.schema.items():
        name = str(marker)
        if name not in shown:
            continue
        if isinstance(inner, section):
            shown[name] = as_shown(inner.schema, shown[name])
        elif isinstance(inner, ChoiceSelector):
            shown[name] = inner.shown(shown[name])
    return shown


def _distinct(options: Labels) -> dict[str, str]:
    """Return unique labels, none of which equals another value."""
    labels = [*options.values()]
    return {
        value: f"{label} ({value})"
        if labels.count(label) > 1 or (label != value and label in options)
        else label
        for value, label in options.items()
    }
