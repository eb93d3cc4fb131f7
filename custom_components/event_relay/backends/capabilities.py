"""Capabilities that are stored by field name."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum
from types import UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

from .base import Json, JsonObject, UnreadablePayload

_PLAIN = (bool, int, float, str)


@dataclass(frozen=True, kw_only=True)
class PlainCapabilities:
    """Capabilities that are stored by field name.

    Stored types are texts, numbers, booleans, choices (`StrEnum`), and None where the
    field allows it. Fields of other types, such as settings of the user, are not
    stored.
    """

    def dump(self) -> JsonObject:
        """Turn the capabilities into what the connection keeps."""
        return {one.name: getattr(self, one.name) for one, _ in _kept(type(self))}

    @classmethod
    def load(cls, data: JsonObject) -> Self:
        """Read what `dump` gave; raises UnreadablePayload."""
        values = {}
        for one, kinds in _kept(cls):
            if one.name in data:
                values[one.name] = _read(data[one.name], kinds, one.name)
            elif one.default is MISSING:
                raise UnreadablePayload(f"{one.name} is missing")
        return cls(**values)


def _kept(cls: type[PlainCapabilities]) -> Iterator[tuple[Field[Any], tuple[Any, ...]]]:
    """Yield the stored fields, each with its possible types."""
    hints = get_type_hints(cls)
    for one in fields(cls):
        hint = hints[one.name]
        kinds = get_args(hint) if get_origin(hint) is UnionType else (hint,)
        if all(kind is type(None) or _is_plain(kind) for kind in kinds):
            yield one, kinds


def _is_plain(kind: object) -> bool:
    return kind in _PLAIN or (isinstance(kind, type) and issubclass(kind, StrEnum))


def _read(value: Json, kinds: tuple[Any, ...], name: str) -> Any:  # noqa: ANN401 - of one of its types
    """Return a value as one of its possible types; raises UnreadablePayload."""
    for kind in kinds:
        if issubclass(kind, StrEnum) and value in [*kind]:
            return kind(value)
        if type(value) is kind or (kind is float and type(value) is int):
            return value
    raise UnreadablePayload(f"{name} is not readable")
