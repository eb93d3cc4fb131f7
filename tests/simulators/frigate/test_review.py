"""Facts §2.2, §9, §10: the review process and manual events."""

from typing import Any

import pytest

from tools.simulators.frigate import Camera, Part

from .conftest import Caller, Start


async def _items(call: Caller) -> list[dict[str, Any]]:
    answer = await call("GET", "/api/review", headers={"X-Cache-Bypass": "1"})
    items: list[dict[str, Any]] = answer.json
    return items


async def _found(call: Caller, event_id: str) -> bool:
    path = f"/api/review/event/{event_id}"
    headers = {"X-Cache-Bypass": "1"}
    return (await call("GET", path, headers=headers)).status == 200


async def _end(call: Caller, event_id: str) -> None:
    answer = await call("PUT", f"/api/events/{event_id}/end", json={})
    assert answer.status == 200


async def test_item(call: Caller) -> None:
    event_id = await call.create(sub_label="Bob")
    item = (await call("GET", f"/api/review/event/{event_id}")).json
    # It starts with the request, not with the event.
    assert item["start_time"] == float(event_id.partition("-")[0])
    assert (item["severity"], item["end_time"]) == ("alert", None)
    assert item["data"]["detections"] == [event_id]
    assert item["data"]["objects"] == ["person: Bob"]
    assert await _items(call) == [item | {"has_been_reviewed": False}]
    assert (await call("GET", f"/api/review/{item['id']}")).json == item


async def test_row_is_stored_with_the_next_picture(start: Start) -> None:
    call = await start(review_delay=3600)
    event_id = await call.create()
    assert not await _found(call, event_id)
    call.frigate.clock.advance(3601)
    assert await _found(call, event_id)


@pytest.mark.parametrize(("label", "seconds"), [("person", 40), ("dog", 30)])
async def test_item_closes_some_time_after_the_end(
    start: Start, label: str, seconds: int
) -> None:
    """Facts §2.2: alert 40 s, detection 30 s; its end is that of the event."""
    camera = Camera(name="front_door", detection_labels=("dog",))
    call = await start(cameras=[camera])
    event_id = await call.create(label, duration=10)
    end = (await call.event(event_id))["end_time"]
    call.frigate.clock.advance(10 + seconds - 5)
    assert [item["end_time"] for item in await _items(call)] == [None]
    call.frigate.clock.advance(6)
    assert [item["end_time"] for item in await _items(call)] == [end]


async def test_event_that_joins_is_found_when_the_item_closes(call: Caller) -> None:
    """Facts §9."""
    first, second = await call.create(), await call.create(duration=5)
    assert await _found(call, first)
    assert not await _found(call, second)
    (item,) = await _items(call)
    assert item["data"]["detections"] == [first]
    call.frigate.clock.advance(46)
    (item,) = await _items(call)
    assert item["data"]["detections"] == [first, second]
    assert item["data"]["objects"] == ["person"]
    assert await _found(call, second)


async def test_each_camera_has_its_own_items(call: Caller) -> None:
    await call.create()
    await call("POST", "/api/events/garden/person/create")
    assert [item["camera"] for item in await _items(call)] == ["garden", "front_door"]


async def test_open_event_keeps_its_item_open(call: Caller) -> None:
    event_id = await call.create(duration=None)
    call.frigate.clock.advance(7200)
    assert [item["end_time"] for item in await _items(call)] == [None]
    await _end(call, event_id)
    call.frigate.clock.advance(41)
    (item,) = await _items(call)
    assert item["end_time"] == (await call.event(event_id))["end_time"]


async def test_item_closes_when_all_open_events_have_ended(call: Caller) -> None:
    first = await call.create(duration=None)
    second = await call.create(duration=None)
    await _end(call, first)
    call.frigate.clock.advance(600)
    assert [item["end_time"] for item in await _items(call)] == [None]
    await _end(call, second)
    call.frigate.clock.advance(41)
    assert None not in [item["end_time"] for item in await _items(call)]


async def test_item_may_close_before_its_event_ends(call: Caller) -> None:
    """Facts §2.3: when another event on the camera ends."""
    event_id = await call.create(duration=None)
    await call.create(duration=1)
    call.frigate.clock.advance(42)
    assert None not in [item["end_time"] for item in await _items(call)]
    assert (await call.event(event_id))["end_time"] is None


@pytest.fixture
async def unwatched(call: Caller) -> str:
    """Return an ongoing event on a camera without an open item."""
    event_id = await call.create()
    call.frigate.close_review_items()
    assert None not in [item["end_time"] for item in await _items(call)]
    return event_id


async def test_end_requires_an_open_item(call: Caller, unwatched: str) -> None:
    """Facts §2.3: without one, the review process stops for all cameras."""
    await _end(call, unwatched)
    assert call.frigate.dead == {Part.REVIEW}
    event_id = (await call("POST", "/api/events/garden/person/create")).json["event_id"]
    assert (await call.event(event_id))["camera"] == "garden"
    assert not await _found(call, event_id)
    call.frigate.restart()
    assert await _found(call, await call.create())


async def test_end_while_another_item_is_open_is_harmless(
    call: Caller, unwatched: str
) -> None:
    await call.create(duration=None)
    await _end(call, unwatched)
    assert call.frigate.dead == frozenset()


async def test_only_the_first_end_reaches_the_review(call: Caller) -> None:
    """Facts §10: later ones only change the row."""
    event_id = await call.create(duration=None)
    await _end(call, event_id)
    call.frigate.clock.advance(42)
    await _end(call, event_id)
    assert call.frigate.dead == frozenset()


async def test_end_after_a_restart_does_not_reach_the_review(call: Caller) -> None:
    event_id = await call.create(duration=None)
    call.frigate.restart()
    assert None not in [item["end_time"] for item in await _items(call)]
    await _end(call, event_id)
    assert call.frigate.dead == frozenset()


async def test_end_on_a_disabled_camera_is_harmless(start: Start) -> None:
    call = await start(cameras=[Camera(name="front_door", enabled=False)])
    await _end(call, await call.create(duration=None))
    assert call.frigate.dead == frozenset()


async def test_deleting_an_open_event_leaves_its_item_open(call: Caller) -> None:
    """Facts §10."""
    event_id = await call.create(duration=None)
    assert (await call("DELETE", f"/api/events/{event_id}")).status == 200
    call.frigate.clock.advance(7200)
    assert [item["end_time"] for item in await _items(call)] == [None]


async def test_sub_label_names_a_closed_item(call: Caller) -> None:
    event_id = await call.create(duration=1)
    path = f"/api/events/{event_id}/sub_label"
    await call("POST", path, json={"subLabel": "Ann"})
    assert (await _items(call))[0]["data"]["objects"] == ["person"]
    call.frigate.clock.advance(42)
    await call("POST", path, json={"subLabel": "Bob"})
    data = (await _items(call))[0]["data"]
    assert (data["objects"], data["sub_labels"]) == (["person-verified"], ["Bob"])


async def test_list_contains_ongoing_items_of_its_range(call: Caller) -> None:
    await call.create(duration=1)
    call.frigate.clock.advance(42)
    (item,) = await _items(call)
    end = item["end_time"]
    for query, number in (
        (f"after={end - 1}", 1),
        (f"after={end + 1}", 0),
        (f"before={item['start_time']}", 0),
        ("reviewed=0", 1),
        ("reviewed=1", 0),
        ("severity=alert", 1),
        ("severity=detection", 0),
        ("cameras=garden", 0),
        ("labels=person", 1),
        ("labels=car", 0),
    ):
        answer = await call("GET", f"/api/review?{query}")
        assert len(answer.json) == number, query
    assert (await call("GET", "/api/review?severity=high")).status == 422


@pytest.mark.parametrize(
    ("version", "label", "severity"),
    [
        ("0.18", "dog", "detection"),
        ("0.18", "person", "alert"),
        ("0.18", "dog:%20small", "detection"),
        ("0.18", "cat:%20small", "alert"),
        ("0.17", "dog", "alert"),
    ],
)
async def test_severity(start: Start, version: str, label: str, severity: str) -> None:
    """Facts §2.2: by label from 0.18; text after ": " is ignored."""
    camera = Camera(name="front_door", detection_labels=("dog", "cat: small"))
    call = await start(version=version, cameras=[camera])
    event_id = await call.create(label)
    item = (await call("GET", f"/api/review/event/{event_id}")).json
    assert item["severity"] == severity
