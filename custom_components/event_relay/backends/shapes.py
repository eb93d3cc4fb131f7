"""Read JSON into dataclasses, by the names and types of their fields."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from .base import Json, JsonObject

_PLAIN = (bool, int, float, str)


class ShapeError(ValueError):
    """The part at a place, such as `rooms.name`, is missing or has another shape.

    The message holds no value. The place is empty for the whole.
    """

    def __init__(self, place: str) -> None:
        """Keep the place."""
        super().__init__(f"{place or 'the whole'} is missing or not readable")
        self.place = place


def shaped[T](kind: type[T], value: Json) -> T:
    """Return a value as a type; raises ShapeError.

    A type is a text, number, boolean or choice (`StrEnum`), a dataclass of such fields,
    or a `tuple[X, ...]` or `Mapping[str, X]` of them; in a field also None, or one of
    several. What a dataclass has no field for is ignored, and what is missing has its
    default.
    """
    return cast("T", _read(value, (kind,), ""))


def shaped_fields(kind: type, value: JsonObject, name: str = "") -> dict[str, Any]:
    """Return the fields of a dataclass that an object has; raises ShapeError."""
    values = {}
    for one, kinds in readable_fields(kind):
        where = f"{name}.{one.name}" if name else one.name
        if one.name in value:
            values[one.name] = _read(value[one.name], kinds, where)
        elif one.default is MISSING and one.default_factory is MISSING:
            raise ShapeError(where)
    return values


def readable_fields(kind: type) -> Iterator[tuple[Field[Any], tuple[Any, ...]]]:
    """Yield the fields of a dataclass that JSON can give, each with its types."""
    hints = _hints(kind)
    for one in fields(kind):
        hint = hints[one.name]
        kinds = get_args(hint) if get_origin(hint) is UnionType else (hint,)
        if all(map(_is_readable, kinds)):
            yield one, kinds


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _is_readable(kind: Any) -> bool:  # noqa: ANN401 - a type, or None
    return (
        kind is type(None)
        or is_dataclass(kind)
        or get_origin(kind) in (tuple, Mapping)
        or is_plain(kind)
    )


def is_plain(kind: object) -> bool:
    """Return whether a type is a text, number, boolean or choice."""
    return kind in _PLAIN or (isinstance(kind, type) and issubclass(kind, StrEnum))


def _read(value: Json, kinds: tuple[Any, ...], where: str) -> Any:  # noqa: ANN401 - of one of its types
    """Return a value as one of its possible types."""
    for kind in kinds:
        if get_origin(kind) is tuple and isinstance(value, list):
            inner, _ = get_args(kind)
            return tuple(_read(one, (inner,), where) for one in value)
        if get_origin(kind) is Mapping and isinstance(value, dict):
            _, inner = get_args(kind)
            return {name: _read(one, (inner,), where) for name, one in value.items()}
        if is_dataclass(kind) and isinstance(value, dict):
            return cast("type", kind)(**shaped_fields(cast("type", kind), value, where))
        if isinstance(kind, type) and issubclass(kind, StrEnum) and value in [*kind]:
            return kind(str(value))
        if type(value) is kind or (kind is float and type(value) is int):
            return value
    raise ShapeError(where)
