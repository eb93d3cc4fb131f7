"""The fields of a rule's form, which take a value or a template."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.helpers.selector import (
    ObjectSelector,
    Selector,
    TextSelector,
    TextSelectorConfig,
)

from .choice_forms import ChoiceSelector, Labels, choice


@dataclass(frozen=True, kw_only=True)
class RuleField:
    """One field of an operation in the form of a rule."""

    name: str
    selector: Selector[Any]
    required: bool = False
    seldom: bool = False
    """Whether it is in the section of fields that are seldom needed."""
    secret: bool = False
    """Whether its value is shown nowhere else."""

    def with_texts(self, texts: Mapping[str, str], kept: Labels) -> RuleField:
        """Return the field with the labels of its choices."""
        if not isinstance(self.selector, ChoiceSelector):
            return self
        return replace(self, selector=self.selector.with_texts(texts, kept))


TEXT = TextSelector()
"""One line: a text, a number or a template."""
LINES = TextSelector(TextSelectorConfig(multiline=True))
SECONDS = TextSelector(TextSelectorConfig(suffix="s"))
OBJECT = ObjectSelector()
"""Lists and mappings; each value in them may be a template."""
YES_NO = choice(("yes", "no"), translation_key="yes_no")
