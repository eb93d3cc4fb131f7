"""Tests of the models of Frigate's responses, with any data."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from custom_components.event_relay.backends.base import (
    Json,
    JsonObject,
    UnreadablePayload,
)
from custom_components.event_relay.backends.errors import InvalidResponse
from custom_components.event_relay.backends.frigate.api.models import (
    FrigateCamera,
    FrigateCapabilities,
    FrigateEvent,
    parse_cameras,
    request_time,
)
from custom_components.event_relay.backends.frigate.api.version import FrigateVersion

EVENT: JsonObject = {
    "id": "1795308374.207441-m5hyy1",
    "camera": "front_door",
    "label": "doorbell",
    "sub_label": None,
    "start_time": 1795308369.207441,
    "end_time": 1795308404.207441,
    "data": {
        "type": "api",
        "score": 0,
        "draw": {"boxes": [], "event_relay": "delivery-1"},
    },
}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0.18.0-e3fa701", (0, 18, 0)),
        ("0.17.2.5+x", (0, 17, 2)),
        ("0.17.2", (0, 17, 2)),
        ("0.18.0-beta1-e3fa701\n", (0, 18, 0)),
        ('"0.16.4-abc"', (0, 16, 4)),
        ("v0.15.1", (0, 15, 1)),
        ("1.0", (1, 0, 0)),
    ],
)
def test_version(text: str, numbers: tuple[int, int, int]) -> None:
    version = FrigateVersion.parse(text)
    assert (version.major, version.minor, version.patch) == numbers


@pytest.mark.parametrize(
    "text",
    ["", "0", "frigate", "<html>", "404 page not found", "0.18.0 beta", "0.99999.0"],
)
def test_invalid_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        FrigateVersion.parse(text)


def test_versions_are_ordered() -> None:
    texts = ("0.9.4", "0.13.2", "0.17.0", "0.17.2-a", "0.18.0-beta1", "1.0.0")
    versions = [FrigateVersion.parse(text) for text in texts]
    assert all(older < newer for older, newer in pairwise(versions))
    assert FrigateVersion.parse("0.17.2-a") == FrigateVersion.parse("0.17.2+b")
    assert str(versions[3]) == "0.17.2"


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("0.12.1", set[str]()),
        ("0.13.2", {"takes_source_type"}),
        ("0.14.1", {"supported", "takes_source_type"}),
        (
            "0.15.2",
            {"supported", "takes_source_type", "has_descriptions", "has_explore"},
        ),
        (
            "0.16.4",
            {
                "supported",
                "takes_source_type",
                "has_descriptions",
                "has_explore",
                "has_roles",
            },
        ),
        (
            "0.17.2",
            {
                "supported",
                "has_descriptions",
                "has_explore",
                "has_roles",
            },
        ),
        (
            "0.18.0",
            {
                "supported",
                "has_descriptions",
                "has_explore",
                "has_roles",
                "keeps_draw",
                "links_times",
                "reviews_by_label",
                "back_dates",
            },
        ),
    ],
)
def test_features_of_versions(text: str, properties: set[str]) -> None:
    version = FrigateVersion.parse(text)
    known = {
        name
        for name, member in vars(FrigateVersion).items()
        if isinstance(member, property)
    }
    assert {name for name in known if getattr(version, name)} == properties


def test_camera() -> None:
    camera = FrigateCamera.parse(
        "garden",
        {
            "friendly_name": "Garden",
            "enabled": False,
            "record": {
                "enabled": False,
                "alerts": {"pre_capture": 7},
                "detections": {"pre_capture": 9},
            },
        },
    )
    assert camera == FrigateCamera(
        name="garden",
        friendly_name="Garden",
        enabled=False,
        records=False,
        pre_capture=9,
    )


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"record": None},
        {"record": {"alerts": {"pre_capture": "x"}, "detections": []}},
        {"friendly_name": "", "record": {"alerts": {"pre_capture": True}}},
    ],
)
def test_camera_with_missing_data(value: Json) -> None:
    assert FrigateCamera.parse("garden", value) == FrigateCamera(name="garden")


@pytest.mark.parametrize(
    "config", [None, [], "x", {}, {"cameras": []}, {"cameras": {"garden": None}}]
)
def test_invalid_config_is_refused(config: Json) -> None:
    with pytest.raises(InvalidResponse):
        parse_cameras(config)


@pytest.mark.parametrize(
    ("text", "role", "may_write"),
    [
        ("0.15.2", None, True),
        ("0.16.4", "viewer", False),
        ("0.16.4", None, False),
        ("0.18.0", "admin", True),
        ("0.18.0", "porch", False),
    ],
)
def test_permission_to_write_by_role(
    text: str, role: str | None, *, may_write: bool
) -> None:
    capabilities = FrigateCapabilities(
        version=FrigateVersion.parse(text), username="x", role=role, cameras={}
    )
    assert capabilities.may_write is may_write


def test_capabilities_survive_a_restart() -> None:
    capabilities = FrigateCapabilities(
        version=FrigateVersion.parse("0.18.0-e3fa701"),
        username="admin",
        role="admin",
        cameras={
            "a": FrigateCamera(name="a", friendly_name="A", pre_capture=9),
            "b": FrigateCamera(name="b", enabled=False, records=False),
        },
    )
    loaded = FrigateCapabilities.load(capabilities.dump())
    assert loaded == capabilities
    assert loaded.version.text == "0.18.0-e3fa701"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": "x", "cameras": {}},
        {"version": "0.18.0"},
        {"version": "0.18.0", "cameras": {"a": 1}},
    ],
)
def test_malformed_capabilities_are_refused(data: JsonObject) -> None:
    with pytest.raises(UnreadablePayload):
        FrigateCapabilities.load(data)


def test_event() -> None:
    event = FrigateEvent.parse(EVENT)
    assert event.id == "1795308374.207441-m5hyy1"
    assert (event.camera, event.label, event.sub_label) == (
        "front_door",
        "doorbell",
        None,
    )
    assert event.start == datetime(2026, 11, 22, 0, 46, 9, 207441, tzinfo=UTC)
    assert event.end is not None
    assert (event.end - event.start).total_seconds() == 35
    assert (event.type, event.score, event.delivery_id) == ("api", 0, "delivery-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"data": None},
        {"data": {"draw": None}},
        {"data": {"draw": {"event_relay": 5}, "score": "high"}},
        {"data": {"draw": []}},
        {"sub_label": ["x", 1]},
        {"sub_label": ""},
        {"end_time": None},
    ],
)
def test_event_with_missing_data(changes: JsonObject) -> None:
    event = FrigateEvent.parse(EVENT | changes)
    assert event.id == EVENT["id"]
    assert event.sub_label is None
    if "data" in changes:
        assert (event.delivery_id, event.score) == (None, None)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "Event not found",
        EVENT | {"id": None},
        EVENT | {"id": 5},
        EVENT | {"camera": ""},
        EVENT | {"label": []},
        EVENT | {"start_time": None},
        EVENT | {"start_time": "now"},
        EVENT | {"start_time": True},
        EVENT | {"start_time": 1e300},
        EVENT | {"start_time": 10**400},
        EVENT | {"start_time": float("nan")},
        EVENT | {"end_time": "now"},
    ],
)
def test_invalid_event_is_refused(value: Json) -> None:
    with pytest.raises(InvalidResponse):
        FrigateEvent.parse(value)


def test_request_time() -> None:
    assert request_time("1795308374.25-m5hyy1") == datetime(
        2026, 11, 22, 0, 46, 14, 250000, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "event_id", ["", "x", "1-a", "1795308374.2-M5HYY1", "1795308374.2-m5hyy1 ", "-a"]
)
def test_invalid_event_id_is_refused(event_id: str) -> None:
    with pytest.raises(ValueError, match="not an event id"):
        request_time(event_id)
