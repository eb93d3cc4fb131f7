"""Takes over a `rest_command` of Home Assistant's YAML.

Facts: homeassistant/components/rest_command, 2026.10.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
import re

from ..base import InvalidField, Json, JsonObject
from .recipe import METHODS, WITHOUT_BODY, as_json, texts_in
from .safety import OURS, origin_of

LONGEST = 50_000
_ADDRESS = re.compile(r"(https?://[^/?#{}]+)([^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_PIECES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_AT_CONNECTION = ("username", "password", "authentication", "verify_ssl")
_SECRET = re.compile(r"!secret\s+([\w-]+)")
_NOT_HERE = ("timeout", "insecure_cipher", "skip_url_encoding")


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """A request that a `rest_command` has become."""

    name: str
    definition: JsonObject
    not_taken: tuple[str, ...] = field(default=())
    """Keys of the command that have no place in a request, such as `timeout`."""
    origin: str | None = None
    """Where the command sends to, if that shows."""


def take_over(text: str, read: Callable[[str], object]) -> TakenOver:
    """Return the request of a command's YAML; raises InvalidField.

    `read` reads YAML and raises ValueError. What YAML has from `secrets.yaml` becomes
    a placeholder for a secret of the connection.
    """
    name, command = _command(text, read)
    definition: JsonObject = {}
    not_taken = [key for key in (*_AT_CONNECTION, *_NOT_HERE) if key in command]
    method = str(command.get("method", "get")).upper()
    if method not in METHODS:
        raise InvalidField("yaml", "not_one_of", known=", ".join(METHODS))
    definition["method"] = method
    origin, path, query = _address(command.get("url"))
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
            definition |= _body(str(payload), command.get("content_type"))
    return TakenOver(
        name=name.replace("_", " ").capitalize(),
        definition=definition,
        not_taken=tuple(not_taken),
        origin=origin,
    )


def _command(
    text: str, read: Callable[[str], object]
) -> tuple[str, Mapping[str, Json]]:
    """Return the name and the keys of the one command; raises InvalidField."""
    if len(text) > LONGEST:
        raise InvalidField("yaml", "too_long", maximum=str(LONGEST))
    try:
        found = as_json(read(_SECRET.sub(_placeholder, text)), "yaml")
    except (ValueError, RecursionError) as error:
        raise InvalidField("yaml", "not_yaml") from error
    if isinstance(found, dict) and isinstance(found.get("rest_command"), dict):
        found = found["rest_command"]
    if isinstance(found, dict) and "url" in found:
        return "request", found
    if isinstance(found, dict) and len(found) == 1:
        ((name, command),) = found.items()
        if isinstance(command, dict) and "url" in command:
            return str(name), command
    raise InvalidField("yaml", "no_rest_command")


def _placeholder(found: re.Match[str]) -> str:
    """Return a placeholder, as YAML has a text, for a name in `secrets.yaml`."""
    name = re.sub(r"[^a-z0-9_]", "_", found[1].lower())[:40]
    return f"'{{secret:{name}}}'"


def _address(url: Json) -> tuple[str | None, str, JsonObject]:
    """Return origin, path and query of an address; raises InvalidField."""
    if not isinstance(url, str):
        raise InvalidField("yaml", "no_rest_command")
    found = _ADDRESS.fullmatch(url.strip())
    if found is None:
        # The whole of it is a template, or the host is.
        raise InvalidField("yaml", "address_is_template")
    path, _, rest = _outside(found[2], "?")
    return origin_of(found[1]), path or "/", _query(rest)


def _query(text: str) -> JsonObject:
    """Return the parameters of a query, whose values may be templates."""
    query: dict[str, Json] = {}
    rest = text
    while rest:
        pair, _, rest = _outside(rest, "&")
        name, _, value = _outside(pair, "=")
        if name in query:
            before = query[name]
            query[name] = [*(before if isinstance(before, list) else [before]), value]
        elif name:
            query[name] = value
    return query


def _outside(text: str, mark: str) -> tuple[str, str, str]:
    """Part a text at the first mark that is in no template."""
    at = 0
    for piece in _PIECES.split(text):
        if not piece.startswith("{") and mark in piece:
            at += piece.index(mark)
            return text[:at], mark, text[at + 1 :]
        at += len(piece)
    return text, "", ""


def _headers(headers: Json) -> tuple[JsonObject, list[str]]:
    """Return the headers that a request may have, and which it may not."""
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


def _body(payload: str, content_type: Json) -> JsonObject:
    """Return a payload as JSON whose leaves are templates, or as text."""
    try:
        decoded = json.loads(payload)
    except ValueError, RecursionError:
        decoded = None
    if isinstance(decoded, dict | list) and not any(
        map(_quoted, texts_in(decoded, keys=True))
    ):
        return {"body_kind": "json", "body_json": decoded}
    return {
        "body_kind": "text",
        "body_text": payload,
        "content_type": str(content_type or "application/json"),
    }


def _quoted(text: str) -> bool:
    """Say whether a template encodes its value itself, as in JSON that is one text."""
    return "to_json" in text or "tojson" in text
