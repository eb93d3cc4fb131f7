"""Log in to Frigate, no more often than necessary."""

from collections.abc import Callable
from copy import copy
from http import HTTPStatus
import re
import time
from typing import override

from ...errors import InvalidCredentials, InvalidResponse, Unavailable
from ...login import TokenLogin
from ...transport import Effect, HttpTransport, Reply
from .failures import FAILURES, reason

RATE_LIMIT_WAIT = 60.0
"""Seconds without a login after a 429, which has no Retry-After.

The usual limit is 3 a minute and counts good logins too (Frigate 0.18, run).
"""
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
CSRF = {"X-CSRF-TOKEN": "1"}
"""Required for a request with an Origin, harmless without one."""


class FrigateLogin(TokenLogin):
    """The token of one user.

    Refused credentials are not sent again, and after a 429 no login is sent for a
    minute.
    """

    def __init__(
        self,
        transport: HttpTransport,
        username: str,
        password: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the credentials; both empty if the server needs none."""
        super().__init__()
        self._transport = transport
        transport.headers, transport.secrets = self.headers, self.secrets
        self._username = username
        self._password = password
        self._monotonic = monotonic
        self._refusal: InvalidCredentials | None = None
        self._blocked_until: float | None = None

    @property
    def configured(self) -> bool:
        """Whether there are credentials."""
        return bool(self._username or self._password)

    def headers(self) -> dict[str, str]:
        """Return the headers of every request, with the token if there is one."""
        return CSRF | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must never be shown."""
        return (self._username, self._password, self.token or "")

    def forget_refusal(self) -> None:
        """Allow another login with credentials that were refused."""
        self._refusal = None

    @override
    def raise_known(self) -> None:
        """Raise the known outcome of a login that should not be tried."""
        if self._refusal is not None:
            raise copy(self._refusal)
        if self._blocked_until is None:
            return
        left = self._blocked_until - self._monotonic()
        if left > 0:
            raise Unavailable("too many logins", code="rate_limited", retry_after=left)
        self._blocked_until = None

    @override
    async def log_in(self) -> str:
        """Log in, and return the token."""
        reply = await self._transport.send(
            "POST",
            "api",
            "login",
            effect=Effect.NONE,
            body={"user": self._username, "password": self._password},
        )
        if reply.status == HTTPStatus.UNAUTHORIZED:
            self._refusal = InvalidCredentials(reason(reply))
            raise self._refusal
        if reply.status == HTTPStatus.NOT_FOUND and "disabled" in reason(reply):
            self._refusal = InvalidCredentials(reason(reply), code="auth_disabled")
            raise self._refusal
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = max(RATE_LIMIT_WAIT, reply.retry_after or 0)
            self._blocked_until = self._monotonic() + wait
            raise Unavailable(reason(reply), code="rate_limited", retry_after=wait)
        FAILURES.raise_for(reply, Effect.NONE)
        return _token(reply)


def _token(reply: Reply) -> str:
    """Return the token from a login's cookie, whose name can be configured."""
    for value in reply.set_cookies.values():
        if _TOKEN.fullmatch(value):
            return value
    raise InvalidResponse("the login gave no token", code="no_token")
