"""Tests of the client of Palabra: its requests, and the meaning of failures."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest

from custom_components.event_relay.backends.base import Json, JsonObject
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
from custom_components.event_relay.backends.palabra.api import client as client_module
from custom_components.event_relay.backends.palabra.api.client import PalabraClient
from custom_components.event_relay.backends.palabra.api.models import (
    PalabraCapabilities,
)
from custom_components.event_relay.backends.redaction import redacting
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.palabra.events import INGEST_SECRET

from ...responses import respond
from .conftest import PAIR, MakeClient

START = datetime(2030, 5, 1, 18, tzinfo=UTC)
END = START + timedelta(hours=2)
BODY: JsonObject = {
    "title": "Town meeting",
    "event_type": "online",
    "utc_start_dt": "2030-05-01T18:00:00Z",
    "utc_end_dt": "2030-05-01T20:00:00Z",
}
NOBODY = "5f0c6f0a-2f5d-4f0e-9a58-0d6c8e1f7b42"


def problem(status: int, detail: str = "Something is wrong", **more: Json) -> Json:
    """Return a list of problems in Palabra's format."""
    one: dict[str, Json] = {"status": status, "title": "Trouble", "detail": detail}
    return {"ok": False, "errors": [{**one, **more}]}


def answering(status: int, body: Json = None, html: str | None = None) -> Fault:
    """Return a fault that replaces every response."""
    return respond(status, body, html=html, times=None)


async def test_both_kinds_of_credentials(make_client: MakeClient) -> None:
    for credentials in ({"api_key": "plbr_simulated"}, PAIR):
        client = make_client(**credentials)
        assert await client.capabilities() == PalabraCapabilities()
        event = await client.create_event(BODY)
        assert (event.start, event.end) == (START, END)


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        ({"api_key": "plbr_wrong"}, "credentials_refused"),
        (PAIR | {"client_secret": "wrong"}, "client_pair_refused"),
        (PAIR | {"client_id": "wrong"}, "client_pair_refused"),
    ],
)
async def test_wrong_credentials(
    make_client: MakeClient,
    simulator: PalabraSimulator,
    credentials: dict[str, str],
    code: str,
) -> None:
    good = make_client(api_key=simulator.settings.api_key)
    event = await good.create_event(BODY)
    client = make_client(**credentials)
    for call in (
        client.capabilities(),
        client.events(),
        client.event(event.id),
        client.create_event(BODY),
        client.update_event(event.id, {"title": "Other"}),
        client.delete_event(event.id),
    ):
        with pytest.raises(InvalidCredentials) as caught:
            await call
        assert caught.value.code == code
    assert len(simulator.events) == 1


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("older", [False, True])
async def test_any_success_with_an_event_id_is_accepted(
    client: PalabraClient, simulator: PalabraSimulator, status: int, *, older: bool
) -> None:
    simulator.configure(created_status=status, older=older)
    event = await client.create_event(BODY)
    (stored,) = simulator.events
    assert event.id == stored.event_id
    assert (event.start, event.end) == (START, END)
    assert event.status == ("upcoming" if older else "setup_required")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"ok": True},
        {"ok": True, "data": None},
        {"ok": True, "data": {"event_id": ""}},
        {"ok": True, "data": {"event_id": "../x"}},
        {"ok": "yes", "data": {"event_id": NOBODY}},
        {"data": {"event_id": NOBODY}},
        {"ok": False},
        problem(503),
    ],
    ids=str,
)
async def test_success_without_an_event_id_is_unknown(
    client: PalabraClient, simulator: PalabraSimulator, body: Json
) -> None:
    simulator.add_faults(answering(200, body))
    with pytest.raises((OutcomeUnknown, Unavailable)) as caught:
        await client.create_event(BODY)
    # 503 always means that the request was not processed.
    assert isinstance(caught.value, OutcomeUnknown) == (body != problem(503))


@pytest.mark.parametrize(
    ("fault", "read", "write", "repeatable"),
    [
        (
            answering(401, problem(401)),
            (InvalidCredentials, "credentials_refused"),
            (InvalidCredentials, "credentials_refused"),
            (InvalidCredentials, "credentials_refused"),
        ),
        (
            answering(200, problem(401)),
            (InvalidCredentials, "credentials_refused"),
            (InvalidCredentials, "credentials_refused"),
            (InvalidCredentials, "credentials_refused"),
        ),
        (
            answering(403, problem(403, error_code=100050)),
            (PermissionDenied, "balance_empty"),
            (PermissionDenied, "balance_empty"),
            (PermissionDenied, "balance_empty"),
        ),
        (
            answering(402, problem(402)),
            (PermissionDenied, "balance_empty"),
            (PermissionDenied, "balance_empty"),
            (PermissionDenied, "balance_empty"),
        ),
        (
            answering(403, problem(403, error_code=7)),
            (InvalidCredentials, "credentials_refused"),
            (PermissionDenied, "permission_denied"),
            (PermissionDenied, "permission_denied"),
        ),
        (
            answering(422, problem(422)),
            (InvalidResponse, "invalid_response"),
            (Rejected, "rejected"),
            (Rejected, "rejected"),
        ),
        (
            answering(200, problem(400)),
            (InvalidResponse, "invalid_response"),
            (Rejected, "rejected"),
            (Rejected, "rejected"),
        ),
        (
            answering(400, html="<html>Bad</html>"),
            (InvalidResponse, "not_json"),
            (Unavailable, "not_json"),
            (Unavailable, "not_json"),
        ),
        (
            answering(404, problem(404)),
            (InvalidResponse, "other_system"),
            (Rejected, "rejected"),
            (Rejected, "unknown_event"),
        ),
        (
            answering(404),
            (InvalidResponse, "not_json"),
            (Unavailable, "not_json"),
            (Unavailable, "not_json"),
        ),
        (
            answering(429, problem(429)),
            (Unavailable, "rate_limited"),
            (Unavailable, "rate_limited"),
            (Unavailable, "rate_limited"),
        ),
        (
            answering(503),
            (Unavailable, "unavailable"),
            (Unavailable, "unavailable"),
            (Unavailable, "unavailable"),
        ),
        (
            answering(504),
            (Unavailable, "unavailable"),
            (OutcomeUnknown, "outcome_unknown"),
            (Unavailable, "unavailable"),
        ),
        (
            answering(302),
            (InvalidResponse, "redirected"),
            (Unavailable, "redirected"),
            (Unavailable, "redirected"),
        ),
        (
            Fault(kind=FaultKind.RESET_AFTER, times=None),
            (CannotConnect, "cannot_connect"),
            (OutcomeUnknown, "outcome_unknown"),
            (Unavailable, "unavailable"),
        ),
        (
            Fault(kind=FaultKind.HALF_BODY, times=None),
            (CannotConnect, "cannot_connect"),
            (OutcomeUnknown, "outcome_unknown"),
            (Unavailable, "unavailable"),
        ),
        (
            Fault(kind=FaultKind.GARBAGE, times=None),
            (InvalidResponse, "not_json"),
            (OutcomeUnknown, "outcome_unknown"),
            (Unavailable, "invalid_response"),
        ),
    ],
    ids=lambda one: f"{one.kind}-{one.status}" if isinstance(one, Fault) else "",
)
async def test_failures(
    client: PalabraClient,
    simulator: PalabraSimulator,
    fault: Fault,
    read: tuple[type[BackendError], str],
    write: tuple[type[BackendError], str],
    repeatable: tuple[type[BackendError], str],
) -> None:
    stored = simulator.add("Town meeting", START, END)
    simulator.add_faults(fault)
    for call, (kind, code) in (
        (client.capabilities(), read),
        (client.create_event(BODY), write),
        (client.update_event(stored.event_id, {"title": "Other"}), repeatable),
    ):
        with pytest.raises(kind) as caught:
            await call
        assert caught.value.code == code


async def test_retry_after_is_read(
    client: PalabraClient, simulator: PalabraSimulator
) -> None:
    simulator.add_faults(respond(429, problem(429), retry_after="7"))
    with pytest.raises(Unavailable) as caught:
        await client.create_event(BODY)
    assert caught.value.retry_after == 7


async def test_closed_port_is_an_error(
    client: PalabraClient, simulator: PalabraSimulator
) -> None:
    await simulator.stop()
    with pytest.raises(CannotConnect):
        await client.create_event(BODY)


async def test_missing_response_is_an_error(
    make_client: MakeClient,
    simulator: PalabraSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", 0.2)
    client = make_client(api_key=simulator.settings.api_key)
    simulator.add_faults(Fault(kind=FaultKind.HANG, handled=True))
    with pytest.raises(OutcomeUnknown):
        await client.create_event(BODY)
    assert len(simulator.events) == 1


async def test_several_problems_are_reported_without_the_payload(
    client: PalabraClient, simulator: PalabraSimulator
) -> None:
    secret = {"title": "canary title", "access_code": "canary code"}
    first = problem(422, "canary title is odd, and canary code too")
    second = problem(422, "so is plbr_simulated")
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    body: Json = {"ok": False, "errors": [*first["errors"], *second["errors"]]}  # type: ignore[misc]
    simulator.add_faults(answering(422, body))
    with pytest.raises(Rejected) as caught, redacting(secret):
        await client.create_event({**BODY, **secret})
    assert caught.value.reason == "••• is odd, and ••• too; so is •••"


async def test_update_and_delete(
    client: PalabraClient, simulator: PalabraSimulator
) -> None:
    made = await client.create_event(BODY)
    updated = await client.update_event(made.id, {"title": "Other"})
    assert updated is not None
    assert (updated.title, updated.start) == ("Other", START)
    for status in (HTTPStatus.NO_CONTENT, HTTPStatus.OK):
        simulator.configure(delete_status=int(status))
        stored = simulator.add("Town meeting", START, END)
        assert await client.delete_event(stored.event_id) is True
        assert await client.delete_event(stored.event_id) is False
    with pytest.raises(Rejected) as caught:
        await client.update_event(NOBODY, {"title": "Other"})
    assert caught.value.code == "unknown_event"


async def test_missing_event_with_the_older_credentials(
    make_client: MakeClient,
) -> None:
    client = make_client(**PAIR)
    assert await client.event(NOBODY) is None
    assert await client.delete_event(NOBODY) is False


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"ok": True}, None),
        ({"ok": True, "data": {"event_id": NOBODY, "title": "New"}}, "New"),
    ],
)
async def test_update_accepts_any_ok_response(
    client: PalabraClient, simulator: PalabraSimulator, body: Json, told: str | None
) -> None:
    simulator.add_faults(answering(200, body))
    event = await client.update_event(NOBODY, {"title": "New"})
    assert (event and event.title) == told


async def test_pages_are_read_by_token_alone(
    client: PalabraClient, simulator: PalabraSimulator
) -> None:
    simulator.configure(page_limit=2)
    stored = [simulator.add(f"Event {n}", START, END) for n in range(5)]
    events = await client.events()
    assert [one.id for one in events] == [one.event_id for one in stored[::-1]]
    assert [seen.query for seen in simulator.requests] == [
        "sort=desc&page_size=100",
        "token=%2A%2A%2A",
        "token=%2A%2A%2A",
    ]


async def test_endless_list_is_an_error(
    client: PalabraClient, simulator: PalabraSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGES", 2)
    page: Json = {"ok": True, "data": {"items": [], "next": "again"}}
    simulator.add_faults(answering(200, page))
    with pytest.raises(InvalidResponse) as caught:
        await client.events()
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"items": {}},
        {"items": [{}]},
        {"items": [1]},
        {"items": [], "next": 1},
    ],
    ids=str,
)
async def test_unreadable_list_is_an_error(
    client: PalabraClient, simulator: PalabraSimulator, data: Json
) -> None:
    simulator.add_faults(answering(200, {"ok": True, "data": data}))
    with pytest.raises(InvalidResponse):
        await client.events()


async def test_secrets_of_events_are_not_read(
    client: PalabraClient, simulator: PalabraSimulator
) -> None:
    made = await client.create_event({**BODY, "access_code": "canary"})
    whole = await client.event(made.id)
    for shown in (made, whole, (await client.events())[0]):
        assert shown is not None
        assert "canary" not in f"{shown!r}{shown.as_json()}"
        assert INGEST_SECRET not in f"{shown!r}{shown.as_json()}"
    assert "canary" in str(simulator.stored_events())
