"""Import a `rest_command` of Home Assistant's YAML.

Facts: homeassistant/components/rest_command, 2026.10.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
import json
import re
from typing import TypeGuard, cast
from urllib.parse import unquote, unquote_plus

from ..base import InvalidField, Json, JsonObject
from ..fields import as_json
from .request.recipe import METHODS, WITHOUT_BODY, keys_in, texts_in
from .request.safety import OURS, origin_of

LONGEST = 50_000
_ADDRESS = re.compile(r"(https?://[^/?#{}]+)([^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_PIECES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_NOT_HERE: Mapping[str, object] = {
    "username": None,
    "password": None,
    "authentication": None,
    "verify_ssl": True,
    "timeout": None,
    "insecure_cipher": False,
    "skip_url_encoding": False,
}
"""Keys without a counterpart in a request, with the value that has no effect."""
_KEYS = frozenset({"url", "method", "headers", "payload", "content_type", *_NOT_HERE})
_SECRET = re.compile(r"(^|[:,\[{-][ \t]+)!secret[ \t]+([\w.-]+)", re.MULTILINE)
_ENCODED = re.compile(r"\|\s*urlencode\s*(?:\(\s*\)\s*)?(?=\||-?\}\})")
"""A filter that encodes a value for an address, which is done here for all values."""
_LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@ -]+")
_NEITHER = re.compile(r"(?:%[0-9A-Fa-f]{2}|[^/A-Za-z0-9._~!$&'()*+,;=:@ {}-])+")
"""Characters that are encoded in a path, or have to be."""
_EXPRESSION = re.compile(r"\{\{-?((?:(?!\{\{|\}\}).)*?)-?\}\}", re.DOTALL)
_PLAIN = re.compile(r"[\w.]+")


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """A request made from a `rest_command`."""

    name: str
    definition: JsonObject
    not_taken: tuple[str, ...] = field(default=())
    """Keys of the command without a counterpart in a request, such as `timeout`."""
    origin: str | None = None
    """The origin that the command sends to, if known."""


def take_over(
    text: str, read: Callable[[str], object], origin: str | None = None
) -> TakenOver:
    """Return the request of a command's YAML; raises InvalidField.

    `read` parses YAML and raises ValueError. A value from `secrets.yaml` becomes a
    placeholder for a secret of the connection. With several commands, the first one
    that sends to the `origin` of the connection is used.
    """
    commands = _commands(text, read)
    addresses = {name: _address(one.get("url")) for name, one in commands.items()}
    leading = (name for name, one in addresses.items() if one and one.origin == origin)
    name = next(leading, next(iter(commands)))
    taken = _taken(name, commands.pop(name), addresses[name])
    return replace(taken, not_taken=(*taken.not_taken, *commands))


@dataclass(frozen=True)
class _Address:
    """An address with a literal host."""

    origin: str | None
    rest: str
    """Path and query, which may have templates."""


def _address(url: Json) -> _Address | None:
    """Return the parts of an address; None if its host may be a template."""
    found = _ADDRESS.fullmatch(url.strip()) if isinstance(url, str) else None
    return None if found is None else _Address(origin_of(found[1]), found[2])


def _taken(
    name: str, command: Mapping[str, Json], address: _Address | None
) -> TakenOver:
    """Return the request of a command; raises InvalidField."""
    definition: JsonObject = {}
    not_taken = [
        key
        for key, value in command.items()
        if key not in _KEYS or (key in _NOT_HERE and value != _NOT_HERE[key])
    ]
    method = str(command.get("method", "get")).upper()
    if method not in METHODS:
        raise InvalidField("yaml", "not_one_of", known=", ".join(METHODS))
    definition["method"] = method
    url = command.get("url")
    if address is None:
        problem = "address_is_template" if isinstance(url, str) else "no_rest_command"
        raise InvalidField("yaml", problem)
    path, query, unnamed = _path_and_query(address.rest)
    if "@" in str(url).partition("://")[2].partition("/")[0]:
        not_taken.append("url (username, password)")
    not_taken += [f"url ({one})" for one in unnamed]
    definition["path"] = path
    if query:
        definition["query"] = query
    headers, refused = _headers(command.get("headers"))
    if headers:
        definition["headers"] = headers
    not_taken += refused
    if (payload := command.get("payload")) is not None:
        if method in WITHOUT_BODY:
            not_taken.append("payload")
        else:
            definition |= _body(payload, _content_type(command))
    return TakenOver(
        name=name.replace("_", " ").capitalize(),
        definition=definition,
        not_taken=tuple(not_taken),
        origin=address.origin,
    )


def _commands(
    text: str, read: Callable[[str], object]
) -> dict[str, Mapping[str, Json]]:
    """Return the keys of each command, by its name; raises InvalidField."""
    if len(text) > LONGEST:
        raise InvalidField("yaml", "too_long", maximum=str(LONGEST))
    try:
        found = as_json(read(_SECRET.sub(_placeholder, text)), "yaml")
    except (ValueError, RecursionError) as error:
        raise InvalidField("yaml", "not_yaml") from error
    if isinstance(found, dict) and isinstance(found.get("rest_command"), dict):
        found = found["rest_command"]
    if _is_command(found):
        return {"request": found}
    if isinstance(found, dict) and found and all(map(_is_command, found.values())):
        return cast("dict[str, Mapping[str, Json]]", found)
    raise InvalidField("yaml", "no_rest_command")


def _is_command(found: Json) -> TypeGuard[dict[str, Json]]:
    """Return whether a value is the content of a command."""
    return isinstance(found, dict) and "url" in found


def _placeholder(found: re.Match[str]) -> str:
    """Return the placeholder, as a YAML text, for a name in `secrets.yaml`."""
    name = re.sub(r"[^a-z0-9_]", "_", found[2].lower())[:40]
    return f"{found[1]}'{{secret:{name}}}'"


def _path_and_query(rest: str) -> tuple[str, JsonObject, list[str]]:
    """Return the decoded path and the query of an address, and what it cannot have."""
    path, _, query = _outside(rest, "?")
    written = _decoded(path, lambda text: _NEITHER.sub(_as_value, text))
    return written or "/", *_query(query)


def _as_value(found: re.Match[str]) -> str:
    """Return characters of a path as a value, if they would mean something else."""
    decoded = unquote(found[0])
    if _LITERAL.fullmatch(decoded) or "\\" in decoded or not decoded.isprintable():
        return decoded
    return f"{{{{ {json.dumps(decoded, ensure_ascii=False)} }}}}"


def _query(text: str) -> tuple[JsonObject, list[str]]:
    """Return the parameters of a query, whose values may be templates.

    Then those whose names may be templates, too.
    """
    query: dict[str, Json] = {}
    unnamed = []
    rest = text
    while rest:
        pair, _, rest = _outside(rest, "&")
        name, _, value = (_decoded(one, unquote_plus) for one in _outside(pair, "="))
        if "{" in name:
            unnamed.append(pair)
        elif name in query:
            before = query[name]
            query[name] = [*(before if isinstance(before, list) else [before]), value]
        elif name:
            query[name] = value
    return query, unnamed


def _decoded(text: str, decode: Callable[[str], str]) -> str:
    """Return a part of an address decoded; all of it is encoded again later."""
    return "".join(
        _ENCODED.sub("", piece) if piece.startswith("{") else decode(piece)
        for piece in _PIECES.split(text)
    )


def _outside(text: str, mark: str) -> tuple[str, str, str]:
    """Split a text at the first mark outside a template."""
    at = 0
    for piece in _PIECES.split(text):
        if not piece.startswith("{") and mark in piece:
            at += piece.index(mark)
            return text[:at], mark, text[at + 1 :]
        at += len(piece)
    return text, "", ""


def _headers(headers: Json) -> tuple[JsonObject, list[str]]:
    """Return the headers that a request may have, and the names of the others."""
    if not isinstance(headers, dict):
        return {}, []
    kept: JsonObject = {}
    refused = []
    for name, value in headers.items():
        lower = str(name).lower()
        if lower == "content-type":
            continue
        if lower in OURS or lower == "authorization":
            refused.append(f"headers.{name}")
        else:
            kept[str(name)] = str(value)
    return kept, refused


def _content_type(command: Mapping[str, Json]) -> str:
    """Return the content type of a command's payload; empty without one."""
    headers = command.get("headers")
    named = {
        name.lower(): value
        for name, value in (headers if isinstance(headers, dict) else {}).items()
    }
    return str(command.get("content_type") or named.get("content-type") or "")


def _body(payload: Json, content_type: str) -> JsonObject:
    """Return a payload as JSON with templates as leaves, or as text."""
    try:
        decoded = json.loads(payload) if isinstance(payload, str) else payload
    except ValueError, RecursionError:
        decoded = None
    if isinstance(decoded, dict | list) and _is_filled_in(decoded):
        body: JsonObject = {"body_kind": "json", "body_json": _as_texts(decoded)}
        if content_type.partition(";")[0].strip().lower() in ("", "application/json"):
            return body
        return {**body, "content_type": content_type}
    # As a template, it has no blanks at its ends.
    text = str(payload).strip()
    looks_like_json = text.lstrip()[:1] in ("{", "[") and text.lstrip()[:2] != "{{"
    guessed = "application/json" if looks_like_json else "text/plain; charset=utf-8"
    return {
        "body_kind": "text",
        "body_text": text,
        "content_type": content_type or guessed,
    }


def _is_filled_in(decoded: Json) -> bool:
    """Return whether only values of JSON are templates, and none encodes its result."""
    return not any(
        "{{" in name or "{%" in name for name in keys_in(decoded)
    ) and not any("to_json" in text or "tojson" in text for text in texts_in(decoded))


def _as_texts(value: Json) -> Json:
    """Return JSON whose templates return texts, since they are in quotes."""
    match value:
        case str() if (found := _EXPRESSION.fullmatch(value.strip())) is not None:
            inner = found[1].strip()
            if not _PLAIN.fullmatch(inner):
                inner = f"({inner})"
            return f"{{{{ {inner} | string }}}}"
        case list():
            return [_as_texts(one) for one in value]
        case dict():
            return {key: _as_texts(one) for key, one in value.items()}
    return value
