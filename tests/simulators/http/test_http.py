"""Tests that the simulated HTTP API behaves like real ones."""

from collections.abc import AsyncIterator, Mapping
import pickle
from typing import Any

import aiohttp
import pytest

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.http import HttpSimulator


class Caller:
    """A client of the simulated API."""

    def __init__(self, api: HttpSimulator, session: aiohttp.ClientSession) -> None:
        self.api = api
        self._session = session

    async def __call__(
        self,
        method: str,
        path: str,
        content: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Send a request; return the status and content of the response."""
        async with self._session.request(
            method, self.api.url + path, json=content, headers=headers
        ) as response:
            body = await response.read()
            return response.status, await response.json() if body else None

    async def head(self, path: str) -> tuple[int, Mapping[str, str]]:
        """Return the status and headers of a response."""
        async with self._session.get(self.api.url + path) as response:
            return response.status, response.headers


@pytest.fixture
async def api() -> AsyncIterator[HttpSimulator]:
    async with HttpSimulator() as api:
        yield api


@pytest.fixture
def call(api: HttpSimulator, session: aiohttp.ClientSession) -> Caller:
    return Caller(api, session)


async def test_every_post_creates_a_note(call: Caller) -> None:
    first = await call("POST", "/notes", {"ref": "a", "text": "x"})
    assert first == (201, {"id": "1", "ref": "a", "text": "x"})
    assert (await call("POST", "/notes", {"ref": "a", "text": "x"}))[1]["id"] == "2"
    assert await call("GET", "/notes/1") == (200, {"id": "1", "ref": "a", "text": "x"})
    assert [note["id"] for note in (await call("GET", "/notes?ref=a"))[1]] == ["1", "2"]
    assert await call("GET", "/notes?ref=b") == (200, [])
    assert (await call("GET", "/notes/3"))[0] == 404


async def test_repeated_put_is_one_note(call: Caller) -> None:
    assert (await call("PUT", "/notes/a%2Fb", {"text": "x"}))[0] == 201
    assert (await call("PUT", "/notes/a%2Fb", {"text": "y"}))[0] == 200
    (note,) = call.api.notes
    assert (note.id, note.content, note.written) == ("a/b", {"text": "y"}, 2)


async def test_note_is_changed_and_removed(call: Caller) -> None:
    assert (await call("PATCH", "/notes/1", {"end": 5}))[0] == 404
    await call("POST", "/notes", {"text": "x"})
    assert await call("PATCH", "/notes/1", {"end": 5}) == (
        200,
        {"id": "1", "text": "x", "end": 5},
    )
    assert await call("DELETE", "/notes/1") == (204, None)
    assert (await call("DELETE", "/notes/1"))[0] == 404
    assert call.api.notes == []


async def test_key_deduplicates_notes(call: Caller) -> None:
    key = {"Idempotency-Key": '"k1"'}
    first = await call("POST", "/notes", {"text": "x"}, key)
    assert await call("POST", "/notes", {"text": "x"}, key) == first
    assert (await call("POST", "/notes", {"text": "y"}, key))[0] == 422
    other = {"Idempotency-Key": '"k2"'}
    assert (await call("POST", "/notes", {"text": "x"}, other))[1]["id"] != "1"
    assert [note.written for note in call.api.notes] == [3, 1]


async def test_key_in_use_is_a_conflict(call: Caller) -> None:
    key = {"Idempotency-Key": '"k1"'}
    call.api.clock.advance(60)
    await call("POST", "/notes", {"text": "x"}, key)
    # A minute before the end of the first request with it.
    call.api.clock.advance(-60)
    assert (await call("POST", "/notes", {"text": "x"}, key))[0] == 409
    call.api.clock.advance(60)
    assert (await call("POST", "/notes", {"text": "x"}, key))[0] == 201
    assert len(call.api.notes) == 1


async def test_note_is_visible_after_a_delay(call: Caller) -> None:
    call.api.configure(lag=60)
    await call("POST", "/notes", {"ref": "a"})
    assert await call("GET", "/notes?ref=a") == (200, [])
    assert (await call("GET", "/notes/1"))[0] == 404
    call.api.clock.advance(60)
    assert (await call("GET", "/notes/1"))[0] == 200
    await call("POST", "/notes", {"ref": "b"})
    call.api.flush()
    assert len((await call("GET", "/notes?ref=b"))[1]) == 1


async def test_alert_is_deduplicated_while_open(call: Caller) -> None:
    begin = {"key": "k", "action": "trigger", "text": "x"}
    end = {"key": "k", "action": "resolve"}
    assert await call("POST", "/alerts", end) == (202, {"key": "k"})
    for _ in range(2):
        assert await call("POST", "/alerts", begin) == (202, {"key": "k"})
    (alert,) = call.api.alerts
    assert (alert.entries, alert.resolved_at) == (2, None)
    for _ in range(2):
        await call("POST", "/alerts", end)
    assert alert.resolved_at is not None
    # So the key deduplicates it only while it is open.
    await call("POST", "/alerts", begin)
    assert len(call.api.alerts) == 2
    assert (await call("POST", "/alerts", {"key": "k"}))[0] == 400


async def test_token_is_required(call: Caller) -> None:
    assert (await call("GET", "/status"))[0] == 200
    call.api.configure(token="t1")
    assert (await call("GET", "/status"))[0] == 401
    good = {"Authorization": "Bearer t1"}
    assert (await call("POST", "/notes", {}, good))[0] == 201
    assert "authorization" not in call.api.notes[0].headers
    call.api.expire_logins()
    assert (await call("GET", "/status", headers=good))[0] == 401


async def test_single_path_can_be_refused(call: Caller) -> None:
    call.api.configure(refused={"/alerts": 401, "/status": 410})
    assert (await call("POST", "/alerts", {}))[0] == 401
    assert (await call("GET", "/status"))[0] == 410
    assert (await call("POST", "/notes", {}))[0] == 201


async def test_rate_limit_has_a_delay(call: Caller) -> None:
    call.api.configure(rate_limit=1)
    assert (await call("GET", "/status"))[0] == 200
    status, headers = await call.head("/status")
    assert status == 429
    assert 0 < int(headers["Retry-After"]) <= 60
    call.api.clock.advance(61)
    assert (await call("GET", "/status"))[0] == 200


@pytest.mark.parametrize("body", [b"no JSON", b"[1]"])
async def test_body_without_an_object_is_refused(
    call: Caller, session: aiohttp.ClientSession, body: bytes
) -> None:
    async with session.post(f"{call.api.url}/notes", data=body) as response:
        assert response.status == 400
    assert call.api.notes == []


async def test_lost_response_leaves_a_note(call: Caller) -> None:
    call.api.add_faults(
        Fault(kind=FaultKind.RESET_AFTER, method="POST"),
        Fault(kind=FaultKind.RESET_BEFORE, method="POST"),
    )
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await call("POST", "/notes", {"text": "x"})
    assert len(call.api.notes) == 1


def test_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match="unknown setting odd"):
        HttpSimulator().configure(odd=1)
    for name, value in (("lag", -1), ("token", 1), ("refused", []), ("takes", True)):
        with pytest.raises(ValueError, match="not of the type"):
            HttpSimulator().configure(**{name: value})


async def test_reset_deletes_everything(call: Caller) -> None:
    await call("POST", "/notes", {"text": "x"})
    await call("POST", "/alerts", {"key": "k", "action": "trigger"})
    stored = call.api.stored_events()
    assert [one.get("text") for one in stored if isinstance(one, dict)] == ["x", None]
    # The torture test compares copies.
    assert len(pickle.loads(pickle.dumps(call.api)).notes) == 1  # noqa: S301 - our own
    call.api.reset()
    assert call.api.stored_events() == []
