"""Render a recipe with the data of a call to the request that is stored and sent.

Values are encoded here, by the rule of their place. The renderer is passed in, so that
the rest can be tested without Home Assistant.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import Final, Protocol
from urllib.parse import quote, quote_plus

from ...base import InvalidField, Json, JsonObject
from ...fields import DEEPEST
from . import safety
from .body_parts import Leaf, encode, kind_of
from .recipe import BodyKind, Recipe, places
from .slots import Marker, Written
from .wire import Wire

LONGEST_BODY = 256 * 1024
"""Bytes of a body, before its secrets are filled in."""


class CannotRender(Exception):
    """A template raised an error; the message is the reason."""


class Renderer(Protocol):
    """Renders templates of Home Assistant."""

    def text(self, template: str, variables: Mapping[str, object]) -> str:
        """Return the text of a template without blanks at its ends.

        Raises CannotRender.
        """

    def value(self, template: str, variables: Mapping[str, object]) -> object:
        """Return the value of a one-expression template, with its type.

        Raises CannotRender.
        """


MARKER: Final = Marker()
"""Its word changes with each start of Home Assistant."""


class _LeftOut:
    """Stands for a field that the call did not give."""


_LEFT_OUT: Final = _LeftOut()


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """Renders the requests of one call."""

    renderer: Renderer
    given: Mapping[str, object]
    """The data of the call."""
    accepted: frozenset[str] = frozenset()
    """Fields that the request accepts, given or not."""
    marker: Marker = MARKER

    def wire(self, recipe: Recipe, *, prefix: str = "") -> Wire:
        """Return a request in its stored form; raises InvalidField."""
        kind = recipe.body_kind
        return Wire(
            method=recipe.method,
            path=self._path(recipe.path, f"{prefix}path"),
            query=self._pairs(recipe.query, f"{prefix}query", _percent),
            headers=tuple(self._headers(recipe.headers, f"{prefix}headers")),
            body_kind=kind,
            body=self._body(recipe, f"{prefix}body_{kind.value}"),
            content_type=recipe.content_type,
        )

    def text(self, template: str, name: str) -> Written:
        """Return a rendered text; raises InvalidField."""
        marked = self.marker.mark(template)
        if kind_of(template).is_template:
            marked = self._rendered(self.renderer.text, marked, name)
        if not safety.is_text(marked):
            raise InvalidField(name, "not_text")
        return self.marker.split(marked, name)

    def _path(self, path: str, name: str) -> Written:
        if (fixed := _fixed_path(path, name)) is not None:
            return fixed
        written: list[object] = []
        for part, is_value in places(path):
            if not is_value:
                written.append(safety.literal(part, name))
                continue
            rendered = self.text(part, name)
            if not rendered:
                raise InvalidField(name, "path_empty", value=part)
            written += [
                safety.path_value(one, name) if isinstance(one, str) else one
                for one in rendered
            ]
        joined = _joined(written)
        shown = "".join(part if isinstance(part, str) else "x" for part in joined)
        if not safety.segments_allowed(shown):
            raise InvalidField(name, "path_segment")
        return joined

    def _headers(
        self, headers: Mapping[str, str], name: str
    ) -> Iterator[tuple[str, Written]]:
        for header, template in headers.items():
            where = f"{name}.{header}"
            written = self.text(template, where)
            if not all(
                safety.is_header_value(part)
                for part in written
                if isinstance(part, str)
            ):
                raise InvalidField(where, "header_value")
            if written:
                yield header, written

    def _body(self, recipe: Recipe, name: str) -> Written | None:
        match recipe.body_kind, recipe.body:
            case BodyKind.JSON, _:
                written = self._json(recipe, name)
            case BodyKind.FORM, dict(body):
                written = self._pairs(body, name, quote_plus)
            case BodyKind.TEXT, str(body):
                written = self._lines(body, name)
            case _:
                return None
        if _length(written, name) > LONGEST_BODY:
            raise InvalidField(name, "body_too_large", maximum=str(LONGEST_BODY))
        return written

    def _lines(self, template: str, name: str) -> Written:
        """Return a text, with the line break at its end, which some formats need.

        Home Assistant strips what a template renders.
        """
        written = self.text(template, name)
        if kind_of(template).is_template and template.endswith("\n"):
            return _joined([*written, "\n"])
        return written

    def _pairs(
        self, pairs: JsonObject, name: str, escape: Callable[[str], str]
    ) -> Written:
        """Return names and values in the format of a query or a form."""
        if not pairs:
            return ()
        written: list[object] = []
        for key, value in pairs.items():
            where = f"{name}.{key}"
            for one in self._several(value, where):
                written += ["&" if written else "", f"{escape(key)}="]
                text = one if isinstance(one, str) else _as_text(one, where)
                if not safety.is_text(text):
                    raise InvalidField(where, "not_text")
                written += [
                    escape(part) if isinstance(part, str) else part
                    for part in self.marker.split(text, where)
                ]
        return _joined(written)

    def _several(self, value: Json, name: str) -> Iterator[Json]:
        """Yield the values of a parameter; none if it is not given."""
        for one in value if isinstance(value, list) else [value]:
            rendered = self._leaf(one, name) if isinstance(one, str) else one
            if isinstance(rendered, list):
                yield from rendered
            elif rendered is not None and not isinstance(rendered, _LeftOut):
                yield rendered

    def _json(self, recipe: Recipe, name: str) -> Written:
        written: list[object] = []
        for part in recipe.body_parts:
            if type(part) is not Leaf:
                written.append(part)
                continue
            value = self._leaf(part.template, f"{name}{part.name}")
            if isinstance(value, _LeftOut):
                return self._json_without_some(recipe.body, name)
            encoded = _encoded(value, name)
            if kind_of(part.template).has_slots:
                encoded = self.marker.numbers_bare(encoded)
                written += self.marker.split(encoded, name)
            else:
                written.append(encoded)
        return _joined(written)

    def _json_without_some(self, body: Json, name: str) -> Written:
        """Return JSON without the values whose field was not given."""
        value = self._inside(body, name)
        if isinstance(value, _LeftOut):
            raise InvalidField(name, "required")
        encoded = self.marker.numbers_bare(_encoded(value, name))
        return self.marker.split(encoded, name)

    def _inside(self, value: Json, name: str) -> Json | _LeftOut:
        """Return JSON with its templates rendered."""
        match value:
            case str():
                return self._leaf(value, name)
            case list():
                entries = [
                    self._inside(one, f"{name}[{number}]")
                    for number, one in enumerate(value)
                ]
                return [one for one in entries if not isinstance(one, _LeftOut)]
            case dict():
                inner = {
                    key: self._inside(one, f"{name}.{key}")
                    for key, one in value.items()
                }
                return {
                    key: one
                    for key, one in inner.items()
                    if not isinstance(one, _LeftOut)
                }
        return value

    def _leaf(self, template: str, name: str) -> Json | _LeftOut:
        """Return one value: a field as it was given, an expression with its type."""
        kind = kind_of(template)
        if kind.field is not None:
            if kind.field in self.given:
                return plain(self.given[kind.field], name)
            if kind.field in self.accepted:
                return _LEFT_OUT
        marked = self.marker.mark(template)
        if kind.is_expression:
            rendered = self._rendered(self.renderer.value, marked.strip(), name)
            return plain(rendered, name)
        if kind.is_template:
            return self._rendered(self.renderer.text, marked, name)
        return marked

    def _rendered[T](
        self,
        render: Callable[[str, Mapping[str, object]], T],
        template: str,
        name: str,
    ) -> T:
        """Return the result of a template; raises InvalidField."""
        variables = {**self.given, "data": self.given}
        try:
            return render(template, variables)
        except CannotRender as error:
            # Home Assistant repeats the template in many of its errors.
            reason = self.marker.shown(str(error))
            raise InvalidField(name, "not_rendered", reason=reason) from error


def plain(value: object, name: str, depth: int = 0) -> Json:
    """Return a value of Home Assistant as JSON; raises InvalidField."""
    if depth > DEEPEST:
        raise InvalidField(name, "nested_too_deeply", maximum=str(DEEPEST))
    match value:
        case None | bool() | int() | str():
            # A member of a text enumeration is also a text.
            return str(value) if isinstance(value, str) else value
        case float() if isfinite(value):
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return {
                str(key): plain(inner, f"{name}.{key}", depth + 1)
                for key, inner in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [plain(inner, name, depth + 1) for inner in value]
    raise InvalidField(name, "not_json_value")


def _encoded(value: Json, name: str) -> str:
    """Return a value as JSON; raises InvalidField."""
    try:
        return encode(value)
    except ValueError as error:
        raise InvalidField(name, "not_json_value") from error


def _length(written: Written, name: str) -> int:
    """Return the bytes of a text without its slots; raises InvalidField."""
    try:
        return sum([len(part.encode()) for part in written if type(part) is str])
    except UnicodeEncodeError as error:
        raise InvalidField(name, "not_text") from error


@lru_cache(maxsize=256)
def _fixed_path(path: str, name: str) -> Written | None:
    """Return a path without values; None if it has some. Raises InvalidField."""
    parts = tuple(places(path))
    if any(is_value for _, is_value in parts):
        return None
    written = "".join(safety.literal(part, name) for part, _ in parts)
    if not safety.segments_allowed(written):
        raise InvalidField(name, "path_segment")
    return (written,)


def _as_text(value: Json, name: str) -> str:
    """Return a value in the format of a query or a form."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    raise InvalidField(name, "not_text")


def _percent(text: str) -> str:
    return quote(text, safe="")


def _joined(parts: list[object]) -> Written:
    """Return parts with neighbouring texts joined."""
    joined: list[object] = []
    for part in parts:
        if type(part) is str and joined and type(joined[-1]) is str:
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)  # type: ignore[arg-type]
