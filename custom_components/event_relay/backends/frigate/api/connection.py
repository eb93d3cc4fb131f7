"""Requests to one Frigate server as one user."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
import time

from aiohttp import ClientSession

from ...base import JsonObject
from ...errors import InvalidCredentials
from ...transport import Effect, HttpTransport, Reply
from .failures import FAILURES, reason
from .login import FrigateLogin

_UNCACHED = {"X-Cache-Bypass": "1"}
"""Without it nginx responds to reads with a cache of up to 5 s (Frigate 0.18, run)."""
CLOCK_TOLERANCE = timedelta(seconds=5)
"""Offset of the server's clock that is ignored; its Date has whole seconds."""


class FrigateConnection:
    """Sends requests with the user's token, and learns the clock from responses."""

    def __init__(
        self,
        session: ClientSession,
        address: str,
        *,
        username: str,
        password: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a session, the address and the credentials."""
        self._transport = HttpTransport(session, address)
        self.login = FrigateLogin(
            self._transport, username, password, monotonic=monotonic
        )

    @property
    def clock_known(self) -> bool:
        """Whether a response has shown the server's clock."""
        return self._transport.clock_offset is not None

    def server_time(self, moment: datetime) -> datetime:
        """Return the server's clock at a moment of ours."""
        offset = self._transport.clock_offset or timedelta()
        return moment if abs(offset) <= CLOCK_TOLERANCE else moment + offset

    async def write(
        self,
        method: str,
        *segments: str,
        effect: Effect = Effect.REPEATABLE,
        body: JsonObject | None = None,
    ) -> Reply:
        """Send a request that changes something, and raise unless it succeeded.

        A token keeps the role that its user had at login (0.18, run), so after a 403
        the next request logs in again.
        """
        reply = await self.send(method, *segments, effect=effect, body=body)
        if reply.status == HTTPStatus.FORBIDDEN:
            self.login.token = None
        FAILURES.raise_for(reply, effect)
        return reply

    async def send(
        self,
        method: str,
        *segments: str,
        effect: Effect = Effect.NONE,
        query: dict[str, str] | None = None,
        body: JsonObject | None = None,
        log_in: bool = True,
    ) -> Reply:
        """Send a request below /api as the user, with a fresh token if needed.

        A 401 comes from nginx, which checks the token before it passes a request on.
        """
        attempt = partial(
            self._transport.send,
            method,
            "api",
            *segments,
            effect=effect,
            query=query,
            headers=_UNCACHED if effect is Effect.NONE else {},
            body=body,
        )
        if self.login.configured:
            return await self.login.send(attempt, reason, log_in=log_in)
        reply = await attempt()
        if reply.status == HTTPStatus.UNAUTHORIZED:
            raise InvalidCredentials(reason(reply), code="auth_required")
        return reply
