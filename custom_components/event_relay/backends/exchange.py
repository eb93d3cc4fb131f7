"""One request and its answer, for all clients: sent directly where it can be.

A session of aiohttp does much for each request that none of ours needs: redirects,
cookies, traces, several forms of bodies. That takes more time than the request itself.
So a plain request is written to a connection of the session's own pool, and its answer
is read by aiohttp's parser. All else goes by way of the session, and all of it once
aiohttp is not as it is known here.
"""

from asyncio import (
    AbstractEventLoop,
    Timeout,
    Transport,
    get_running_loop,
    timeout,
    timeout_at,
)
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
import logging
import re
import ssl
from typing import TYPE_CHECKING

from aiohttp import (
    BaseConnector,
    ClientConnectionResetError,
    ClientConnectorError,
    ClientError,
    ClientMiddlewareType,
    ClientOSError,
    ClientRequest,
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
"""How certificates are verified; True is as the session does."""

_DIRECT = frozenset({"GET", "PATCH", "POST"})
"""Methods of requests that are sent directly. The session sends the other ones again
by itself when their connection breaks off, and who asks for them relies on that."""
LARGEST_DIRECT = 64 * 1024
"""Bytes of a body that is written at once, whether or not anybody reads it."""
LONGEST_HEADER = 65_536
"""Bytes of a line of an answer's head, as Home Assistant's sessions have it."""
_CHUNK = 64 * 1024
_INTERIM = frozenset(range(100, 200)) - {HTTPStatus.SWITCHING_PROTOCOLS}
"""Statuses that another one follows."""
_ENDS_A_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no line of a head may have, as aiohttp has it."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request with nothing left to fill in."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None
    tls: Tls = True


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """An answer, whatever its status."""

    status: int
    headers: MultiMapping[str]
    set_cookies: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long a request may take, and how much is read of its answer."""

    time: ClientTimeout
    largest: int
    """Bytes of the body of an answer."""
    whole: bool = True
    """Whether only all of a body is an answer. If not, the status is: what follows may
    break off, and is read up to the largest."""


async def exchange(
    session: ClientSession,
    request: Outgoing,
    bounds: Bounds,
    middlewares: Sequence[ClientMiddlewareType] = (),
) -> Incoming:
    """Send a request and read its answer; no redirect is followed.

    Only a GET may be sent twice, and what a session sends again by itself. Raises the
    exceptions of aiohttp, ValueError for what no request can have, and TooLarge.
    """
    if not middlewares and _can_be_direct(session, request):
        try:
            return await _directly(session, request, bounds)
        except _NotAsKnown:
            _LOGGER.warning(
                "Requests take longer: this aiohttp is not known", exc_info=True
            )
            _Known.aiohttp = False
    return await _by_session(session, request, bounds, middlewares)


class _NotAsKnown(Exception):
    """Something of aiohttp is not there, or not as it was; nothing has been sent."""


class _Known:
    """What has been found out in this run."""

    aiohttp = True
    """Whether requests can be sent directly."""


def _can_be_direct(session: object, request: Outgoing) -> bool:
    """Say whether a session would do nothing for a request but send it.

    What stands in the place of one, as `script/prove` has it, may do anything.
    """
    return (
        _Known.aiohttp
        and isinstance(session, ClientSession)
        and isinstance(connector := session.connector, BaseConnector)
        and request.method in _DIRECT
        and (request.body is None or len(request.body) <= LARGEST_DIRECT)
        and "Connection" not in request.headers
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
    """Whether anything of it can have been sent."""
    answered: bool = False
    """Whether its status has come."""


async def _directly(
    session: ClientSession, request: Outgoing, bounds: Bounds
) -> Incoming:
    """Send a request on a pooled connection, or on a new one, and read its answer."""
    written = _written(session, request)
    attempt = _Attempt(timeout(bounds.time.total))
    try:
        async with attempt.limit:
            try:
                return await _once(session, request, bounds, written, attempt)
            except ClientConnectorError:
                raise
            except ServerDisconnectedError, ClientOSError:
                if request.method != "GET" or attempt.answered:
                    raise
            # The server may have closed a connection that had been at rest.
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
    """Send what is written, and read its answer."""
    connection = await _connected(session, request, bounds)
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
    if transport.get_write_buffer_size():
        # It answered before it had read everything.
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
    """Return where a request is written, and what reads its answer from now on."""
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
        raise _NotAsKnown from error
    return transport, protocol


async def _body(stream: StreamReader, bounds: Bounds, limit: Timeout) -> bytes:
    """Read the body of an answer, for which the time of its request goes on."""
    if stream.is_eof() and stream.total_bytes <= bounds.largest:
        return stream.read_nowait()
    ends_at = limit.when()
    limit.reschedule(None)
    return await _read(stream, bounds, ends_at)


async def _connected(
    session: ClientSession, request: Outgoing, bounds: Bounds
) -> Connection:
    """Return a connection to where a request goes; raises what aiohttp does."""
    connector = session.connector
    if connector is None:
        raise ClientConnectionResetError("the session is closed")
    try:
        where = _destination(request.url.origin(), request.tls, get_running_loop())
        return await connector.connect(where, [], bounds.time)
    except (AttributeError, TypeError) as error:
        raise _NotAsKnown from error
    except TimeoutError as error:
        raise ConnectionTimeoutError(f"no connection to {request.url.host}") from error


@lru_cache(maxsize=64)
def _destination(origin: URL, tls: Tls, loop: AbstractEventLoop) -> ClientRequest:
    """Return what a connector wants to know of where requests go."""
    return ClientRequest("GET", origin, loop=loop, ssl=tls)


def _written(session: ClientSession, request: Outgoing) -> bytes:
    """Return a request as it is sent.

    Raises ValueError for a line of its head that would end early.
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
    if any(map(_ENDS_A_LINE.search, lines)):
        raise ValueError("a line of the request's head would end early")
    return "\r\n".join((*lines, "\r\n")).encode() + (body or b"")


async def _by_session(
    session: ClientSession,
    request: Outgoing,
    bounds: Bounds,
    middlewares: Sequence[ClientMiddlewareType],
) -> Incoming:
    """Let the session send a request, and read its answer."""
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


async def _read(
    stream: StreamReader, bounds: Bounds, ends_at: float | None = None
) -> bytes:
    """Read the body of an answer up to its bound; raises TooLarge, and what broke."""
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
    """Return the error of an answer that is not HTTP."""
    about = RequestInfo(
        request.url, request.method, CIMultiDictProxy(CIMultiDict()), request.url
    )
    return ClientResponseError(about, ())


def _cookies(headers: MultiMapping[str]) -> Mapping[str, str]:
    """Return the cookies that an answer sets."""
    if "Set-Cookie" not in headers:
        return {}
    jar: SimpleCookie = SimpleCookie()
    for one in headers.getall("Set-Cookie"):
        with suppress(CookieError):
            jar.load(one)
    return {name: morsel.value for name, morsel in jar.items()}
