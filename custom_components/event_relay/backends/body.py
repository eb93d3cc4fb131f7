"""The body of a request, as the bytes that are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from typing import Self
from urllib.parse import urlencode

from .base import Json
from .errors import Rejected

type Pairs = Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]]
"""Names with values, such as a query. A name may have several values: as a list in a
mapping, or as several pairs, whose order is kept."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """Bytes and their content type; None sends no content type."""

    content: bytes
    content_type: str | None = None

    @classmethod
    def json(cls, value: Json) -> Self:
        """Write a value as JSON; raises Rejected if it cannot be written.

        Encoded here rather than by the session, whose owner may have set an encoder
        that treats NaN and large numbers differently.
        """
        try:
            content = json.dumps(value, allow_nan=False).encode()
        except (ValueError, TypeError, RecursionError) as error:
            raise unwritable() from error
        return cls(content=content, content_type="application/json")

    @classmethod
    def text(cls, text: str, content_type: str = "text/plain; charset=utf-8") -> Self:
        """Write a text in UTF-8; raises Rejected if it cannot be written."""
        try:
            return cls(content=text.encode(), content_type=content_type)
        except UnicodeEncodeError as error:
            raise unwritable() from error

    @classmethod
    def form(cls, fields: Pairs) -> Self:
        """Write fields as an HTML form does; raises Rejected."""
        try:
            content = urlencode([*pairs(fields)]).encode()
        except UnicodeEncodeError as error:
            raise unwritable() from error
        return cls(content=content, content_type="application/x-www-form-urlencoded")


def pairs(named: Pairs) -> tuple[tuple[str, str], ...]:
    """Return each name with each of its values."""
    if not isinstance(named, Mapping):
        return tuple(named)
    return tuple(
        (name, value)
        for name, values in named.items()
        for value in ((values,) if isinstance(values, str) else values)
    )


def unwritable() -> Rejected:
    """Return the error for a value that HTTP cannot carry."""
    return Rejected("the request cannot be written", code="unwritable")
