"""Tests of the client of Frigate: its requests, and the meaning of responses."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import JsonObject
from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.backends.frigate.api.client import (
    PAGE,
    FrigateClient,
)
from tests.backends.raw_server import bytes_then_close, serve
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import Camera, FrigateSimulator

from ...responses import respond

PASSWORD = "a long password"
PLAIN_HTTP = (
    b"400 Bad Request\r\nContent-Length: 64\r\n\r\n"
    b"<title>400 The plain HTTP request was sent to HTTPS port</title>"
)
NO_ID = "1795308374.207441-m5hyy1"

type Call = Callable[[FrigateClient], Coroutine[Any, Any, object]]

READS: dict[str, Call] = {
    "capabilities": lambda client: client.capabilities(),
    "event": lambda client: client.event(NO_ID),
    "events": lambda client: client.events("a", "b", datetime.now(UTC)),
    "review_of": lambda client: client.review_of(NO_ID),
}
REPEATABLE: dict[str, Call] = {
    "end_event": lambda client: client.end_event(NO_ID, datetime.now(UTC)),
    "set_sub_label": lambda client: client.set_sub_label(NO_ID, "x"),
    "set_description": lambda client: client.set_description(NO_ID, "x"),
    "set_retain": lambda client: client.set_retain(NO_ID, retain=True),
    "set_retain off": lambda client: client.set_retain(NO_ID, retain=False),
}
CREATE: dict[str, Call] = {
    "create_event": lambda client: client.create_event("front_door", "doorbell", {})
}
ALL = READS | REPEATABLE | CREATE


def logins(simulator: FrigateSimulator) -> int:
    """Count the attempts to log in."""
    return sum(seen.path == "/api/login" for seen in simulator.requests)


@pytest.fixture
def locked(simulator: FrigateSimulator) -> FrigateSimulator:
    """Return a Frigate that requires a login."""
    simulator.settings.password = PASSWORD
    return simulator


@pytest.fixture
def user(session: ClientSession, locked: FrigateSimulator) -> FrigateClient:
    """Return a client with correct credentials."""
    return FrigateClient(session, locked.url, username="admin", password=PASSWORD)


@pytest.mark.parametrize(
    ("simulator", "role"),
    [
        ("0.14", None),
        ("0.15", None),
        ("0.16", "admin"),
        ("0.17", "admin"),
        ("0.18", "admin"),
    ],
    indirect=["simulator"],
)
async def test_capabilities(
    client: FrigateClient, simulator: FrigateSimulator, role: str | None
) -> None:
    simulator.settings.cameras = (
        Camera(name="front_door", friendly_name="Front door", alerts_pre_capture=9),
        Camera(name="Attic", enabled=False, record_enabled=False),
    )
    capabilities = await client.capabilities()
    assert capabilities.version.text == simulator.settings.version
    assert capabilities.may_write
    if role is not None:
        assert (capabilities.username, capabilities.role) == ("anonymous", role)
    assert list(capabilities.cameras) == ["front_door", "Attic"]
    front_door, attic = capabilities.cameras.values()
    assert (front_door.friendly_name, front_door.enabled) == ("Front door", True)
    assert (attic.enabled, attic.records) == (False, False)
    if capabilities.version.back_dates:
        assert (front_door.pre_capture, attic.pre_capture) == (9, 5)
    assert [seen.path for seen in simulator.requests] == [
        "/api/version",
        "/api/profile",
        "/api/config",
    ]


async def test_capabilities_of_a_viewer(
    client: FrigateClient, simulator: FrigateSimulator
) -> None:
    simulator.settings.role = "viewer"
    capabilities = await client.capabilities()
    assert (capabilities.role, capabilities.may_write) == ("viewer", False)


@pytest.mark.parametrize("simulator", ["0.13"], indirect=True)
async def test_version_too_old(client: FrigateClient) -> None:
    with pytest.raises(InvalidResponse) as caught:
        await client.capabilities()
    assert caught.value.code == "version_too_old"


@pytest.mark.parametrize("prefix", ["/frigate", "/api/hassio_ingress/x_y"])
async def test_address_may_have_a_path(
    session: ClientSession, socket_enabled: None, prefix: str
) -> None:
    async with FrigateSimulator(prefix=prefix) as simulator:
        client = FrigateClient(session, simulator.url)
        assert (await client.capabilities()).may_write


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"200 OK\r\nContent-Length: 13\r\n\r\n<html></html>", "not_json"),
        (b"200 OK\r\nContent-Length: 2\r\n\r\n{}", "other_system"),
        (b"200 OK\r\nContent-Length: 0\r\n\r\n", "other_system"),
        (b"404 Not Found\r\nContent-Length: 3\r\n\r\n404", "other_system"),
        (b"302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", "redirected"),
        (PLAIN_HTTP, "plain_http"),
        (b"400 Bad Request\r\nContent-Length: 6\r\n\r\n<html>", "not_json"),
        (b"405 No\r\nContent-Length: 2\r\n\r\n{}", "invalid_response"),
    ],
)
async def test_other_system_is_recognised_and_gets_no_password(
    session: ClientSession, answer: bytes, code: str
) -> None:
    async with serve(bytes_then_close(b"HTTP/1.1 ", answer)) as server:
        client = FrigateClient(
            session, server.address, username="admin", password=PASSWORD
        )
        with pytest.raises(InvalidResponse) as caught:
            await client.capabilities()
    assert caught.value.code == code
    assert len(server.requests) == 1
    assert PASSWORD.encode() not in server.requests[0]


async def test_create_and_the_calls_after_it(
    client: FrigateClient, simulator: FrigateSimulator
) -> None:
    start = datetime.now(UTC)
    label = "Дверь? 100% #1 ü"
    event_id = await client.create_event("front_door", label, {"duration": 30})
    event = await client.event(event_id)
    assert event is not None
    assert (event.camera, event.label, event.type) == ("front_door", label, "api")

    await client.end_event(event_id, start)
    await client.set_sub_label(event_id, "Post")
    await client.set_description(event_id, "a parcel")
    await client.set_retain(event_id, retain=True)
    event = await client.event(event_id)
    assert event is not None
    assert (event.sub_label, event.description) == ("Post", "a parcel")
    assert event.end is not None
    assert abs(event.end - start) < timedelta(milliseconds=1)
    assert simulator.events[0].retained

    await client.set_sub_label(event_id, "")
    await client.set_description(event_id, "")
    await client.set_retain(event_id, retain=False)
    cleared = await client.event(event_id)
    assert cleared is not None
    assert (cleared.sub_label, cleared.description) == (None, None)
    assert await client.review_of(event_id)


async def test_missing_event_is_none(client: FrigateClient) -> None:
    assert await client.event(NO_ID) is None
    assert await client.review_of(NO_ID) is None
    assert await client.events("front_door", "x", datetime.now(UTC)) == ()


@pytest.mark.parametrize("name", REPEATABLE)
async def test_change_of_a_missing_event_is_an_error(
    client: FrigateClient, name: str
) -> None:
    with pytest.raises(Rejected, match="not found"):
        await REPEATABLE[name](client)


async def test_reads_bypass_the_cache(client: FrigateClient) -> None:
    event_id = await client.create_event("front_door", "x", {"duration": None})
    before = await client.event(event_id)
    end = datetime.now(UTC)
    await client.end_event(event_id, end)
    after = await client.event(event_id)
    assert before is not None
    assert before.end is None
    assert after is not None
    assert after.end is not None


@pytest.mark.parametrize("label", ["person", "a,b", "all"])
async def test_events_are_filtered_by_camera_and_label(
    client: FrigateClient, label: str
) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    wanted = await client.create_event("front_door", label, {})
    await client.create_event("front_door", "other", {})
    await client.create_event("garden", label, {})
    assert [one.id for one in await client.events("front_door", label, since)] == [
        wanted
    ]
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await client.events("front_door", label, later) == ()


async def test_all_pages_of_events_are_read(
    client: FrigateClient, simulator: FrigateSimulator
) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    number = PAGE + 5
    for _ in range(number):
        await client.create_event("front_door", "x", {})
    simulator.requests.clear()
    found = await client.events("front_door", "x", since)
    assert len({event.id for event in found}) == number
    assert len(simulator.requests) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({}, "invalid_response"),
        ([None], "invalid_response"),
        ([{"id": "x"}], "invalid_response"),
        ("Event not found", "invalid_response"),
    ],
)
async def test_malformed_events_are_an_error(
    client: FrigateClient, simulator: FrigateSimulator, answer: JsonObject, code: str
) -> None:
    simulator.add_faults(respond(200, answer))
    with pytest.raises(InvalidResponse) as caught:
        await client.events("front_door", "x", datetime.now(UTC))
    assert caught.value.code == code


@pytest.mark.parametrize("name", READS)
async def test_response_without_json_is_an_error(
    client: FrigateClient, simulator: FrigateSimulator, name: str
) -> None:
    simulator.add_faults(respond(200, html="<html>Wait</html>"))
    with pytest.raises(InvalidResponse) as caught:
        await READS[name](client)
    assert caught.value.code == "not_json"


@pytest.mark.parametrize(
    "body",
    [None, {"success": True}, {"event_id": 5}, {"event_id": "x"}, [], "ok"],
)
async def test_unreadable_response_to_a_create_leaves_its_outcome_unknown(
    client: FrigateClient, simulator: FrigateSimulator, body: JsonObject
) -> None:
    simulator.add_faults(respond(200, body))
    with pytest.raises(OutcomeUnknown):
        await CREATE["create_event"](client)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"duration": "long"}, "duration"),
        ({"duration": 1.5}, "duration"),
        ({"sub_label": []}, "sub_label"),
        ({"draw": 5}, "boxes"),
    ],
)
async def test_refused_fields_are_named(
    client: FrigateClient, simulator: FrigateSimulator, body: JsonObject, field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        await client.create_event("front_door", "x", body)
    assert list(caught.value.fields) == [field]
    assert field in caught.value.reason
    assert not simulator.events


async def test_unknown_camera_is_refused(client: FrigateClient) -> None:
    with pytest.raises(Rejected, match="Front_door is not a valid camera"):
        await client.create_event("Front_door", "x", {})


@pytest.mark.parametrize("name", REPEATABLE | CREATE)
async def test_viewer_lacks_the_permission_to_write(
    client: FrigateClient, simulator: FrigateSimulator, name: str
) -> None:
    simulator.settings.role = "viewer"
    with pytest.raises(PermissionDenied, match="Role viewer not authorized"):
        await ALL[name](client)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "fault",
    [
        respond(502),
        respond(504),
        respond(500, html="Internal Server Error"),
        respond(500, {"message": "unknown error"}),
    ],
    ids=["502", "504", "500 of FastAPI", "500 of Flask"],
)
async def test_outage_behind_nginx(
    client: FrigateClient, simulator: FrigateSimulator, name: str, fault: Fault
) -> None:
    expected = OutcomeUnknown if name in CREATE else Unavailable
    simulator.add_faults(replace(fault))
    with pytest.raises(expected):
        await ALL[name](client)


@pytest.mark.parametrize("name", ALL)
async def test_frigate_is_down_behind_nginx(
    client: FrigateClient, simulator: FrigateSimulator, name: str
) -> None:
    # nginx authenticates each request with Frigate first, and responds with 500
    # without an answer: so not even a create has been processed.
    simulator.configure(starting=True)
    with pytest.raises(Unavailable, match="500 Internal Server Error"):
        await ALL[name](client)


async def test_health_check_tells_when_frigate_is_back(
    client: FrigateClient, simulator: FrigateSimulator
) -> None:
    simulator.configure(starting=True)
    with pytest.raises(Unavailable):
        await client.health_check()
    simulator.configure(starting=False)
    await client.health_check()
    assert [one.path for one in simulator.requests] == ["/api/version"] * 2


@pytest.mark.parametrize("simulator", ["0.13"], indirect=True)
async def test_frigate_without_logins_is_down_behind_nginx(
    client: FrigateClient, simulator: FrigateSimulator
) -> None:
    simulator.configure(starting=True)
    with pytest.raises(OutcomeUnknown, match="502"):
        await CREATE["create_event"](client)


@pytest.mark.parametrize("name", ALL)
async def test_rate_limit_is_an_error_with_its_delay(
    client: FrigateClient, simulator: FrigateSimulator, name: str
) -> None:
    simulator.add_faults(respond(503, retry_after="7"))
    with pytest.raises(Unavailable) as caught:
        await ALL[name](client)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE, FaultKind.REFUSE]
)
async def test_lost_connection_leaves_the_outcome_unknown(
    client: FrigateClient, simulator: FrigateSimulator, name: str, kind: FaultKind
) -> None:
    expected: type[BackendError] = CannotConnect
    if name in CREATE:
        expected = OutcomeUnknown
    elif name in REPEATABLE:
        expected = Unavailable
    simulator.add_faults(Fault(kind=kind, times=None))
    with pytest.raises(expected):
        await ALL[name](client)


@pytest.mark.parametrize("name", ALL)
async def test_closed_port_is_an_error(
    client: FrigateClient, simulator: FrigateSimulator, name: str
) -> None:
    await simulator.stop()
    with pytest.raises(CannotConnect):
        await ALL[name](client)


@pytest.mark.parametrize("name", REPEATABLE | CREATE)
@pytest.mark.parametrize("status", [404, 405])
async def test_error_of_a_proxy_is_never_final(
    client: FrigateClient, simulator: FrigateSimulator, name: str, status: int
) -> None:
    simulator.add_faults(respond(status, html="404 page not found"))
    with pytest.raises(Unavailable) as caught:
        await ALL[name](client)
    assert caught.value.code == "not_json"


async def test_no_login_without_credentials(
    client: FrigateClient, locked: FrigateSimulator
) -> None:
    with pytest.raises(InvalidCredentials) as caught:
        await client.capabilities()
    assert caught.value.code == "auth_required"
    assert logins(locked) == 0


@pytest.mark.parametrize("cookie_name", ["frigate_token", "another"])
async def test_login(
    user: FrigateClient, locked: FrigateSimulator, cookie_name: str
) -> None:
    locked.settings.cookie_name = cookie_name
    capabilities = await user.capabilities()
    assert (capabilities.username, capabilities.role) == ("admin", "admin")
    await CREATE["create_event"](user)
    assert logins(locked) == 1


async def test_login_is_tried_although_not_required(
    session: ClientSession, simulator: FrigateSimulator
) -> None:
    user = FrigateClient(session, simulator.url, username="admin", password=PASSWORD)
    with pytest.raises(InvalidCredentials, match="disabled") as caught:
        await user.capabilities()
    assert caught.value.code == "auth_disabled"


@pytest.mark.parametrize("name", ALL)
async def test_expired_token_is_renewed_and_the_call_is_made_once(
    user: FrigateClient, locked: FrigateSimulator, name: str
) -> None:
    await user.event(NO_ID)
    locked.expire_logins()
    with suppress(Rejected):  # the event does not exist
        await ALL[name](user)
    assert logins(locked) == 2
    assert len(locked.events) == (1 if name in CREATE else 0)


async def test_parallel_calls_share_one_login(
    user: FrigateClient, locked: FrigateSimulator
) -> None:
    await asyncio.gather(*(CREATE["create_event"](user) for _ in range(6)))
    assert logins(locked) == 1
    locked.expire_logins()
    await asyncio.gather(*(CREATE["create_event"](user) for _ in range(6)))
    assert logins(locked) == 2
    assert len(locked.events) == 12


async def test_parallel_calls_share_a_failed_login(
    user: FrigateClient, locked: FrigateSimulator
) -> None:
    locked.add_faults(Fault(kind=FaultKind.RESET_BEFORE, path="/api/login", times=None))
    calls = [CREATE["create_event"](user) for _ in range(6)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {CannotConnect: 6}
    assert logins(locked) == 1


async def test_cancelled_login_does_not_block_the_next_one(
    user: FrigateClient, locked: FrigateSimulator
) -> None:
    locked.add_faults(Fault(kind=FaultKind.HANG, path="/api/login"))
    first = asyncio.create_task(CREATE["create_event"](user))
    while not locked.requests:
        await asyncio.sleep(0)
    second = asyncio.create_task(CREATE["create_event"](user))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert logins(locked) == 2
    assert len(locked.events) == 1


async def test_refused_credentials_are_sent_once(
    session: ClientSession, locked: FrigateSimulator
) -> None:
    user = FrigateClient(session, locked.url, username="admin", password="wrong one")
    outcomes = await asyncio.gather(
        *(CREATE["create_event"](user) for _ in range(6)), return_exceptions=True
    )
    outcomes += await asyncio.gather(user.capabilities(), return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {InvalidCredentials: 7}
    assert {str(outcome) for outcome in outcomes} == {"Login failed"}
    assert logins(locked) == 1

    locked.settings.password = "wrong one"
    user.forget_refusal()
    await CREATE["create_event"](user)
    assert logins(locked) == 2


async def test_second_401_is_not_retried(
    user: FrigateClient, locked: FrigateSimulator
) -> None:
    locked.add_faults(respond(401, path="/api/events/*", times=None))
    with pytest.raises(InvalidCredentials) as caught:
        await CREATE["create_event"](user)
    assert caught.value.code == "invalid_auth"
    assert logins(locked) == 2
    assert not locked.events


async def test_rate_limit_of_logins_is_respected_for_a_minute(
    session: ClientSession, locked: FrigateSimulator
) -> None:
    now = 1000.0
    user = FrigateClient(
        session, locked.url, username="admin", password=PASSWORD, monotonic=lambda: now
    )
    locked.settings.rate_limit = 0
    calls = [CREATE["create_event"](user) for _ in range(4)]
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(outcome, Unavailable)
        assert (outcome.code, outcome.retry_after) == ("rate_limited", 60)
    now += 59
    with pytest.raises(Unavailable) as caught:
        await CREATE["create_event"](user)
    assert (caught.value.code, caught.value.retry_after) == ("rate_limited", 1)
    assert logins(locked) == 1

    locked.settings.rate_limit = None
    now += 2
    await CREATE["create_event"](user)
    assert logins(locked) == 2


async def test_lost_login_means_that_no_event_was_created(
    user: FrigateClient, locked: FrigateSimulator
) -> None:
    locked.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="/api/login"))
    with pytest.raises(CannotConnect):
        await CREATE["create_event"](user)
    await CREATE["create_event"](user)
    assert len(locked.events) == 1


async def test_login_while_frigate_starts(
    user: FrigateClient, locked: FrigateSimulator
) -> None:
    locked.settings.starting = True
    with pytest.raises(Unavailable, match="502"):
        await CREATE["create_event"](user)


@pytest.mark.parametrize(
    "cookies", [b"", b"Set-Cookie: session=abc\r\n", b"Set-Cookie: a=a.b\r\n"]
)
async def test_login_without_a_token_is_an_error(
    session: ClientSession, cookies: bytes
) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + cookies + b"Content-Length: 0\r\n\r\n"
    async with serve(bytes_then_close(answer)) as server:
        user = FrigateClient(
            session, server.address, username="admin", password=PASSWORD
        )
        with pytest.raises(InvalidResponse) as caught:
            await CREATE["create_event"](user)
    assert caught.value.code == "no_token"
    assert len(server.requests) == 1


async def test_token_is_read_from_any_matching_cookie(session: ClientSession) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: locale=en\r\n"
        b"Set-Cookie: whatever=e30.e30.sig-_1; HttpOnly; Path=/\r\n"
        b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    async with serve(bytes_then_close(answer)) as server:
        user = FrigateClient(
            session, server.address, username="admin", password=PASSWORD
        )
        with pytest.raises(OutcomeUnknown):
            await CREATE["create_event"](user)
    login, create = server.requests
    assert login.startswith(b"POST /api/login HTTP")
    assert b'"password": "a long password"' in login
    assert b"Authorization: Bearer e30.e30.sig-_1\r\n" in create
    assert b"X-CSRF-TOKEN: 1\r\n" in create
    assert b"Cookie" not in create


async def test_no_error_contains_a_secret(
    session: ClientSession, locked: FrigateSimulator
) -> None:
    user = FrigateClient(session, locked.url, username="bob", password=PASSWORD)
    with pytest.raises(InvalidCredentials) as caught:
        await user.capabilities()
    told = f"{caught.value!r} {caught.value} {vars(caught.value)}"
    assert PASSWORD not in told


@pytest.mark.parametrize(
    ("off", "shift"), [(0, 0), (4, 0), (-4, 0), (90, 90), (-3600, -3600)]
)
async def test_clock_of_the_server_is_measured(
    session: ClientSession, off: int, shift: int
) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        date = datetime.now(UTC) + timedelta(seconds=off)
        head = (
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n"
            f"Date: {date:%a, %d %b %Y %H:%M:%S} GMT\r\n\r\n"
        )
        await bytes_then_close(head.encode(), b"0.18.0")(writer)

    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    async with serve(answer) as server:
        client = FrigateClient(session, server.address)
        assert client.server_time(moment) == moment
        await client.learn_clock()
        await client.learn_clock()
    shown = client.server_time(moment) - moment
    assert abs(shown.total_seconds() - shift) < 3
    assert len(server.requests) == 1
