"""Read the fields of a request; any error becomes an InvalidField.

Shared by all backends; their own fields and limits are in their own folders.
"""

from collections.abc import Mapping, Set as AbstractSet
from datetime import UTC, datetime
import math
import re
from typing import Protocol

from .base import InvalidField, Json
from .prose import LINE_BREAKS, not_text

LONGEST_NAME = 100
"""Characters of a text of one line unless its field sets another limit."""
LONGEST_DESCRIPTION = 5000
"""Characters of a text of several lines unless its field sets another limit."""
DEEPEST = 20
"""Most levels of nesting in a value that is passed on as JSON."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No recorder has an earlier event; such a time comes from a clock that was not set."""

_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)


class _Read[T](Protocol):
    def __call__(self, value: object, name: str, /) -> T: ...


def known_only(data: Mapping[str, object], known: AbstractSet[str]) -> None:
    """Refuse fields that an operation does not have."""
    for name in data:
        if name not in known:
            raise InvalidField(str(name), "unknown", known=", ".join(sorted(known)))


def optional[T](data: Mapping[str, object], name: str, read: _Read[T]) -> T | None:
    """Read a field that may be left out; None counts as left out."""
    value = data.get(name)
    return None if value is None else read(value, name)


def required[T](data: Mapping[str, object], name: str, read: _Read[T]) -> T:
    """Read a field that must be there."""
    value = data.get(name)
    if value is None:
        raise InvalidField(name, "required")
    return read(value, name)


def flag(value: object, name: str) -> bool:
    """Read a boolean, and nothing that only looks like one."""
    if not isinstance(value, bool):
        raise InvalidField(name, "not_a_flag")
    return value


def number(value: object, name: str, *, minimum: float, maximum: float) -> float:
    """Read a finite number from a number or its text."""
    if isinstance(value, str):
        value = _number_from(value.strip(), name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidField(name, "not_a_number")
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidField(name, "not_a_number")
    if not minimum <= value <= maximum:
        raise InvalidField(
            name, "out_of_range", minimum=f"{minimum:.9g}", maximum=f"{maximum:.9g}"
        )
    return float(value)


def _number_from(written: str, name: str) -> float:
    if not _NUMBER.fullmatch(written):
        raise InvalidField(name, "not_a_number")
    return float(written)


def whole(value: object, name: str, *, minimum: float, maximum: float) -> int:
    """Read a whole number; templates may give 30 as 30.0."""
    try:
        read = number(value, name, minimum=minimum, maximum=maximum)
    except InvalidField as error:
        if error.problem == "not_a_number":
            raise InvalidField(name, "not_whole") from error
        raise
    if not read.is_integer():
        raise InvalidField(name, "not_whole")
    return int(read)


def text(value: str, name: str, longest: int, *, allowed: str) -> str:
    """Refuse a text that is too long or holds forbidden control characters."""
    if len(value) > longest:
        raise InvalidField(name, "too_long", maximum=str(longest))
    if wrong := not_text(value, allowed=allowed):
        first = next(one for one in value if one in wrong)
        raise InvalidField(name, "bad_character", character=f"U+{ord(first):04X}")
    return value


def line(value: object, name: str, *, longest: int = LONGEST_NAME) -> str:
    """Read a text of one line, stripped; it may be empty."""
    if not isinstance(value, str):
        raise InvalidField(name, "not_text")
    return text(value.strip(), name, longest, allowed="")


def lines(value: object, name: str, *, longest: int, most: int) -> tuple[str, ...]:
    """Read texts of one line without duplicates: a list of them, or a single one."""
    listed = value if isinstance(value, list | tuple) else [value]
    if len(listed) > most:
        raise InvalidField(name, "too_many", maximum=str(most))
    read = [line(one, name, longest=longest) for one in listed]
    return tuple(dict.fromkeys(filter(None, read)))


def description(value: object, name: str, *, longest: int = LONGEST_DESCRIPTION) -> str:
    """Read a text that may have several lines, or be empty."""
    if not isinstance(value, str):
        raise InvalidField(name, "not_text")
    return text(value.strip(), name, longest, allowed=LINE_BREAKS)


def as_json(value: object, name: str, depth: int = 0) -> Json:
    """Read any value that JSON can hold."""
    if depth > DEEPEST:
        raise InvalidField(name, "nested_too_deeply", maximum=str(DEEPEST))
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case Mapping():
            return {
                str(key): as_json(inner, f"{name}.{key}", depth + 1)
                for key, inner in value.items()
            }
        case list() | tuple():
            return [
                as_json(inner, f"{name}[{number}]", depth + 1)
                for number, inner in enumerate(value)
            ]
    raise InvalidField(name, "not_json_value")


def moment(value: object, name: str) -> datetime:
    """Read a time with its zone, and return it in UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidField(name, "not_a_time")
    try:
        read = value.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InvalidField(name, "not_a_time") from error
    if read < EARLIEST:
        raise InvalidField(name, "too_early", limit=EARLIEST.isoformat())
    return read
