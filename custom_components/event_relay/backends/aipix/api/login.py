"""Log in to aipix, no more often than necessary.

A login of the client API uses one of a user's sessions, and frequent logins are rate
limited. So one refusal is remembered until somebody acts on it, and no session is ever
evicted for ours.
"""

from collections.abc import Callable
from copy import copy
from enum import StrEnum
from functools import partial
from http import HTTPStatus
import time
from typing import override

from ...base import JsonObject
from ...errors import (
    BackendError,
    InvalidCredentials,
    InvalidResponse,
    PermissionDenied,
    Unavailable,
)
from ...login import TokenLogin
from ...reading import an_object, text
from ...transport import Effect, HttpTransport, Reply
from .failures import FAILURES, SESSIONS_EXHAUSTED, reason, refused_fields
from .reading import payload

RATE_LIMIT_WAIT = 600.0
"""Seconds without a login after a 429 without Retry-After.

The documented limit, of the captcha, counts over ten minutes (23.12).
"""
SESSIONS_WAIT = 840.0
"""Seconds without a login while all sessions are in use; less than the time after which
a connection that is paused for a missing right is tried again."""


class Api(StrEnum):
    """The two APIs, each with its own accounts and tokens."""

    ADMINISTRATOR = "administrator"
    CLIENT = "client"

    @property
    def prefix(self) -> tuple[str, ...]:
        """Return the first segments of its paths."""
        if self is Api.ADMINISTRATOR:
            return ("api", "admin", "v1")
        return ("api", "v1")


def common_headers(api: Api, device_id: str) -> dict[str, str]:
    """Return the headers of every request.

    `Accept` keeps errors from being web pages (23.09), later documentation asks for
    `Content-Type` instead (24.12). `X-Version` is left out: it causes a 409.
    Connections are closed after each request, so that no write is lost on a stale one.
    """
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Connection": "close",
        "hl": "en",
    }
    if api is Api.CLIENT:
        headers |= {"X-Client": "web", "X-UUID": device_id}
    return headers


class AipixLogin(TokenLogin):
    """The token of one account."""

    def __init__(
        self,
        transport: HttpTransport,
        api: Api,
        *,
        username: str,
        password: str,
        device_id: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the account, and the connection's device id."""
        super().__init__()
        self.transport = transport
        transport.headers = partial(common_headers, api, device_id)
        transport.secrets = self.secrets
        self.api = api
        self.device_id = device_id
        self._username = username
        self._password = password
        self._monotonic = monotonic
        self._refusal: BackendError | None = None
        self._blocked_until: float | None = None

    def secrets(self) -> frozenset[str]:
        """Return the texts that a message must not repeat."""
        known = (self._username, self._password, self.device_id, self.token)
        return frozenset(secret for secret in known if secret)

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of a request as the account, if there is a token."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    def forget_refusal(self) -> None:
        """Allow another login after a refusal."""
        self._refusal = None
        self._blocked_until = None

    async def log_out(self) -> None:
        """Close the session; only the client API has a call for it (SDK)."""
        if self.token is None or self.api is not Api.CLIENT:
            self.token = None
            return
        headers = self.headers
        self.token = None
        await self.transport.send(
            "POST",
            *self.api.prefix,
            "logout",
            effect=Effect.REPEATABLE,
            headers=headers,
            body={"uuid": self.device_id},
        )

    @override
    def raise_known(self) -> None:
        """Raise the known outcome of a login that should not be tried."""
        if self._blocked_until is not None:
            if (left := self._blocked_until - self._monotonic()) <= 0:
                self.forget_refusal()
            elif isinstance(self._refusal, Unavailable):
                self._refusal.retry_after = left
        if self._refusal is not None:
            raise copy(self._refusal)

    @override
    async def log_in(self) -> str:
        """Log in, and return the token."""
        administrator = self.api is Api.ADMINISTRATOR
        body: JsonObject = {"login": self._username, "password": self._password}
        reply = await self.transport.send(
            "POST",
            *self.api.prefix,
            *(("auth", "token") if administrator else ("token",)),
            effect=Effect.NONE,
            body=body,
        )
        if (refusal := self._refused(reply)) is not None:
            self._refusal = refusal
            raise refusal
        FAILURES.raise_for(reply, Effect.NONE)
        return _token(reply)

    def _refused(self, reply: Reply) -> BackendError | None:
        """Return the error for a refused login; None for any other response."""
        words = reason(reply)
        if reply.status == SESSIONS_EXHAUSTED or _lists_sessions(reply):
            self._blocked_until = self._monotonic() + SESSIONS_WAIT
            return PermissionDenied(
                "all sessions of this login are in use", code="session_limit"
            )
        match reply.status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                wait = reply.retry_after or RATE_LIMIT_WAIT
                self._blocked_until = self._monotonic() + wait
                return Unavailable(words, code="rate_limited", retry_after=wait)
            case HTTPStatus.UNPROCESSABLE_ENTITY if _wants_captcha(reply):
                return InvalidCredentials(words, code="captcha_required")
            case (
                HTTPStatus.UNPROCESSABLE_ENTITY
                | HTTPStatus.UNAUTHORIZED
                | HTTPStatus.BAD_REQUEST
            ):
                return InvalidCredentials(words)
        return None


def _lists_sessions(reply: Reply) -> bool:
    """Return whether a response lists the sessions in use; documented with 429.

    Older servers send the bare list (mobile SDK).
    """
    if reply.status != HTTPStatus.TOO_MANY_REQUESTS:
        return False
    try:
        body = reply.json()
    except ValueError:
        return False
    return isinstance(body, list) or (isinstance(body, dict) and "sessions" in body)


def _wants_captcha(reply: Reply) -> bool:
    """Return whether the captcha or its key was missing."""
    return not {"captcha", "key"}.isdisjoint(refused_fields(reply))


def _token(reply: Reply) -> str:
    """Return the token of a login without the prefix that the documentation shows."""
    try:
        answer = payload(reply.json())
    except ValueError as error:
        raise InvalidResponse("the login is not JSON", code="not_json") from error
    given = text(an_object(answer, "login"), "access_token")
    token = given.removeprefix("Bearer ").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise InvalidResponse("the login gave no token", code="no_token")
    return token
