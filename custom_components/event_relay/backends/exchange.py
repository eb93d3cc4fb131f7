"""Send one request and read its response, directly where possible.

An aiohttp session does much for each request that ours do not need: redirects, cookies,
traces, several forms of bodies. That takes more time than the request itself. So a
plain request is written to a connection of the session's own pool, and aiohttp's parser
reads its response. All other requests go through the session, and all requests do once
aiohttp's internals differ from those known here.
"""

import asyncio
from asyncio import (
    AbstractEventLoop,
    Timeout,
    Transport,
    get_running_loop,
    open_connection,
    timeout,
    timeout_at,
)
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
import logging
import re
import ssl
from typing import TYPE_CHECKING, Any, override

from aiohttp import (
    BaseConnector,
    ClientConnectionError,
    ClientConnectionResetError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    RequestInfo,
    ServerDisconnectedError,
    StreamReader,
)
from aiohttp.http import SERVER_SOFTWARE
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy, MultiMapping
from yarl import URL

from .http_failures import TooLarge

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection

_LOGGER = logging.getLogger(__name__)

type Tls = ssl.SSLContext | bool
"""How certificates are verified; True means as the session does."""

_DIRECT = frozenset({"GET", "PATCH", "POST"})
"""Methods that are sent directly. The session itself resends the others when their
connection breaks, and callers rely on that."""
LARGEST_DIRECT = 64 * 1024
"""Largest body in bytes that is written at once, whether or not the server reads it."""
LONGEST_HEADER = 65_536
"""Bytes of a header line of a response, as in Home Assistant's sessions."""
_CHUNK = 64 * 1024
_MULTICAST = ".local"
_INTERIM = frozenset(range(100, 200)) - {HTTPStatus.SWITCHING_PROTOCOLS}
"""Statuses that another response follows."""
_ENDS_A_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""Characters that aiohttp forbids in a header line."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request that is ready to be sent."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None
    tls: Tls = True
    reads: bool = False
    """Whether it has no effect, so that it may go on after it was cancelled."""

    @property
    def closes(self) -> bool:
        """Whether it has a connection of its own, on which it is sent once."""
        return self.headers.get("Connection") == "close"


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A response, whatever its status."""

    status: int
    headers: MultiMapping[str]
    set_cookies: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long a request may take, and how much of its response is read."""

    time: ClientTimeout
    largest: int
    """Most bytes of a response's body."""
    whole: bool = True
    """Whether only a complete body counts as a response. If not, the status is enough:
    the body may break off, and is read up to `largest`."""


async def exchange(
    session: ClientSession,
    request: Outgoing,
    bounds: Bounds,
    middlewares: Sequence[ClientMiddlewareType] = (),
) -> Incoming:
    """Send a request and read its response; follow no redirect.

    Only a GET may be sent twice, and any method that a session resends by itself, but
    no request with `Connection: close`: that has a connection of its own.
    Raises aiohttp's exceptions, ValueError for an impossible request, and TooLarge.

    A read from a `.local` name goes on if it is cancelled, as when a connection is
    reloaded: the look-up of the name takes seconds, and would leave a traceback in the
    log if it failed with nobody waiting for it.
    """
    exchanging = _exchange(session, request, bounds, middlewares)
    if request.reads and is_multicast(request.url):
        return await _ends_by_itself(exchanging)
    return await exchanging


async def listens(
    session: ClientSession, origin: URL, tls: Tls, limits: ClientTimeout
) -> None:
    """Connect to an origin and send nothing; raises aiohttp's exceptions.

    The connection is made as for a request, with the session's own look-up of names,
    and is closed at once.
    """

    async def connect() -> None:
        request = Outgoing(method="GET", url=origin, headers={}, tls=tls)
        try:
            async with timeout(limits.total):
                connection = await _connect(session, request, limits)
        except TimeoutError as error:
            raise ConnectionTimeoutError(f"no connection to {origin.host}") from error
        except _InternalsChanged:
            _, writer = await open_connection(
                origin.host, origin.port, ssl=tls if origin.scheme == "https" else None
            )
            writer.close()
        else:
            connection.close()

    await (_ends_by_itself(connect()) if is_multicast(origin) else connect())


def is_multicast(url: URL) -> bool:
    """Return whether a name is resolved by mDNS in the home's own network."""
    return (url.host or "").rstrip(".").endswith(_MULTICAST)


async def _ends_by_itself[ResultT](work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Return the result of some work, which goes on if this is cancelled."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_retrieve_exception)
    await asyncio.wait((task,))
    return task.result()


def _retrieve_exception(task: asyncio.Future[Any]) -> None:
    """Retrieve the exception of a task that nobody may await."""
    if not task.cancelled():
        task.exception()


async def _exchange(
    session: ClientSession,
    request: Outgoing,
    bounds: Bounds,
    middlewares: Sequence[ClientMiddlewareType],
) -> Incoming:
    """Send a request directly if that is possible, else through its session."""
    if not middlewares and _can_be_direct(session, request):
        try:
            return await _send_directly(session, request, bounds)
        except _InternalsChanged:
            _LOGGER.warning(
                "Requests take longer: this aiohttp is not known", exc_info=True
            )
            _Known.aiohttp = False
    if request.closes:
        middlewares = (*middlewares, _sent_once)
    return await _send_by_session(session, request, bounds, middlewares)


class _InternalsChanged(Exception):
    """An internal of aiohttp is missing or has changed; nothing was sent."""


class _Known:
    """What has been learned since the start."""

    aiohttp = True
    """Whether requests can be sent directly."""


def _can_be_direct(session: object, request: Outgoing) -> bool:
    """Return whether a session would only send a request and add nothing to it.

    A replaced session, as in `script/prove`, may do anything.
    """
    return (
        _Known.aiohttp
        and isinstance(session, ClientSession)
        and isinstance(connector := session.connector, BaseConnector)
        and (request.closes or request.method in _DIRECT)
        and (request.body is None or len(request.body) <= LARGEST_DIRECT)
        and (request.closes or "Connection" not in request.headers)
        and not connector.force_close
        and not session.trust_env
        and not session.trace_configs
        and session.auth is None
        and not len(session.cookie_jar)
    )


@dataclass
class _Attempt:
    """How far a request has come."""

    limit: Timeout
    began: bool = False
    """Whether any of its bytes may have been sent."""
    answered: bool = False
    """Whether its status has arrived."""


async def _send_directly(
    session: ClientSession, request: Outgoing, bounds: Bounds
) -> Incoming:
    """Send a request on a pooled connection, or on a new one, and read its response."""
    written = _written(session, request)
    attempt = _Attempt(timeout(bounds.time.total))
    try:
        async with attempt.limit:
            try:
                return await _once(session, request, bounds, written, attempt)
            except ClientConnectorError:
                raise
            except ServerDisconnectedError, ClientOSError:
                if request.closes or request.method != "GET" or attempt.answered:
                    raise
            # The server may have closed an idle connection.
            return await _once(session, request, bounds, written, attempt)
    except TimeoutError as error:
        if attempt.began:
            raise
        raise ConnectionTimeoutError(f"no connection to {request.url.host}") from error


async def _once(
    session: ClientSession,
    request: Outgoing,
    bounds: Bounds,
    written: bytes,
    attempt: _Attempt,
) -> Incoming:
    """Send the written request and read its response."""
    connection = await _connect(session, request, bounds.time)
    try:
        transport, protocol = _ready(connection)
        attempt.began = True
        transport.write(written)
        message, stream = await protocol.read()
        while message.code in _INTERIM:
            message, stream = await protocol.read()
        attempt.answered = True
        body = await _body(stream, bounds, attempt.limit)
    except HttpProcessingError as error:
        connection.close()
        raise _not_http(request) from error
    except BaseException:
        connection.close()
        raise
    # The server may have responded before it had read everything.
    if request.closes or transport.get_write_buffer_size():
        connection.close()
    else:
        connection.release()
    return Incoming(
        status=message.code,
        headers=message.headers,
        set_cookies=_cookies(message.headers),
        body=body,
    )


def _ready(connection: Connection) -> tuple[Transport, ResponseHandler]:
    """Return the connection's writer and the reader of the response."""
    transport, protocol = connection.transport, connection.protocol
    if transport is None or protocol is None or transport.is_closing():
        raise ClientConnectionResetError("the connection is closed")
    try:
        protocol.set_response_params(
            read_until_eof=True,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
        )
    except (AttributeError, TypeError) as error:
        raise _InternalsChanged from error
    return transport, protocol


async def _body(stream: StreamReader, bounds: Bounds, limit: Timeout) -> bytes:
    """Read the body of a response within the time left for the request."""
    if stream.is_eof() and stream.total_bytes <= bounds.largest:
        return stream.read_nowait()
    ends_at = limit.when()
    limit.reschedule(None)
    return await _read(stream, bounds, ends_at)


async def _connect(
    session: ClientSession, request: Outgoing, limits: ClientTimeout
) -> Connection:
    """Return a connection for a request; raises aiohttp's exceptions."""
    connector = session.connector
    if connector is None:
        raise ClientConnectionResetError("the session is closed")
    try:
        where = _destination(request.url.origin(), request.tls, get_running_loop())
        return await connector.connect(where, [], limits)
    except (AttributeError, TypeError) as error:
        raise _InternalsChanged from error
    except TimeoutError as error:
        raise ConnectionTimeoutError(f"no connection to {request.url.host}") from error


@lru_cache(maxsize=64)
def _destination(origin: URL, tls: Tls, loop: AbstractEventLoop) -> ClientRequest:
    """Return the connector's key for an origin."""
    return ClientRequest("GET", origin, loop=loop, ssl=tls)


def _written(session: ClientSession, request: Outgoing) -> bytes:
    """Return the bytes of a request.

    Raises ValueError for a header line that would end early.
    """
    url, headers, body = request.url, request.headers, request.body
    given = {name.lower() for name in headers}
    lines = [f"{request.method} {url.raw_path_qs} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {url.host_port_subcomponent}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    usual = session.headers
    lines += [
        f"{name}: {value}" for name, value in usual.items() if name.lower() not in given
    ]
    if "user-agent" not in given and "User-Agent" not in usual:
        lines.append(f"User-Agent: {SERVER_SOFTWARE}")
    if "accept-encoding" not in given:
        lines.append("Accept-Encoding: identity")
    if body is not None or request.method != "GET":
        lines.append(f"Content-Length: {len(body or b'')}")
    if _ENDS_A_LINE.search("".join(lines)):
        raise ValueError("a line of the request's head would end early")
    return "\r\n".join((*lines, "\r\n")).encode() + (body or b"")


async def _send_by_session(
    session: ClientSession,
    request: Outgoing,
    bounds: Bounds,
    middlewares: Sequence[ClientMiddlewareType],
) -> Incoming:
    """Send a request through the session and read its response."""
    async with session.request(
        request.method,
        request.url,
        headers=request.headers,
        skip_auto_headers=("Content-Type",),
        data=request.body,
        allow_redirects=False,
        ssl=request.tls,
        timeout=bounds.time,
        middlewares=tuple(middlewares) or None,
    ) as response:
        return Incoming(
            status=response.status,
            headers=response.headers,
            set_cookies={
                name: morsel.value for name, morsel in response.cookies.items()
            },
            body=await _read(response.content, bounds),
        )


class _BrokenOff(ClientConnectionError):
    """The connection broke; unlike on other errors, aiohttp does not resend."""


class _LastResponse(ClientResponse):
    """A response after which its connection is closed, whatever it says itself."""

    @override
    async def start(self, connection: Connection) -> ClientResponse:
        """Mark the connection before it can go back to its pool."""
        if (protocol := connection.protocol) is not None:
            protocol.force_close()
        return await super().start(connection)


async def _sent_once(
    request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    """Keep a session from resending a request, and from reusing its connection.

    It resends GET, PUT, DELETE and some others whenever the connection breaks, even if
    that is the server's reaction to the request.
    """
    request.response_class = _LastResponse
    try:
        return await handler(request)
    except ClientConnectorError:
        # Never sent, and aiohttp does not resend it.
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise _BrokenOff from error


async def _read(
    stream: StreamReader, bounds: Bounds, ends_at: float | None = None
) -> bytes:
    """Read the body of a response up to its bound; raises TooLarge, and what broke."""
    read = bytearray()
    try:
        async with timeout_at(ends_at):
            while chunk := await stream.read(_CHUNK):
                read += chunk
                if len(read) > bounds.largest:
                    if bounds.whole:
                        raise TooLarge("the answer is larger than expected")
                    break
    except ClientError, TimeoutError, OSError:
        if bounds.whole:
            raise
    return bytes(read[: bounds.largest])


def _not_http(request: Outgoing) -> ClientResponseError:
    """Return the error for a response that is not HTTP."""
    about = RequestInfo(
        request.url, request.method, CIMultiDictProxy(CIMultiDict()), request.url
    )
    return ClientResponseError(about, ())


def _cookies(headers: MultiMapping[str]) -> Mapping[str, str]:
    """Return the cookies that a response sets."""
    if "Set-Cookie" not in headers:
        return {}
    jar: SimpleCookie = SimpleCookie()
    for one in headers.getall("Set-Cookie"):
        with suppress(CookieError):
            jar.load(one)
    return {name: morsel.value for name, morsel in jar.items()}
