"""Tests of each class of requests with many faults: none lost, none duplicated.

The target decides: it stores each arrival, whatever it responds.
"""

import asyncio
from collections import Counter
from datetime import timedelta
import random
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.event_relay.backends.http.request import definition
from custom_components.event_relay.queue import backoff
from tests.home import act
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.http import HttpSimulator

from .home import connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

DELIVERIES = 8
FAULTS: tuple[dict[str, Any], ...] = (
    *({"kind": FaultKind.DELAY}, {"kind": FaultKind.DELAY}),
    {"kind": FaultKind.RESET_BEFORE},
    {"kind": FaultKind.RESET_AFTER},
    {"kind": FaultKind.STATUS, "status": 500},
    {"kind": FaultKind.STATUS, "status": 500, "handled": True},
    {"kind": FaultKind.STATUS, "status": 503},
)
MANY = 4 * DELIVERIES
"""More requests of a class than faults."""
TEXT = {"body_kind": "json", "body_json": {"ref": "{id}", "text": "{{ text }}"}}
PUT: dict[str, Any] = {
    **TEXT,
    "method": "PUT",
    "path": "/notes/{id}",
    "repeat": "repeatable",
}
KEYED: dict[str, Any] = {
    **TEXT,
    "path": "/notes",
    "ids": ["Idempotency-Key"],
    "repeat": "repeatable",
}
LOOK_UP: dict[str, Any] = {
    **TEXT,
    "path": "/notes",
    "repeat": "look_up",
    "look_up": {
        "path": "/notes",
        "query": {"ref": "{id}"},
        "found_path": "[0]",
        "absent_after": 0.1,
    },
    "id_from": "id",
}
ASK: dict[str, Any] = {**TEXT, "path": "/notes", "repeat": "ask"}
CLASSES = {"Put": PUT, "Keyed": KEYED, "Look up": LOOK_UP, "Ask": ASK}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten all waits; the tests of the queue cover their lengths."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    monkeypatch.setattr(backoff, "BACK_OFF_CAP", 0.05)
    monkeypatch.setattr(backoff, "look_up_wait", lambda *_: timedelta(seconds=0.02))
    monkeypatch.setattr(definition, "SHORTEST_ABSENCE", 0.05)


@pytest.mark.parametrize("seed", [1, 2])
async def test_classes(hass: HomeAssistant, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - faults, not secrecy
    async with HttpSimulator() as target:
        for method in ("PUT", "POST"):
            target.add_faults(
                *(Fault(method=method, **chance.choice(FAULTS)) for _ in range(MANY))
            )
        entry = await connect(hass, target.url, CLASSES)
        sent: dict[str, list[str]] = {name: [] for name in CLASSES}
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
                # Requests in flight are cut off, and resumed.
                assert await hass.config_entries.async_reload(entry.entry_id)
        states = await _settled(hass)
    surely = [*sent["Put"], *sent["Keyed"], *sent["Look up"]]
    assert {states[key] for key in surely} == {"delivered"}
    found = Counter(str(note.content["ref"]) for note in target.notes)
    # None lost, none duplicated, and each with its data.
    assert [found[key] for key in surely] == [1] * len(surely)
    texts = {note.content["ref"]: note.content["text"] for note in target.notes}
    for ids in sent.values():
        assert all(texts.get(key, str(n)) == str(n) for n, key in enumerate(ids))
    # Never resent automatically: at most once, and exactly once if delivered.
    assert all(found[key] <= 1 for key in sent["Ask"])
    assert all(found[key] for key in sent["Ask"] if states[key] == "delivered")
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
