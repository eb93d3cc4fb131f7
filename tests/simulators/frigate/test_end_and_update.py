"""Facts §3: end, sub label, description, retain, delete."""

from typing import Any

import pytest

from .conftest import Caller, Start


async def test_end_needs_a_json_body(call: Caller) -> None:
    event_id = await call.create(duration=None)
    answer = await call("PUT", f"/api/events/{event_id}/end")
    assert answer.status == 422
    assert answer.json["detail"][0]["loc"] == ["body"]


async def test_014_end_needs_none(start: Start) -> None:
    call = await start(version="0.14")
    event_id = await call.create(duration=None)
    assert (await call("PUT", f"/api/events/{event_id}/end")).status == 200
    assert (await call.event(event_id))["end_time"] is not None


async def test_repeated_end_overwrites_the_first(call: Caller) -> None:
    event_id = await call.create(duration=10)
    start = (await call.event(event_id))["start_time"]
    for end in (start + 1, start + 500):
        path = f"/api/events/{event_id}/end"
        answer = await call("PUT", path, json={"end_time": end})
        assert answer.json == {
            "success": True,
            "message": "Event successfully ended.",
        }
        assert (await call.event(event_id))["end_time"] == end


async def test_end_before_start_is_400(call: Caller) -> None:
    event_id = await call.create(duration=None)
    answer = await call("PUT", f"/api/events/{event_id}/end", json={"end_time": 5})
    assert (answer.status, answer.json["success"]) == (400, False)


async def test_end_of_unknown_is_404(call: Caller) -> None:
    answer = await call("PUT", "/api/events/1.5-abcdef/end", json={})
    assert (answer.status, answer.json["success"]) == (404, False)


async def test_016_end_accepts_any_id_and_any_time(start: Start) -> None:
    call = await start(version="0.16")
    unknown = "/api/events/1.5-abcdef/end"
    assert (await call("PUT", unknown, json={})).status == 200
    event_id = await call.create(duration=None)
    early = await call("PUT", f"/api/events/{event_id}/end", json={"end_time": 5})
    assert early.status == 200
    assert (await call.event(event_id))["end_time"] == 5


async def test_quoted_null_is_422(call: Caller) -> None:
    event_id = await call.create(duration=None)
    answer = await call("PUT", f"/api/events/{event_id}/end", json={"end_time": "null"})
    assert answer.status == 422


async def test_sub_label(call: Caller) -> None:
    event_id = await call.create()
    path = f"/api/events/{event_id}/sub_label"
    answer = await call("POST", path, json={"subLabel": "Bob", "subLabelScore": 0.5})
    assert answer.status == 200
    assert (await call.event(event_id))["sub_label"] == "Bob"
    assert (await call("POST", path, json={"subLabel": ""})).status == 200
    event = await call.event(event_id)
    assert event["sub_label"] is None
    assert event["data"]["sub_label_score"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sub_label": "snake case"},
        {"subLabel": None},
        {"subLabel": "x" * 101},
        {"subLabel": "x", "subLabelScore": 0},
        {"subLabel": "x", "subLabelScore": 1.1},
    ],
)
async def test_wrong_sub_label_is_422(call: Caller, body: dict[str, Any]) -> None:
    event_id = await call.create()
    answer = await call("POST", f"/api/events/{event_id}/sub_label", json=body)
    assert answer.status == 422


async def test_422_says_what_was_expected(call: Caller) -> None:
    """Facts §9: ctx."""
    event_id = await call.create()
    body = {"subLabel": "x" * 101, "subLabelScore": 1.5}
    answer = await call("POST", f"/api/events/{event_id}/sub_label", json=body)
    assert [problem["ctx"] for problem in answer.json["detail"]] == [
        {"max_length": 100},
        {"le": 1.0},
    ]


async def test_description(call: Caller) -> None:
    event_id = await call.create()
    path = f"/api/events/{event_id}/description"
    assert (await call("POST", path, json={})).status == 422
    assert (await call("POST", path, json={"description": "seen"})).status == 200
    assert (await call.event(event_id))["data"]["description"] == "seen"
    assert (await call("POST", path, json={"description": None})).status == 200
    # facts §9: the key remains.
    assert (await call.event(event_id))["data"]["description"] is None


async def test_retain(call: Caller) -> None:
    event_id = await call.create()
    path = f"/api/events/{event_id}/retain"
    for method, retained in (("POST", True), ("DELETE", False)):
        assert (await call(method, path)).status == 200
        assert (await call.event(event_id))["retain_indefinitely"] is retained


async def test_delete(call: Caller) -> None:
    event_id = await call.create()
    assert (await call("DELETE", f"/api/events/{event_id}")).status == 200
    assert (await call("DELETE", f"/api/events/{event_id}")).status == 404


async def test_delete_many_needs_the_slash(call: Caller) -> None:
    event_id = await call.create()
    body = {"event_ids": [event_id, "unknown"]}
    assert (await call("DELETE", "/api/events", json=body)).status == 405
    answer = await call("DELETE", "/api/events/", json=body)
    assert answer.json == {
        "success": True,
        "deleted_events": [event_id],
        "not_found_events": ["unknown"],
    }
    assert (await call("DELETE", "/api/events/", json={"event_ids": []})).status == 404


@pytest.mark.parametrize(
    ("method", "action", "body"),
    [
        ("POST", "sub_label", {"subLabel": "x"}),
        ("POST", "description", {"description": "x"}),
        ("POST", "retain", None),
        ("DELETE", "retain", None),
    ],
)
async def test_unknown_event_is_404(
    call: Caller, method: str, action: str, body: dict[str, Any] | None
) -> None:
    answer = await call(method, f"/api/events/1.5-abcdef/{action}", json=body)
    assert (answer.status, answer.json["success"]) == (404, False)
