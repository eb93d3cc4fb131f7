"""Facts §2.2: 200 is not persisted; facts §2.3: what breaks Frigate itself."""

from typing import Any

import pytest

from tests.simulators.polling import until

from .conftest import Caller, Start

ABSURD = int("9" * 401)


async def test_end_before_the_row_is_404(start: Start) -> None:
    call = await start(async_delay=None)
    event_id = await call.create(duration=None)
    assert (await call("GET", f"/api/events/{event_id}")).status == 404
    end = f"/api/events/{event_id}/end"
    assert (await call("PUT", end, json={})).status == 404
    call.frigate.flush()
    assert (await call("PUT", end, json={})).status == 200
    assert (await call.event(event_id))["end_time"] is not None


async def test_row_comes_by_itself(start: Start) -> None:
    call = await start(async_delay=0.05)
    event_id = await call.create()
    assert call.frigate.events == []
    await until(lambda: bool(call.frigate.events))
    assert (await call("GET", f"/api/events/{event_id}")).status == 200


async def test_before_016_the_row_is_there_at_once(start: Start) -> None:
    call = await start(version="0.15", async_delay=None)
    event_id = await call.create()
    assert (await call("GET", f"/api/events/{event_id}")).status == 200


async def _is_stored(call: Caller, event_id: str) -> bool:
    call.frigate.flush()
    return (await call("GET", f"/api/events/{event_id}")).status == 200


async def _breaks(call: Caller, body: dict[str, Any]) -> bool:
    """Create with a body, and tell whether everything later is lost."""
    await call.create(**body)
    return not await _is_stored(call, await call.create())


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("0.18", {"include_recording": None}),
        ("0.17", {"include_recording": None}),
        ("0.15", {"include_recording": None}),
        ("0.18", {"duration": ABSURD}),
        ("0.18", {"pre_capture": ABSURD}),
        ("0.17", {"duration": ABSURD}),
        ("0.17", {"draw": None}),
        ("0.16", {"draw": None}),
        ("0.17", {"draw": {"boxes": [{"box": [0, 0, 1]}]}}),
        ("0.17", {"draw": {"boxes": [{"box": [0, 0, 1, "1"]}]}}),
        ("0.17", {"draw": {"boxes": ["box"]}}),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_input_that_breaks_it(
    start: Start, version: str, body: dict[str, Any]
) -> None:
    call = await start(version=version)
    assert await _breaks(call, body)
    assert call.frigate.broken
    call.frigate.restart()
    assert await _is_stored(call, await call.create())


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("0.18", {"draw": None}),
        ("0.18", {"draw": {"boxes": "none"}}),
        ("0.17", {"pre_capture": ABSURD}),
        ("0.17", {"draw": {"boxes": [{"box": [0, 0, 0.5, 1]}]}}),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_input_that_does_not(
    start: Start, version: str, body: dict[str, Any]
) -> None:
    assert not await _breaks(await start(version=version), body)


async def test_018_has_no_snapshot_of_boxes_that_are_none(call: Caller) -> None:
    event_id = await call.create(draw={"boxes": "none"})
    answer = await call("GET", f"/api/events/{event_id}/snapshot.jpg")
    assert (answer.status, answer.json["success"]) == (404, False)


async def test_restart_closes_open_events(call: Caller) -> None:
    event_id = await call.create(duration=None)
    call.frigate.restart()
    event = await call.event(event_id)
    assert event["end_time"] == event["start_time"] + 30


async def test_graceful_stop_ends_them_now_without_snapshot(call: Caller) -> None:
    event_id = await call.create(duration=None)
    call.frigate.restart(graceful=True)
    event = await call.event(event_id)
    assert event["end_time"] == pytest.approx(call.frigate.clock.now(), abs=5)
    assert event["has_snapshot"] is False
