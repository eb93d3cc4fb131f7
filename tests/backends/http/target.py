"""A target with prepared responses, and the access to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
import ssl
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from custom_components.event_relay.backends.http.api.access import Access, Tls
from custom_components.event_relay.backends.http.api.client import HttpClient


@dataclass
class Call:
    """A received request."""

    method: str
    address: str
    """Path and query, as they were sent."""
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """Number of its connection."""

    @property
    def json(self) -> Any:  # noqa: ANN401 - as it was sent
        """Return the decoded body."""
        return json.loads(self.body)


type Said = int | tuple[int, Any] | web.Response | None
"""A status, with the JSON of a body; None breaks the connection."""


@dataclass
class Target:
    """Records requests, and gives `answers` one after the other."""

    calls: list[Call] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)
    otherwise: Said = 200
    origin: str = ""
    _connections: list[Any] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Respond to the next request."""
        if request.transport not in self._connections:
            self._connections.append(request.transport)
        self.calls.append(
            Call(
                method=request.method,
                address=request.raw_path,
                headers=request.headers,
                body=await request.read(),
                connection=self._connections.index(request.transport),
            )
        )
        said = self.answers.pop(0) if self.answers else self.otherwise
        match said:
            case None:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case int(status):
                return web.Response(status=status)
            case (status, body):
                return web.json_response(body, status=status)
        return said


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Target]:
    """Serve a target on 127.0.0.1."""
    target = Target()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", target.answer)
    scheme = "http" if tls is None else "https"
    server = TestServer(app, scheme=scheme)
    await server.start_server(ssl=tls)
    try:
        target.origin = f"{scheme}://127.0.0.1:{server.port}"
        yield target
    finally:
        await server.close()


def contexts() -> Tls:
    """Return contexts that verify nothing, for targets without TLS."""

    def context() -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made

    return Tls(shared=context(), fresh=context())


def client_of(
    session: ClientSession,
    origin: str,
    **access: Any,  # noqa: ANN401 - fields of the access
) -> HttpClient:
    """Return a client with an access to an origin."""
    return HttpClient(session, Access(origin=origin, tls=contexts(), **access))
