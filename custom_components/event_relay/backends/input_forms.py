"""User input of forms: fields of sections, and numbers with their limits."""

from collections.abc import Mapping
import re
from typing import Any, override

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .fields import number, whole


class BoundedNumber(NumberSelector):
    """A field for a number, in a form that reads it again.

    The limits are those of the field in the browser. Home Assistant would refuse other
    numbers without naming the limits, and only in English (2026.10), so its check is
    left out.
    """

    def __init__(
        self,
        minimum: float,
        maximum: float,
        *,
        fractions: bool = False,
        unit: str | None = None,
    ) -> None:
        """Initialize with both limits, which are possible values."""
        config = NumberSelectorConfig(
            min=minimum,
            max=maximum,
            step="any" if fractions else 1,
            mode=NumberSelectorMode.BOX,
        )
        if unit is not None:
            config["unit_of_measurement"] = unit
        super().__init__(config)
        self.minimum = minimum
        self.maximum = maximum
        self.fractions = fractions

    @override
    def __call__(self, data: Any) -> float:
        """Return any number; `read` checks it."""
        value: float = vol.Coerce(float)(data)
        return value

    def read(self, value: float, name: str) -> float:
        """Return a number that this accepts; raises InvalidField."""
        read = number if self.fractions else whole
        return read(value, name, minimum=self.minimum, maximum=self.maximum)


def read_numbers(schema: vol.Schema, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the user input with its numbers, whole ones as such.

    Raises InvalidField.
    """
    read = dict(entered)
    for marker, field in schema.schema.items():
        if (value := read.get(marker)) is None:
            continue
        if isinstance(field, section):
            read[str(marker)] = read_numbers(field.schema, value)
        elif isinstance(field, BoundedNumber):
            read[str(marker)] = field.read(value, str(marker))
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
    """Return where a form shows an error: at a field, its section, or on top."""
    name = field_of(field)
    if name in schema.schema:
        return name
    sections = sections_of(schema).items()
    return next((place for place, fields in sections if name in fields), "base")


def field_of(name: str) -> str:
    """Return the field of a path such as `users[0]` or `tags.floor`."""
    return re.split(r"[.\[]", name, maxsplit=1)[0]


def sections_of(schema: vol.Schema) -> dict[str, list[str]]:
    """Return the fields in each section."""
    return {
        str(marker): [*map(str, inner.schema.schema)]
        for marker, inner in schema.schema.items()
        if isinstance(inner, section)
    }
