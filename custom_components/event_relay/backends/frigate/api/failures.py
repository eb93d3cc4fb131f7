"""Map Frigate's failures to errors, with its own reason.

Frigate's errors are JSON of several shapes; the nginx in front of it sends HTML, and so
do other proxies (Frigate 0.18, source and black-box run).
"""

from collections.abc import Mapping
from http import HTTPStatus
import re

from ...base import Json
from ...errors import BackendError, Unavailable
from ...json_responses import Failures, in_words, page_title, said_in
from ...transport import Reply

_NGINX_500 = re.compile(
    r"<center><h1>500 Internal Server Error</h1></center>\s*<hr><center>nginx",
    re.IGNORECASE,
)
"""Text of nginx's own 500; Frigate's own look different."""
_PLAIN_HTTP = "plain HTTP request was sent to HTTPS port"
_OUR_NAMES = {"subLabel": "sub_label", "draw": "boxes"}


def reason(reply: Reply) -> str:
    """Return the reason of an error response in one line."""
    try:
        said = _said(reply)
    except ValueError:
        said = page_title(reply)
    return in_words(reply, said)


def _said(reply: Reply) -> str:
    """Return the message of a response; raises ValueError if it is not JSON."""
    match reply.json():
        case {"detail": [*mistakes]}:
            return "; ".join(
                f"{name}: {words}" for name, words in _mistakes(reply, mistakes).items()
            )
        case body:
            return said_in(body)


def refused_fields(reply: Reply) -> dict[str, str]:
    """Return the messages of a 422 by field, with the names that users know."""
    try:
        body = reply.json_object()
    except ValueError:
        return {}
    mistakes = body.get("detail")
    return _mistakes(reply, mistakes) if isinstance(mistakes, list) else {}


def _mistakes(reply: Reply, mistakes: list[Json]) -> dict[str, str]:
    named: dict[str, str] = {}
    for mistake in mistakes:
        if not isinstance(mistake, Mapping):
            continue
        match mistake.get("loc"):
            case [_, str(name), *_]:
                name = _OUR_NAMES.get(name, name)
            case _:
                name = "body"
        named[name] = reply.words(str(mistake.get("msg", "")))
    return named


def _blocked_by_nginx(reply: Reply, reason: str) -> BackendError | None:
    """Return the error if nginx could not ask Frigate to authenticate the request.

    Then nginx sends its own 500 and has passed nothing on: Frigate is down or starting
    (0.17.2 and 0.18, run). A request that may have reached Frigate fails with 502 or
    504.
    """
    if (
        reply.status == HTTPStatus.INTERNAL_SERVER_ERROR
        and _NGINX_500.search(reply.text[:10_000]) is not None
    ):
        return Unavailable(reason, retry_after=reply.retry_after)
    return None


def _wants_tls(reply: Reply) -> bool:
    """Return whether nginx says that this port only speaks TLS."""
    return _PLAIN_HTTP in reply.text[:10_000]


FAILURES = Failures(
    statuses={HTTPStatus.UNAUTHORIZED: None},  # the login handles it
    special=_blocked_by_nginx,
    reason=reason,
    fields=refused_fields,
    code="plain_http",
    has_code=_wants_tls,
    only_json=True,
)
