"""Sections of a form group its fields and are not stored."""

from collections.abc import Mapping
from typing import Any

from homeassistant.data_entry_flow import section
import voluptuous as vol


def flattened(schema: vol.Schema, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the user input without its sections."""
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
