"""Map transport failures to errors: nothing sent, or outcome unknown.

Aiohttp's exceptions end here.
"""

from collections.abc import Mapping
from enum import Enum
import errno
from typing import Self

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientResponseError,
    ConnectionTimeoutError,
    InvalidURL,
)

from .errors import (
    BackendError,
    CannotConnect,
    InvalidResponse,
    OutcomeUnknown,
    Unavailable,
)
from .own_sentences import OwnReason

_NO_CONNECTION: Mapping[int, tuple[str, str | None]] = {
    errno.ECONNABORTED: ("the connection broke off", None),
    errno.ECONNREFUSED: ("Connection refused", None),
    errno.ECONNRESET: ("the connection broke off", None),
    errno.EHOSTDOWN: ("No route to host", None),
    errno.EHOSTUNREACH: ("No route to host", None),
    errno.ENETDOWN: ("Network is unreachable", None),
    errno.ENETUNREACH: ("Network is unreachable", None),
    errno.ETIMEDOUT: ("no connection in time", "timeout"),
}
"""Reasons by the operating system's number.

Its words are English, and others with musl (Home Assistant's container) than with
glibc.
"""


class Effect(Enum):
    """A request's effect on the backend, and so the meaning of a lost response."""

    NONE = "none"
    """It reads."""
    REPEATABLE = "repeatable"
    """It writes; twice is the same as once."""
    ONCE = "once"
    """It writes; twice is one too many."""

    @classmethod
    def of(cls, method: str) -> Self:
        """Return the effect of a method by RFC 9110, where a service keeps to that."""
        match method:
            case "GET" | "HEAD" | "OPTIONS":
                return cls.NONE
            case "PUT" | "DELETE":
                return cls.REPEATABLE
        return cls.ONCE


class TooLarge(ValueError):
    """A response is larger than any backend has reason to send."""


def translate(error: Exception, effect: Effect) -> BackendError:
    """Return the error for a failure on the way."""
    never_sent = _never_sent(error)
    if never_sent is not None:
        return never_sent
    reason, code = _loss(error)
    match effect:
        case Effect.ONCE:
            answered = isinstance(error, ClientResponseError | TooLarge)
            return OutcomeUnknown(reason, outage=not answered)
        case Effect.REPEATABLE:
            return Unavailable(reason, unknown=True)
        case Effect.NONE if isinstance(error, ClientResponseError | TooLarge):
            return InvalidResponse(reason, code=code)
        case Effect.NONE:
            return CannotConnect(reason, code=code)


def _loss(error: Exception) -> tuple[str, str | None]:
    """Return how a response was lost, and its code if it has one."""
    match error:
        case TimeoutError():
            return "no answer in time", "timeout"
        case TooLarge():
            return str(error), "too_large"
        case ClientResponseError():
            return "the answer is not HTTP", "not_http"
        case _:
            return "the connection broke off", None


def _never_sent(error: Exception) -> CannotConnect | None:
    """Return the error for a request that was certainly not sent; else None."""
    reason, code = "", None
    match error:
        case ClientConnectorCertificateError():
            reason, code = "certificate not trusted", "certificate"
        case ClientConnectorSSLError():
            reason, code = "no TLS spoken there", "tls"
        case ConnectionTimeoutError():
            reason, code = "no connection in time", "timeout"
        case ClientConnectorError():
            reason, code = _no_connection(error)
        case InvalidURL():
            reason, code = "not an address", "invalid_address"
        case _:
            return None
    return CannotConnect(reason, code=code)


def _no_connection(error: ClientConnectorError) -> tuple[str, str | None]:
    """Return why there is no connection, and the code if it has one."""
    if isinstance(error, ClientConnectorDNSError):
        return "host name not found", "name_not_found"
    number = error.os_error.errno or 0
    if number in _NO_CONNECTION:
        return _NO_CONNECTION[number]
    if (name := errno.errorcode.get(number)) is None:
        return "no connection", None
    return OwnReason.NO_CONNECTION_BY.of(error=name), None
