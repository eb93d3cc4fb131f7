"""Stands between a client and its connections: sees every exchange, loses replies.

It is put in the place of the client's session, above TLS. So the certificate of the
live system is checked as ever, and a reply is lost after the system has done what it
was asked.
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

from .words import texts

_LARGEST = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_REFUSED = 400
"""The first status of those that say that nothing was done."""


@dataclass(kw_only=True)
class Exchange:
    """One request and what came back."""

    method: str
    path: str
    """As it was sent, without the query."""
    status: int | None = None
    """None where no answer came."""
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: bytes = b""
    seconds: float = 0.0
    lost: bool = False
    """Whether the client was not given the answer."""

    @property
    def json(self) -> Json:
        """The body decoded; None where it is not JSON."""
        return _decoded(self.body)

    @property
    def date(self) -> datetime | None:
        """When the system answered, by its own clock."""
        try:
            return parsedate_to_datetime(self.headers["Date"])
        except KeyError, ValueError:
            return None

    @property
    def request(self) -> Json:
        """The body that was sent, decoded."""
        return _decoded(self.sent)


@dataclass(kw_only=True)
class Loss:
    """A reply that is to be lost, once."""

    method: str
    path: re.Pattern[str]
    exchange: Exchange | None = None
    """The exchange that it befell."""

    def befalls(self, exchange: Exchange) -> bool:
        """Say whether this reply is the one: what was refused has done nothing."""
        return (
            self.exchange is None
            and exchange.method == self.method
            and self.path.search(exchange.path) is not None
            and exchange.status is not None
            and exchange.status < _REFUSED
        )


class Wire:
    """A session for a client of ours, which asks for nothing but `request`."""

    def __init__(self, session: ClientSession, *, limit: float | None = None) -> None:
        """Take the session that connects; `limit` is in seconds for one request."""
        self._session = session
        self._limit = limit
        self._losses: list[Loss] = []
        self.exchanges: list[Exchange] = []

    @property
    def session(self) -> ClientSession:
        """This, as the clients' constructors take it."""
        return cast("ClientSession", self)

    @property
    def closed(self) -> bool:
        """Whether no request can be sent any more."""
        return self._session.closed

    def lose(self, method: str, path: str) -> Loss:
        """Lose the next reply to such a request that is no refusal."""
        loss = Loss(method=method, path=re.compile(path))
        self._losses.append(loss)
        return loss

    @property
    def texts(self) -> set[str]:
        """All texts that the system has answered."""
        return {text for one in self.exchanges for text in texts(one.json)}

    def seen(self, method: str, path: str) -> list[Exchange]:
        """Return the exchanges of a method whose path has a pattern in it."""
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
        """Send a request and give its answer, unless that is to be lost."""
        exchange = Exchange(
            method=method, path=url.raw_path, sent=options.get("data") or b""
        )
        self.exchanges.append(exchange)
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._limit):
                response = await self._asked(exchange, method, url, options)
        finally:
            exchange.seconds = time.monotonic() - began
        for loss in self._losses:
            if loss.befalls(exchange):
                loss.exchange, exchange.lost = exchange, True
                raise ClientPayloadError("lost on purpose")
        yield response

    async def _asked(
        self, exchange: Exchange, method: str, url: URL, options: dict[str, Any]
    ) -> ClientResponse:
        """Send a request, and return the answer once it is here whole."""
        async with self._session.request(method, url, **options) as response:
            body = await _whole(response.content)
            exchange.status = response.status
            exchange.media_type = response.content_type
            exchange.headers = response.headers
            exchange.body = body
            return cast("ClientResponse", _Told(response, body))


class _Told:
    """An answer that was read already, as `HttpTransport` reads one."""

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
    """Read an answer, up to more than any client of ours takes."""
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
