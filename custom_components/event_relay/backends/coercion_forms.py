"""Convert values from templates, forms and scripts to the type of a field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import unwrap
from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import ResultWrapper
import voluptuous as vol

from .base import InvalidField, Shape

type Coercer = Callable[[Any], Any]
"""Converts what a template may have made of a value; raises vol.Invalid."""


def as_it_is(value: object) -> object:
    """Take a value as it comes, for the operation to read."""
    return value


def as_rendered(value: object) -> object:
    """Return the text of a template in which Home Assistant has read something else.

    It reads "21,5" as two numbers, and "..." as Python's Ellipsis. Any other value is
    returned as it is.
    """
    if value is ...:
        return "..."
    if isinstance(value, ResultWrapper) and value.render_result is not None:
        return value.render_result
    return value


def as_text(value: object) -> str:
    """Return a scalar, or what a template rendered, as text; raises vol.Invalid."""
    return cv.string(as_rendered(value))


def as_texts_by_name(value: object) -> object:
    """Return a mapping with the texts that templates rendered for its values."""
    if not isinstance(value, Mapping):
        return value
    return {name: as_rendered(one) for name, one in value.items()}


def as_number(value: object) -> object:
    """Take a number, or its text, as it comes; raises vol.Invalid for anything else."""
    vol.Coerce(float)(value)
    return value


def in_seconds(value: object) -> object:
    """Return the seconds of a duration as Home Assistant writes it, such as 00:00:30.

    A number, or its text, stays as it is. Raises vol.Invalid.
    """
    if isinstance(value, Mapping) or (isinstance(value, str) and ":" in value):
        return cv.time_period(value).total_seconds()
    return as_number(value)


_PROBLEMS: Mapping[Coercer, str] = {
    as_number: "not_a_number",
    in_seconds: "not_a_duration",
    cv.boolean: "not_a_flag",
    cv.datetime: "not_a_time",
    cv.entity_id: "not_an_entity",
    as_text: "not_text",
    cv.string: "not_text",
}


def wrong_kind(field: str, coercer: Coercer) -> InvalidField:
    """Return the error for a value of a kind that a coercer does not take."""
    kind = unwrap(coercer, stop=_PROBLEMS.__contains__)
    return InvalidField(field, _PROBLEMS.get(kind, "invalid"))


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Coerces a list or a mapping; one template may render the whole of it."""

    shape: Shape = Shape.TEXTS
    coercer: Coercer = as_it_is

    def __call__(self, value: object) -> Any:  # noqa: ANN401 - as a coercer has it
        """Return the coerced value; raises vol.Invalid."""
        return self.coercer(value)
