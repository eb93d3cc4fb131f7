"""Tests of the HTTP transport: what is sent, and what an error means."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
import socket

from aiohttp import ClientSession, DummyCookieJar, TCPConnector, TraceConfig
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.event_relay.backends.base import Json, JsonObject
from custom_components.event_relay.backends.body import Body, Pairs
from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    InvalidResponse,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.backends.exchange import LONGEST_HEADER
from custom_components.event_relay.backends.reading import LONGEST_WAIT
from custom_components.event_relay.backends.transport import (
    MAXIMUM_BODY,
    TIMEOUT,
    Effect,
    HttpTransport,
    Reply,
    normalise_address,
    raise_for_failure,
)
from tools.simulators.certificate import self_signed_context

from .raw_server import Answer, bytes_then_close, half_then_hang, hang, reset, serve
from .resolvers import NoNames, NoNamesLater, errors_nobody_retrieves

MDNS_TIMEOUT = 5.0
"""Seconds that aiohttp_asyncmdnsresolver gives a `.local` name (DEFAULT_TIMEOUT)."""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LOST_ON_THE_WAY: dict[str, Answer] = {
    "closed after the request": bytes_then_close(b""),
    "reset after the request": reset,
    "half a body": bytes_then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
    "half a chunk": bytes_then_close(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"
    ),
    "not the encoding it says": bytes_then_close(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    ),
    "no answer": hang,
    "no end of the answer": half_then_hang(
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"
    ),
    "not HTTP": bytes_then_close(b"SSH-2.0-OpenSSH_10.0\r\n"),
    "not even text": bytes_then_close(b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n"),
    "headers without end": bytes_then_close(
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2 * LONGEST_HEADER + b"\r\n\r\n"
    ),
    "far too much": bytes_then_close(
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
        b" " * (MAXIMUM_BODY + 1),
    ),
}
WITHOUT_WORTH: dict[str, str] = {
    "not HTTP": "not_http",
    "not even text": "not_http",
    "headers without end": "not_http",
    "far too much": "too_large",
}
"""Causes that the retry of a read does not change."""


@pytest.fixture(params=["directly", "by the session"])
async def session(
    request: pytest.FixtureRequest, socket_enabled: None
) -> AsyncIterator[ClientSession]:
    """Return a session with direct requests, and one that sends them itself.

    Only the session reports requests to trace configs.
    """
    traces = [] if request.param == "directly" else [TraceConfig()]
    async with ClientSession(
        cookie_jar=DummyCookieJar(), trace_configs=traces
    ) as session:
        yield session


@pytest.fixture
def transport(session: ClientSession) -> HttpTransport:
    """Return a transport to a closed port."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    return HttpTransport(session, f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("effect", Effect)
async def test_refused_connection_means_not_sent(
    transport: HttpTransport, effect: Effect
) -> None:
    with pytest.raises(CannotConnect, match="Connection refused") as caught:
        await transport.send("POST", "x", effect=effect)
    assert caught.value.code == "cannot_connect"


@pytest.mark.parametrize("effect", Effect)
async def test_unknown_host_means_not_sent(effect: Effect) -> None:
    connector = TCPConnector(resolver=NoNames())
    async with ClientSession(connector=connector) as session:
        transport = HttpTransport(session, "http://frigate.invalid")
        with pytest.raises(CannotConnect, match="host name not found") as caught:
            await transport.send("POST", "x", effect=effect)
    assert caught.value.code == "name_not_found"


SHORTENED = 4.0
"""Seconds of a request; a slow machine may lose one of them."""


async def test_missing_local_name_logs_nothing() -> None:
    unheard: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, it: unheard.append(it))
    resolver = NoNamesLater()
    # When Home Assistant's look-up has used up the time of the request.
    loop.call_later(SHORTENED * MDNS_TIMEOUT / TIMEOUT + 0.05, resolver.fails.set)
    connector = TCPConnector(resolver=resolver)
    async with ClientSession(connector=connector) as session:
        transport = HttpTransport(session, "http://frigate.local", timeout=SHORTENED)
        with pytest.raises(CannotConnect) as caught:
            await transport.send("GET", "x")
        await asyncio.sleep(0)
    assert (caught.value.code, unheard) == ("name_not_found", [])


async def test_cancelled_look_up_of_a_local_name_logs_nothing() -> None:
    resolver = NoNamesLater()
    async with ClientSession(connector=TCPConnector(resolver=resolver)) as session:
        transport = HttpTransport(session, "http://frigate.local")
        reading = asyncio.create_task(transport.send("GET", "x"))
        assert await errors_nobody_retrieves(resolver, reading) == 0


@pytest.mark.parametrize("effect", Effect)
async def test_untrusted_certificate_is_refused(
    session: ClientSession, effect: Effect
) -> None:
    async with serve(bytes_then_close(OK), self_signed_context()) as server:
        transport = HttpTransport(session, server.address)
        with pytest.raises(CannotConnect) as caught:
            await transport.send("POST", "x", effect=effect)
    assert caught.value.code == "certificate"
    assert server.requests == []


async def test_certificate_is_not_verified_by_option(socket_enabled: None) -> None:
    connector = TCPConnector(ssl=False)
    async with (
        serve(bytes_then_close(OK), self_signed_context()) as server,
        ClientSession(connector=connector, cookie_jar=DummyCookieJar()) as session,
    ):
        reply = await HttpTransport(session, server.address).send("GET", "x")
    assert reply.json_object() == {}


@pytest.mark.parametrize("effect", Effect)
async def test_server_without_tls_is_an_error(
    session: ClientSession, effect: Effect
) -> None:
    async def refuse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        transport = HttpTransport(session, f"https://127.0.0.1:{port}")
        with pytest.raises(CannotConnect) as caught:
            await transport.send("POST", "x", effect=effect)
    assert caught.value.code == "tls"


@pytest.mark.parametrize("effect", Effect)
async def test_connection_timeout_means_not_sent(
    effect: Effect, socket_enabled: None
) -> None:
    async with (
        serve(hang) as server,
        ClientSession(connector=TCPConnector(limit=1)) as session,
    ):
        transport = HttpTransport(session, server.address, timeout=0.2)
        first = asyncio.create_task(session.get(server.address))
        while not server.requests:
            await asyncio.sleep(0)
        with pytest.raises(CannotConnect) as caught:
            await transport.send("POST", "x", effect=effect)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert caught.value.code == "timeout"


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect.ONCE, OutcomeUnknown),
        (Effect.REPEATABLE, Unavailable),
        (Effect.NONE, CannotConnect),
    ],
)
@pytest.mark.parametrize("cause", LOST_ON_THE_WAY)
async def test_lost_response_leaves_the_outcome_unknown(
    session: ClientSession, cause: str, effect: Effect, expected: type[BackendError]
) -> None:
    if effect is Effect.NONE and cause in WITHOUT_WORTH:
        expected = InvalidResponse
    async with serve(LOST_ON_THE_WAY[cause]) as server:
        patience = 0.4 if cause.startswith("no ") else 60
        while True:
            transport = HttpTransport(session, server.address, timeout=patience)
            with pytest.raises(BackendError) as caught:
                await transport.send("POST", "x", effect=effect, body={})
            if server.requests:
                break
            patience *= 10  # the machine is too slow to send a request
        assert len(server.requests) == 1
    assert type(caught.value) is expected
    if isinstance(caught.value, OutcomeUnknown):
        assert caught.value.outage is (cause not in WITHOUT_WORTH)
    if effect is Effect.NONE:
        timed_out = "timeout" if cause.startswith("no ") else "cannot_connect"
        assert caught.value.code == WITHOUT_WORTH.get(cause, timed_out)


async def test_write_on_a_stale_connection_is_not_repeated(
    session: ClientSession,
) -> None:
    heads = iter([OK, b""])

    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in heads:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            if not answer:
                break
        writer.close()

    server = await asyncio.start_server(twice, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        transport = HttpTransport(session, f"http://127.0.0.1:{port}")
        assert (await transport.send("POST", "x", effect=Effect.ONCE)).ok
        with pytest.raises(OutcomeUnknown):
            await transport.send("POST", "x", effect=Effect.ONCE)
    assert next(heads, None) is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(session: ClientSession, status: int) -> None:
    async with serve(bytes_then_close(OK)) as elsewhere:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.address}\r\n"
        answer = bytes_then_close(moved.encode(), b"Content-Length: 0\r\n\r\n")
        async with serve(answer) as server:
            transport = HttpTransport(session, server.address)
            reply = await transport.send(
                "POST",
                "x",
                effect=Effect.ONCE,
                headers={"Authorization": "Bearer secret"},
            )
        assert elsewhere.requests == []
    with pytest.raises(Unavailable) as written:
        raise_for_failure(reply, Effect.ONCE, "")
    with pytest.raises(InvalidResponse) as read:
        raise_for_failure(reply, Effect.NONE, "")
    assert written.value.code == read.value.code == "redirected"


@pytest.mark.parametrize(
    ("segment", "path"),
    [
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("..", ".."),
        ("?x#y%z", "%3Fx%23y%25z"),
        ("%2f", "%252f"),
        ("дверь 🚪", "%D0%B4%D0%B2%D0%B5%D1%80%D1%8C%20%F0%9F%9A%AA"),
        ("a:b+c", "a%3Ab%2Bc"),
    ],
)
async def test_path_segments_are_quoted_one_by_one(
    session: ClientSession, segment: str, path: str
) -> None:
    async with serve(bytes_then_close(OK)) as server:
        transport = HttpTransport(session, f"{server.address}/prefix")
        await transport.send("GET", "api", segment, "end")
    assert server.requests[0].startswith(f"GET /prefix/api/{path}/end HTTP".encode())


async def test_query_and_body(session: ClientSession) -> None:
    async with serve(bytes_then_close(OK)) as server:
        transport = HttpTransport(session, server.address)
        await transport.send(
            "POST", "x", query={"a": "1+1&2", "b": "ж"}, body={"t": "ж", "n": 1.5}
        )
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /x?a=1%2B1%262&b=%D0%B6 HTTP")
    assert b"Content-Type: application/json" in head
    assert body == b'{"t": "\\u0436", "n": 1.5}'


@pytest.mark.parametrize(
    "body", [{"x": float("nan")}, {"x": float("inf")}, {"x": object()}]
)
async def test_body_without_json_form_is_not_sent(
    transport: HttpTransport, body: JsonObject
) -> None:
    with pytest.raises(Rejected) as caught:
        await transport.send("POST", "x", effect=Effect.ONCE, body=body)
    assert caught.value.code == "unwritable"


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ([1, {"a": None}], b"application/json", b'[1, {"a": null}]'),
        (Body.json("a"), b"application/json", b'"a"'),
        (Body.text("\u0436"), b"text/plain; charset=utf-8", b"\xd0\xb6"),
        (Body.text("a 1", "text/x-lines"), b"text/x-lines", b"a 1"),
        (
            Body.form([("a", "1 &"), ("b", "\u0436"), ("a", "2")]),
            b"application/x-www-form-urlencoded",
            b"a=1+%26&b=%D0%B6&a=2",
        ),
        (
            Body.form({"a": ["1", "2"], "b": "3"}),
            b"application/x-www-form-urlencoded",
            b"a=1&a=2&b=3",
        ),
        (Body(content=b"\x00\xff"), None, b"\x00\xff"),
    ],
)
async def test_bodies(
    session: ClientSession,
    body: list[Json] | Body,
    content_type: bytes | None,
    sent: bytes,
) -> None:
    async with serve(bytes_then_close(OK)) as server:
        transport = HttpTransport(session, server.address)
        await transport.send("POST", "x", effect=Effect.ONCE, body=body)
    head, _, received = server.requests[0].partition(b"\r\n\r\n")
    named = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Type")]
    assert named == ([b"Content-Type: " + content_type] if content_type else [])
    assert received == sent


@pytest.mark.parametrize(
    "query", [[("a", "1"), ("b", "+"), ("a", "2")], {"a": ["1", "2"], "b": "+"}]
)
async def test_query_may_repeat_names(session: ClientSession, query: Pairs) -> None:
    async with serve(bytes_then_close(OK)) as server:
        await HttpTransport(session, server.address).send("GET", "x", query=query)
    line, _, _ = server.requests[0].partition(b" HTTP/")
    asked = line.removeprefix(b"GET /x?").split(b"&")
    assert [one for one in asked if one.startswith(b"a=")] == [b"a=1", b"a=2"]
    assert b"b=%2B" in asked


async def test_given_header_replaces_the_usual_one(session: ClientSession) -> None:
    async with serve(bytes_then_close(OK)) as server:
        await HttpTransport(session, server.address).send(
            "POST",
            "x",
            effect=Effect.ONCE,
            headers={"content-type": "application/x-own", "accept": "text/plain"},
            body={},
        )
    head = server.requests[0].lower()
    assert head.count(b"content-type:") == 1
    assert b"content-type: application/x-own" in head
    assert head.count(b"accept:") == 1


@pytest.mark.parametrize("end", ["\r", "\n", "\0"])
@pytest.mark.parametrize("header", [("X-A{}", "1"), ("X-A", "1{}2")])
async def test_header_with_a_line_break_is_not_sent(
    transport: HttpTransport, header: tuple[str, str], end: str
) -> None:
    name, value = (part.format(end) for part in header)
    with pytest.raises(Rejected) as caught:
        await transport.send("POST", "x", effect=Effect.ONCE, headers={name: value})
    assert caught.value.code == "unwritable"


def test_body_with_lone_surrogates_is_refused() -> None:
    for write in (Body.text, lambda text: Body.form({"a": text})):
        with pytest.raises(Rejected):
            write("\ud800")


async def test_url_with_lone_surrogates_is_not_sent(transport: HttpTransport) -> None:
    with pytest.raises(Rejected):
        await transport.send("GET", "\ud800")


async def test_closed_session_means_not_sent(transport: HttpTransport) -> None:
    await transport._session.close()
    with pytest.raises(CannotConnect):
        await transport.send("POST", "x", effect=Effect.ONCE)


async def test_cancellation_is_passed_on(session: ClientSession) -> None:
    async with serve(hang) as server:
        sending = asyncio.create_task(
            HttpTransport(session, server.address).send("GET", "x")
        )
        while not server.requests:
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_response_has_cookies_and_headers(session: ClientSession) -> None:
    answer = OK.replace(
        b"\r\n\r\n",
        b"\r\nSet-Cookie: a=b; Path=/\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
    )
    async with serve(bytes_then_close(answer)) as server:
        reply = await HttpTransport(session, server.address).send("GET", "x")
    assert reply.set_cookies == {"a": "b"}
    assert reply.date == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


async def test_every_request_has_the_current_headers(session: ClientSession) -> None:
    current = {"Authorization": "one", "X-Kind": "a"}
    date = b"\r\n\r\n", b"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
    async with serve(bytes_then_close(OK.replace(*date))) as server:
        transport = HttpTransport(session, server.address, headers=lambda: current)
        before = transport.clock_offset
        await transport.send("GET", "x", headers={"x-kind": "b"})
        current["Authorization"] = "two"
        await transport.send("GET", "x")
    first, second = server.requests
    assert b"Authorization: one" in first
    assert b"X-Kind: a" not in first
    assert b"-kind: b" in first.lower()
    assert b"Authorization: two" in second
    assert b"X-Kind: a" in second
    assert before is None
    assert transport.clock_offset is not None
    assert transport.clock_offset < timedelta(days=-365)


def reply_of(status: int = 200, body: bytes = b"", **headers: str) -> Reply:
    """Return a response."""
    return Reply(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        set_cookies={},
        body=body,
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("Sat, 01 Jan 2028 00:01:00 GMT", 60),
        ("Fri, 31 Dec 2027 23:59:00 GMT", 0),
        ("Sat, 01 Jan 2028 00:01:00", 60),
        ("9" * 400, LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:00 GMT", LONGEST_WAIT),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Sat, 01 Jan 2028 00:01:00 +99999999999999999999", None),
    ],
)
def test_retry_after(
    freezer: FrozenDateTimeFactory, value: str, seconds: float | None
) -> None:
    freezer.move_to("2028-01-01T00:00:00Z")
    assert reply_of(503, Retry_After=value).retry_after == seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        # Discord.
        ('{"message": "rate limited", "retry_after": 0.729, "global": false}', 0.729),
        # Telegram.
        ('{"ok": false, "parameters": {"retry_after": 35}}', 35),
        # Matrix.
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}', 2.5),
        ('{"retry_after_ms": 300000}', 300),
        (f'{{"retry_after_ms": {"9" * 400}}}', LONGEST_WAIT),
        ('{"retry_after_ms": true}', None),
        # google.rpc.RetryInfo.
        ('{"error": {"details": [{"reason": "a"}, {"retryDelay": "3.5s"}]}}', 3.5),
        # As text.
        ('{"retry_after": "30"}', 30),
        ('{"retry_after": " 30s "}', 30),
        # Bounded, as the header is.
        ('{"retry_after": 9e99}', LONGEST_WAIT),
        ('{"retry_after": -3}', 0),
        ('{"retry_after": NaN}', None),
        ('{"retry_after": Infinity}', LONGEST_WAIT),
        (f'{{"retry_after": {"9" * 400}}}', LONGEST_WAIT),
        (f'{{"retry_after": "{"9" * 400}"}}', LONGEST_WAIT),
        # Another unit, or no time at all.
        ('{"retry_after": "30 minutes"}', None),
        ('{"retry_after": "5m"}', None),
        ('{"retry_after": "1e3"}', None),
        ('{"retry_after": "٣"}', None),
        ('{"retry_after": true}', None),
        ('{"retry_after": null}', None),
        ('{"retry_after": {"seconds": 3}}', None),
        ('{"parameters": [3]}', None),
        ('{"error": {"details": {"retryDelay": "3s"}}}', None),
        ("3", None),
        ('["retry_after"]', None),
        ("retry_after: 3", None),
    ],
)
def test_wait_is_read_from_the_body_of_known_services(
    body: str, seconds: float | None
) -> None:
    answer = replace(reply_of(429), body=body.encode())
    assert answer.retry_after == seconds
    # The header is the standard.
    answer = replace(answer, headers={"Retry-After": "7"})
    assert answer.retry_after == 7


def test_missing_or_invalid_retry_after_is_none() -> None:
    assert reply_of(503).retry_after is None
    assert reply_of().date is None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("effect", Effect)
def test_rate_limits_mean_not_processed(status: int, effect: Effect) -> None:
    with pytest.raises(Unavailable, match="busy") as caught:
        raise_for_failure(reply_of(status, Retry_After="7"), effect, "busy")
    assert caught.value.retry_after == 7
    assert caught.value.code == ("rate_limited" if status == 429 else "unavailable")


@pytest.mark.parametrize("status", [500, 501, 502, 504, 520])
@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect.ONCE, OutcomeUnknown),
        (Effect.REPEATABLE, Unavailable),
        (Effect.NONE, Unavailable),
    ],
)
def test_outages_leave_a_write_unknown(
    status: int, effect: Effect, expected: type[BackendError]
) -> None:
    with pytest.raises(expected) as caught:
        raise_for_failure(reply_of(status), effect, "down")
    if isinstance(caught.value, OutcomeUnknown):
        assert caught.value.outage is (status in {502, 504})


@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 422])
def test_other_statuses_are_left_to_the_client(status: int) -> None:
    raise_for_failure(reply_of(status), Effect.ONCE, "")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff", b"[" * 200_000, b"1" * 5000, b'{"a"']
)
def test_invalid_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 json's own
        reply_of(body=body).json()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb'{"a\ud800": "b\uDFFFc"}', '{"a?": "b?c"}'),
        (b'{"a": "\xed\xa0\x80"}', '{"a": "?"}'),
        ('{"a": "\ud800"}'.encode("utf-16", "surrogatepass"), '{"a": "?"}'),
        (rb'{"a": "\ud83d\ude00"}', '{"a": "😀"}'),
        (rb'{"a": "\\ud800"}', r'{"a": "\\ud800"}'),
    ],
)
def test_half_of_a_surrogate_pair_is_replaced(body: bytes, text: str) -> None:
    assert json.dumps(reply_of(body=body).json(), ensure_ascii=False) == text


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"'])
def test_json_without_an_object_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        reply_of(body=body).json_object()


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", "für".encode(), "für"),
        ("text/plain", b"f\xfcr", "f\ufffdr"),
        ("text/plain; charset=iso-8859-1", b"f\xfcr", "für"),
        ('text/html; Charset="ISO-8859-2"', b"\xb1", "ą"),
        ("text/html;charset=windows-1250", b"\x9c", "ś"),
        ("text/plain; charset=iso-8859-99", "für".encode(), "für"),
        ("text/plain; charset=idna", "für".encode(), "für"),
        ("text/plain; charset=unicode_escape", b"\\x41", "\\x41"),
    ],
)
def test_text_is_read_by_the_charset_of_older_servers(
    content_type: str, body: bytes, text: str
) -> None:
    response = Reply(
        status=400, headers={"Content-Type": content_type}, set_cookies={}, body=body
    )
    assert response.text == text


def test_json() -> None:
    expected: Json = {"a": [1, None]}
    assert reply_of(body=b'{"a": [1, null]}').json_object() == expected
    assert reply_of(body=b"\xff\xfea").text.endswith("a")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://frigate:5000", "http://frigate:5000"),
        (" https://frigate.lan:8971/ ", "https://frigate.lan:8971"),
        ("http://host:80/a/b//", "http://host/a/b"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("HTTP://Host", "http://host"),
    ],
)
def test_normalise_address(given: str, address: str) -> None:
    assert normalise_address(given) == address
    assert normalise_address(address) == address


@pytest.mark.parametrize(
    "given",
    [
        "",
        "frigate:5000",
        "ftp://host",
        "http://",
        "http://user@host",
        "http://user:password@host",
        "http://host?x=1",
        "http://host#x",
        "http://[::1",
        "http://host:99999",
        "http://host:port",
    ],
)
def test_invalid_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 yarl's own
        normalise_address(given)


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        ("GET", Effect.NONE),
        ("HEAD", Effect.NONE),
        ("PUT", Effect.REPEATABLE),
        ("DELETE", Effect.REPEATABLE),
        ("POST", Effect.ONCE),
        ("PATCH", Effect.ONCE),
    ],
)
def test_effect_of_a_method(method: str, effect: Effect) -> None:
    assert Effect.of(method) is effect
