"""Tests of the client of aipix over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.aipix.api.client import AipixClient
from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.aipix.api.models import AipixCapabilities
from custom_components.event_relay.backends.base import (
    Json,
    JsonObject,
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
    Unavailable,
)
from custom_components.event_relay.backends.redaction import redacting
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind

from ...responses import respond
from .conftest import MakeClient

ALWAYS: JsonObject = {
    "days": [
        {
            "type": "same_every_day",
            "from": "00:00:00+05:00",
            "to": "23:59:59+05:00",
            "breaks": [],
        }
    ],
    "intervals": [],
}
SCRIPT: JsonObject = {
    "title": "At night",
    "event_id": 41,
    "reaction_id": 3,
    "users": [7],
    "status": "active",
    "cameras": None,
    "timetable": ALWAYS,
}
ADMINISTRATORS: JsonObject = {
    "event_id": 41,
    "users": [],
    "schedule": [{"day": 0, "ranges": [{"from": "08:00:00", "to": "18:00:00"}]}],
}


def paths(simulator: AipixSimulator) -> list[str]:
    return [f"{one.method} {one.path}" for one in simulator.requests]


async def test_version_is_read_before_the_password_is_sent(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    found = await client.capabilities()

    assert found == AipixCapabilities(
        version="24.03.0.0", api=Api.CLIENT, user_id=7, lists_scripts=True
    )
    assert paths(simulator)[:2] == ["GET /api/v1/static/basic", "POST /api/v1/token"]
    assert set(simulator.devices[1:]) == {"device-1"}


async def test_capabilities_of_the_administrator(make_client: MakeClient) -> None:
    found = await make_client(Api.ADMINISTRATOR).capabilities()
    assert found == AipixCapabilities(version="24.03.0.0", api=Api.ADMINISTRATOR)


async def test_missing_list_of_a_server_is_noticed(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.configure(lists_scripts=False)
    assert not (await client.capabilities()).lists_scripts
    assert await client.scripts() is None


def test_capabilities_survive_a_restart() -> None:
    known = AipixCapabilities(version="24.03", api=Api.CLIENT, user_id=7)
    assert AipixCapabilities.load(known.dump()) == known
    with pytest.raises(UnreadablePayload):
        AipixCapabilities.load({"version": "24.03", "api": "another"})


@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("options", [{}, {"wrapped": True}, {"prefixed_token": True}])
async def test_script_is_created_with_either_api(
    make_client: MakeClient,
    simulator: AipixSimulator,
    api: Api,
    options: dict[str, bool],
) -> None:
    simulator.configure(**options)
    body = SCRIPT if api is Api.CLIENT else ADMINISTRATORS
    script_id = await make_client(api).create_script(body)
    (script,) = simulator.scripts
    assert script["id"] == script_id


async def test_pages_are_read_by_number(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.configure(per_page=2)
    made = [await client.create_script(SCRIPT) for _ in range(5)]
    scripts = await client.scripts()
    assert scripts is not None
    assert [one.id for one in scripts] == made


async def test_marks_are_created_and_listed(client: AipixClient) -> None:
    start = datetime.now(UTC)
    mark_id = await client.create_mark(12, "Parcel", start, start + timedelta(hours=1))
    marks = await client.marks(12, start - timedelta(1), start + timedelta(1))
    assert marks is not None
    assert [(one.id, one.start) for one in marks] == [(mark_id, start)]
    assert await client.marks(99, start, start) is None


async def test_expired_token_is_renewed_once(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    await client.create_script(SCRIPT)
    simulator.expire_logins()
    await client.create_script(SCRIPT)
    assert paths(simulator).count("POST /api/v1/token") == 2
    assert len(simulator.scripts) == 2


async def test_token_that_is_never_accepted_means_invalid_credentials(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.add_faults(respond(401, {}, path="*/scripts", times=None))
    with pytest.raises(InvalidCredentials):
        await client.create_script(SCRIPT)


LOGINS: dict[str, tuple[dict[str, Any], type[BackendError], str]] = {
    "password": ({"password": "another"}, InvalidCredentials, "invalid_auth"),
    "captcha": ({"captcha": True}, InvalidCredentials, "captcha_required"),
    "sessions": ({"session_limit": 0}, PermissionDenied, "session_limit"),
    "sessions as 429": (
        {"session_limit": 0, "session_limit_status": 429},
        PermissionDenied,
        "session_limit",
    ),
    "bare sessions": (
        {"session_limit": 0, "bare_sessions": True, "session_limit_status": 429},
        PermissionDenied,
        "session_limit",
    ),
    "throttled": ({"login_limit": 0}, Unavailable, "rate_limited"),
}


@pytest.mark.parametrize("trouble", LOGINS)
async def test_refused_login_is_not_repeated(
    client: AipixClient, simulator: AipixSimulator, trouble: str
) -> None:
    changes, kind, code = LOGINS[trouble]
    simulator.configure(**changes)
    for _ in range(3):
        with pytest.raises(kind) as raised:
            await client.capabilities()
        assert raised.value.code == code
    assert paths(simulator).count("POST /api/v1/token") == 1

    client.forget_refusal()
    with pytest.raises(kind):
        await client.capabilities()
    assert paths(simulator).count("POST /api/v1/token") == 2


@pytest.mark.parametrize("trouble", ["sessions", "throttled"])
async def test_limited_login_is_tried_later(
    make_client: MakeClient, simulator: AipixSimulator, trouble: str
) -> None:
    now = 0.0
    client = make_client(monotonic=lambda: now)
    simulator.configure(**LOGINS[trouble][0])
    with pytest.raises(BackendError):
        await client.capabilities()
    simulator.configure(session_limit=5, login_limit=None)
    with pytest.raises(BackendError):
        await client.capabilities()

    now = 3600.0
    assert (await client.capabilities()).version


async def test_no_other_session_is_ended(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.auth.occupy(5)
    with pytest.raises(PermissionDenied):
        await client.capabilities()
    assert {one.uuid for one in simulator.auth.sessions.values()} == {"somebody else"}
    assert len(simulator.auth.sessions) == 5


async def test_logs_out(client: AipixClient, simulator: AipixSimulator) -> None:
    await client.capabilities()
    assert len(simulator.auth.sessions) == 1
    await client.login.log_out()
    assert not simulator.auth.sessions
    await client.login.log_out()


async def test_administrator_has_no_session_to_end(
    make_client: MakeClient, simulator: AipixSimulator
) -> None:
    client = make_client(Api.ADMINISTRATOR)
    await client.capabilities()
    await client.login.log_out()
    assert client.login.token is None
    assert "POST /api/v1/logout" not in paths(simulator)


def status(number: int, *, body: Json = None, html: str | None = None) -> Fault:
    return respond(
        number,
        {"message": "no"} if body is None else body,
        method="POST",
        path="*/scripts",
        html=html,
    )


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (status(400), Rejected, "rejected"),
        (status(402), PermissionDenied, "licence"),
        (status(403), PermissionDenied, "permission_denied"),
        (status(404), Rejected, "rejected"),
        (status(404, html="<p>lost</p>"), Unavailable, "not_json"),
        (status(409), Rejected, "client_refused"),
        (status(419), PermissionDenied, "session_limit"),
        (status(422, body={"errors": "wrong"}), Rejected, "rejected"),
        (status(429), Unavailable, "rate_limited"),
        (status(301), Unavailable, "redirected"),
        (status(500), OutcomeUnknown, "outcome_unknown"),
        (status(502), OutcomeUnknown, "outcome_unknown"),
        (status(503), Unavailable, "unavailable"),
        (status(200, body={"data": []}), OutcomeUnknown, "outcome_unknown"),
        (Fault(kind=FaultKind.GARBAGE, path="*/scripts"), OutcomeUnknown, None),
        (Fault(kind=FaultKind.HALF_BODY, path="*/scripts"), OutcomeUnknown, None),
        (Fault(kind=FaultKind.RESET_BEFORE, path="*/scripts"), OutcomeUnknown, None),
        (Fault(kind=FaultKind.RESET_AFTER, path="*/scripts"), OutcomeUnknown, None),
    ],
)
@pytest.mark.parametrize("api", Api)
async def test_responses_to_writes(
    make_client: MakeClient,
    simulator: AipixSimulator,
    fault: Fault,
    kind: type[BackendError],
    code: str | None,
    api: Api,
) -> None:
    simulator.add_faults(Fault(**vars(fault)))
    with pytest.raises(kind) as raised:
        await make_client(api).create_script(
            SCRIPT if api is Api.CLIENT else ADMINISTRATORS
        )
    assert raised.value.code == (code or kind.code)


async def test_validation_error_names_its_fields(make_client: MakeClient) -> None:
    body: JsonObject = {**ADMINISTRATORS, "event_id": 99, "users": [99]}
    with pytest.raises(Rejected) as raised:
        await make_client(Api.ADMINISTRATOR).create_script(body)
    assert set(raised.value.fields) == {"event_id", "users.0"}
    assert "event_id: The selected event id is invalid." in raised.value.reason


async def test_no_message_contains_a_bot_token(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.add_faults(
        status(422, body={"errors": {"extra.bot_token": ["canary-token is wrong"]}})
    )
    body: JsonObject = {**SCRIPT, "extra": {"bot_token": "canary-token"}}
    with pytest.raises(Rejected) as raised, redacting(body):
        await client.create_script(body)
    assert "canary" not in str(raised.value) + str(raised.value.fields)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (respond(404, {}), "other_system"),
        (respond(200, {"a": 1}), "other_system"),
        (respond(200, html="<p>"), "not_json"),
        (respond(200, []), "invalid_response"),
        (respond(301, {}), "redirected"),
        (respond(409, {}), "client_refused"),
    ],
)
async def test_other_system_gets_no_password(
    client: AipixClient, simulator: AipixSimulator, fault: Fault, code: str
) -> None:
    simulator.add_faults(Fault(**vars(fault)))
    with pytest.raises(InvalidResponse) as raised:
        await client.capabilities()
    assert raised.value.code == code
    assert paths(simulator) == ["GET /api/v1/static/basic"]


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": "Bearer "}, {"access_token": "a\nb"}]
)
async def test_login_without_a_token_is_an_error(
    client: AipixClient, simulator: AipixSimulator, answer: JsonObject
) -> None:
    simulator.add_faults(respond(200, {**answer}, path="*/token"))
    with pytest.raises(InvalidResponse):
        await client.capabilities()


async def test_http_connections_are_not_reused(
    session: ClientSession, client: AipixClient, simulator: AipixSimulator
) -> None:
    await client.create_script(SCRIPT)
    connector = session.connector
    assert connector is not None
    assert not connector._conns


async def test_unreachable_server_is_an_error(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    await client.capabilities()
    await simulator.stop()
    with pytest.raises(CannotConnect):
        await client.create_script(SCRIPT)
