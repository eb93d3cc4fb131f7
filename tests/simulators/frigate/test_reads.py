"""Facts §3: lists, review items, and Frigate's own state."""

import pytest

from tools.simulators.frigate import Camera

from .conftest import Caller, Start


async def _ids(call: Caller, query: str) -> list[str]:
    headers = {"X-Cache-Bypass": "1"}
    answer = await call("GET", f"/api/events?{query}", headers=headers)
    assert answer.status == 200
    return [event["id"] for event in answer.json]


async def _create(call: Caller, camera: str, label: str, **body: object) -> str:
    path = f"/api/events/{camera}/{label}/create"
    event_id: str = (await call("POST", path, json=body)).json["event_id"]
    return event_id


async def test_filters(call: Caller) -> None:
    door = await _create(call, "front_door", "person", sub_label="Bob", score=0.5)
    dog = await _create(call, "garden", "dog", duration=None)
    assert await _ids(call, "") == [dog, door]
    assert await _ids(call, "sort=date_asc") == [door, dog]
    assert await _ids(call, "sort=score_desc") == [door, dog]
    assert await _ids(call, "limit=1") == [dog]
    assert await _ids(call, "cameras=front_door,cellar") == [door]
    assert await _ids(call, "camera=garden") == [dog]
    assert await _ids(call, "cameras=cellar") == []
    assert await _ids(call, "labels=dog,cat") == [dog]
    assert await _ids(call, "sub_labels=Bob") == [door]
    assert await _ids(call, "sub_labels=None") == [dog]
    assert await _ids(call, "in_progress=1") == [dog]
    assert await _ids(call, "in_progress=0") == [door]
    assert await _ids(call, "min_score=0.4") == [door]
    assert await _ids(call, f"event_id={door}") == [door]


async def test_after_and_before_filter_by_the_start(call: Caller) -> None:
    event_id = await call.create(pre_capture=100)
    start = (await call.event(event_id))["start_time"]
    assert await _ids(call, f"after={start - 1}&before={start + 1}") == [event_id]
    assert await _ids(call, f"after={start}") == []
    assert await _ids(call, f"before={start}") == []


@pytest.mark.parametrize("query", ["limit=many", "after=soon", "in_progress=yes"])
async def test_wrong_filter_is_422(call: Caller, query: str) -> None:
    answer = await call("GET", f"/api/events?{query}")
    assert answer.status == 422
    assert answer.json["detail"][0]["loc"] == ["query", query.partition("=")[0]]


async def test_shapes_of_an_event(call: Caller) -> None:
    """Facts §9: a single event has keys that it lacks in a list, and vice versa."""
    event_id = await call.create()
    single = (await call("GET", f"/api/events/{event_id}")).json
    (listed,) = (await call("GET", "/api/events")).json
    assert set(single) - set(listed) == {"model_hash", "detector_type", "model_type"}
    assert set(listed) - set(single) == {"box", "top_score"}
    assert listed["box"] is listed["false_positive"] is None
    (without,) = (await call("GET", "/api/events?include_thumbnails=0")).json
    assert set(listed) - set(without) == {"thumbnail"}


@pytest.mark.parametrize(("version", "status"), [("0.17", 200), ("0.18", 403)])
async def test_labels_of_an_unknown_camera(
    start: Start, version: str, status: int
) -> None:
    call = await start(version=version)
    assert (await call("GET", "/api/labels?camera=no_such")).status == status
    assert (await call("GET", "/api/labels?camera=front_door")).status == 200


async def test_snapshot_exists_after_the_end(call: Caller) -> None:
    event_id = await call.create(duration=None)
    path = f"/api/events/{event_id}/snapshot.jpg"
    answer = await call("GET", path)
    assert (answer.status, answer.json["message"]) == (404, "Live frame not available")
    await call("PUT", f"/api/events/{event_id}/end", json={})
    assert (await call("GET", path)).headers["Content-Type"] == "image/jpeg"


async def test_version(call: Caller) -> None:
    answer = await call("GET", "/api/version")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == "0.18.0-e3fa701"


async def test_config(start: Start) -> None:
    camera = Camera(
        name="front_door",
        friendly_name="Front door",
        record_enabled=False,
        detection_labels=("dog",),
        track=("person", "dog"),
    )
    answer = await (await start(cameras=[camera]))("GET", "/api/config")
    assert answer.json["cameras"] == {
        "front_door": {
            "name": "front_door",
            "friendly_name": "Front door",
            "enabled": True,
            "objects": {"track": ["person", "dog"]},
            "record": {
                "enabled": False,
                "alerts": {"pre_capture": 5},
                "detections": {"pre_capture": 5},
            },
            "review": {
                "alerts": {"enabled": True, "labels": ["person", "car"]},
                "detections": {"enabled": True, "labels": ["dog"]},
            },
        }
    }


async def test_stats(call: Caller) -> None:
    stats = (await call("GET", "/api/stats")).json
    assert set(stats["cameras"]) == {"front_door", "garden"}
    assert stats["service"]["version"] == "0.18.0-e3fa701"
    assert stats["service"]["uptime"] >= 0


async def test_labels_are_those_of_stored_events(call: Caller) -> None:
    assert (await call("GET", "/api/labels")).json == []
    await _create(call, "garden", "dog")
    await _create(call, "front_door", "person")
    assert (await call("GET", "/api/labels?x=1")).json == ["dog", "person"]
    assert (await call("GET", "/api/labels?camera=garden")).json == ["dog"]
