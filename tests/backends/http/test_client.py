"""Tests of the client of HTTP APIs: its requests, and its memory."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import hashlib
import hmac
import json
from typing import Any
import weakref

from aiohttp import ClientSession, TCPConnector, web
from multidict import CIMultiDict
import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    Found,
    InvalidField,
    JsonObject,
    Receipt,
    Unclear,
    UnreadablePayload,
)
from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    RequestPaused,
    Unavailable,
)
from custom_components.event_relay.backends.http.api.access import (
    Authentication,
    Kind,
    pem_context,
)
from custom_components.event_relay.backends.http.api.client import (
    MAXIMUM_ANSWER,
    HttpCapabilities,
    HttpClient,
    Part,
)
from custom_components.event_relay.backends.http.operations.end import EndHttpRequest
from custom_components.event_relay.backends.http.operations.send import SendHttpRequest
from custom_components.event_relay.backends.http.request.definition import Definition
from custom_components.event_relay.backends.http.request.prepared import (
    Prepared,
    prepare,
)
from custom_components.event_relay.backends.http.request.wire import Wire
from custom_components.event_relay.backends.redaction import MOST_TOLD

from ..contexts import step_context
from ..resolvers import NoNames, NoNamesLater, errors_nobody_retrieves
from .jinja import rendering
from .target import Said, Target, client_of, serving

MOMENT = datetime(2026, 11, 28, 12, tzinfo=UTC)
SEND = SendHttpRequest()
END = EndHttpRequest()
KEY = base64.b64encode(b"k" * 32).decode()
ONE: dict[str, Any] = {
    "path": "/api/{{ kind }}",
    "body_kind": "json",
    "body_json": {"id": "{id}", "text": "{{ text }}"},
    "repeat": "ask",
    "id_from": "id",
}


@pytest.fixture
async def target(socket_enabled: None) -> AsyncIterator[Target]:
    """Serve a target."""
    async with serving() as one:
        yield one


def prepared(**changes: object) -> Prepared:
    """Return a request rendered with some data, after it was stored and read again."""
    definition = Definition.parse({**ONE, **changes})
    made = prepare(
        definition, rendering(kind="a b", text="front door"), request="r1", title="One"
    )
    stored = json.loads(json.dumps(SEND.dump(made)))
    assert SEND.load(1, stored) == made
    return made


async def send(
    client: HttpClient,
    payload: Prepared,
    *others: str,
    **context: Any,  # noqa: ANN401 - parts of a context
) -> Receipt:
    """Send a request of a connection with several; return its receipt."""
    requests = dict.fromkeys(("r1", *others), "")
    (step,) = SEND.steps(payload, HttpCapabilities(requests=requests))
    told = step_context(**({"occurred_at": MOMENT} | context))
    return SEND.receipt(payload, {"send": await step.run(client, payload, told)})


def test_requests_of_this_run_are_not_parsed_again() -> None:
    made = prepared()
    assert SEND.load(1, SEND.dump(made)) is made


async def test_request_is_sent_as_defined(
    session: ClientSession, target: Target
) -> None:
    target.answers = [(201, {"id": 7})]
    receipt = await send(client_of(session, target.origin), prepared())
    (call,) = target.calls
    assert (call.method, call.address) == ("POST", "/api/a%20b")
    assert call.json == {"id": "delivery-1", "text": "front door"}
    assert call.headers["Content-Type"] == "application/json"
    assert "Authorization" not in call.headers
    assert receipt == Receipt(outside_id="7", details={"status": 201})


async def test_response_without_the_expected_id_is_a_warning(
    session: ClientSession, target: Target
) -> None:
    receipt = await send(client_of(session, target.origin), prepared())
    assert receipt.outside_id is None
    assert len(receipt.warnings) == 1


@pytest.mark.parametrize(
    ("authentication", "header", "value"),
    [
        (
            Authentication(kind=Kind.BEARER, secret="t0ken"),
            "Authorization",
            "Bearer t0ken",
        ),
        (
            Authentication(kind=Kind.BASIC, username="u", secret="p:ä"),
            "Authorization",
            "Basic " + base64.b64encode("u:p:ä".encode()).decode(),
        ),
        (
            Authentication(kind=Kind.HEADER, header="X-Key", secret="t0ken"),
            "X-Key",
            "t0ken",
        ),
    ],
)
async def test_authentication(
    session: ClientSession,
    target: Target,
    authentication: Authentication,
    header: str,
    value: str,
) -> None:
    client = client_of(session, target.origin, authentication=authentication)
    await send(client, prepared())
    assert target.calls[0].headers[header] == value


@pytest.mark.parametrize("effect", ["repeatable", "ask"])
async def test_header_is_sent_once_in_any_case(
    session: ClientSession, target: Target, effect: str
) -> None:
    account = Authentication(kind=Kind.BEARER, secret="t0ken")
    client = client_of(session, target.origin, authentication=account)
    headers = {"authorization": "x", "accept": "text/plain", "WEBHOOK-ID": "mine"}
    await send(client, prepared(headers=headers, ids=["webhook-id"], repeat=effect))
    (call,) = target.calls
    sent_as = CIMultiDict(call.headers)
    assert sent_as.getall("Authorization") == ["Bearer t0ken"]
    assert sent_as.getall("Accept") == ["text/plain"]
    assert sent_as.getall("webhook-id") == [step_context().delivery_id]


async def test_digest(session: ClientSession, target: Target) -> None:
    challenge = 'Digest realm="door", nonce="n1", qop="auth", algorithm=SHA-256'
    target.answers = [web.Response(status=401, headers={"WWW-Authenticate": challenge})]
    account = Authentication(kind=Kind.DIGEST, username="u", secret="p")
    client = client_of(session, target.origin, authentication=account)
    await send(client, prepared())
    asked, answered = target.calls
    assert "Authorization" not in asked.headers
    said = answered.headers["Authorization"]
    assert said.startswith("Digest ")
    assert 'username="u"' in said
    assert answered.body == asked.body


async def test_ids_and_signature(session: ClientSession, target: Target) -> None:
    old = base64.b64encode(b"o" * 32).decode()
    client = client_of(session, target.origin, signing_secrets=(f"whsec_{KEY}", old))
    payload = prepared(ids=["webhook-id", "Idempotency-Key"], signed=True)
    await send(client, payload, now=MOMENT)
    headers, body = target.calls[0].headers, target.calls[0].body
    assert headers["webhook-id"] == "delivery-1"
    assert headers["Idempotency-Key"] == '"delivery-1"'
    assert headers["webhook-timestamp"] == str(int(MOMENT.timestamp()))
    message = f"delivery-1.{int(MOMENT.timestamp())}.".encode() + body
    assert headers["webhook-signature"] == " ".join(
        "v1," + base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()
        for key in (b"k" * 32, b"o" * 32)
    )


async def test_nothing_is_sent_unsigned(session: ClientSession, target: Target) -> None:
    client = client_of(session, target.origin)
    with pytest.raises(RequestPaused) as caught:
        await send(client, prepared(signed=True))
    assert caught.value.code == "signing_secret_missing"
    assert target.calls == []


async def test_secrets_are_filled_in_when_sending(
    session: ClientSession, target: Target
) -> None:
    payload = prepared(
        path="/hook/{secret:hook}",
        headers={"X-Token": "{secret:token}"},
        body_json={"routing_key": "{secret:token}"},
    )
    stored = json.dumps(SEND.dump(payload))
    for secrets in ({"hook": "T0/B1/x", "token": "old"}, {"hook": "h", "token": "new"}):
        client = client_of(session, target.origin, named_secrets=secrets)
        await send(client, payload)
        assert not any(
            secret in stored for secret in secrets.values() if len(secret) > 2
        )
    first, second = target.calls
    assert first.address == "/hook/T0/B1/x"
    assert (first.headers["X-Token"], first.json) == ("old", {"routing_key": "old"})
    assert (second.address, second.json) == ("/hook/h", {"routing_key": "new"})


async def test_missing_secret_pauses_the_request(
    session: ClientSession, target: Target
) -> None:
    client = client_of(session, target.origin)
    with pytest.raises(RequestPaused) as caught:
        await send(client, prepared(headers={"X-Token": "{secret:token}"}), "r2")
    assert (caught.value.code, caught.value.reason) == ("secret_missing", "token")
    assert target.calls == []


@pytest.mark.parametrize(
    ("repeat", "kind"),
    [
        ("ask", OutcomeUnknown),
        ("may_repeat", Unavailable),
        ("repeatable", Unavailable),
        ("while_open", Unavailable),
    ],
)
async def test_lost_response(
    session: ClientSession, target: Target, repeat: str, kind: type[BackendError]
) -> None:
    target.answers = [None]
    payload = prepared(repeat=repeat)
    (step,) = SEND.steps(payload, HttpCapabilities())
    assert step.repeatable is (repeat != "ask")
    assert step.find is None
    with pytest.raises(kind):
        await send(client_of(session, target.origin), payload)
    assert len(target.calls) == 1


@pytest.mark.parametrize(
    ("repeat", "limited"),
    [
        ("repeatable", True),
        ("while_open", True),
        # A duplicate always has an effect.
        ("may_repeat", False),
        ("ask", False),
    ],
)
def test_key_that_the_target_forgets_limits_repeats(
    repeat: str, *, limited: bool
) -> None:
    end = {**BEGINS["end"], "repeat": repeat, "repeat_for": 3600}
    payload = prepared(repeat=repeat, repeat_for="86400", end=end)
    payload = SEND.load(1, json.loads(json.dumps(SEND.dump(payload))))
    (step,) = SEND.steps(payload, HttpCapabilities())
    assert step.repeatable_for == (timedelta(days=1) if limited else None)
    assert SEND.claims_ahead(payload) is (repeat == "may_repeat")
    receipt = SEND.receipt(payload, {})
    ending = END.parse({"delivery_id": "delivery-1"})
    (end_step,) = END.steps_following(ending, HttpCapabilities(), receipt)
    assert end_step.repeatable_for == (timedelta(hours=1) if limited else None)


async def test_closed_port_is_an_error(session: ClientSession) -> None:
    with pytest.raises(CannotConnect):
        await send(client_of(session, "http://127.0.0.1:1"), prepared())


async def test_redirect_is_not_followed(session: ClientSession, target: Target) -> None:
    led = f"{target.origin}/elsewhere"
    target.answers = [web.Response(status=307, headers={"Location": led})]
    with pytest.raises(Rejected) as caught:
        await send(client_of(session, target.origin), prepared())
    assert caught.value.code == "redirected_to"
    assert len(target.calls) == 1


async def test_large_response_is_read_up_to_a_limit(
    session: ClientSession, target: Target
) -> None:
    target.answers = [web.Response(body=b" " * (2 * MAXIMUM_ANSWER))]
    receipt = await send(client_of(session, target.origin), prepared())
    assert receipt.details == {"status": 200}


async def test_unrepeatable_request_has_its_own_connection(
    session: ClientSession, target: Target
) -> None:
    client = client_of(session, target.origin)
    for repeat in ("repeatable", "repeatable", "ask", "ask", "repeatable"):
        await send(client, prepared(repeat=repeat))
    used = [call.connection for call in target.calls]
    assert used[0] == used[1] == used[4]
    assert len({*used[:1], *used[2:4]}) == 3


# Rejected requests.


async def test_rejected_request_pauses_alone(
    session: ClientSession, target: Target
) -> None:
    now = 0.0
    client = HttpClient(
        session, client_of(session, target.origin)._access, monotonic=lambda: now
    )
    target.answers = [403]
    with pytest.raises(RequestPaused):
        await send(client, prepared(), "r2")
    assert client.paused["r1", Part.REQUEST].status == 403
    with pytest.raises(RequestPaused) as caught:
        await send(client, prepared(), "r2")
    assert caught.value.retry_after == 900
    assert len(target.calls) == 1
    other = replace(prepared(), request="r2")
    assert (await send(client, other, "r2")).details == {"status": 200}
    assert len(target.calls) == 2

    # One is tried; the others wait for its outcome.
    now = 900.0
    target.answers = [403]
    with pytest.raises(RequestPaused):
        await send(client, prepared(), "r2")
    assert len(target.calls) == 3
    now = 1800.0
    await send(client, prepared(), "r2")
    assert client.paused == {}


@pytest.mark.parametrize(
    ("status", "kind"), [(401, InvalidCredentials), (403, PermissionDenied)]
)
async def test_connection_pauses_once_all_its_requests_are_rejected(
    session: ClientSession, target: Target, status: int, kind: type[BackendError]
) -> None:
    client = client_of(session, target.origin)
    target.otherwise = status
    with pytest.raises(RequestPaused):
        await send(client, prepared(), "r2")
    with pytest.raises(kind):
        await send(client, replace(prepared(), request="r2"), "r2")
    # With new credentials, each is tried again.
    assert client.paused == {}


async def test_missing_endpoint_pauses_only_its_request(
    session: ClientSession, target: Target
) -> None:
    target.answers = [410]
    client = client_of(session, target.origin)
    with pytest.raises(RequestPaused):
        await send(client, prepared())
    assert client.paused["r1", Part.REQUEST].status == 410


async def test_reason_contains_nothing_of_the_request(
    session: ClientSession, target: Target
) -> None:
    said = "front door at /hook/s3cret with s3cret or dG9rZW4 and info"
    target.answers = [web.Response(status=400, text=said)]
    client = client_of(
        session,
        target.origin,
        named_secrets={"hook": "s3cret"},
        authentication=Authentication(kind=Kind.BEARER, secret="dG9rZW4"),
    )
    with pytest.raises(Rejected) as caught:
        await send(client, prepared(path="/hook/{secret:hook}"))
    for canary in ("front door", "s3cret", "dG9rZW4"):
        assert canary not in str(caught.value)
    assert "info" in str(caught.value)


async def test_reason_for_a_long_request_is_dropped(
    session: ClientSession, target: Target
) -> None:
    target.answers = [web.Response(status=400, text="anything") for _ in range(2)]
    client = client_of(session, target.origin)
    for text, reason in (
        ("x", "HTTP 400 anything"),
        ("x" * 4000, "HTTP 400"),
    ):
        texts = [f"{number}{text}" for number in range(MOST_TOLD // 4000)]
        with pytest.raises(Rejected) as caught:
            await send(client, prepared(body_json={"texts": texts}))
        assert caught.value.reason == reason


async def test_reason_contains_nothing_of_path_and_headers(
    session: ClientSession, target: Target
) -> None:
    said = "no front door at a b, nor in x-header"
    target.answers = [web.Response(status=400, text=said)]
    request = {
        "path": "/api/{{ text }}/{{ kind }}",
        "headers": {"X-A": "x-{{ 'header' }}"},
    }
    with pytest.raises(Rejected) as caught:
        await send(client_of(session, target.origin), prepared(**request))
    assert caught.value.reason == "HTTP 400 no ••• at •••, nor in •••"


# Look-ups.


LOOK_UP: dict[str, Any] = {
    "repeat": "look_up",
    "look_up": {"path": "/notes", "query": {"tag": "er:{id}"}, "found_path": "[0]"},
}


@pytest.mark.parametrize(
    ("answer", "changes", "finding"),
    [
        ((200, []), {}, Absent()),
        ((200, [{"id": 9}]), {}, Found(result={"status": 200, "id": "9"})),
        ((404, None), {"missing_is_404": True}, Absent()),
        ((200, "text"), {"found_path": "a"}, Absent()),
        (web.Response(text="<html>"), {}, Unclear()),
        (
            (200, {"state": "on", "id": 3}),
            {"found_path": "state", "found_equals": "on"},
            Found(result={"status": 200, "id": "3"}),
        ),
        (
            (200, {"state": "off"}),
            {"found_path": "state", "found_equals": "on"},
            Absent(),
        ),
    ],
)
async def test_look_up(
    session: ClientSession,
    target: Target,
    answer: Said,
    changes: dict[str, Any],
    finding: object,
) -> None:
    target.answers = [answer]
    payload = prepared(**LOOK_UP | {"look_up": LOOK_UP["look_up"] | changes})
    (step,) = SEND.steps(payload, HttpCapabilities())
    assert step.find is not None
    assert not step.repeatable
    found = await step.find(
        client_of(session, target.origin), payload, step_context(occurred_at=MOMENT)
    )
    match found:
        case Found(result=result):
            found = Found(
                result={k: v for k, v in result.items() if k != "occurred_at"}
            )
    assert found == finding
    assert target.calls[0].address == "/notes?tag=er%3Adelivery-1"
    assert target.calls[0].method == "GET"


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
async def test_failed_look_up_proves_nothing(
    session: ClientSession, target: Target, status: int
) -> None:
    target.answers = [status]
    payload = prepared(**LOOK_UP)
    (step,) = SEND.steps(payload, HttpCapabilities())
    assert step.find is not None
    with pytest.raises(BackendError):
        await step.find(client_of(session, target.origin), payload, step_context())


async def test_rejected_look_up_pauses_only_look_ups(
    session: ClientSession, target: Target
) -> None:
    access = client_of(session, target.origin)._access
    client = HttpClient(session, access, monotonic=lambda: 0.0)
    target.answers = [403]
    payload = prepared(**LOOK_UP)
    (step,) = SEND.steps(payload, HttpCapabilities(requests={"r1": ""}))
    assert step.find is not None
    with pytest.raises(RequestPaused):
        await step.find(client, payload, step_context())
    # Another one waits for the outcome of the first.
    with pytest.raises(RequestPaused) as caught:
        await step.find(client, payload, step_context())
    assert (caught.value.retry_after, len(target.calls)) == (900, 1)
    assert client.paused["r1", Part.LOOK_UP].status == 403
    await send(client, payload)
    assert client.paused["r1", Part.LOOK_UP].status == 403
    client.forget("r1")
    assert not client.paused


# Ends.

BEGINS: dict[str, Any] = {
    "repeat": "repeatable",
    "end": {
        "method": "PATCH",
        "path": "/api/notes/{start_id}",
        "body_kind": "json",
        "body_json": {"timeEnd": "{ended_ms}", "key": "{id}", "text": "{{ text }}"},
        "repeat": "repeatable",
    },
}


async def test_end_is_sent_with_the_data_of_its_start(
    session: ClientSession, target: Target
) -> None:
    client = client_of(session, target.origin)
    target.answers = [(200, {"id": 7}), 200]
    payload = prepared(**BEGINS)
    assert SEND.key(payload, "delivery-1") == "delivery-1"
    receipt = await send(client, payload)
    end = END.load(
        1, END.dump(END.parse({"delivery_id": "delivery-1", "end_time": MOMENT}))
    )
    assert END.key(end, "delivery-2") == END.follows(end) == "delivery-1"
    (step,) = END.steps_following(end, HttpCapabilities(), receipt)
    assert step.repeatable
    context = step_context(delivery_id="delivery-2", followed=receipt)
    done = await step.run(client, end, context)
    assert END.receipt(end, {"end": done}).details == {"status": 200}
    call = target.calls[1]
    assert (call.method, call.address) == ("PATCH", "/api/notes/7")
    assert call.json == {
        "timeEnd": int(MOMENT.timestamp() * 1000),
        "key": "delivery-1",
        "text": "front door",
    }


async def test_end_of_a_request_without_one_is_refused(
    session: ClientSession, target: Target
) -> None:
    client = client_of(session, target.origin)
    end = END.parse({"delivery_id": "delivery-1"})
    for receipt, code in (
        (None, "no_end_request"),
        (await send(client, prepared()), "no_end_request"),
        (await send(client, prepared(**BEGINS)), "no_start_id"),
    ):
        (step,) = END.steps_following(end, HttpCapabilities(), receipt)
        with pytest.raises(Rejected) as caught:
            await step.run(client, end, step_context(followed=receipt))
        assert caught.value.code == code
    assert len(target.calls) == 2


# The test of a connection.


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, InvalidCredentials),
        (403, PermissionDenied),
        (503, Unavailable),
        (410, InvalidResponse),
        (404, Rejected),
    ],
)
async def test_rejected_test_read(
    session: ClientSession, target: Target, status: int, kind: type[BackendError]
) -> None:
    target.answers = [status]
    with pytest.raises(kind):
        await client_of(session, target.origin, read_path="/health").capabilities()


async def test_read_succeeds(session: ClientSession, target: Target) -> None:
    account = Authentication(kind=Kind.BEARER, secret="t0ken")
    client = client_of(
        session, target.origin, read_path="/health?x=1", authentication=account
    )
    assert await client.capabilities() == HttpCapabilities()
    (call,) = target.calls
    assert (call.method, call.address) == ("GET", "/health?x=1")
    assert call.headers["Authorization"] == "Bearer t0ken"


async def test_without_a_test_read_nothing_is_sent(
    session: ClientSession, target: Target
) -> None:
    assert await client_of(session, target.origin).capabilities() == HttpCapabilities()
    assert target.calls == []
    with pytest.raises(CannotConnect):
        await client_of(session, "http://127.0.0.1:1").capabilities()
    secure = client_of(session, target.origin.replace("http:", "https:"))
    with pytest.raises(CannotConnect) as caught:
        await secure.capabilities()
    assert caught.value.code == "tls"


@pytest.mark.parametrize("work", ["read", "check", "look-up"])
async def test_cancelled_look_up_of_a_local_name_logs_nothing(work: str) -> None:
    resolver = NoNamesLater()
    async with ClientSession(connector=TCPConnector(resolver=resolver)) as session:
        read_path = "/health" if work == "read" else None
        client = client_of(session, "http://printer.local", read_path=read_path)
        asking = (
            client.ask(Wire(method="GET", path=("/",)), str)
            if work == "look-up"
            else client.capabilities()
        )
        assert await errors_nobody_retrieves(resolver, asyncio.create_task(asking)) == 0


async def test_check_resolves_names_as_requests_do() -> None:
    async with ClientSession(connector=TCPConnector(resolver=NoNames())) as session:
        with pytest.raises(CannotConnect) as caught:
            await client_of(session, "http://localhost:1").capabilities()
    assert caught.value.code == "name_not_found"


async def test_least_interval(session: ClientSession, target: Target) -> None:
    slept: list[float] = []
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    access = replace(client_of(session, target.origin)._access, interval=2.5)
    client = HttpClient(session, access, monotonic=lambda: now, sleep=sleep)
    for _ in range(3):
        await send(client, prepared())
    assert slept == [2.5, 2.5]
    # Somebody waits for it in a form.
    await client.ask(Wire(method="GET", path=("/",)), str)
    assert slept == [2.5, 2.5]


def test_invalid_certificate_is_refused() -> None:
    for odd in ("", "x", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"):
        with pytest.raises(InvalidField):
            pem_context(odd, "certificate")


# Stored requests.


@pytest.mark.parametrize(
    "name",
    [
        *("request", "title", "wire", "repeat", "answers", "ids", "signed", "order"),
        *("life", "repeat_for"),
    ],
)
def test_unreadable_stored_request_is_refused(name: str) -> None:
    stored = SEND.dump(prepared(**BEGINS))
    with pytest.raises(UnreadablePayload):
        SEND.load(1, {**stored, name: [{"odd": 1}]})


@pytest.mark.parametrize("name", ["request", "title", "wire", "repeat"])
def test_incomplete_stored_request_is_refused(name: str) -> None:
    stored = SEND.dump(prepared(**BEGINS))
    with pytest.raises(UnreadablePayload):
        SEND.load(1, {k: v for k, v in stored.items() if k != name})


def test_stored_request_of_an_earlier_version_can_be_read() -> None:
    made = prepared()
    with_defaults: JsonObject = {
        **SEND.dump(made),
        "answers": made.answers.dump(),
        "ids": [],
        "signed": False,
        "order": "none",
        "life": None,
    }
    assert SEND.load(1, with_defaults) == made


def test_stored_request_is_freed_without_a_garbage_collection() -> None:
    made = prepared()
    stored = SEND.dump(made)
    freed = weakref.ref(made)
    del made
    assert SEND.load(1, stored) is freed()
    del stored
    assert freed() is None


def test_expiry_and_order() -> None:
    payload = prepared(life=60, order="request")
    capabilities = HttpCapabilities()
    expires = SEND.expires(payload, MOMENT, capabilities)
    assert expires is not None
    assert (expires - MOMENT).total_seconds() == 60
    assert SEND.key(payload, "d") == "request:r1"
    assert SEND.key(prepared(order="connection"), "d") == "connection"
    assert SEND.key(prepared(), "d") is None
    assert SEND.expires(prepared(), MOMENT, capabilities) is None
    assert SEND.overlaps(prepared(**LOOK_UP), capabilities)
    assert SEND.overlaps(prepared(repeat="repeatable"), capabilities)
    assert not SEND.overlaps(prepared(repeat="ask"), capabilities)
    assert SEND.claims_ahead(prepared(repeat="repeatable"))
    assert not SEND.claims_ahead(prepared(repeat="ask"))
    assert SEND.summary(payload) == "One"
