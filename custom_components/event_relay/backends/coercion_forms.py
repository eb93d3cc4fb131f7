"""Turning what templates, forms and scripts give for a field into what it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.helpers import config_validation as cv

from .base import Shape

type Coercer = Callable[[Any], Any]
"""Turns what a template may have made of a value into one; raises vol.Invalid."""


def as_it_is(value: object) -> object:
    """Take a value as it comes, for the operation to read."""
    return value


def in_seconds(value: object) -> object:
    """Take a duration as Home Assistant writes it, such as 00:00:30, for its seconds.

    A number, or its text, stays as it is. Raises vol.Invalid.
    """
    if isinstance(value, Mapping) or (isinstance(value, str) and ":" in value):
        return cv.time_period(value).total_seconds()
    return value


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Coerces a list or a mapping; a template may give the whole of it."""

    shape: Shape = Shape.TEXTS
    coercer: Coercer = as_it_is

    def __call__(self, value: object) -> Any:  # noqa: ANN401 - as a coercer has it
        """Return what the coercer makes of a value; raises vol.Invalid."""
        return self.coercer(value)
