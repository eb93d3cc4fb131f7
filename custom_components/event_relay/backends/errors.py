"""The closed set of errors that a client raises.

Every class says what is known about the effect of the request, because that
decides what the outbox may do next. `code` says which cause it was; it is the key
of the text shown to the user, in forms as well as in exceptions. `reason` is the
backend's own account of it and never holds a credential or a payload.
"""

from collections.abc import Mapping
from typing import override

BALANCE_EMPTY = "balance_empty"
"""Code of a PermissionDenied that money mends, not a right."""

RATE_LIMITED = "rate_limited"
"""Code of an Unavailable that is there, and has been asked too often."""

NOT_STORED = "not_stored"
"""Code of what was answered as done, and does not show."""


UNKNOWN_EVENT = "unknown_event"
"""Code of a Gone: the backend has no such event."""

UNKNOWN_SCRIPT = "unknown_script"
"""Code of a Gone: the backend has no such script."""


class BackendError(Exception):
    """Base of what a client raises; never raised itself."""

    code = "unknown"

    def __init__(self, reason: str = "", *, code: str | None = None) -> None:
        """Keep the backend's own reason, and the code where it is a special case."""
        super().__init__(reason)
        self.reason = reason
        if code is not None:
            self.code = code

    @override
    def __str__(self) -> str:
        """Return the reason, or the code where the backend gave none."""
        return self.reason or self.code


class CannotConnect(BackendError):
    """The request was surely not taken: there was no connection, or none was made.

    Reads that fail on the way raise it as well, since they have no effect.
    """

    code = "cannot_connect"


class OutcomeUnknown(BackendError):
    """The request went out, and whether it took effect is not known.

    `clue` is what the backend said before the reply was lost, such as an id that
    it then did not confirm; a later look-up may use it.
    """

    code = "outcome_unknown"

    def __init__(
        self,
        reason: str = "",
        *,
        code: str | None = None,
        clue: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the clue beside the reason."""
        super().__init__(reason, code=code)
        self.clue = clue


class Unavailable(BackendError):
    """The backend answered that it cannot take the request now.

    `retry_after` is in seconds, as the backend asked for it; None if it did not. With
    `alone` it is said of this request only: others are sent meanwhile. With `unknown`
    it was a request that may be repeated, and may have been taken.
    """

    code = "unavailable"

    def __init__(
        self,
        reason: str = "",
        *,
        code: str | None = None,
        retry_after: float | None = None,
        alone: bool = False,
        unknown: bool = False,
    ) -> None:
        """Keep the time that the backend asked for, and whom it asks."""
        super().__init__(reason, code=code)
        self.retry_after = retry_after
        self.alone = alone
        self.unknown = unknown


class InvalidCredentials(BackendError):
    """The backend does not accept the credentials."""

    code = "invalid_auth"


class PermissionDenied(BackendError):
    """The credentials are good, but they may not do this (role, balance)."""

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
        """Keep what the backend said of single fields."""
        super().__init__(reason, code=code)
        self.fields = dict(fields or {})


class Gone(Rejected):
    """What the request is about is not there any more, so that no retry can mend it.

    Somebody has deleted it outside. Nothing is left to be done.
    """

    code = "gone"


class InvalidResponse(BackendError):
    """A read was answered with something that is not what this backend answers."""

    code = "invalid_response"
