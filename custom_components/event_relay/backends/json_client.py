"""Base of the clients of services that speak plain HTTP and JSON."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from typing import ClassVar

from aiohttp import ClientSession

from .base import Json
from .body import Body, Pairs
from .json_responses import Failures, decoded, decoded_as
from .transport import TIMEOUT, Effect, HttpTransport, Reply


class JsonClient:
    """Sends requests with the credentials of a connection, and raises for failures."""

    headers: ClassVar[Mapping[str, str]] = {}
    """Headers of every request, such as `{"X-Key": "{api_key}"}`: each name in braces
    is that of a credential, and `{basic}` stands for user name and password."""
    failures: ClassVar[Failures] = Failures()
    """What failures mean, if not the usual."""
    timeout: ClassVar[float] = TIMEOUT
    """Seconds for one request."""

    def __init__(
        self, session: ClientSession, address: str, **credentials: str
    ) -> None:
        """Take a session, a normalised address, and the credentials by name."""
        if {"username", "password"} <= credentials.keys():
            login = "{username}:{password}".format(**credentials)
            credentials["basic"] = b64encode(login.encode()).decode()
        headers = {
            name: value.format(**credentials) for name, value in self.headers.items()
        }
        secrets = tuple(credentials.values())
        self.transport = HttpTransport(
            session,
            address,
            timeout=self.timeout,
            headers=lambda: headers,
            secrets=lambda: secrets,
        )
        self.zone: Callable[[], tzinfo] = lambda: UTC
        """Returns the time zone of the home, for texts that people read."""

    async def send(
        self,
        method: str,
        *segments: str,
        effect: Effect | None = None,
        query: Pairs | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Json] | list[Json] | Body | None = None,
    ) -> Reply:
        """Send a request as `HttpTransport` does, and raise unless it succeeded."""
        effect = effect or Effect.of(method)
        reply = await self.transport.send(
            method,
            *segments,
            effect=effect,
            query=query,
            headers=headers,
            body=dict(body) if isinstance(body, Mapping) else body,
        )
        self.failures.raise_for(reply, effect)
        return reply

    async def read(self, *segments: str, query: Pairs | None = None) -> Json:
        """Return the JSON at a path."""
        return decoded(await self.send("GET", *segments, query=query))

    async def read_as[T](
        self, kind: type[T], *segments: str, query: Pairs | None = None
    ) -> T:
        """Return what is at a path as a type that `shapes.shaped` can read.

        Raises InvalidResponse for anything else.
        """
        return decoded_as(kind, await self.send("GET", *segments, query=query))
