"""Each class of requests, by many faults: none lost, and none twice that need not.

The target judges: it keeps what arrived, whatever it answered.
"""

import asyncio
from collections import Counter
from datetime import timedelta
import json
import random
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
import pytest

from custom_components.event_relay.backends.http import definition
from custom_components.event_relay.outbox import policy
from tests.home import act

from .home import connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

DELIVERIES = 8
FAULTS = (
    *("fine", "fine"),
    *("lost before", "lost after", "broken before", "broken after", "busy"),
)
REPEATABLE: dict[str, Any] = {
    "method": "PUT",
    "path": "/put/{id}",
    "body_kind": "json",
    "body_json": {"text": "{{ text }}"},
    "repeat": "repeatable",
}
LOOK_UP: dict[str, Any] = {
    "path": "/post",
    "body_kind": "json",
    "body_json": {"id": "{id}", "text": "{{ text }}"},
    "repeat": "look_up",
    "look_up": {"path": "/found/{id}", "found_path": "id", "absent_after": 1},
    "id_from": "id",
}
ASK = {**LOOK_UP, "path": "/ask", "repeat": "ask"}


class Judge:
    """Keeps what arrives, and fails by chance before or after it does."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - faults, not secrecy
        self.put: dict[str, str] = {}
        self.posted: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    async def take(self, request: web.Request) -> web.StreamResponse:
        fault = self._chance.choice(FAULTS)
        self.faults[fault] += 1
        body = json.loads(await request.read())
        if fault == "busy":
            return web.Response(status=503)
        if not fault.endswith("before"):
            self._keep(request.path, body)
        if fault.startswith("lost"):
            assert request.transport is not None
            request.transport.abort()
        if fault.startswith("broken"):
            return web.Response(status=500)
        return web.json_response({"id": body.get("id")})

    def _keep(self, path: str, body: dict[str, str]) -> None:
        match path.split("/"):
            case [_, "put", key]:
                self.put[key] = body["text"]
            case [_, "post"]:
                self.posted[body["id"]] += 1
            case _:
                self.asked[body["id"]] += 1

    async def find(self, request: web.Request) -> web.Response:
        key = request.match_info["id"]
        return web.json_response({"id": key} if key in self.posted else {})


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait nowhere for long: how long is tried by the tests of the outbox."""
    monkeypatch.setattr(policy, "BACK_OFF_BASE", 0.01)
    monkeypatch.setattr(policy, "look_up_wait", lambda *_: timedelta(seconds=0.02))
    monkeypatch.setattr(definition, "SHORTEST_ABSENCE", 0.05)


@pytest.mark.parametrize("seed", [1, 2])
async def test_classes(hass: HomeAssistant, seed: int) -> None:
    judge = Judge(seed)
    app = web.Application()
    app.router.add_get("/found/{id}", judge.find)
    app.router.add_route("*", "/{tail:.*}", judge.take)
    async with TestServer(app, host="127.0.0.1") as server:
        entry = await connect(
            hass,
            f"http://127.0.0.1:{server.port}",
            {
                "Put": REPEATABLE,
                "Post": {
                    **LOOK_UP,
                    "look_up": LOOK_UP["look_up"] | {"absent_after": 0.1},
                },
                "Ask": ASK,
            },
        )
        sent: dict[str, list[str]] = {"Put": [], "Post": [], "Ask": []}
        for number in range(DELIVERIES):
            for request, ids in sent.items():
                answer = await act(
                    hass,
                    "send_http_request",
                    request=request,
                    data={"text": str(number)},
                    wait=0,
                )
                ids.append(answer["delivery_id"])
            if number == DELIVERIES // 2:
                # Whatever is on its way is cut off, and taken up again.
                assert await hass.config_entries.async_reload(entry.entry_id)
        states = await _settled(hass)
    assert {states[key] for key in (*sent["Put"], *sent["Post"])} == {"delivered"}
    # None lost, none twice, and each with what it was given.
    assert judge.put == {key: str(n) for n, key in enumerate(sent["Put"])}
    assert judge.posted == Counter(sent["Post"])
    # Never sent again by itself: at most once, and surely where it says so.
    assert all(judge.asked[key] <= 1 for key in sent["Ask"])
    assert all(judge.asked[key] for key in sent["Ask"] if states[key] == "delivered")
    assert "failed" in {states[key] for key in sent["Ask"]}


async def _settled(hass: HomeAssistant) -> dict[str, str]:
    """Return the states of all deliveries once each has ended."""
    async with asyncio.timeout(120):
        while True:
            listed = (await act(hass, "list_deliveries"))["deliveries"]
            states = {one["delivery_id"]: one["state"] for one in listed}
            if {*states.values()} <= {"delivered", "failed"}:
                return states
            await asyncio.sleep(0.05)
