"""Whole numbers in forms, refused with the limits if they are outside them."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .fields import whole


class WholeNumber(NumberSelector):
    """A field for a whole number, in a form that calls `read_numbers`.

    The limits are those of the field in the browser. Home Assistant would refuse other
    numbers without naming the limits, and only in English (2026.10), so its check is
    left out.
    """

    def __init__(self, minimum: int, maximum: int, *, unit: str | None = None) -> None:
        """Initialize with both limits, which are possible values."""
        config = NumberSelectorConfig(
            min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX
        )
        if unit is not None:
            config["unit_of_measurement"] = unit
        super().__init__(config)
        self.minimum = minimum
        self.maximum = maximum

    @override
    def __call__(self, data: Any) -> float:
        """Return any number; `read` checks it."""
        value: float = vol.Coerce(float)(data)
        return value

    def read(self, value: float, name: str) -> int:
        """Return a number that this accepts; raises InvalidField."""
        return whole(value, name, minimum=self.minimum, maximum=self.maximum)


def read_numbers(schema: vol.Schema, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the user input with its whole numbers as such; raises InvalidField."""
    read = dict(entered)
    for marker, field in schema.schema.items():
        if isinstance(field, WholeNumber) and read.get(marker) is not None:
            read[str(marker)] = field.read(read[marker], str(marker))
    return read
