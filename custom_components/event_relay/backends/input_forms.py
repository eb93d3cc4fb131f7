"""User input of forms: fields of sections, and whole numbers with their limits."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.data_entry_flow import section
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


def flattened(schema: vol.Schema, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the user input without the sections, which only group fields."""
    flat = dict(entered)
    for name in sections_of(schema):
        flat |= flat.pop(name, {})
    return flat


def sectioned(schema: vol.Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values grouped into the sections of a form."""
    shown = dict(values)
    for name, fields in sections_of(schema).items():
        shown[name] = {field: shown.pop(field) for field in fields if field in shown}
    return shown


def place_of(schema: vol.Schema, field: str) -> str:
    """Return where a form shows an error: at a field, or above its section."""
    sections = sections_of(schema).items()
    return next((name for name, fields in sections if field in fields), field)


def sections_of(schema: vol.Schema) -> dict[str, list[str]]:
    """Return the fields in each section."""
    return {
        str(marker): [*map(str, inner.schema.schema)]
        for marker, inner in schema.schema.items()
        if isinstance(inner, section)
    }
