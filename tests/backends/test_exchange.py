"""Tests of requests that are sent directly, without aiohttp's session."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
import logging
from typing import Any
from unittest.mock import patch

from aiohttp import (
    ClientConnectionError,
    ClientRequest,
    ClientSession,
    ClientTimeout,
    CookieJar,
    ServerDisconnectedError,
    TCPConnector,
    TraceConfig,
)
from aiohttp.client_proto import ResponseHandler
import pytest
from yarl import URL

from custom_components.event_relay.backends import exchange as exchanging
from custom_components.event_relay.backends.exchange import (
    LARGEST_DIRECT,
    Bounds,
    Incoming,
    Outgoing,
    exchange,
)

from .raw_server import read_request

BOUNDS = Bounds(time=ClientTimeout(total=60, connect=30), largest=1_000_000)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

type Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def aiohttp_as_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reset the cached facts about aiohttp afterwards."""
    monkeypatch.setattr(exchanging._Known, "aiohttp", True)


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[str]:
    """Listen on a free port; yield the address."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        # Clients reuse their connections.
        server.close()
        server.close_clients()
        await server.wait_closed()


class Server:
    """Sends the next response for each request; an empty one closes the connection."""

    def __init__(self, *answers: bytes) -> None:
        """Take the responses."""
        self._answers: Iterator[bytes] = iter(answers)
        self.requests: list[bytes] = []
        self.connections = 0

    async def talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Handle the requests of one connection."""
        self.connections += 1
        try:
            while True:
                self.requests.append(await read_request(reader))
                answer = next(self._answers, b"")
                if not answer:
                    break
                writer.write(answer)
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()


def post(address: str, **more: Any) -> Outgoing:  # noqa: ANN401 - parts of a request
    """Return a request with an effect."""
    return Outgoing(
        **{"method": "POST", "url": URL(address), "headers": {}, "body": b"{}", **more}
    )


def never(*_: object, **__: object) -> None:
    """Fail when called."""
    raise AssertionError("it was called")


async def test_request_is_sent_directly_on_a_reused_connection(
    session: ClientSession,
) -> None:
    server = Server(OK, OK)
    async with listening(server.talk) as address:
        with patch.object(ClientSession, "_request", never):
            for _ in range(2):
                answer = await exchange(session, post(f"{address}/a?b=c"), BOUNDS)
                assert answer.body == b"{}"
    assert server.connections == 1
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert body == b"{}"


async def sessions() -> dict[str, ClientSession]:
    """Return sessions that do more for each request."""
    jar = CookieJar(unsafe=True)
    jar.update_cookies({"a": "b"})
    return {
        "cookies": ClientSession(cookie_jar=jar),
        "environment": ClientSession(trust_env=True),
        "traces": ClientSession(trace_configs=[TraceConfig()]),
        "one request per connection": ClientSession(
            connector=TCPConnector(force_close=True)
        ),
    }


@pytest.mark.parametrize(
    "of", ["cookies", "environment", "traces", "one request per connection"]
)
async def test_special_session_sends_its_requests_itself(
    of: str, socket_enabled: None
) -> None:
    every = await sessions()
    server = Server(OK)
    async with listening(server.talk) as address:
        with patch.object(exchanging, "_send_directly", never):
            answer = await exchange(every[of], post(address), BOUNDS)
    assert (answer.status, len(server.requests)) == (200, 1)
    for one in every.values():
        await one.close()


@pytest.mark.parametrize(
    "more",
    [
        {"method": "PUT"},
        {"method": "DELETE"},
        {"body": b" " * (LARGEST_DIRECT + 1)},
    ],
)
async def test_special_request_is_sent_by_the_session(
    session: ClientSession, more: dict[str, Any]
) -> None:
    server = Server(OK)
    async with listening(server.talk) as address:
        with patch.object(exchanging, "_send_directly", never):
            answer = await exchange(session, post(address, **more), BOUNDS)
    assert answer.status == 200


async def test_request_with_middlewares_is_sent_by_the_session(
    session: ClientSession,
) -> None:
    async def seen(request: ClientRequest, handler: Any) -> Any:  # noqa: ANN401
        request.headers["X-Seen"] = "yes"
        return await handler(request)

    server = Server(OK)
    async with listening(server.talk) as address:
        await exchange(session, post(address), BOUNDS, (seen,))
    assert b"X-Seen: yes" in server.requests[0]


@pytest.mark.parametrize(
    ("where", "name"),
    [(ResponseHandler, "set_response_params"), (TCPConnector, "connect")],
)
async def test_unknown_aiohttp_uses_its_session(
    session: ClientSession, caplog: pytest.LogCaptureFixture, where: type, name: str
) -> None:
    original = getattr(where, name)

    def changed(self: object, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        if "timer" in named or (named.keys() & {"traces"}):
            return original(self, *given, **named)
        raise TypeError("an argument is missing")

    server = Server(OK, OK, OK)
    async with listening(server.talk) as address:
        with patch.object(where, name, changed):
            for _ in range(3):
                assert (await exchange(session, post(address), BOUNDS)).status == 200
    assert len(server.requests) == 3
    warnings = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert len(warnings) == 1


async def test_unknown_connector_uses_its_session(session: ClientSession) -> None:
    original = TCPConnector.connect

    async def connect(self: TCPConnector, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        if "traces" not in named:
            raise AttributeError("a request has no such attribute")
        return await original(self, *given, **named)

    server = Server(OK)
    async with listening(server.talk) as address:
        with patch.object(TCPConnector, "connect", connect):
            answer = await exchange(session, post(address), BOUNDS)
    assert (answer.status, len(server.requests)) == (200, 1)


async def test_interim_responses_are_skipped(session: ClientSession) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server = Server(hints + OK)
    async with listening(server.talk) as address:
        answer = await exchange(session, post(address), BOUNDS)
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.parametrize(("method", "sent"), [("GET", 3), ("POST", 2)])
async def test_only_a_read_is_resent_automatically(
    session: ClientSession, method: str, sent: int
) -> None:
    """A server may close a connection at the moment of its next use."""
    server = Server(OK, b"", OK)
    async with listening(server.talk) as address:
        request = post(address, method=method, body=None)
        await exchange(session, request, BOUNDS)
        outcome: Incoming | ServerDisconnectedError
        try:
            outcome = await exchange(session, request, BOUNDS)
        except ServerDisconnectedError as error:
            outcome = error
    assert isinstance(outcome, Incoming) is (method == "GET")
    assert len(server.requests) == sent


CLOSES = {"Connection": "close"}
BY = pytest.mark.parametrize("direct", [True, False], ids=["directly", "by session"])


@BY
async def test_request_that_closes_its_connection_never_gets_a_used_one(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch, *, direct: bool
) -> None:
    """Some servers close it without a word, such as that of Django."""
    monkeypatch.setattr(exchanging._Known, "aiohttp", direct)
    server = Server(OK, OK)
    async with listening(server.talk) as address:
        for _ in range(2):
            answer = await exchange(session, post(address, headers=CLOSES), BOUNDS)
            assert answer.status == 200
    assert server.connections == 2


@BY
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_request_that_closes_its_connection_is_sent_once(
    session: ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    *,
    direct: bool,
) -> None:
    monkeypatch.setattr(exchanging._Known, "aiohttp", direct)
    server = Server()
    async with listening(server.talk) as address:
        request = post(address, method=method, body=None, headers=CLOSES)
        with pytest.raises(ClientConnectionError):
            await exchange(session, request, BOUNDS)
    assert len(server.requests) == 1


async def test_read_without_a_response_is_sent_twice_at_most(
    session: ClientSession,
) -> None:
    server = Server()
    async with listening(server.talk) as address:
        with pytest.raises(ServerDisconnectedError):
            await exchange(session, post(address, method="GET", body=None), BOUNDS)
    assert len(server.requests) == 2


@BY
async def test_status_is_enough_if_the_body_is_not_needed(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch, *, direct: bool
) -> None:
    monkeypatch.setattr(exchanging._Known, "aiohttp", direct)
    half = b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"

    async def hanging(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(half)
        await reader.read()
        writer.close()

    async with listening(hanging) as address:
        seconds, answer = 0.2, None
        while answer is None:
            bounds = Bounds(time=ClientTimeout(total=seconds), largest=10, whole=False)
            try:
                answer = await exchange(session, post(address), bounds)
            except TimeoutError:
                seconds *= 10  # the machine is too slow to read a status by then
    assert (answer.status, answer.body) == (201, b"{")


async def test_partially_read_response_closes_its_connection(
    session: ClientSession,
) -> None:
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"a" * 40, OK)
    bounds = Bounds(time=BOUNDS.time, largest=10, whole=False)
    async with listening(server.talk) as address:
        first = await exchange(session, post(address), bounds)
        second = await exchange(session, post(address), bounds)
    assert (first.body, second.body) == (b"a" * 10, b"{}")


async def test_connections_are_always_released(socket_enabled: None) -> None:
    async with ClientSession(connector=TCPConnector(limit=1)) as session:
        server = Server(b"", b"SSH-2.0-OpenSSH_10.0\r\n", OK)
        async with listening(server.talk) as address:
            for _ in range(2):
                with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it is
                    await exchange(session, post(address), BOUNDS)
            assert (await exchange(session, post(address), BOUNDS)).status == 200
