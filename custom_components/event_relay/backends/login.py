"""A token from a login, renewed no more often than necessary."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from http import HTTPStatus

from .errors import BackendError, InvalidCredentials
from .transport import Reply


class TokenLogin(ABC):
    """The token of one account, and its renewal.

    Callers that need a token at the same time share one login and its outcome.
    """

    def __init__(self) -> None:
        """Begin without a token."""
        self.token: str | None = None
        self._lock = asyncio.Lock()
        self._logins = 0
        self._outcome: BackendError | None = None

    async def renew(self, stale: str | None) -> None:
        """Get a token other than the stale one.

        Raises InvalidCredentials, PermissionDenied, Unavailable, CannotConnect or
        InvalidResponse.
        """
        logins = self._logins
        async with self._lock:
            if self.token is not None and self.token != stale:
                return
            if self._logins != logins and self._outcome is not None:
                raise copy(self._outcome)
            self.raise_known()
            self.token = None
            self._outcome = None
            try:
                self.token = await self.log_in()
            except BackendError as error:
                self._outcome = error
                raise
            finally:
                self._logins += 1

    async def send(
        self,
        attempt: Callable[[], Awaitable[Reply]],
        reason: Callable[[Reply], str],
        *,
        log_in: bool = True,
    ) -> Reply:
        """Send a request with a token, and once more with a new one after a 401.

        A 401 comes before any effect, so even a write may be sent again. Without a
        token it logs in first, unless `log_in` is false. Raises what `renew` does, and
        InvalidCredentials with the `reason` of a second 401.
        """
        if log_in and self.token is None:
            await self.renew(None)
        token = self.token
        reply = await attempt()
        if reply.status != HTTPStatus.UNAUTHORIZED:
            return reply
        await self.renew(token)
        reply = await attempt()
        if reply.status == HTTPStatus.UNAUTHORIZED:
            raise InvalidCredentials(reason(reply))
        return reply

    @abstractmethod
    def raise_known(self) -> None:
        """Raise the known outcome of a login that should not be tried."""

    @abstractmethod
    async def log_in(self) -> str:
        """Log in, and return the token."""
