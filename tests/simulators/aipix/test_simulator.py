"""Tests that the simulated aipix behaves as documented in the facts."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tools.simulators.aipix import AipixSimulator

USER = {"login": "relay", "password": "a good password"}
HEADERS = {"Accept": "application/json", "X-Client": "web", "X-UUID": "device"}
RANGE = {"from": "08:00:00", "to": "18:00:00"}
SCHEDULE = [{"day": 0, "ranges": [RANGE]}]
DAY = {"type": "monday", "from": "08:00:00+05:00", "to": "18:00:00+05:00"}
SCRIPT = {
    "title": "x",
    "event_id": 41,
    "users": [],
    "status": "active",
    "timetable": {"days": [DAY], "intervals": []},
}
CLIENT = "/api/v1"
ADMINISTRATOR = "/api/admin/v1"


class Caller:
    """A client of a simulated aipix."""

    def __init__(self, aipix: AipixSimulator, session: aiohttp.ClientSession) -> None:
        self.aipix = aipix
        self.headers = dict(HEADERS)
        self._session = session

    async def __call__(
        self, method: str, path: str, json: object = None, **headers: str
    ) -> tuple[int, Any]:
        async with self._session.request(
            method, self.aipix.url + path, json=json, headers=self.headers | headers
        ) as response:
            if response.content_type == "application/json":
                return response.status, await response.json()
            return response.status, await response.text()

    async def log_in(self, prefix: str = CLIENT) -> Any:  # noqa: ANN401
        path = "/token" if prefix == CLIENT else "/auth/token"
        status, answer = await self("POST", prefix + path, USER)
        assert status == 200
        self.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return answer


@pytest.fixture
async def call(session: aiohttp.ClientSession) -> AsyncIterator[Caller]:
    async with AipixSimulator() as aipix:
        yield Caller(aipix, session)


async def test_errors_are_html_without_an_accept_header(call: Caller) -> None:
    status, page = await call("GET", f"{CLIENT}/scripts", Accept="*/*")
    assert (status, page[:6]) == (401, "<html>")
    status, answer = await call("GET", f"{CLIENT}/scripts")
    assert (status, answer) == (401, {"message": "Unauthenticated."})


async def test_version_needs_no_login(call: Caller) -> None:
    _, answer = await call("GET", f"{CLIENT}/static/basic")
    assert set(answer) == {
        "is_captcha_available",
        "is_external_auth_enabled",
        "version",
        "available_locales",
    }


async def test_tokens_of_both_apis_are_separate(call: Caller) -> None:
    answer = await call.log_in(ADMINISTRATOR)
    assert answer["token_type"] == "Bearer"
    assert "T" not in answer["expires_at"]
    assert (await call("GET", f"{CLIENT}/scripts"))[0] == 401
    answer = await call.log_in()
    assert "expires_at" not in answer
    assert (await call("POST", f"{ADMINISTRATOR}/scripts", {}))[0] == 401


async def test_administrator_api_has_no_lists(call: Caller) -> None:
    await call.log_in(ADMINISTRATOR)
    body = {"event_id": 41, "users": [7], "schedule": SCHEDULE}
    status, script = await call("POST", f"{ADMINISTRATOR}/scripts", body)
    assert (status, script["reaction"]) == (200, None)
    assert len(script["created_at"]) == len("2026-01-01 00:00:00")
    assert (await call("GET", f"{ADMINISTRATOR}/scripts"))[0] == 405
    path = f"{ADMINISTRATOR}/scripts/{script['id']}"
    assert (await call("GET", path))[0] == 404
    (stored,) = call.aipix.stored_events()
    assert isinstance(stored, dict)
    assert stored["kind"] == "script"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event_id": 99}, "event_id"),
        ({"reaction_id": 99}, "reaction_id"),
        ({"users": [99]}, "users.0"),
        ({"users": None}, "users"),
        ({"schedule": []}, "schedule"),
        ({"schedule": [5]}, "schedule.0"),
        ({"schedule": [{"day": "monday", "ranges": [RANGE]}]}, "schedule.0.day"),
        ({"schedule": [{"day": 8, "ranges": [RANGE]}]}, "schedule.0.day"),
        ({"schedule": [{"day": 0, "ranges": []}]}, "schedule.0.ranges"),
        (
            {"schedule": [{"day": 0, "ranges": [RANGE | {"to": "24:00:00"}]}]},
            "schedule.0.ranges.0.to",
        ),
        (
            {"schedule": [{"day": 0, "ranges": [RANGE | {"to": "06:00:00"}]}]},
            "schedule.0.ranges.0.to",
        ),
    ],
)
async def test_script_of_an_administrator_is_validated(
    call: Caller, changes: dict[str, Any], field: str
) -> None:
    await call.log_in(ADMINISTRATOR)
    body = {"event_id": 41, "users": [], "schedule": SCHEDULE} | changes
    status, answer = await call("POST", f"{ADMINISTRATOR}/scripts", body)
    assert status == 422
    assert list(answer["errors"]) == [field]


def table(*days: object, intervals: tuple[object, ...] = ()) -> dict[str, Any]:
    return {"timetable": {"days": [*days], "intervals": [*intervals]}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"status": None}, "status"),
        ({"timetable": None}, "timetable"),
        ({"timetable": {"days": [DAY]}}, "timetable"),
        (table(), "timetable"),
        (table(DAY, intervals=(1,)), "timetable"),
        (table(DAY | {"type": "someday"}), "timetable.days.0.type"),
        (table(DAY | {"from": "08:00:00"}), "timetable.days.0.from"),
        (table(DAY | {"breaks": [5]}), "timetable.days.0.breaks.0"),
        (table(intervals=(5,)), "timetable.intervals.0"),
        (
            table(intervals=({"from": "2026-01-01", "to": "2026-01-02"},)),
            "timetable.intervals.0",
        ),
    ],
)
async def test_script_of_a_client_is_validated(
    call: Caller, changes: dict[str, Any], field: str
) -> None:
    await call.log_in()
    status, answer = await call("POST", f"{CLIENT}/scripts", SCRIPT | changes)
    assert status == 422
    assert list(answer["errors"]) == [field]


async def test_links_of_pages_have_a_wrong_prefix(call: Caller) -> None:
    await call.log_in()
    for _ in range(3):
        assert (await call("POST", f"{CLIENT}/scripts", SCRIPT))[0] == 200
    _, page = await call("GET", f"{CLIENT}/scripts?per_page=2&page=1")
    assert len(page["data"]) == 2
    assert page["meta"]["last_page"] == 2
    assert "/api/v3/" in page["links"]["next"]
    _, page = await call("GET", f"{CLIENT}/scripts?per_page=2&page=2")
    assert len(page["data"]) == 1
    _, page = await call("GET", f"{CLIENT}/scripts/users")
    assert [one["id"] for one in page["data"]] == [7, 8]


async def test_choices_for_scripts_are_listed(call: Caller) -> None:
    assert (await call("GET", f"{CLIENT}/static"))[0] == 401
    await call.log_in()
    _, static = await call("GET", f"{CLIENT}/static")
    assert [one["id"] for one in static["analytic_events"]] == [11, 41]
    assert [one["id"] for one in static["reactions"]] == [3, 4]
    _, page = await call("GET", f"{CLIENT}/cameras")
    assert page["data"] == [{"id": 12, "name": "Camera 12"}]
    await call.log_in(ADMINISTRATOR)
    assert (await call("GET", f"{ADMINISTRATOR}/users"))[0] == 404


async def test_script_is_replaced_and_deleted(call: Caller) -> None:
    await call.log_in()
    _, script = await call("POST", f"{CLIENT}/scripts", SCRIPT | {"extra": {"a": 1}})
    path = f"{CLIENT}/scripts/{script['id']}"
    assert (await call("PUT", path, SCRIPT))[0] == 200
    _, script = await call("GET", path)
    assert script["extra"] is None
    assert script["schedule"] == []
    assert (await call("PATCH", path))[0] == 405
    assert (await call("DELETE", path))[0] == 204
    assert (await call("GET", path))[0] == 404


async def test_excess_sessions_are_listed_and_can_be_ended(call: Caller) -> None:
    call.aipix.auth.occupy(5)
    status, answer = await call("POST", f"{CLIENT}/token", USER)
    assert status == 419
    assert answer["sessions_limit"] == len(answer["sessions"]) == 5
    victim = answer["sessions"][0]["id"]
    body = USER | {"session_id": victim}
    assert (await call("POST", f"{CLIENT}/token", body))[0] == 200
    call.aipix.configure(bare_sessions=True, session_limit_status=429)
    status, answer = await call("POST", f"{CLIENT}/token", USER)
    assert (status, len(answer)) == (429, 5)


async def test_sessions_are_ended_by_post(call: Caller) -> None:
    await call.log_in()
    call.aipix.auth.occupy(1)
    _, sessions = await call("GET", f"{CLIENT}/sessions")
    path = f"{CLIENT}/sessions/{sessions[1]['id']}"
    assert (await call("POST", path))[0] == 204
    assert (await call("POST", path))[0] == 404
    assert (await call("POST", f"{CLIENT}/logout", {"uuid": "device"}))[0] == 204
    assert not call.aipix.auth.sessions


async def test_captcha_is_solved_once_read(call: Caller) -> None:
    call.aipix.configure(captcha=True)
    status, answer = await call("POST", f"{CLIENT}/token", USER)
    assert status == 422
    assert "captcha" in answer["errors"]
    _, captcha = await call("GET", f"{CLIENT}/captcha")
    solved = USER | {"key": captcha["key"], "captcha": captcha["key"][::-1]}
    assert (await call("POST", f"{CLIENT}/token", solved))[0] == 200


async def test_marks_have_dates_with_a_time_zone(call: Caller) -> None:
    await call.log_in()
    path = f"{CLIENT}/cameras/12/marks"
    body = {"title": "x", "from": "2026-01-01T08:00:00+05:00"}
    status, mark = await call("POST", path, body)
    assert (status, mark["from"]) == (201, "2026-01-01T03:00:00.000000Z")
    span = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
    _, page = await call("GET", f"{path}?{span}")
    assert [one["id"] for one in page["data"]] == [mark["id"]]
    assert (await call("GET", path))[0] == 422
    assert (await call("POST", path, {"title": "", "to": "x"}))[0] == 422
    assert (await call("POST", f"{CLIENT}/cameras/99/marks", body))[0] == 404


@pytest.mark.parametrize(("change", "status"), [("licensed", 402), ("permitted", 403)])
async def test_permissions_and_licence(call: Caller, change: str, status: int) -> None:
    await call.log_in()
    call.aipix.configure(**{change: False})
    assert (await call("POST", f"{CLIENT}/scripts", SCRIPT))[0] == status


async def test_changed_version_counts_as_an_update(call: Caller) -> None:
    headers = {"X-Version": "23.09"}
    assert (await call("GET", f"{CLIENT}/static/basic", **headers))[0] == 409


async def test_settings_are_validated(call: Caller) -> None:
    for changes in ({"odd": 1}, {"captcha": 1}, {"session_limit": -1}, {"user": ""}):
        with pytest.raises(ValueError, match="setting"):
            call.aipix.configure(**changes)
    call.aipix.configure(events=[5], login_limit=None, per_page=3)
    with pytest.raises(ValueError, match="type"):
        call.aipix.configure(events=5)


async def test_reset_deletes_everything(call: Caller) -> None:
    await call.log_in()
    await call("POST", f"{CLIENT}/scripts", SCRIPT)
    call.aipix.reset()
    assert call.aipix.stored_events() == []
    assert (await call("GET", f"{CLIENT}/scripts"))[0] == 200
