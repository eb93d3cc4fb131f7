"""Read one value of a JSON response by its path, such as `data.items[0].id`."""

import re

from ...base import InvalidField, Json

_PATH = re.compile(
    r"[\w$@-]+(?:\.[\w$@-]+|\[\d{1,4}\])*|\[\d{1,4}\](?:\.[\w$@-]+|\[\d{1,4}\])*"
)
_STEP = re.compile(r"\[(\d+)\]|([\w$@-]+)")
LONGEST = 200


class Missing:
    """Marks a missing value; null is a value."""


MISSING = Missing()


def checked(path: str, name: str) -> str:
    """Return a valid path; raises InvalidField."""
    if len(path) > LONGEST or not _PATH.fullmatch(path):
        raise InvalidField(name, "json_path")
    return path


def value_at(document: Json, path: str) -> Json | Missing:
    """Return the value at a path, or MISSING."""
    found = document
    for index, key in _STEP.findall(path):
        match found:
            case list() if index and int(index) < len(found):
                found = found[int(index)]
            case dict() if key and key in found:
                found = found[key]
            case _:
                return MISSING
    return found


def text_at(document: Json, path: str) -> str | None:
    """Return a scalar at a path as text; None for anything else."""
    return as_text(value_at(document, path))


def as_text(value: Json | Missing) -> str | None:
    """Return a scalar as text, the way JSON writes it; None for anything else."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
    return None
