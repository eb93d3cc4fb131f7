"""Interpret responses of services that use plain HTTP and JSON."""

from collections.abc import Mapping
from html import unescape
from http import HTTPStatus
import re

from .base import Json
from .errors import (
    BackendError,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    RequestPaused,
    Unavailable,
)
from .transport import Effect, Reply, raise_for_failure

NOT_JSON = "not_json"
"""Code of a response from something other than the service, such as a proxy."""
_TITLE = re.compile(r"<title>([^<]*)</title>", re.IGNORECASE)
_SEARCHED = 10_000
"""Characters of a page that are searched for its title."""


def is_json(reply: Reply) -> bool:
    """Return whether the body is JSON, and so comes from the service itself."""
    try:
        reply.json()
    except ValueError:
        return False
    return True


def decoded(reply: Reply, effect: Effect = Effect.NONE) -> Json:
    """Return the JSON of a successful response.

    Without JSON, a read raises InvalidResponse, a repeatable write Unavailable, and any
    other write OutcomeUnknown.
    """
    try:
        return reply.json()
    except ValueError as error:
        reason = "the answer is not JSON"
        match effect:
            case Effect.NONE:
                raise InvalidResponse(reason, code=NOT_JSON) from error
            case Effect.REPEATABLE:
                raise Unavailable(reason, code=NOT_JSON) from error
            case Effect.ONCE:
                raise OutcomeUnknown(reason) from error


def page_title(reply: Reply) -> str:
    """Return the title of a web page; empty without one."""
    title = _TITLE.search(reply.text[:_SEARCHED])
    return unescape(title[1]) if title else ""


def in_words(reply: Reply, said: str) -> str:
    """Return the message of a response, fit to be shown, or else its status."""
    return reply.words(said) or f"HTTP {reply.status}"


def message(reply: Reply) -> str:
    """Return the message of a response in one line: `message`, `detail` or `error`.

    For a web page this is its title, for any other text all of it.
    """
    try:
        body = reply.json()
    except ValueError:
        return in_words(reply, page_title(reply) if _is_page(reply) else reply.text)
    match body:
        case {"message": str(said)} | {"detail": str(said)} | {"error": str(said)}:
            return in_words(reply, said)
        case str(said):
            return in_words(reply, said)
    return in_words(reply, "")


def refusal(
    reply: Reply,
    effect: Effect,
    reason: str,
    *,
    code: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> BackendError:
    """Return the error for a 4xx of a service whose responses are all JSON.

    A response that is not JSON comes from something in between, such as a misconfigured
    proxy. The write may succeed once that is repaired, unless it is too large.
    """
    own = is_json(reply)
    code = code or (None if own else NOT_JSON)
    if effect is Effect.NONE:
        return InvalidResponse(reason, code=code)
    if not own and reply.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Unavailable(reason, code=code)
    return Rejected(reason, code=code if own else None, fields=fields)


def raise_for_answer(
    reply: Reply,
    effect: Effect,
    reason: str | None = None,
    *,
    forbidden: type[PermissionDenied | RequestPaused] = PermissionDenied,
) -> None:
    """Raise the error for any response but a success; a service may refine some.

    Covers rate limits, outages, 401, 403 and rejections; see `errors`. `reason` is the
    service's own explanation, by default its `message`. `forbidden` is the error for a
    403: RequestPaused if the right for this request is missing, but not for others.
    """
    if reply.ok:
        return
    said = message(reply) if reason is None else reason
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise InvalidCredentials(said, code="credentials_refused")
    if reply.status == HTTPStatus.FORBIDDEN:
        raise forbidden(said)
    raise_for_failure(reply, effect, said)
    if effect is not Effect.NONE and not is_json(reply) and not _is_page(reply):
        raise Rejected(said)
    raise refusal(reply, effect, said)


def _is_page(reply: Reply) -> bool:
    """Return whether the body is a web page, as proxies send it."""
    return reply.text.lstrip().startswith("<")
