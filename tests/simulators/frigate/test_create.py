"""Facts §2: creation of a manual event."""

import re
import time
from typing import Any

import pytest

from tools.simulators.frigate import Camera

from .conftest import Caller, Start

CREATE = "/api/events/front_door/person/create"


async def test_response(call: Caller) -> None:
    answer = await call("POST", CREATE)
    assert (answer.status, answer.json["success"], answer.json["message"]) == (
        200,
        True,
        "Successfully created event.",
    )
    assert re.fullmatch(r"\d+(\.\d+)?-[a-z0-9]{6}", answer.json["event_id"])


@pytest.mark.parametrize(
    "body",
    [{}, {"data": b"null", "headers": {"Content-Type": "application/json"}}],
    ids=["missing", "null"],
)
async def test_body_is_optional(call: Caller, body: dict[str, Any]) -> None:
    answer = await call("POST", CREATE, **body)
    event = await call.event(answer.json["event_id"])
    asked = float(event["id"].partition("-")[0])
    assert event["start_time"] == asked - 5
    assert event["end_time"] == asked + 30
    assert event["sub_label"] is None
    assert event["has_clip"] is True
    assert event["has_snapshot"] is True
    assert event["zones"] == []
    assert "box" not in event
    assert event["data"] == {
        "type": "api",
        "score": 0,
        "top_score": 0,
        "snapshot_clean": True,
        "draw": {},
    }


async def test_is_not_idempotent(call: Caller) -> None:
    assert await call.create() != await call.create()
    assert len(call.frigate.events) == 2


async def test_unknown_keys_are_ignored(call: Caller) -> None:
    event = await call.event(await call.create(source_type="door", nonsense=1))
    assert event["data"]["type"] == "api"


async def test_null_duration_is_open(call: Caller) -> None:
    assert (await call.event(await call.create(duration=None)))["end_time"] is None


@pytest.mark.parametrize(("duration", "seconds"), [(0, 0), (-7, -7), ("25", 25)])
async def test_duration_counts_from_the_request(
    call: Caller, duration: int | str, seconds: int
) -> None:
    event = await call.event(await call.create(duration=duration))
    assert event["end_time"] == float(event["id"].partition("-")[0]) + seconds


async def test_empty_sub_label_is_kept(call: Caller) -> None:
    await call.create(sub_label="")
    assert (await call("GET", "/api/sub_labels")).json == [""]


@pytest.mark.parametrize(
    ("record", "include", "has_clip"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
async def test_clip_needs_recording(
    start: Start, record: bool, include: bool, has_clip: bool
) -> None:
    call = await start(cameras=[Camera(name="front_door", record_enabled=record)])
    event = await call.event(await call.create(include_recording=include))
    assert event["has_clip"] is has_clip


@pytest.mark.parametrize("camera", ["birdseye", "Front_Door", "FRONT_DOOR", "cellar"])
async def test_camera_is_matched_exactly(call: Caller, camera: str) -> None:
    answer = await call("POST", f"/api/events/{camera}/person/create")
    assert answer.status == 404
    assert answer.json == {
        "success": False,
        "message": f"{camera} is not a valid camera.",
    }


async def test_disabled_camera_still_takes_events(start: Start) -> None:
    call = await start(cameras=[Camera(name="front_door", enabled=False)])
    event_id = await call.create()
    assert (await call.event(event_id))["camera"] == "front_door"
    assert (await call("GET", f"/api/review/event/{event_id}")).status == 404


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("duration", 1.5, "int_from_float"),
        ("duration", "soon", "int_parsing"),
        ("duration", [], "int_type"),
        ("sub_label", 5, "string_type"),
        ("score", "high", "float_parsing"),
        ("score", {}, "float_type"),
        ("include_recording", "maybe", "bool_parsing"),
        ("include_recording", [], "bool_type"),
        ("draw", "[]", "dict_type"),
        ("pre_capture", 0.5, "int_from_float"),
    ],
)
async def test_wrong_types_are_422(
    call: Caller, field: str, value: object, kind: str
) -> None:
    answer = await call("POST", CREATE, json={field: value})
    assert answer.status == 422
    (problem,) = answer.json["detail"]
    assert (problem["type"], problem["loc"]) == (kind, ["body", field])
    assert problem["input"] == value
    assert call.frigate.events == []


@pytest.mark.parametrize(
    ("data", "content_type", "kind"),
    [
        (b"{broken", "application/json", "json_invalid"),
        (b"[]", "application/json", "model_attributes_type"),
        (b"{}", "text/plain", "model_attributes_type"),
    ],
)
async def test_wrong_bodies_are_422(
    call: Caller, data: bytes, content_type: str, kind: str
) -> None:
    headers = {"Content-Type": content_type}
    answer = await call("POST", CREATE, data=data, headers=headers)
    assert answer.status == 422
    assert answer.json["detail"][0]["type"] == kind


async def test_without_a_content_type_it_is_json(call: Caller) -> None:
    """Facts §9."""
    headers = {"Content-Type": ""}
    answer = await call("POST", CREATE, data=b'{"duration": 5}', headers=headers)
    event = await call.event(answer.json["event_id"])
    assert event["end_time"] == float(event["id"].partition("-")[0]) + 5


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("0.18", {"source_type": 5}),
        ("0.17", {"source_type": 5}),
        ("0.17", {"pre_capture": 0.5}),
    ],
)
async def test_field_of_another_version_is_ignored(
    start: Start, version: str, body: dict[str, Any]
) -> None:
    """Facts §9."""
    call = await start(version=version)
    assert (await call("POST", CREATE, json=body)).status == 200


async def test_pre_capture_moves_the_start(call: Caller) -> None:
    event = await call.event(await call.create(pre_capture=125))
    assert event["start_time"] == float(event["id"].partition("-")[0]) - 125


async def test_null_pre_capture_is_the_longer_of_the_camera(start: Start) -> None:
    camera = Camera(name="front_door", alerts_pre_capture=3, detections_pre_capture=11)
    call = await start(cameras=[camera])
    event = await call.event(await call.create())
    assert event["start_time"] == float(event["id"].partition("-")[0]) - 11


@pytest.mark.parametrize("version", ["0.17", "0.18"])
async def test_score_comes_back_as_the_exact_double(start: Start, version: str) -> None:
    """Facts §10: the event is found by it."""
    call = await start(version=version)
    score = 0.7 + 123456789e-13
    event_id = await call.create(score=score)
    await call.create(score=0.7)
    data = (await call.event(event_id))["data"]
    assert (data["score"], data["top_score"]) == (score, score)
    query = f"cameras=front_door&labels=person&min_score={score!r}&max_score={score!r}"
    found = (await call("GET", f"/api/events?{query}")).json
    assert [(one["id"], one["data"]["score"]) for one in found] == [(event_id, score)]


async def test_draw_is_returned_unchanged(call: Caller) -> None:
    """Facts §2.4: an own key, and the snapshot still works."""
    draw = {"boxes": [], "event_relay": "delivery"}
    event = await call.event(await call.create(draw=draw))
    assert event["data"]["draw"] == draw
    snapshot = await call("GET", f"/api/events/{event['id']}/snapshot.jpg")
    assert snapshot.status == 200
    assert snapshot.headers["Content-Type"] == "image/jpeg"


async def test_back_dating(call: Caller) -> None:
    """Facts §2.4: an event whose start and end are in the past."""
    event_id = await call.create(duration=None, pre_capture=125)
    end = time.time() - 90
    answer = await call("PUT", f"/api/events/{event_id}/end", json={"end_time": end})
    assert answer.status == 200
    event = await call.event(event_id)
    assert event["end_time"] == end
    assert event["start_time"] < end


class TestOlder:
    """Facts §5: what other versions do."""

    async def test_017_ignores_pre_capture_and_draw(self, start: Start) -> None:
        call = await start(version="0.17")
        draw = {"boxes": [], "event_relay": "delivery"}
        event = await call.event(await call.create(pre_capture=125, draw=draw))
        assert event["start_time"] == float(event["id"].partition("-")[0]) - 5
        assert event["data"] == {"type": "api", "score": 0, "top_score": 0}

    async def test_016_stores_source_type_without_a_review_item(
        self, start: Start
    ) -> None:
        call = await start(version="0.16")
        event = await call.event(await call.create(source_type="door"))
        assert event["data"]["type"] == "door"
        assert (await call("GET", f"/api/review/event/{event['id']}")).status == 404

    async def test_014_treats_invalid_json_as_no_body(self, start: Start) -> None:
        call = await start(version="0.14")
        headers = {"Content-Type": "application/json"}
        answer = await call("POST", CREATE, data=b"{broken", headers=headers)
        assert answer.status == 200
        assert len(call.frigate.events) == 1
