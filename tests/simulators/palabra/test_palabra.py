"""Tests that the simulated Palabra behaves as documented in the facts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator

EVENT = "/saas/v2/event"
EVENTS = "/saas/v2/events"
BEARER = {"Authorization": "Bearer plbr_simulated"}
PAIR = {"ClientID": "simulated-client", "ClientSecret": "simulated-secret"}
BODY: dict[str, object] = {
    "title": "Town meeting",
    "event_type": "in-person",
    "utc_start_dt": "2030-05-01T18:00:00Z",
    "utc_end_dt": "2030-05-01T20:00:00Z",
}


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    json: Any


class Caller:
    """A client of a simulated Palabra, by default with its API key."""

    def __init__(
        self, palabra: PalabraSimulator, session: aiohttp.ClientSession
    ) -> None:
        self.palabra = palabra
        self._session = session

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request."""
        async with self._session.request(
            method,
            self.palabra.url + path,
            json=json,
            headers=BEARER if headers is None else headers,
        ) as response:
            is_json = response.content_type == "application/json" and response.status
            text = await response.text()
            return Answer(
                response.status, await response.json() if is_json and text else None
            )

    async def create(self, **changes: object) -> Answer:
        """Create an event."""
        return await self("POST", EVENT, json={"data": BODY | changes})


@pytest.fixture
async def call(session: aiohttp.ClientSession) -> AsyncIterator[Caller]:
    """Return a client of a simulated Palabra."""
    async with PalabraSimulator() as palabra:
        yield Caller(palabra, session)


# §1, §3: wrapped bodies, create.


@pytest.mark.parametrize("status", [200, 201])
async def test_create_responds_with_the_event_and_either_status(
    call: Caller, status: int
) -> None:
    call.palabra.configure(created_status=status)
    answer = await call.create(access_code="4711")
    assert answer.status == status
    assert answer.json["ok"] is True
    event = answer.json["data"]
    assert event["access_code"] == "4711"
    assert event["lifecycle_status"] == "setup_required"
    assert event["utc_start_dt"] == "2030-05-01T18:00:00.000+00:00"
    (stored,) = call.palabra.stored_events()
    assert isinstance(stored, dict)
    assert stored["event_id"] == event["event_id"]
    assert stored["stored_at"]


async def test_create_is_not_idempotent(call: Caller) -> None:
    first, second = await call.create(), await call.create()
    assert first.json["data"]["event_id"] != second.json["data"]["event_id"]


@pytest.mark.parametrize("body", [None, [], {}, {"data": None}, BODY], ids=str)
async def test_unwrapped_body_is_refused(call: Caller, body: object) -> None:
    assert (await call("POST", EVENT, json=body)).status == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "ab"},
        {"title": "x" * 101},
        {"title": None},
        {"event_type": "in_person"},
        {"utc_start_dt": "soon"},
        {"utc_end_dt": 5},
        {"description": None},
        {"target_languages": "de"},
        {"target_languages": [1]},
        {"listener_language_mode": "maybe"},
        {"is_recurring": "yes"},
    ],
    ids=str,
)
async def test_invalid_events_are_refused(
    call: Caller, changes: dict[str, object]
) -> None:
    answer = await call.create(**changes)
    assert answer.status == 422
    assert answer.json["ok"] is False
    (problem,) = answer.json["errors"]
    assert problem["status"] == 422
    assert next(iter(changes)) in problem["detail"]
    assert call.palabra.events == []


async def test_all_missing_fields_are_named(call: Caller) -> None:
    answer = await call("POST", EVENT, json={"data": {}})
    assert len(answer.json["errors"]) == 4


async def test_unknown_keys_are_ignored(call: Caller) -> None:
    assert "nonsense" not in (await call.create(nonsense=1)).json["data"]


# §2: both schemes, and the response of each to wrong credentials.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (BEARER, 200),
        (PAIR, 200),
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "plbr_simulated"}, 401),
        (PAIR | {"ClientSecret": "wrong"}, 404),
        ({"ClientID": "simulated-client"}, 404),
        (BEARER | PAIR, 401),
    ],
)
async def test_credentials(call: Caller, headers: dict[str, str], status: int) -> None:
    assert (await call("GET", EVENTS, headers=headers)).status == status


async def test_empty_balance_has_its_own_403(call: Caller) -> None:
    call.palabra.configure(empty_balance=True)
    answer = await call.create()
    assert answer.status == 403
    (problem,) = answer.json["errors"]
    assert problem["title"] == "Forbidden resource"
    assert problem["detail"] == "Insufficient balance"
    assert problem["error_code"] == 100050
    assert (await call("GET", EVENTS)).status == 200


async def test_credentials_can_be_revoked(call: Caller) -> None:
    call.palabra.add_faults(Fault(kind=FaultKind.EXPIRE_LOGINS))
    assert (await call("GET", EVENTS)).status == 401
    assert (await call("GET", EVENTS, headers=PAIR)).status == 404


# §1, §4: one event.


async def test_get_update_delete(call: Caller) -> None:
    event_id = (await call.create()).json["data"]["event_id"]
    path = f"{EVENT}/{event_id}"
    assert (await call("GET", path)).json["data"]["stages"]
    changes = {"title": "Other", "utc_end_dt": "2030-05-01T21:00:00+00:00"}
    updated = await call("PATCH", path, json={"data": changes})
    assert updated.json["data"]["title"] == "Other"
    assert updated.json["data"]["event_type"] == "in-person"
    assert updated.json["data"]["utc_end_dt"] == "2030-05-01T21:00:00.000+00:00"
    moved = {"utc_start_dt": "2030-05-01T17:00:00"}
    assert (await call("PATCH", path, json={"data": moved})).status == 200
    assert (await call("PUT", path)).status == 405
    assert (await call("DELETE", path)).status == 204
    for method in ("GET", "DELETE"):
        assert (await call(method, path)).status == 404


async def test_id_is_a_uuid(call: Caller) -> None:
    assert (await call("GET", f"{EVENT}/one")).status == 422


async def test_delete_may_respond_with_a_body(call: Caller) -> None:
    call.palabra.configure(delete_status=200)
    event_id = (await call.create()).json["data"]["event_id"]
    answer = await call("DELETE", f"{EVENT}/{event_id}")
    assert answer.json == {"ok": True, "data": None}


async def test_public_event_requires_the_access_code(call: Caller) -> None:
    created = await call.create(access_code="4711")
    path = f"{EVENT}/public/{created.json['data']['event_id']}"
    assert (await call("GET", path, headers={})).status == 403
    answer = await call("GET", f"{path}?code=4711", headers={})
    assert answer.status == 200
    assert "access_code" not in answer.json["data"]


@pytest.mark.parametrize("path", ["/", "/saas/event", "/saas/v2/nothing"])
async def test_other_paths(call: Caller, path: str) -> None:
    assert (await call("GET", path)).status == 404


# §1: paging.


async def test_pages_follow_the_token_alone(call: Caller) -> None:
    for number in range(3):
        await call.create(title=f"Event {number}")
    first = (await call("GET", f"{EVENTS}?page_size=2&sort=desc")).json["data"]
    assert [one["title"] for one in first["items"]] == ["Event 2", "Event 1"]
    token = first["next"]
    for more in ("&sort=desc", "&page_size=2"):
        assert (await call("GET", f"{EVENTS}?token={token}{more}")).status == 422
    second = (await call("GET", f"{EVENTS}?token={token}")).json["data"]
    assert [one["title"] for one in second["items"]] == ["Event 0"]
    assert "next" not in second
    call.palabra.restart()
    assert (await call("GET", f"{EVENTS}?token={token}")).status == 422


async def test_ascending(call: Caller) -> None:
    for number in range(2):
        await call.create(title=f"Event {number}")
    page = (await call("GET", f"{EVENTS}?sort=asc")).json["data"]
    assert [one["title"] for one in page["items"]] == ["Event 0", "Event 1"]


@pytest.mark.parametrize(
    "query", ["page_size=0", "page_size=101", "page_size=x", "sort=up", "token=none"]
)
async def test_invalid_list_requests_are_refused(call: Caller, query: str) -> None:
    assert (await call("GET", f"{EVENTS}?{query}")).status == 422


# §9: the older shape; §12d: lists that tell little.


async def test_older_shape(call: Caller) -> None:
    call.palabra.configure(older=True)
    answer = await call.create(location="Town hall")
    assert answer.status == 200
    event = answer.json["data"]
    assert event["event_status"] == "upcoming"
    assert event["duration"] == "PT7200S"
    assert not event.keys() & {"utc_end_dt", "location", "lifecycle_status"}


async def test_sparse_list(call: Caller) -> None:
    call.palabra.configure(sparse=True)
    await call.create()
    (item,) = (await call("GET", EVENTS)).json["data"]["items"]
    assert item.keys() == {"event_id", "title"}


def test_settings() -> None:
    palabra = PalabraSimulator(api_key="other")
    assert palabra.settings.api_key == "other"
    with pytest.raises(ValueError, match="unknown setting"):
        palabra.configure(color="red")
    with pytest.raises(ValueError, match="type"):
        palabra.configure(older=1)


async def test_reset_deletes_everything(call: Caller) -> None:
    await call.create()
    call.palabra.reset()
    assert call.palabra.stored_events() == []
    assert (await call("GET", EVENTS)).json["data"]["count"] == 0
