"""Tests that the simulated workspace behaves as documented in the facts."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
import re
import sys
from typing import Any

import aiohttp
import pytest

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.guance import GuanceSimulator

NOW = 1_795_000_000
KEY = "simulated-key-id"
CREATE = "events/create"
QUERY = "df/query_data_v1"
WORKSPACE = "workspace/get"


class Caller:
    """A client of the simulated service."""

    def __init__(
        self, service: GuanceSimulator, session: aiohttp.ClientSession
    ) -> None:
        self.service = service
        self._session = session

    async def __call__(
        self, path: str, document: object = None, *, key: str = KEY
    ) -> tuple[int, dict[str, Any]]:
        """Send a request, a POST if there is a body."""
        async with self._session.request(
            "GET" if document is None else "POST",
            f"{self.service.url}/api/v1/{path}",
            headers={"DF-API-KEY": key},
            json=document,
        ) as response:
            return response.status, await response.json()

    async def rows(self, value: str, **changes: object) -> list[dict[str, Any]]:
        """Query events with a tag; the series are null without any."""
        status, body = await self(QUERY, {"queries": [query_data(value, **changes)]})
        assert status == HTTPStatus.OK
        (answer,) = body["content"]["data"]
        if answer["series"] is None:
            return []
        (series,) = answer["series"]
        return [
            dict(zip(series["columns"], row, strict=True)) for row in series["values"]
        ]


def event_data(**changes: object) -> dict[str, object]:
    """Return the body of an event."""
    body = {
        "date": NOW * 1000,
        "status": "info",
        "title": "Hello",
        "customTags": {"ha_delivery_id": "one"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def query_data(value: str, **changes: object) -> dict[str, object]:
    """Return a query for a tag around the date of the event."""
    return {
        "qtype": "dql",
        "query": {
            "q": "E::re(`.*`):(`__docid`,`ha_delivery_id`)"
            f" {{ `ha_delivery_id` = '{value}' }}",
            "timeRange": [NOW * 1000 - 1000, NOW * 1000 + 1000],
            **changes,
        },
    }


@pytest.fixture
async def call(session: aiohttp.ClientSession) -> AsyncIterator[Caller]:
    """Run a workspace whose clock is near the events' date."""
    async with GuanceSimulator(ingest_lag=30) as service:
        service.clock.offset = NOW - service.clock.now()
        yield Caller(service, session)


async def test_workspace_is_described_with_its_write_token(call: Caller) -> None:
    status, body = await call(WORKSPACE)
    assert status == HTTPStatus.OK
    assert (body["code"], body["success"], body["errorCode"]) == (200, True, "")
    assert body["content"]["uuid"].startswith("wksp_")
    assert body["content"]["durationSet"]["keyevent"] == "14d"
    assert body["content"]["token"].startswith("tkn_")


@pytest.mark.parametrize("key", ["", "another", "simulated-key-secret"])
async def test_invalid_key_and_secret_are_403(call: Caller, key: str) -> None:
    status, body = await call(WORKSPACE, key=key)
    assert status == body["code"] == HTTPStatus.FORBIDDEN
    assert (body["errorCode"], body["success"]) == ("ft.InvalidAPIKey", False)


async def test_deleted_key_is_refused(call: Caller) -> None:
    call.service.expire_logins()
    assert (await call(WORKSPACE))[0] == HTTPStatus.FORBIDDEN
    call.service.configure(api_key="the-next")
    assert (await call(WORKSPACE, key="the-next"))[0] == HTTPStatus.OK


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ("rate_limit", "ft.TriggerApiAkCurrentLimiting"),
        ("workspace_rate_limit", "ft.TriggerApiWorkspaceCurrentLimiting"),
    ],
)
async def test_rate_limit_is_401(call: Caller, setting: str, error: str) -> None:
    call.service.configure(**{setting: 1})
    assert (await call(WORKSPACE))[0] == HTTPStatus.OK
    status, body = await call(WORKSPACE)
    assert (status, body["errorCode"]) == (HTTPStatus.UNAUTHORIZED, error)
    call.service.clock.advance(61)
    assert (await call(WORKSPACE))[0] == HTTPStatus.OK


async def test_each_create_makes_another_event_and_returns_no_id(call: Caller) -> None:
    for _ in range(2):
        status, body = await call(CREATE, event_data(message="m", origin="o"))
        assert (status, body["content"]) == (HTTPStatus.OK, True)
    first, second = call.service.stored_events()
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["__docid"] != second["__docid"]
    assert (first["message"], first["origin"]) == ("m", "o")
    assert first["stored_at"] == pytest.approx(NOW, abs=5)


@pytest.mark.parametrize(
    "changes",
    [
        {"date": ...},
        {"date": "now"},
        {"date": 1.5},
        {"date": True},
        {"status": ...},
        {"status": "fatal"},
        {"status": ["info"]},
        {"title": ...},
        {"title": ""},
        {"title": 1},
        {"message": ""},
        {"message": None},
        {"origin": ""},
        {"customTags": {}},
        {"customTags": []},
        {"customTags": {"floor": 1}},
        {"customTags": {"floor": {"name": "ground"}}},
        {"customTags": {"df_title": "x"}},
        {"customTags": {"_x": "x"}},
        {"customTags": {"timestamp": "x"}},
        {"another": 1},
    ],
)
async def test_invalid_events_are_refused(
    call: Caller, changes: dict[str, object]
) -> None:
    status, body = await call(CREATE, event_data(**changes))
    assert (status, body["success"]) == (HTTPStatus.BAD_REQUEST, False)
    assert call.service.events == []


async def test_event_without_tags_is_accepted(call: Caller) -> None:
    assert (await call(CREATE, event_data(customTags=...)))[0] == HTTPStatus.OK
    assert call.service.events[0].tags == {}


@pytest.mark.parametrize("body", [b"{", b'"text"', b"[]"])
async def test_body_without_an_object_is_refused(
    call: Caller, session: aiohttp.ClientSession, body: bytes
) -> None:
    headers = {"DF-API-KEY": KEY, "Content-Type": "application/json"}
    url = f"{call.service.url}/api/v1/{CREATE}"
    async with session.post(url, headers=headers, data=body) as response:
        assert response.status == HTTPStatus.BAD_REQUEST


async def test_event_is_visible_once_ingested(call: Caller) -> None:
    await call(CREATE, event_data())
    assert await call.rows("one") == []
    call.service.clock.advance(31)
    (row,) = await call.rows("one")
    assert row["__docid"] == call.service.events[0].document_id
    assert row["time"] == NOW * 1000
    assert await call.rows("other") == []


async def test_event_is_visible_after_a_flush(call: Caller) -> None:
    call.service.configure(ingest_lag=None)
    await call(CREATE, event_data())
    call.service.clock.advance(3600)
    assert await call.rows("one") == []
    call.service.flush()
    assert await call.rows("one")


async def test_range_applies_to_the_date_of_the_event(call: Caller) -> None:
    await call(CREATE, event_data(date=(NOW - 7200) * 1000))
    call.service.flush()
    assert await call.rows("one") == []
    early = [(NOW - 7201) * 1000, (NOW - 7199) * 1000]
    assert await call.rows("one", timeRange=early)


async def test_events_are_kept_for_the_retention(call: Caller) -> None:
    await call(CREATE, event_data())
    call.service.flush()
    call.service.clock.advance(14 * 86_400 + 1)
    assert await call.rows("one") == []


async def test_source_filters_events(call: Caller) -> None:
    await call(CREATE, event_data())
    call.service.configure(source="user")
    await call(CREATE, event_data())
    call.service.flush()
    assert len(await call.rows("one")) == 2
    assert len(await call.rows("one", limit=1)) == 1
    words = "E::`user`:(`df_source`) { `ha_delivery_id` = 'one' }"
    assert [row["df_source"] for row in await call.rows("", q=words)] == ["user"]


async def test_query_may_respond_before_its_end(call: Caller) -> None:
    call.service.configure(queries_end=False)
    _, body = await call(QUERY, {"queries": [query_data("one")]})
    (answer,) = body["content"]["data"]
    assert answer["is_running"] is True
    assert answer["async_id"]
    assert answer["series"] is None


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"queries": []},
        {"queries": ["text"]},
        {"queries": [{"qtype": "promql"}]},
        {"queries": [query_data("a'b")]},
        {"queries": [query_data("one", q="M::`cpu`")]},
        {"queries": [query_data("one", timeRange=[1])]},
    ],
)
async def test_invalid_query_is_refused(call: Caller, document: object) -> None:
    assert (await call(QUERY, document))[0] == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("setting", "path", "document"),
    [
        ("may_write", CREATE, event_data()),
        ("may_query", QUERY, {"queries": [query_data("one")]}),
    ],
)
async def test_role_without_permission_is_refused(
    call: Caller, setting: str, path: str, document: object
) -> None:
    call.service.configure(**{setting: False})
    status, body = await call(path, document)
    assert status == HTTPStatus.FORBIDDEN
    assert body["errorCode"] != "ft.InvalidAPIKey"


async def test_unknown_path_is_404(call: Caller) -> None:
    status, body = await call("events/list")
    assert (status, body["errorCode"]) == (HTTPStatus.BAD_REQUEST, "RouterNotFound")


async def test_response_can_be_lost_after_the_event_is_stored(call: Caller) -> None:
    call.service.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="*/create"))
    with pytest.raises(aiohttp.ClientError):
        await call(CREATE, event_data())
    assert len(call.service.events) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"nonsense": 1},
        {"name": 1},
        {"may_write": "yes"},
        {"ingest_lag": -1},
        {"rate_limit": True},
    ],
)
async def test_unknown_setting_is_refused(
    call: Caller, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"setting|type"):
        call.service.configure(**changes)


async def test_reset_deletes_everything(call: Caller) -> None:
    await call(CREATE, event_data())
    call.service.expire_logins()
    call.service.restart()
    call.service.reset()
    assert call.service.stored_events() == []
    assert (await call(WORKSPACE))[0] == HTTPStatus.OK


async def test_simulator_runs_as_a_process(session: aiohttp.ClientSession) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(
            "-m",
            "tools.simulators",
            "guance",
            "--api-key",
            "mine",
            "--ingest-lag",
            "-1",
        ),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = (await process.stdout.readline()).decode()
    found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line)
    assert found is not None
    url = f"{found[1]}/api/v1/{WORKSPACE}"
    async with session.get(url, headers={"DF-API-KEY": "mine"}) as response:
        assert response.status == HTTPStatus.OK
    process.terminate()
    async with asyncio.timeout(60):
        assert await process.wait() == 0
