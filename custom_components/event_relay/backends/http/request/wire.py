"""A request in its stored form: encoded, with slots to fill when it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import quote, quote_plus

from ...base import Json, JsonObject, UnreadablePayload
from ...errors import Rejected
from . import safety
from .body_parts import encode
from .recipe import METHODS, BodyKind
from .slots import SECRET, Slot, Written, dump, fill, has_slots, load

UNWRITABLE = "unwritable"
SEVERAL_LINES = "{name} is more than one line"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request with everything but its credentials."""

    method: str
    address: str
    """The whole address, encoded."""
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, kw_only=True)
class Wire:
    """A request with the same bytes at every attempt, except for its slots."""

    method: str
    path: Written
    query: Written = ()
    headers: tuple[tuple[str, Written], ...] = ()
    body_kind: BodyKind = BodyKind.NONE
    body: Written | None = None
    content_type: str | None = None

    def dump(self) -> JsonObject:
        """Turn the request into its stored form."""
        stored: JsonObject = {"method": self.method, "path": dump(self.path)}
        if self.query:
            stored["query"] = dump(self.query)
        if self.headers:
            stored["headers"] = {name: dump(value) for name, value in self.headers}
        if self.body is not None:
            stored["body_kind"] = self.body_kind.value
            stored["body"] = dump(self.body)
        if self.content_type is not None:
            stored["content_type"] = self.content_type
        return stored

    @classmethod
    def load(cls, stored: Json) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        if not isinstance(stored, dict) or stored.get("method") not in METHODS:
            raise UnreadablePayload("a request")
        headers = stored.get("headers", {})
        content_type = stored.get("content_type")
        if not isinstance(headers, dict) or not isinstance(content_type, str | None):
            raise UnreadablePayload("headers of a request")
        try:
            kind = BodyKind(str(stored.get("body_kind", BodyKind.NONE)))
        except ValueError as error:
            raise UnreadablePayload("a kind of body") from error
        return cls(
            method=str(stored["method"]),
            path=load(stored.get("path")),
            query=load(stored.get("query", "")),
            headers=tuple((name, load(value)) for name, value in headers.items()),
            body_kind=kind,
            body=load(stored["body"]) if "body" in stored else None,
            content_type=content_type,
        )

    def filled(self, origin: str, values: Callable[[str], str]) -> Sent:
        """Return the request to send to an origin.

        `values` returns the value of a slot. Raises Rejected if the request would
        differ from its definition: another place, or additional content.
        """
        fixed = not has_slots(self.path) and not has_slots(self.query)
        address = (
            _fixed_address(origin, self.path, self.query)
            if fixed
            else _address(origin, self.path, self.query, values)
        )
        headers = {}
        for name, written in self.headers:
            value = fill(written, values, str)
            if not safety.is_header_value(value):
                reason = SEVERAL_LINES.format(name=name)
                raise Rejected(reason, code=UNWRITABLE)
            headers[name] = value
        if self.content_type is not None:
            headers["Content-Type"] = self.content_type
        return Sent(
            method=self.method,
            address=address,
            headers=headers,
            body=None if self.body is None else self._bytes(self.body, values),
        )

    def _bytes(self, body: Written, values: Callable[[str], str]) -> bytes:
        encode = _ENCODINGS.get(self.body_kind, str)
        return fill(body, values, encode).encode()


def _address(
    origin: str, path: Written, query: Written, values: Callable[[str], str]
) -> str:
    """Return the address of a request; raises Rejected."""
    filled = "".join(
        _in_path(part.name, values(part.name)) if isinstance(part, Slot) else part
        for part in path
    )
    asked = fill(query, values, lambda value: quote(value, safe=""))
    address = f"{origin}{filled}" + (f"?{asked}" if asked else "")
    if not safety.segments_allowed(filled) or not safety.stays_at(address, origin):
        raise Rejected("the path leads elsewhere", code=UNWRITABLE)
    return address


@lru_cache(maxsize=256)
def _fixed_address(origin: str, path: Written, query: Written) -> str:
    """Return the address of a request without slots; raises Rejected."""
    return _address(origin, path, query, str)


def _in_path(name: str, value: str) -> str:
    """Return a value in a path; only secrets may span several segments."""
    if not name.startswith(SECRET):
        return quote(value, safe="")
    return "/".join(quote(segment, safe="") for segment in value.strip("/").split("/"))


def _in_json(value: str) -> str:
    return encode(value)[1:-1]


_ENCODINGS: Mapping[BodyKind, Callable[[str], str]] = {
    BodyKind.JSON: _in_json,
    BodyKind.FORM: quote_plus,
}
