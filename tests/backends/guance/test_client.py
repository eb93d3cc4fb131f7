"""Tests of the client of Guance: its requests, and the meaning of responses."""

import asyncio
from collections.abc import Callable, Coroutine
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
from custom_components.event_relay.backends.guance.api import search
from custom_components.event_relay.backends.guance.api.client import GuanceClient
from custom_components.event_relay.backends.guance.api.models import (
    GuanceCapabilities,
    GuanceWorkspace,
    Sighting,
)
from custom_components.event_relay.backends.redaction import redacting
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.guance import GuanceSimulator
from tools.simulators.wire import Json

from ...responses import respond
from .conftest import DELIVERY, Patience

NOW = datetime.now(UTC)
BODY: JsonObject = {
    "date": round(NOW.timestamp() * 1000),
    "status": "error",
    "title": "A personal title",
    "customTags": {"ha_delivery_id": DELIVERY, "who": "a personal tag"},
}

type Call = Callable[[GuanceClient], Coroutine[Any, Any, object]]

READS: dict[str, Call] = {
    "capabilities": lambda client: client.capabilities(),
    "find_event": lambda client: client.find_event(DELIVERY, NOW),
}
CREATE: dict[str, Call] = {"create_event": lambda client: client.create_event(BODY)}
ALL = READS | CREATE


def envelope(code: object = 200, **changes: Json) -> dict[str, Any]:
    """Return the envelope of a success, with changes."""
    return {
        "code": code,
        "content": True,
        "errorCode": "",
        "message": "",
        "success": True,
        "traceId": "1",
        **changes,
    }


def failure(status: int, error: str = "", message: str = "") -> Fault:
    """Return a response in the service's envelope."""
    body = envelope(status, success=False, errorCode=error, message=message)
    return respond(status, body)


def page(status: int, **changes: Any) -> Fault:  # noqa: ANN401
    """Return a response of a proxy."""
    return Fault(kind=FaultKind.STATUS, status=status, **changes)


async def test_only_needed_data_of_the_workspace_is_kept(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    simulator.configure(retention="30d", name="My home")
    workspace = await client.workspace()
    assert workspace == GuanceWorkspace(
        uuid=simulator.settings.workspace,
        name="My home",
        capabilities=GuanceCapabilities(retention=timedelta(days=30)),
    )
    assert "tkn_" not in repr(workspace)
    assert await client.capabilities() == workspace.capabilities


async def test_event_is_created(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    await client.create_event(BODY)
    (event,) = simulator.events
    assert event.title == "A personal title"
    assert event.date == BODY["date"]


async def test_event_is_found_by_its_tag_with_any_source(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    simulator.configure(source="user")
    await client.create_event(BODY)
    sighting = await client.find_event(DELIVERY, NOW)
    assert sighting == Sighting(seen=True, document_id=simulator.events[0].document_id)
    assert await client.find_event("another", NOW) == Sighting(seen=False)


async def test_event_is_not_found_before_it_is_ingested(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    simulator.configure(ingest_lag=None)
    await client.create_event(BODY)
    assert await client.find_event(DELIVERY, NOW) == Sighting(seen=False)
    simulator.flush()
    assert (await client.find_event(DELIVERY, NOW)).seen


async def test_unfinished_query_is_recognised(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    simulator.configure(queries_end=False)
    sighting = await client.find_event(DELIVERY, NOW)
    assert sighting == Sighting(seen=False, finished=False)


async def test_rate_limit_applies_to_all_requests(
    client: GuanceClient, patience: Patience
) -> None:
    await client.workspace()
    await client.create_event(BODY)
    await client.find_event(DELIVERY, NOW)
    assert patience.slept == [1.0, 1.0]
    patience.time += 0.25
    await client.create_event(BODY)
    assert patience.slept == [1.0, 1.0, 0.75]
    patience.time += 60
    await client.create_event(BODY)
    assert patience.slept == [1.0, 1.0, 0.75]


async def test_waiting_look_ups_share_a_request(
    client: GuanceClient, simulator: GuanceSimulator, patience: Patience
) -> None:
    await client.create_event(BODY)
    found = await asyncio.gather(
        *(client.find_event(f"other-{number}", NOW) for number in range(24)),
        client.find_event(DELIVERY, NOW),
    )
    assert [one.seen for one in found] == [False] * 24 + [True]
    queries = [seen for seen in simulator.requests if "query" in seen.path]
    assert len(queries) == 2  # 20, then the rest
    assert len(patience.slept) == 2


async def test_cancelled_look_up_does_not_affect_the_others(
    session: ClientSession, simulator: GuanceSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task that sends the shared request may be gone; then another one sends it."""
    monkeypatch.setattr(search, "MOST_AT_ONCE", 2)
    client = GuanceClient(session, simulator.url, api_key=simulator.settings.api_key)
    simulator.add_faults(Fault(kind=FaultKind.HANG))
    first = asyncio.create_task(client.find_event("first", NOW))
    second = asyncio.create_task(client.find_event("second", NOW))
    while not simulator.requests:
        await asyncio.sleep(0)
    first.cancel()
    assert await second == Sighting(seen=False)
    assert first.cancelled()


async def test_failure_of_a_shared_look_up_reaches_all(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    await client.workspace()
    simulator.add_faults(failure(400, "ft.Some", "no such thing"))
    found = await asyncio.gather(
        *(client.find_event(f"other-{number}", NOW) for number in range(3)),
        return_exceptions=True,
    )
    assert [type(one) for one in found] == [InvalidResponse] * 3
    assert len(simulator.requests) == 2


# The meaning of responses.

type Meaning = tuple[Fault, type[BackendError], str]

ANYWAY: dict[str, Meaning] = {
    "limit of the key": (
        failure(401, "ft.TriggerApiAkCurrentLimiting"),
        Unavailable,
        "rate_limited",
    ),
    "limit of the workspace": (
        failure(401, "ft.TriggerApiWorkspaceCurrentLimiting"),
        Unavailable,
        "rate_limited",
    ),
    "limit in a 200": (
        page(
            200,
            body=envelope(
                401, success=False, errorCode="ft.TriggerApiAkCurrentLimiting"
            ),
        ),
        Unavailable,
        "rate_limited",
    ),
    "401 for no known reason": (failure(401, "ft.Other"), Unavailable, "unavailable"),
    "401 of a proxy": (page(401), Unavailable, "unavailable"),
    "bad key": (
        failure(403, "ft.InvalidAPIKey"),
        InvalidCredentials,
        "invalid_api_key",
    ),
    "bad key as older pages spell it": (
        failure(403, "InvalidApiKey"),
        InvalidCredentials,
        "invalid_api_key",
    ),
    "bad key in a 200": (
        page(200, body=envelope(200, success=False, errorCode="ft.InvalidAPIKey")),
        InvalidCredentials,
        "invalid_api_key",
    ),
    "no right": (failure(403, "ft.Other"), PermissionDenied, "permission_denied"),
    "no right in a 200": (
        page(200, body=envelope(403, success=False)),
        PermissionDenied,
        "permission_denied",
    ),
    "403 of a proxy": (page(403), PermissionDenied, "permission_denied"),
    "429 of a proxy": (page(429), Unavailable, "rate_limited"),
    "503 of a proxy": (page(503), Unavailable, "unavailable"),
    "nobody there": (Fault(kind=FaultKind.REFUSE), CannotConnect, "cannot_connect"),
}
TO_READS: dict[str, Meaning] = {
    "500": (failure(500), Unavailable, "unavailable"),
    "502 of a proxy": (page(502), Unavailable, "unavailable"),
    "503 with InternalError": (
        failure(503, "InternalError"),
        Unavailable,
        "unavailable",
    ),
    "400": (failure(400, "ft.Other"), InvalidResponse, "invalid_response"),
    "unknown path": (failure(400, "RouterNotFound"), InvalidResponse, "other_system"),
    "404 of another system": (page(404, body={}), InvalidResponse, "other_system"),
    "404 page": (page(404), InvalidResponse, "not_json"),
    "web page": (page(200, html="<html>"), InvalidResponse, "not_json"),
    "other JSON": (page(200, body={"a": 1}), InvalidResponse, "other_system"),
    "redirect": (page(302), InvalidResponse, "redirected"),
    "no success": (
        page(200, body=envelope(success=False)),
        InvalidResponse,
        "invalid_response",
    ),
    "no code": (
        page(200, body=envelope(None)),
        InvalidResponse,
        "invalid_response",
    ),
    "content of another shape": (
        page(200, body=envelope(content=[])),
        InvalidResponse,
        "invalid_response",
    ),
    "reset": (Fault(kind=FaultKind.RESET_AFTER), CannotConnect, "cannot_connect"),
    "garbage": (Fault(kind=FaultKind.GARBAGE), InvalidResponse, "not_json"),
}
TO_CREATE: dict[str, Meaning] = {
    "500": (failure(500), OutcomeUnknown, "outcome_unknown"),
    "500 in a 200": (
        page(200, body=envelope(500, success=False)),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "502 of a proxy": (page(502), OutcomeUnknown, "outcome_unknown"),
    "503 with InternalError": (
        failure(503, "InternalError"),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "503 for another reason": (
        failure(503, "ft.Busy"),
        Unavailable,
        "unavailable",
    ),
    "400": (failure(400, "ft.Other"), Rejected, "rejected"),
    "400 in a 200": (
        page(200, body=envelope(400, success=False)),
        Rejected,
        "rejected",
    ),
    "error in a 200": (
        page(200, body=envelope(success=False, errorCode="ft.Other")),
        Rejected,
        "rejected",
    ),
    "404": (failure(404, "ft.Other"), Rejected, "rejected"),
    "too large": (page(413), Rejected, "rejected"),
    "unknown path": (failure(400, "RouterNotFound"), Unavailable, "other_system"),
    "404 page": (page(404), Unavailable, "not_json"),
    "404 of another system": (page(404, body={}), Unavailable, "other_system"),
    "redirect": (page(302), Unavailable, "redirected"),
    "web page": (page(200, html="<html>"), OutcomeUnknown, "outcome_unknown"),
    "other JSON": (page(200, body={"a": 1}), OutcomeUnknown, "outcome_unknown"),
    "not true": (
        page(200, body=envelope(content="true")),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "no success": (
        page(200, body=envelope(success=False)),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "success with an error": (
        page(200, body=envelope(errorCode="ft.Other")),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "another code": (
        page(200, body=envelope(0)),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "another status": (
        page(202, body=envelope(202)),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "reset before": (
        Fault(kind=FaultKind.RESET_BEFORE),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "reset after": (
        Fault(kind=FaultKind.RESET_AFTER),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "half an answer": (
        Fault(kind=FaultKind.HALF_BODY),
        OutcomeUnknown,
        "outcome_unknown",
    ),
    "garbage": (Fault(kind=FaultKind.GARBAGE), OutcomeUnknown, "outcome_unknown"),
}
CASES = [
    *((call, name) for call in READS for name in ANYWAY | TO_READS),
    *((call, name) for call in CREATE for name in ANYWAY | TO_CREATE),
]


@pytest.mark.parametrize(("call", "name"), CASES)
async def test_meaning_of_responses(
    client: GuanceClient, simulator: GuanceSimulator, call: str, name: str
) -> None:
    meanings = ANYWAY | (TO_CREATE if call in CREATE else TO_READS)
    fault, kind, code = meanings[name]
    if name == "nobody there":
        await simulator.stop()
    else:
        fault.times = None  # aiohttp itself resends an interrupted GET
        simulator.add_faults(fault)
    with pytest.raises(BackendError) as raised:
        await ALL[call](client)
    assert type(raised.value) is kind
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (failure(401, "ft.TriggerApiAkCurrentLimiting"), 60),
        (page(401), 60),
        (page(401, retry_after="10"), 60),
        (page(401, retry_after="90"), 90),
    ],
)
async def test_rate_limit_lasts_a_minute_at_least(
    client: GuanceClient, simulator: GuanceSimulator, fault: Fault, seconds: float
) -> None:
    fault.times = 1
    simulator.add_faults(fault)
    with pytest.raises(Unavailable) as raised:
        await client.create_event(BODY)
    assert raised.value.retry_after == seconds


async def test_reason_is_the_services_own_without_confidential_data(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    key = simulator.settings.api_key
    words = f"no A personal title, a personal tag or {key} at level error"
    simulator.add_faults(failure(400, "ft.Other", words))
    with pytest.raises(Rejected) as raised, redacting(BODY, {"status"}):
        await client.create_event(BODY)
    assert raised.value.reason == "no •••, ••• or ••• at level error (ft.Other)"


async def test_key_is_sent_to_no_other_host(
    client: GuanceClient, simulator: GuanceSimulator
) -> None:
    simulator.add_faults(page(302))
    with pytest.raises(InvalidResponse):
        await client.workspace()
    assert len(simulator.requests) == 1


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"name": "no uuid"},
        {"uuid": ""},
        {"uuid": 1},
    ],
)
async def test_malformed_workspace_is_an_error(
    client: GuanceClient, simulator: GuanceSimulator, content: Json
) -> None:
    simulator.add_faults(page(200, body=envelope(content=content)))
    with pytest.raises(InvalidResponse):
        await client.workspace()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": ["text"]},
        {"data": [{"series": "text"}]},
        {"data": [{"series": ["text"]}]},
        {"data": [{"series": [{"values": [["x"]]}]}]},
        {"data": [{"series": [{"columns": ["time"], "values": [[1]]}]}]},
        {"data": [{"series": [{"columns": ["ha_delivery_id"], "values": [1]}]}]},
        {"data": [{"series": [{"columns": ["ha_delivery_id"], "values": [[]]}]}]},
    ],
)
async def test_malformed_finding_is_an_error(
    client: GuanceClient, simulator: GuanceSimulator, data: Json
) -> None:
    simulator.add_faults(page(200, body=envelope(content=data)))
    with pytest.raises(InvalidResponse):
        await client.find_event(DELIVERY, NOW)


@pytest.mark.parametrize(
    ("series", "sighting"),
    [
        (None, Sighting(seen=False)),
        ([], Sighting(seen=False)),
        ([{"values": None}], Sighting(seen=False)),
        ([{"columns": ["time"], "values": []}], Sighting(seen=False)),
        (
            [
                {
                    "columns": ["ha_delivery_id", "x", "__docid", "time"],
                    "values": [[DELIVERY, 1, "E_1", 2]],
                }
            ],
            Sighting(seen=True, document_id="E_1"),
        ),
        (
            [
                {
                    "tags": {"ha_delivery_id": DELIVERY},
                    "columns": ["time", "__docid"],
                    "values": [[2, None]],
                }
            ],
            Sighting(seen=True),
        ),
        (
            [{"columns": ["ha_delivery_id"], "values": [["somebody else's"], [None]]}],
            Sighting(seen=False),
        ),
    ],
)
async def test_columns_are_read_by_name(
    client: GuanceClient, simulator: GuanceSimulator, series: Json, sighting: Sighting
) -> None:
    content: Json = {"data": [{"series": series}]}
    simulator.add_faults(page(200, body=envelope(content=content)))
    assert await client.find_event(DELIVERY, NOW) == sighting


@pytest.mark.parametrize(
    ("kept", "days"),
    [
        ("14d", 14),
        ("60d", 60),
        ("0d", 14),
        ("2w", 14),
        ("", 14),
        ("99999d", 14),
        (30, 14),
        (None, 14),
    ],
)
def test_retention_is_read_if_well_formed(kept: Json, days: int) -> None:
    content: Json = {"uuid": "wksp_1", "durationSet": {"keyevent": kept}}
    workspace = GuanceWorkspace.parse(content)
    assert workspace.capabilities.retention == timedelta(days=days)
    assert workspace.name == ""
