"""Interpret responses of services that use plain HTTP and JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from http import HTTPStatus
from itertools import islice
import re

from .base import Json
from .errors import (
    BackendError,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from .own_sentences import OwnReason
from .shapes import ShapeError, shaped
from .transport import Effect, Reply, raise_for_failure

NOT_JSON = "not_json"
"""Code of a response from something other than the service, such as a proxy."""
_TITLE = re.compile(r"<title>([^<]*)</title>", re.IGNORECASE)
_SAYING = (
    "_errors",
    "errors",
    "message",
    "msg",
    "detail",
    "error_description",
    "description",
    "error",
    "reason",
    "title",
)
"""Names of what explains an error: the particular before the general."""
_DEEPEST = 6
_MOST_PROBLEMS = 5
"""Problems read of a list; a message is cut after a few anyway."""
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
        raise _unreadable(effect, "the answer is not JSON", NOT_JSON) from error


def decoded_as[T](kind: type[T], reply: Reply, effect: Effect = Effect.NONE) -> T:
    """Return a successful response as a type that `shapes.shaped` can read.

    Raises the errors of `decoded` for anything else.
    """
    try:
        return shaped(kind, decoded(reply, effect))
    except ShapeError as error:
        where = OwnReason.UNREADABLE_AT.of(place=error.place)
        reason = where if error.place else "the answer cannot be read"
        raise _unreadable(effect, reason, foreign=True) from error


def _unreadable(
    effect: Effect, reason: str, code: str | None = None, *, foreign: bool = False
) -> BackendError:
    """Return the error for a success that cannot be read."""
    match effect:
        case Effect.NONE:
            return InvalidResponse(reason, code=code, foreign=foreign)
        case Effect.REPEATABLE:
            return Unavailable(reason, code=code)
        case Effect.ONCE:
            return OutcomeUnknown(reason)


def page_title(reply: Reply) -> str:
    """Return the title of a web page; empty without one."""
    title = _TITLE.search(reply.text[:_SEARCHED])
    return unescape(title[1]) if title else ""


def in_words(reply: Reply, said: str) -> str:
    """Return the message of a response, fit to be shown, or else its status."""
    return reply.words(said) or f"HTTP {reply.status}"


def message(reply: Reply) -> str:
    """Return the message of a response in one line, fit to be shown."""
    return in_words(reply, explanation(reply))


def explanation(reply: Reply) -> str:
    """Return a response's own words, as they were sent; empty if JSON has none.

    For a web page this is its title, for any other text all of it.
    """
    try:
        body = reply.json()
    except ValueError:
        return page_title(reply) if _is_page(reply) else reply.text
    return said_in(body)


def said_in(body: Json) -> str:
    """Return the message in an error of the usual shapes; empty without one.

    Such as `{"message": ...}`, `{"error": {"message": ...}}`, the problem details of
    RFC 9457, and lists of problems, in general or by field, below `errors`.
    """
    return _said(body, _DEEPEST)


def _said(value: Json, deep: int, *, by_field: bool = False) -> str:
    """Return the message in a value, to a depth."""
    match value:
        case str():
            return value.strip()
        case list() if deep:
            problems = (_said(one, deep - 1) for one in value[:_MOST_PROBLEMS])
            return "; ".join(filter(None, problems))
        case dict() if deep:
            for name in _SAYING:
                within = name == "errors"
                if said := _said(value.get(name), deep - 1, by_field=within):
                    return said
            if by_field:
                fields = {
                    name: _said(value[name], deep - 1, by_field=True)
                    for name in islice(value, _MOST_PROBLEMS)
                }
                return "; ".join(
                    f"{name}: {said}" for name, said in fields.items() if said
                )
    return ""


def _nothing_special(_reply: Reply, _reason: str) -> BackendError | None:
    return None


def _no_fields(_reply: Reply) -> Mapping[str, str]:
    return {}


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
        foreign = reply.status == HTTPStatus.NOT_FOUND
        return InvalidResponse(reason, code=code, foreign=foreign)
    if not own and reply.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Unavailable(reason, code=code)
    return Rejected(reason, code=code if own else None, fields=fields)


type ErrorOf = Callable[[str], BackendError]
"""Makes an error from its reason, such as a class of `errors`."""

USUAL: Mapping[int, ErrorOf] = {
    HTTPStatus.UNAUTHORIZED: partial(InvalidCredentials, code="credentials_refused"),
    HTTPStatus.FORBIDDEN: PermissionDenied,
}


@dataclass(frozen=True, kw_only=True)
class Failures:
    """What the failures of a service mean, as far as they differ from the usual."""

    statuses: Mapping[int, ErrorOf | None] = field(default_factory=dict)
    """Errors by status. None for no special one: the status is then a rejection, a rate
    limit or an outage, by HTTP."""
    special: Callable[[Reply, str], BackendError | None] = _nothing_special
    """Takes a failure and its reason, and returns the error if it has a meaning that
    the status does not tell."""
    reason: Callable[[Reply], str] = message
    """Returns the service's own explanation, fit to be shown."""
    fields: Callable[[Reply], Mapping[str, str]] = _no_fields
    """Returns the explanation of each field that a rejection names."""
    code: str | None = None
    """Code of the rejections that have a text of their own."""
    has_code: Callable[[Reply], bool] = is_json
    """Returns whether a rejection is one of those."""
    only_json: bool = False
    """Whether any other response comes from something in between."""

    def raise_for(self, reply: Reply, effect: Effect) -> None:
        """Raise the error for any response but a success.

        Covers rate limits, outages, 401, 403 and rejections; see `errors`.
        """
        if reply.ok:
            return
        reason = self.reason(reply)
        if (error := self.special(reply, reason)) is not None:
            raise error
        own = is_json(reply) or not (self.only_json or _is_page(reply))
        if (error_of := {**USUAL, **self.statuses}.get(reply.status)) is not None:
            error = error_of(reason)
            # A rejection is final, so it counts only if the service itself sent it.
            if own or not isinstance(error, Rejected):
                raise error
        raise_for_failure(reply, effect, reason)
        if own and effect is not Effect.NONE and not is_json(reply):
            raise Rejected(reason)
        code = self.code if self.has_code(reply) else None
        raise refusal(reply, effect, reason, code=code, fields=self.fields(reply))


def raise_for_answer(reply: Reply, effect: Effect) -> None:
    """Raise the error for any response but a success, with its usual meaning."""
    Failures().raise_for(reply, effect)


def is_missing(reply: Reply) -> bool:
    """Return whether the service itself says that it does not have something."""
    return reply.status == HTTPStatus.NOT_FOUND and is_json(reply)


def _is_page(reply: Reply) -> bool:
    """Return whether the body is a web page, as proxies send it."""
    return reply.text.lstrip().startswith("<")
