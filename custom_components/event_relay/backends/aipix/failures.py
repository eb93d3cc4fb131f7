"""What aipix's failures mean, and what it says of them.

Aipix is a Laravel application: a validation error is `{message, errors}`, of which
the message says nothing (vendor documentation 23.09 to 24.03). Without an `Accept`
header, and from whatever else stands between, errors are web pages.
"""

from collections.abc import Mapping
from html import unescape
from http import HTTPStatus
import re

from ..base import Json
from ..errors import (
    BackendError,
    InvalidResponse,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from ..transport import Effect, Reply, raise_for_failure

SESSIONS_EXHAUSTED = 419
"""Too many sessions of a user (vendor documentation and mobile SDK)."""
_TITLE = re.compile(r"<title>([^<]*)</title>", re.IGNORECASE)


def is_json(reply: Reply) -> bool:
    """Whether the body is JSON, and so aipix's own."""
    try:
        reply.json()
    except ValueError:
        return False
    return True


def reason(reply: Reply) -> str:
    """Return in one line what an answer says went wrong."""
    fields = refused_fields(reply)
    try:
        body = reply.json()
    except ValueError:
        title = _TITLE.search(reply.text[:10_000])
        said = unescape(title[1]) if title else ""
    else:
        said = "; ".join(f"{name}: {words}" for name, words in fields.items())
        said = said or _said(body)
    return reply.words(said) or f"HTTP {reply.status}"


def _said(body: Json) -> str:
    match body:
        case {"errors": str(words)} | {"message": str(words)} | {"error": str(words)}:
            return words
        case str(words):
            return words
        case _:
            return ""


def refused_fields(reply: Reply) -> dict[str, str]:
    """Return what a validation error says of single fields.

    Fields have dotted paths such as `schedule.0.ranges.0.to` (inferred).
    """
    try:
        body = reply.json()
    except ValueError:
        return {}
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, Mapping):
        return {}
    return {name: reply.words(_first(words)) for name, words in errors.items()}


def _first(words: Json) -> str:
    match words:
        case [str(first), *_] | str(first):
            return first
        case _:
            return ""


def raise_for_answer(reply: Reply, effect: Effect) -> None:
    """Raise what an answer other than a success means; 401 is the caller's."""
    if reply.ok:
        return
    words = reason(reply)
    if reply.status == SESSIONS_EXHAUSTED:
        raise PermissionDenied(words, code="session_limit")
    if reply.status == HTTPStatus.PAYMENT_REQUIRED:
        raise PermissionDenied(words, code="licence")
    if reply.status == HTTPStatus.FORBIDDEN:
        raise PermissionDenied(words)
    raise_for_failure(reply, effect, words)
    raise _refusal(reply, effect, words)


def _refusal(reply: Reply, effect: Effect, words: str) -> BackendError:
    """Return what a 4xx means.

    One that is not JSON is not of aipix: a proxy before it has lost its way. What is
    written may be taken when that is over.
    """
    code = None
    if not is_json(reply):
        code = "not_json"
    elif reply.status == HTTPStatus.CONFLICT:
        # "Force update": the server refuses the version of the client (mobile SDK).
        code = "client_refused"
    if effect is Effect.NONE:
        return InvalidResponse(words, code=code)
    if code == "not_json" and reply.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Unavailable(words, code=code)
    return Rejected(words, code=code, fields=refused_fields(reply))
