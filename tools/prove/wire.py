"""A session that records a client's exchanges and loses replies on purpose.

It replaces the client's session, above TLS. So the live system's certificate is
verified as usual, and a reply is lost after the system has carried out the request.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
import json
import re
import time
from typing import Any, cast

from aiohttp import ClientPayloadError, ClientResponse, ClientSession, StreamReader
from yarl import URL

from custom_components.event_relay.backends.base import Json

from .report_text import texts

_LARGEST = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_REFUSED = 400
"""The first of the statuses that mean that nothing was done."""


@dataclass(kw_only=True)
class Exchange:
    """One request and its response."""

    method: str
    path: str
    """As it was sent, without the query."""
    status: int | None = None
    """None without a response."""
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: bytes = b""
    seconds: float = 0.0
    lost: bool = False
    """Whether the client did not receive the response."""

    @property
    def json(self) -> Json:
        """Return the decoded body; None if it is not JSON."""
        return _decoded(self.body)

    @property
    def date(self) -> datetime | None:
        """Return the time of the response, by the system's own clock."""
        try:
            return parsedate_to_datetime(self.headers["Date"])
        except KeyError, ValueError:
            return None

    @property
    def request(self) -> Json:
        """Return the decoded body of the request."""
        return _decoded(self.sent)


@dataclass(kw_only=True)
class Loss:
    """A reply to lose, once."""

    method: str
    path: re.Pattern[str]
    exchange: Exchange | None = None
    """The exchange whose reply was lost."""

    def befalls(self, exchange: Exchange) -> bool:
        """Return whether to lose this reply: a refused request has done nothing."""
        return (
            self.exchange is None
            and exchange.method == self.method
            and self.path.search(exchange.path) is not None
            and exchange.status is not None
            and exchange.status < _REFUSED
        )


class Wire:
    """A session for our clients, which only use `request`."""

    def __init__(self, session: ClientSession, *, limit: float | None = None) -> None:
        """Take the session that connects; `limit` is in seconds for one request."""
        self._session = session
        self._limit = limit
        self._losses: list[Loss] = []
        self.exchanges: list[Exchange] = []

    @property
    def session(self) -> ClientSession:
        """Return this object, typed for the clients' constructors."""
        return cast("ClientSession", self)

    @property
    def closed(self) -> bool:
        """Return whether the session is closed."""
        return self._session.closed

    def lose(self, method: str, path: str) -> Loss:
        """Lose the next reply to such a request, unless it is refused."""
        loss = Loss(method=method, path=re.compile(path))
        self._losses.append(loss)
        return loss

    @property
    def texts(self) -> set[str]:
        """Return all texts in the system's responses."""
        return {text for one in self.exchanges for text in texts(one.json)}

    def seen(self, method: str, path: str) -> list[Exchange]:
        """Return the exchanges of a method whose path matches a pattern."""
        pattern = re.compile(path)
        return [
            one
            for one in self.exchanges
            if one.method == method and pattern.search(one.path)
        ]

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: URL,
        **options: Any,  # noqa: ANN401 - as aiohttp has them
    ) -> AsyncIterator[ClientResponse]:
        """Send a request and return its response, unless that is to be lost."""
        exchange = Exchange(
            method=method, path=url.raw_path, sent=options.get("data") or b""
        )
        self.exchanges.append(exchange)
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._limit):
                response = await self._send(exchange, method, url, options)
        finally:
            exchange.seconds = time.monotonic() - began
        for loss in self._losses:
            if loss.befalls(exchange):
                loss.exchange, exchange.lost = exchange, True
                raise ClientPayloadError("lost on purpose")
        yield response

    async def _send(
        self, exchange: Exchange, method: str, url: URL, options: dict[str, Any]
    ) -> ClientResponse:
        """Send a request, and return the response once it is complete."""
        async with self._session.request(method, url, **options) as response:
            body = await _whole(response.content)
            exchange.status = response.status
            exchange.media_type = response.content_type
            exchange.headers = response.headers
            exchange.body = body
            return cast("ClientResponse", _ReadResponse(response, body))


class _ReadResponse:
    """A response that was read already, with the interface for `HttpTransport`."""

    def __init__(self, response: ClientResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.cookies = response.cookies
        self.content = self
        self._left = body

    async def read(self, size: int) -> bytes:
        """Return the next part of the body."""
        part, self._left = self._left[:size], self._left[size:]
        return part


async def _whole(stream: StreamReader) -> bytes:
    """Read a response, up to more than any of our clients accepts."""
    body = bytearray()
    while len(body) <= _LARGEST and (chunk := await stream.read(_CHUNK)):
        body += chunk
    return bytes(body)


def _decoded(body: bytes) -> Json:
    try:
        content: Json = json.loads(body)
    except ValueError, RecursionError:
        return None
    return content
