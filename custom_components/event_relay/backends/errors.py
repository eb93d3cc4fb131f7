"""The closed set of errors that a client raises.

Every class says what is known about the effect of the request, because that decides
what the queue may do next. `code` is the cause, and the key of the text shown to the
user, in forms as well as in exceptions. `reason` is the backend's own explanation and
never holds a credential or a payload.
"""

from collections.abc import Mapping
from typing import override

BALANCE_EMPTY = "balance_empty"
"""Code of a PermissionDenied that a payment fixes, not a right."""

RATE_LIMITED = "rate_limited"
"""Code of an Unavailable from a backend that is up but rate limits us."""

NOT_STORED = "not_stored"
"""Code of a write that was confirmed but does not show."""


UNKNOWN_EVENT = "unknown_event"
"""Code of a Gone: the backend has no such event."""

TRIED_AGAIN = 900.0
"""Seconds until a paused request is tried again."""


class BackendError(Exception):
    """Base of a client's errors; never raised itself."""

    code = "unknown"

    def __init__(self, reason: str = "", *, code: str | None = None) -> None:
        """Keep the backend's own reason, and the code of a special case."""
        super().__init__(reason)
        self.reason = reason
        if code is not None:
            self.code = code

    @override
    def __str__(self) -> str:
        """Return the reason, or the code without one."""
        return self.reason or self.code


class CannotConnect(BackendError):
    """The request was certainly not taken: it found no connection.

    Reads that fail on the way raise it as well, since they have no effect.
    """

    code = "cannot_connect"


class OutcomeUnknown(BackendError):
    """The request was sent, and its effect is unknown.

    `clue` is what the backend reported before the response was lost, such as an id that
    it did not confirm; a later look-up may use it. With `outage` the backend did not
    respond, or a gateway did in its place: other requests would fare no better.
    """

    code = "outcome_unknown"

    def __init__(
        self,
        reason: str = "",
        *,
        code: str | None = None,
        clue: Mapping[str, object] | None = None,
        outage: bool = False,
    ) -> None:
        """Keep the clue beside the reason, and whether the backend is out."""
        super().__init__(reason, code=code)
        self.clue = clue
        self.outage = outage


class Unavailable(BackendError):
    """The backend responded that it cannot take the request now.

    `retry_after` is in seconds, as the backend asked for it, or None. With
    `this_request_only` others are still sent. With `unknown` the request is repeatable
    and may have taken effect.
    """

    code = "unavailable"

    def __init__(
        self,
        reason: str = "",
        *,
        code: str | None = None,
        retry_after: float | None = None,
        this_request_only: bool = False,
        unknown: bool = False,
    ) -> None:
        """Keep the requested delay and its scope."""
        super().__init__(reason, code=code)
        self.retry_after = retry_after
        self.this_request_only = this_request_only
        self.unknown = unknown


class RequestPaused(Unavailable):
    """The backend refuses this request, but not others, until somebody fixes the cause.

    Such as a right that is missing for one room. Unlike after a PermissionDenied, other
    deliveries are still sent. It is tried again after a while, and when the connection
    is reloaded. `status` is that of the response; 0 without one.
    """

    code = "request_paused"

    def __init__(
        self, reason: str = "", *, code: str | None = None, status: int = 0
    ) -> None:
        """Keep the status of the response."""
        super().__init__(
            reason, code=code, retry_after=TRIED_AGAIN, this_request_only=True
        )
        self.status = status


class InvalidCredentials(BackendError):
    """The backend does not accept the credentials."""

    code = "invalid_auth"


class PermissionDenied(BackendError):
    """The credentials are good, but they may not do this (role, balance).

    The connection pauses: see RequestPaused for a right that one request lacks.
    """

    code = "permission_denied"


class Rejected(BackendError):
    """The backend understood the request and refuses it for good.

    `fields` holds the backend's reason for each field that it named.
    """

    code = "rejected"

    def __init__(
        self,
        reason: str = "",
        *,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Keep the backend's reasons for single fields."""
        super().__init__(reason, code=code)
        self.fields = dict(fields or {})


class Gone(Rejected):
    """The target of the request no longer exists, so no retry can succeed.

    Somebody has deleted it outside. Nothing is left to do, unless the request was to
    create something: then it is like any other rejection.

    Deliveries store the code, see `is_gone`: that of a special case begins with
    `unknown_`.
    """

    code = "gone"


class InvalidResponse(BackendError):
    """The response to a read is not one that this backend gives.

    It is `foreign` if nothing is there, or something of another shape: when a
    connection is tested, another system is at its address.
    """

    code = "invalid_response"

    def __init__(
        self, reason: str = "", *, code: str | None = None, foreign: bool = False
    ) -> None:
        """Keep whether it seems to come from another system."""
        super().__init__(reason, code=code)
        self.foreign = foreign


def is_gone(code: str) -> bool:
    """Return whether a code, such as a stored one, is that of a Gone."""
    return code == Gone.code or code.startswith("unknown_")
