"""Facts §2.2, §9: 200 does not mean stored; facts §2.3: parts may be dead."""

import asyncio

import pytest

from tests.simulators.polling import until
from tools.simulators.frigate import FrigateSettings, Part

from .conftest import Caller, Start


async def test_end_before_the_row_is_404(start: Start) -> None:
    call = await start(async_delay=None)
    event_id = await call.create(duration=None)
    assert (await call("GET", f"/api/events/{event_id}")).status == 404
    end = f"/api/events/{event_id}/end"
    assert (await call("PUT", end, json={})).status == 404
    call.frigate.flush()
    assert (await call("PUT", end, json={})).status == 200
    assert (await call.event(event_id))["end_time"] is not None


async def test_row_is_stored_later(start: Start) -> None:
    # So long that no slow machine comes near it; then the rest of it is skipped.
    call = await start(async_delay=3600.0)
    event_id = await call.create()
    assert call.frigate.events == []
    call.frigate.flush()
    assert (await call("GET", f"/api/events/{event_id}")).status == 200


async def test_row_is_stored_at_once_before_016(start: Start) -> None:
    call = await start(version="0.15", async_delay=None)
    event_id = await call.create()
    assert (await call("GET", f"/api/events/{event_id}")).status == 200


def _elapsed(call: Caller) -> float:
    """Return the seconds until the newest event was stored."""
    event = call.frigate.events[-1]
    return event.stored_at - float(event.id.partition("-")[0])


async def test_default_delays_are_those_of_the_real_server(start: Start) -> None:
    """Facts §9: 0.1 to 0.3 s."""
    call = await start(async_delay=FrigateSettings().async_delay)
    await call.create()
    await until(lambda: bool(call.frigate.events))
    assert _elapsed(call) >= 0.1


async def test_pending_work_is_done_in_order(start: Start) -> None:
    """Facts §10: creates and ends share a queue, first in, first out."""
    call = await start(async_delay=(0.0, 0.05))
    ids = [await call.create(sub_label=str(number)) for number in range(8)]
    await until(lambda: len(call.frigate.events) == len(ids))
    assert [event.id for event in call.frigate.events] == ids


async def _stored(call: Caller, event_id: str) -> bool:
    call.frigate.flush()
    return (await call("GET", f"/api/events/{event_id}")).status == 200


async def _reviewed(call: Caller, event_id: str) -> bool:
    call.frigate.flush()
    return (await call("GET", f"/api/review/event/{event_id}")).status == 200


@pytest.mark.parametrize(
    ("part", "stored", "reviewed"),
    [
        (Part.OBJECTS, False, False),
        (Part.EVENTS, False, True),
        (Part.REVIEW, True, False),
    ],
)
async def test_dead_part_does_nothing_until_a_restart(
    start: Start, part: Part, stored: bool, reviewed: bool
) -> None:
    """Facts §2.3: responses are unchanged."""
    call = await start()
    control = f"{call.frigate.control_url}/kill".removeprefix(call.frigate.url)
    assert (await call("POST", control, json={"part": part})).status == 200
    assert call.frigate.dead == {part}
    lost = await call.create()
    assert await _stored(call, lost) is stored
    assert await _reviewed(call, lost) is reviewed
    call.frigate.restart()
    assert call.frigate.dead == frozenset()
    kept = await call.create()
    assert await _stored(call, kept)
    assert await _reviewed(call, kept)


async def test_dead_object_thread_ignores_ends_and_sub_labels(call: Caller) -> None:
    event_id = await call.create(duration=None)
    call.frigate.kill(Part.OBJECTS)
    path = f"/api/events/{event_id}"
    assert (await call("PUT", f"{path}/end", json={})).status == 200
    body = {"subLabel": "Bob"}
    assert (await call("POST", f"{path}/sub_label", json=body)).status == 200
    event = await call.event(event_id)
    assert (event["end_time"], event["sub_label"]) == (None, None)
    # Work outside the threads continues.
    assert (await call("POST", f"{path}/retain")).status == 200
    assert (await call.event(event_id))["retain_indefinitely"] is True


async def test_only_existing_parts_can_be_killed(call: Caller) -> None:
    control = f"{call.frigate.control_url}/kill".removeprefix(call.frigate.url)
    assert (await call("POST", control, json={"part": "nginx"})).status == 400
    assert call.frigate.dead == frozenset()


async def _update_at_once(call: Caller, event_id: str) -> None:
    path = f"/api/events/{event_id}"
    answers = await asyncio.gather(
        call("POST", f"{path}/sub_label", json={"subLabel": "Bob"}),
        call("POST", f"{path}/description", json={"description": "at the door"}),
        call("POST", f"{path}/retain"),
    )
    assert {answer.status for answer in answers} == {200}


async def _updated(call: Caller, event_id: str) -> list[bool]:
    event = await call.event(event_id)
    return [
        event["sub_label"] == "Bob",
        event["data"].get("description") == "at the door",
        event["retain_indefinitely"],
    ]


async def test_concurrent_updates_overwrite_each_other(start: Start) -> None:
    """Facts §9: each saves the whole row, and responds with 200."""
    call = await start(async_delay=0, save_delay=0.2)
    event_id = await call.create()
    await _update_at_once(call, event_id)
    assert (await _updated(call, event_id)).count(True) == 1


async def test_sequential_updates_lose_nothing(start: Start) -> None:
    call = await start(async_delay=0.02, save_delay=0.02)
    event_id = await call.create()
    await until(lambda: bool(call.frigate.events))
    path = f"/api/events/{event_id}"
    await call("POST", f"{path}/sub_label", json={"subLabel": "Bob"})
    await until(lambda: call.frigate.events[0].sub_label == "Bob")
    await call("POST", f"{path}/description", json={"description": "at the door"})
    await call("POST", f"{path}/retain")
    assert await _updated(call, event_id) == [True, True, True]


async def test_sub_label_is_stored_after_the_response(start: Start) -> None:
    """Facts §9: the object thread does it."""
    call = await start(async_delay=None)
    event_id = await call.create()
    call.frigate.flush()
    path = f"/api/events/{event_id}"
    await call("POST", f"{path}/sub_label", json={"subLabel": "Bob"})
    assert call.frigate.events[0].sub_label is None
    assert (await call.event(event_id))["sub_label"] == "Bob"


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
