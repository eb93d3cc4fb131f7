"""What the form of a rule is made of: fields that take a value or a template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.helpers.selector import (
    ObjectSelector,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)


@dataclass(frozen=True, kw_only=True)
class RuleField:
    """One field of an operation, as the form of a rule asks for it."""

    name: str
    selector: Selector[Any]
    required: bool = False
    seldom: bool = False
    """Whether it is folded away with others that are seldom needed."""
    secret: bool = False
    """Whether what it holds is shown nowhere else."""


NOTHING_CHOSEN: Mapping[str, str] = {"suggested_value": ""}
"""Description of a required choice that the user makes: Home Assistant's interface
takes the first option for one that has neither a default nor a suggestion."""

TEXT = TextSelector()
"""One line: a text, a number or a template."""
LINES = TextSelector(TextSelectorConfig(multiline=True))
SECONDS = TextSelector(TextSelectorConfig(suffix="s"))
OBJECT = ObjectSelector()
"""Lists and mappings; each value in them may be a template."""
YES_NO = SelectSelector(
    SelectSelectorConfig(
        options=["yes", "no"],
        translation_key="yes_no",
        custom_value=True,
        mode=SelectSelectorMode.DROPDOWN,
    )
)


def choice(
    options: Mapping[str, str] | Iterable[str],
    *,
    translation_key: str = "",
    multiple: bool = False,
) -> SelectSelector:
    """Return a list to choose from, which takes other values and templates, too.

    `options` are values, or what they are shown as by value.
    """
    config = SelectSelectorConfig(
        options=_options(options),
        custom_value=True,
        mode=SelectSelectorMode.DROPDOWN,
        multiple=multiple,
    )
    if translation_key:
        config["translation_key"] = translation_key
    return SelectSelector(config)


def _options(
    options: Mapping[str, str] | Iterable[str],
) -> list[SelectOptionDict] | list[str]:
    """Return options as selectors take them."""
    if isinstance(options, Mapping):
        return [
            SelectOptionDict(value=value, label=label)
            for value, label in options.items()
        ]
    return list(options)
