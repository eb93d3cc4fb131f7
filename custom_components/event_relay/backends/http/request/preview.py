"""A rendered request as people know it: method, path, headers and body.

Placeholders, which are filled when it is sent, stay as they were written. So secrets
are shown by name only.
"""

import json

from ...base import Json, JsonObject
from .definition import IdHeader
from .prepared import Prepared
from .slots import Slot, Written
from .wire import Wire

_ID = "{id}"


def preview(prepared: Prepared) -> JsonObject:
    """Return the request, and the one that ends it, without authentication."""
    shown = _shown(prepared.wire, prepared)
    if prepared.end is not None:
        shown["end"] = _shown(prepared.end.wire, prepared)
    return shown


def _shown(wire: Wire, prepared: Prepared) -> JsonObject:
    """Return one request; its body as data if it is JSON."""
    query = _text(wire.query)
    shown: JsonObject = {
        "method": wire.method,
        "path": _text(wire.path) + (f"?{query}" if query else ""),
    }
    headers: JsonObject = {name: _text(value) for name, value in wire.headers}
    if wire.content_type is not None:
        headers["Content-Type"] = wire.content_type
    if headers := headers | _own_headers(prepared):
        shown["headers"] = headers
    if wire.body is not None:
        shown["body"] = _body(_text(wire.body))
    return shown


def _own_headers(prepared: Prepared) -> JsonObject:
    """Return the headers that the client adds to each attempt."""
    headers: JsonObject = {}
    if IdHeader.WEBHOOK_ID in prepared.ids or prepared.signed:
        headers["webhook-id"] = _ID
    if IdHeader.IDEMPOTENCY_KEY in prepared.ids:
        headers["Idempotency-Key"] = f'"{_ID}"'
    if prepared.signed:
        headers |= {"webhook-timestamp": "{sent_s}", "webhook-signature": "v1,…"}
    return headers


def _text(written: Written) -> str:
    """Return a text with its placeholders as they were written."""
    return "".join(
        f"{{{part.name}}}" if isinstance(part, Slot) else part for part in written
    )


def _body(text: str) -> Json:
    """Return a body as data; as text if it is not JSON."""
    try:
        body: Json = json.loads(text)
    except ValueError:
        return text
    return body
