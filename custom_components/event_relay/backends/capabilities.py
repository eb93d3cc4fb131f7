"""Capabilities that are stored by field name."""

from dataclasses import dataclass
from typing import Self

from .base import JsonObject, UnreadablePayload
from .shapes import ShapeError, is_plain, readable_fields, shaped_fields


@dataclass(frozen=True, kw_only=True)
class PlainCapabilities:
    """Capabilities that are stored by field name.

    Stored types are texts, numbers, booleans, choices (`StrEnum`), and None where the
    field allows it. Fields of other types, such as settings of the user, are not
    stored.
    """

    def dump(self) -> JsonObject:
        """Turn the capabilities into what the connection keeps."""
        return {
            one.name: getattr(self, one.name)
            for one, kinds in readable_fields(type(self))
            if all(kind is type(None) or is_plain(kind) for kind in kinds)
        }

    @classmethod
    def load(cls, data: JsonObject) -> Self:
        """Read what `dump` gave; raises UnreadablePayload."""
        try:
            return cls(**shaped_fields(cls, data))
        except ShapeError as error:
            raise UnreadablePayload(str(error)) from error
