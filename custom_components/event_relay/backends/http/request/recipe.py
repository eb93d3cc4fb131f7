"""One request as the user defines it: templates, and their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
import re
from typing import Self, cast

from ...base import InvalidField, Json, JsonObject
from ...fields import LONGEST_NAME, as_json
from . import safety
from .body_parts import BEGINNINGS, EXPRESSION, Parts, parts_of
from .slots import OF_ATTEMPT, OF_END, names_in

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")
WITHOUT_BODY = frozenset({"GET", "DELETE"})
LONGEST_TEMPLATE = 20_000
LONGEST_PATH = 2_000
MOST_PAIRS = 50
"""Most query parameters, headers or fields of a form."""

_STATEMENT = re.compile(r"\{[%#]")
_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=[\w.-]+)*", re.ASCII)


class BodyKind(StrEnum):
    """The type of a body, and so the encoding of values in it."""

    NONE = "none"
    JSON = "json"
    FORM = "form"
    TEXT = "text"


CONTENT_TYPES: Mapping[BodyKind, str] = {
    BodyKind.JSON: "application/json",
    BodyKind.FORM: "application/x-www-form-urlencoded",
    BodyKind.TEXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a request is built: every text may be a template."""

    method: str = "POST"
    path: str = "/"
    query: JsonObject = field(default_factory=dict)
    """A value may be a list, whose items are sent one by one."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body_kind: BodyKind = BodyKind.NONE
    body: Json = None
    """JSON with templates as leaves, the fields of a form, or one template."""
    content_type: str | None = None

    @classmethod
    def parse(
        cls, data: Mapping[str, object], *, prefix: str = "", ends: bool = False
    ) -> Self:
        """Read the data of a form or a preset; raises InvalidField.

        `prefix` precedes the names of fields in errors. Placeholders about the end of a
        request are only accepted with `ends`.
        """
        reading = _Reading(data, prefix, ends=ends)
        method = reading.method()
        kind, body = reading.body(method)
        return cls(
            method=method,
            path=reading.path(),
            query=reading.query(),
            headers=reading.headers(),
            body_kind=kind,
            body=body,
            content_type=reading.content_type(kind),
        )

    @cached_property
    def body_parts(self) -> Parts:
        """Return the JSON of the body, computed once for all deliveries."""
        return parts_of(self.body)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield all texts that may be templates, each after the name of its field."""
        yield "path", self.path
        for name, header in self.headers.items():
            yield f"headers.{name}", header
        yield from places_of_texts(self.query, "query")
        yield from places_of_texts(self.body, f"body_{self.body_kind.value}")


class _Reading:
    """Reads the fields of a recipe, and names the invalid one."""

    def __init__(self, data: Mapping[str, object], prefix: str, *, ends: bool) -> None:
        self._data = data
        self._prefix = prefix
        self._ends = ends

    def method(self) -> str:
        name, value = self._named("method", "POST")
        method = value.strip().upper() if isinstance(value, str) else ""
        if method not in METHODS:
            raise InvalidField(name, "not_one_of", known=", ".join(METHODS))
        return method

    def path(self) -> str:
        name, value = self._named("path", "/")
        path = value.strip() if isinstance(value, str) else ""
        if not path.startswith("/"):
            raise InvalidField(name, "path_slash")
        if len(path) > LONGEST_PATH:
            raise InvalidField(name, "too_long", maximum=str(LONGEST_PATH))
        if _STATEMENT.search(path):
            raise InvalidField(name, "path_statement")
        if "?" in EXPRESSION.sub("", path):
            raise InvalidField(name, "path_query")
        self._templates(name, path)
        # Values and placeholders are checked when they are rendered.
        shown = "".join(
            safety.literal(part, name) if not number % 2 else "x"
            for number, part in enumerate(_PLACES.split(path))
        )
        if not safety.segments_allowed(shown):
            raise InvalidField(name, "path_segment")
        return path

    def query(self) -> JsonObject:
        name, pairs = self._pairs("query")
        for key, value in pairs.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, list | dict):
                    raise InvalidField(f"{name}.{key}", "not_text")
        self._templates(name, pairs)
        return pairs

    def headers(self) -> Mapping[str, str]:
        name, pairs = self._pairs("headers")
        headers: dict[str, str] = {}
        for key, value in pairs.items():
            where = f"{name}.{key}"
            if isinstance(value, bool | list | dict) or value is None:
                raise InvalidField(where, "not_text")
            header = safety.header_name(key, where)
            if header.lower() in {known.lower() for known in headers}:
                raise InvalidField(where, "header_twice", header=header)
            headers[header] = str(value).strip()
        self._templates(name, cast("Json", headers), of_attempt=True)
        return headers

    def body(self, method: str) -> tuple[BodyKind, Json]:
        name, value = self._named("body_kind", BodyKind.NONE.value)
        try:
            kind = BodyKind(str(value))
        except ValueError as error:
            known = ", ".join(BodyKind)
            raise InvalidField(name, "not_one_of", known=known) from error
        if kind is BodyKind.NONE:
            return kind, None
        if method in WITHOUT_BODY:
            raise InvalidField(name, "body_not_taken", method=method)
        where, body = self._named(f"body_{kind.value}", None)
        if body is None or body == "":
            raise InvalidField(where, "required")
        if kind is BodyKind.FORM:
            where, body = self._pairs("body_form")
        if kind is BodyKind.TEXT and not isinstance(body, str):
            raise InvalidField(where, "not_text")
        read = as_json(body, where)
        self._templates(where, read)
        return kind, read

    def content_type(self, kind: BodyKind) -> str | None:
        name, value = self._named("content_type", "")
        text = value.strip() if isinstance(value, str) else ""
        if not text:
            return CONTENT_TYPES.get(kind)
        if kind is BodyKind.NONE:
            return None
        if not _CONTENT_TYPE.fullmatch(text):
            raise InvalidField(name, "content_type")
        return text

    def _named(self, name: str, default: object) -> tuple[str, object]:
        value = self._data.get(name)
        return f"{self._prefix}{name}", default if value is None else value

    def _pairs(self, name: str) -> tuple[str, JsonObject]:
        where, value = self._named(name, {})
        read = as_json({} if value == "" else value, where)
        if not isinstance(read, dict):
            raise InvalidField(where, "not_a_mapping")
        if len(read) > MOST_PAIRS:
            raise InvalidField(where, "too_many", maximum=str(MOST_PAIRS))
        return where, read

    def _templates(self, name: str, value: Json, *, of_attempt: bool = False) -> None:
        """Refuse long texts, names with templates, and placeholders without a value."""
        for key in keys_in(value):
            if any(one in key for one in BEGINNINGS) or any(names_in(key)):
                raise InvalidField(f"{name}.{key}"[:LONGEST_NAME], "template_in_name")
        for text in texts_in(value):
            if len(text) > LONGEST_TEMPLATE:
                raise InvalidField(name, "too_long", maximum=str(LONGEST_TEMPLATE))
            for placeholder in names_in(text):
                if (placeholder in OF_ATTEMPT and not of_attempt) or (
                    placeholder in OF_END and not self._ends
                ):
                    raise InvalidField(
                        name, "placeholder_not_here", placeholder=placeholder
                    )


_PLACES = re.compile(
    rf"({EXPRESSION.pattern}|\{{[a-z_]+(?::[a-z0-9_]+)?\}})", re.DOTALL
)
"""Values and placeholders in a path."""


def places(path: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a path, each with whether it is a value or a placeholder."""
    for number, part in enumerate(_PLACES.split(path)):
        yield part, bool(number % 2)


def keys_in(value: Json) -> Iterator[str]:
    """Yield all names in JSON."""
    match value:
        case list():
            for one in value:
                yield from keys_in(one)
        case dict():
            yield from value
            for one in value.values():
                yield from keys_in(one)


def texts_in(value: Json) -> Iterator[str]:
    """Yield the texts in JSON, without keys."""
    for _, text in places_of_texts(value, ""):
        yield text


def places_of_texts(value: Json, name: str) -> Iterator[tuple[str, str]]:
    """Yield the texts in JSON, each after the name of its place."""
    match value:
        case str():
            yield name, value
        case list():
            for number, inner in enumerate(value):
                yield from places_of_texts(inner, f"{name}[{number}]")
        case dict():
            for key, inner in value.items():
                yield from places_of_texts(inner, f"{name}.{key}")
