"""Logging in to aipix, no more often than must be.

A login of the client API takes one of a user's sessions, and too many logins are
throttled; so one refusal is remembered until somebody acts on it, and no session is
ever evicted for ours.
"""

from collections.abc import Callable
from copy import copy
from enum import StrEnum
from http import HTTPStatus
import time
from typing import override

from ..base import JsonObject
from ..errors import (
    BackendError,
    InvalidCredentials,
    InvalidResponse,
    PermissionDenied,
    Unavailable,
)
from ..login import TokenLogin
from ..transport import Effect, HttpTransport, Reply
from .failures import SESSIONS_EXHAUSTED, raise_for_answer, reason, refused_fields
from .reading import an_object, payload, text

RATE_LIMIT_WAIT = 600.0
"""Seconds to leave the login alone after a 429 without Retry-After.

The documented limit, of the captcha, counts over ten minutes (23.12).
"""
SESSIONS_WAIT = 840.0
"""Seconds to leave it alone while all sessions are in use; less than the time
after which a connection that is paused for a right is looked at again."""


class Api(StrEnum):
    """The two interfaces, with accounts and tokens of their own."""

    ADMINISTRATOR = "administrator"
    CLIENT = "client"

    @property
    def prefix(self) -> tuple[str, ...]:
        """The segments that its paths begin with."""
        if self is Api.ADMINISTRATOR:
            return ("api", "admin", "v1")
        return ("api", "v1")


def common_headers(api: Api, device_id: str) -> dict[str, str]:
    """Return what every request has.

    `Accept` keeps errors from being web pages (23.09), later documentation asks for
    `Content-Type` instead (24.12). `X-Version` is left out: it brings on 409.
    Connections are closed, so that no write is lost on one that had gone stale.
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
        """Take the account, and the id that the connection is known by."""
        super().__init__()
        self.transport = transport
        transport.secrets = self.secrets
        self.api = api
        self.device_id = device_id
        self._username = username
        self._password = password
        self._monotonic = monotonic
        self._refusal: BackendError | None = None
        self._blocked_until: float | None = None

    def secrets(self) -> frozenset[str]:
        """Return what must not be repeated in a message."""
        known = (self._username, self._password, self.device_id, self.token)
        return frozenset(secret for secret in known if secret)

    @property
    def headers(self) -> dict[str, str]:
        """What every request has, with the token where there is one."""
        headers = common_headers(self.api, self.device_id)
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    def forget_refusal(self) -> None:
        """Let a login that was refused be tried again."""
        self._refusal = None
        self._blocked_until = None

    async def log_out(self) -> None:
        """Give the session back; only the client API has a call for it (SDK)."""
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
        """Raise what would come of a login that is better not tried."""
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
            headers=common_headers(self.api, self.device_id),
            body=body,
        )
        if (refusal := self._refused(reply)) is not None:
            self._refusal = refusal
            raise refusal
        raise_for_answer(reply, Effect.NONE)
        return _token(reply)

    def _refused(self, reply: Reply) -> BackendError | None:
        """Return what a refused login means; None where it is no such answer."""
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
    """Whether an answer is about sessions: prose of the documentation says 429.

    Older servers answer with the bare list (mobile SDK).
    """
    if reply.status != HTTPStatus.TOO_MANY_REQUESTS:
        return False
    try:
        body = reply.json()
    except ValueError:
        return False
    return isinstance(body, list) or (isinstance(body, dict) and "sessions" in body)


def _wants_captcha(reply: Reply) -> bool:
    """Whether a captcha was missing, or the key that belongs to it."""
    return not {"captcha", "key"}.isdisjoint(refused_fields(reply))


def _token(reply: Reply) -> str:
    """Return the token of a login; the documentation prints it with a prefix."""
    try:
        answer = payload(reply.json())
    except ValueError as error:
        raise InvalidResponse("the login is not JSON", code="not_json") from error
    given = text(an_object(answer, "login"), "access_token")
    token = given.removeprefix("Bearer ").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise InvalidResponse("the login gave no token", code="no_token")
    return token
