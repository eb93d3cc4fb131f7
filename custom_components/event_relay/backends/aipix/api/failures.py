"""Map aipix's failures to errors, with its own reason.

Aipix is a Laravel application: a validation error is `{message, errors}`, with a
generic message (vendor documentation 23.09 to 24.03). Without an `Accept` header, and
from proxies, errors are web pages.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from ...base import Json
from ...errors import PermissionDenied
from ...json_responses import Failures, in_words, is_json, page_title, said_in
from ...transport import Reply

SESSIONS_EXHAUSTED = 419
"""Too many sessions of a user (vendor documentation and mobile SDK)."""


def reason(reply: Reply) -> str:
    """Return the reason of an error response in one line."""
    fields = refused_fields(reply)
    try:
        body = reply.json()
    except ValueError:
        said = page_title(reply)
    else:
        said = "; ".join(f"{name}: {words}" for name, words in fields.items())
        said = said or said_in(body)
    return in_words(reply, said)


def refused_fields(reply: Reply) -> dict[str, str]:
    """Return the messages of a validation error by field.

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


def _forces_update(reply: Reply) -> bool:
    """Return whether the server refuses the version of its client (mobile SDK)."""
    return reply.status == HTTPStatus.CONFLICT and is_json(reply)


FAILURES = Failures(
    statuses={
        HTTPStatus.UNAUTHORIZED: None,  # the login handles it
        HTTPStatus.PAYMENT_REQUIRED: partial(PermissionDenied, code="licence"),
        SESSIONS_EXHAUSTED: partial(PermissionDenied, code="session_limit"),
    },
    reason=reason,
    fields=refused_fields,
    code="client_refused",
    has_code=_forces_update,
    only_json=True,
)
