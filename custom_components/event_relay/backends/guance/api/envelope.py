"""Unwrap responses, and map failures to errors.

The published table of errors has three rows: two limits, which come with 401, and a bad
key, which comes with 403 (vendor documentation 2023 to 2026). All other errors are read
with care, and errors within an HTTP 200 are expected (third-party connector).
"""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Self

from ...base import Json
from ...errors import (
    BackendError,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from ...json_responses import is_json
from ...transport import Effect, Reply, raise_for_failure

LIMITED_FOR = 60.0
"""Seconds to wait after a limit without a time; none is documented (inferred)."""

_BAD_KEY = "invalidapikey"
_LIMITED = "currentlimiting"
_NO_ROUTE = "routernotfound"
_UNKNOWN_ERROR = "internalerror"


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A response of the service, unwrapped."""

    status: int
    """`code`, which mirrors the HTTP status and overrides a 200."""
    success: bool
    error: str
    """`errorCode` without its namespace and in lower case; older pages spell
    `InvalidApiKey` what newer ones spell `ft.InvalidAPIKey`."""
    reason: str
    content: Json

    @classmethod
    def parse(cls, reply: Reply) -> Self:
        """Unwrap a response; raises ValueError if it is not wrapped."""
        body = reply.json_object()
        if "success" not in body and "errorCode" not in body:
            raise ValueError("not the envelope of the service")
        code, error = body.get("code"), body.get("errorCode")
        error = error if isinstance(error, str) else ""
        message = body.get("message")
        words = [message if isinstance(message, str) else "", error and f"({error})"]
        numbered = isinstance(code, int) and not isinstance(code, bool)
        status = code if reply.status == HTTPStatus.OK and numbered else reply.status
        return cls(
            status=status if isinstance(status, int) else reply.status,
            success=body.get("success") is True and numbered,
            error=error.rpartition(".")[2].lower(),
            reason=" ".join(filter(None, words)),
            content=body.get("content"),
        )

    @property
    def good(self) -> bool:
        """Return whether all fields of the response report success."""
        return self.success and self.status == HTTPStatus.OK and not self.error


def unwrap(reply: Reply, effect: Effect) -> Envelope:
    """Return the envelope of a success; raises the error for any other response."""
    try:
        envelope = Envelope.parse(reply)
    except ValueError as error:
        raise _without_envelope(reply, effect) from error
    reason = reply.words(envelope.reason) or f"HTTP {envelope.status}"
    if reply.ok and envelope.good:
        return envelope
    _raise_for_access(envelope, reply, reason)
    if (envelope.status, envelope.error, effect) == (
        HTTPStatus.SERVICE_UNAVAILABLE,
        _UNKNOWN_ERROR,
        Effect.ONCE,
    ):
        # Unlike other 503 it is documented as an unknown error, not as an outage.
        raise OutcomeUnknown(reason)
    raise_for_failure(replace(reply, status=envelope.status), effect, reason)
    raise _refusal(envelope, effect, reason)


def _raise_for_access(envelope: Envelope, reply: Reply, reason: str) -> None:
    """Raise for limits, bad keys and missing permissions, which have odd statuses."""
    limited = envelope.error.endswith(_LIMITED)
    if limited or envelope.status == HTTPStatus.UNAUTHORIZED:
        raise Unavailable(
            reason,
            code="rate_limited" if limited else None,
            retry_after=max(LIMITED_FOR, reply.retry_after or 0),
        )
    if envelope.error == _BAD_KEY:
        raise InvalidCredentials(reason, code="invalid_api_key")
    if envelope.status == HTTPStatus.FORBIDDEN:
        raise PermissionDenied(reason)


def _refusal(envelope: Envelope, effect: Effect, reason: str) -> BackendError:
    """Return the error for a failure that is neither an outage nor about access."""
    code = "other_system" if envelope.error == _NO_ROUTE else None
    if effect is Effect.NONE:
        return InvalidResponse(reason, code=code)
    if code is not None:  # the address is wrong, not the event
        return Unavailable(reason, code=code)
    says_no = not envelope.success and (
        envelope.error or envelope.status >= HTTPStatus.BAD_REQUEST
    )
    return Rejected(reason) if says_no else OutcomeUnknown(reason)


def _without_envelope(reply: Reply, effect: Effect) -> BackendError:
    """Return the error for a response that is not the service's own."""
    reason = f"HTTP {reply.status}"
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return Unavailable(reason, retry_after=max(LIMITED_FOR, reply.retry_after or 0))
    if reply.status == HTTPStatus.FORBIDDEN:
        return PermissionDenied(reason)
    try:
        raise_for_failure(reply, effect, reason)
    except BackendError as error:
        return error
    return _foreign_response(reply, effect, reason)


def _foreign_response(reply: Reply, effect: Effect, reason: str) -> BackendError:
    """Return the error for a response that seems to come from another system."""
    code = "other_system" if is_json(reply) else "not_json"
    if effect is Effect.NONE:
        return InvalidResponse(reason, code=code)
    if reply.ok:
        return OutcomeUnknown("the answer cannot be read")
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Rejected(reason)
    return Unavailable(reason, code=code)
