"""Tests of every field of every operation of Frigate, and its errors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.event_relay.backends.base import (
    AnyOperation,
    InvalidField,
    JsonObject,
    UnreadablePayload,
)
from custom_components.event_relay.backends.frigate.api.models import (
    FrigateCamera,
    FrigateCapabilities,
)
from custom_components.event_relay.backends.frigate.api.version import FrigateVersion
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.frigate.operations.boxes import Box
from custom_components.event_relay.backends.frigate.operations.create_payload import (
    CreateCameraEvent,
)
from custom_components.event_relay.backends.frigate.operations.end import EndCameraEvent
from custom_components.event_relay.backends.frigate.operations.own_key import (
    keyed_score,
)
from custom_components.event_relay.backends.frigate.operations.target import Target
from custom_components.event_relay.backends.frigate.operations.update import (
    UpdateCameraEvent,
)

CREATE = FRIGATE.operation("create_camera_event")
END = FRIGATE.operation("end_camera_event")
UPDATE = FRIGATE.operation("update_camera_event")
EVENT_ID = "1795308374.207441-m5hyy1"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOX = {"box": [0.1, 0.2, 0.3, 0.4]}
EVENT: dict[str, object] = {"camera": "front_door", "label": "doorbell"}


def capabilities(version: str = "0.18.0") -> FrigateCapabilities:
    """Return a Frigate with two cameras, one of which does not record."""
    return FrigateCapabilities(
        version=FrigateVersion.parse(version),
        username=None,
        role="admin",
        cameras={
            "front_door": FrigateCamera(name="front_door"),
            "garden": FrigateCamera(name="garden", records=False),
        },
    )


def test_required_fields_of_an_event() -> None:
    assert CREATE.parse(EVENT) == CreateCameraEvent(
        camera="front_door", label="doorbell", duration=30
    )


def test_all_fields_of_an_event() -> None:
    payload = CREATE.parse(
        {
            "camera": " front_door ",
            "label": " Дверь 🚪? 100% #1 ",
            "sub_label": " Post ",
            "score": "0.5",
            "duration": "90.0",
            "until_ended": False,
            "include_recording": False,
            "pre_capture": 10.0,
            "boxes": [
                BOX,
                {"box": (0, "0", 1, 1), "color": [0, 255.0, "7"], "score": 1},
            ],
            "description": " two\nlines ",
            "retain": True,
            "source_type": "ring",
        }
    )
    assert payload == CreateCameraEvent(
        camera="front_door",
        label="Дверь 🚪? 100% #1",
        sub_label="Post",
        score=0.5,
        duration=90,
        include_recording=False,
        pre_capture=10,
        boxes=(
            Box(x=0.1, y=0.2, width=0.3, height=0.4),
            Box(x=0, y=0, width=1, height=1, color=(0, 255, 7), score=1),
        ),
        description="two\nlines",
        retain=True,
        source_type="ring",
    )
    assert CREATE.load(2, CREATE.dump(payload)) == payload


def test_until_ended() -> None:
    payload = CREATE.parse({**EVENT, "until_ended": True})
    assert payload.duration is None
    assert CREATE.load(2, CREATE.dump(payload)) == payload


@pytest.mark.parametrize(
    "name",
    [
        "sub_label",
        "score",
        "duration",
        "until_ended",
        "include_recording",
        "pre_capture",
        "boxes",
        "description",
        "retain",
        "source_type",
    ],
)
def test_none_is_not_stored(name: str) -> None:
    assert CREATE.parse({**EVENT, name: None}) == CREATE.parse(EVENT)


@pytest.mark.parametrize("name", ["sub_label", "description", "source_type"])
def test_empty_text_is_not_stored(name: str) -> None:
    assert CREATE.parse({**EVENT, name: " "}) == CREATE.parse(EVENT)


NOT_TEXT: list[object] = [5, 1.5, True, [], {}, b"x", NOW]
NOT_A_FLAG: list[object] = ["on", "true", 1, 0, 1.0, "", []]
NOT_A_NUMBER: list[object] = [
    "",
    "x",
    "1_000",
    "0x10",
    "\N{ARABIC-INDIC DIGIT ONE}",
    "1,5",
    True,
    [],
    {},
    b"1",
]
NOT_WHOLE: list[object] = [1.5, "1.5", "1e-1"]
CONTROL = ["a\nb", "a\x00b", "a\x7fb", "a\x85b", "a\u2028b"]


def wrong(field: str, problem: str, *values: object) -> list[Any]:
    """Return a case for each value."""
    return [
        pytest.param(field, problem, value, id=f"{field}-{problem}-{value!r:.20}")
        for value in values
    ]


CASES = [
    *wrong("camera", "required", None, ""),
    *wrong("camera", "too_long", "x" * 101),
    *wrong("camera", "not_text", *NOT_TEXT),
    *wrong("label", "required", None, "", "  "),
    *wrong("label", "not_text", *NOT_TEXT),
    *wrong("label", "too_long", "x" * 101),
    *wrong("label", "bad_character", *CONTROL, "a/b", "a\\b", ".", "..", ".a", "a."),
    *wrong("label", "bad_character", "a%2fb", "a%2F", "%5c", "%00", "%2e", "a: b"),
    *wrong("sub_label", "not_text", *NOT_TEXT),
    *wrong("sub_label", "too_long", "x" * 101),
    *wrong("sub_label", "bad_character", *CONTROL),
    *wrong("score", "not_a_number", *NOT_A_NUMBER),
    *wrong("score", "out_of_range", -0.01, 1.01, 85, "85", -1),
    *wrong("duration", "not_whole", *NOT_A_NUMBER, 1.5, "1.5"),
    *wrong("duration", "out_of_range", 0, 0.5, -1, "-1", 86_401),
    *wrong("until_ended", "not_a_flag", *NOT_A_FLAG),
    *wrong("include_recording", "not_a_flag", *NOT_A_FLAG),
    *wrong("retain", "not_a_flag", *NOT_A_FLAG),
    *wrong("pre_capture", "not_whole", *NOT_A_NUMBER, *NOT_WHOLE),
    *wrong("pre_capture", "out_of_range", -1, 3601),
    *wrong("description", "not_text", *NOT_TEXT),
    *wrong("description", "too_long", "x" * 5001),
    *wrong("description", "bad_character", "a\x00b", "a\x1bb"),
    *wrong("source_type", "not_text", *NOT_TEXT),
    *wrong("source_type", "too_long", "x" * 101),
    *wrong("boxes", "not_a_list", "x", 5, {}, BOX, True),
    *wrong("boxes", "too_many", [BOX] * 101),
]


@pytest.mark.parametrize(("field", "problem", "value"), CASES)
def test_invalid_field_of_an_event_is_refused(
    field: str, problem: str, value: object
) -> None:
    with pytest.raises(InvalidField) as caught:
        CREATE.parse({**EVENT, field: value})
    assert (caught.value.field, caught.value.problem) == (field, problem)
    assert all(isinstance(detail, str) for detail in caught.value.details.values())


@pytest.mark.parametrize(
    ("box", "field", "problem"),
    [
        ({"box": [0, 0, 1, 1, 1]}, "boxes[1].box", "not_a_box"),
        ({"box": [0, 0, 0, 1]}, "boxes[1].box", "not_a_box"),
        ({"box": [0, 0, 1, 0]}, "boxes[1].box", "not_a_box"),
        ({"box": [-0.1, 0, 1, 1]}, "boxes[1].box", "out_of_range"),
        ({"box": [0, 0, 1.1, 1]}, "boxes[1].box", "out_of_range"),
        ({"box": [0.5, 0, 0.6, 1]}, "boxes[1].box", "out_of_range"),
        ({"box": [0, 0.5, 1, 0.6]}, "boxes[1].box", "out_of_range"),
        ({"box": [100, 100, 200, 200]}, "boxes[1].box", "out_of_range"),
        ({**BOX, "color": [0, 0, 1.5]}, "boxes[1].color", "not_whole"),
        ({**BOX, "color": [0, 0, 256]}, "boxes[1].color", "out_of_range"),
        ({**BOX, "color": [0, 0, -1]}, "boxes[1].color", "out_of_range"),
        ({**BOX, "score": "x"}, "boxes[1].score", "not_a_number"),
        ({**BOX, "score": 90}, "boxes[1].score", "out_of_range"),
        ({**BOX, "colour": [0, 0, 0]}, "boxes[1].colour", "unknown"),
    ],
)
def test_box(box: object, field: str, problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        CREATE.parse({**EVENT, "boxes": [BOX, box]})
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_box_is_rounded() -> None:
    payload = CREATE.parse({**EVENT, "boxes": [{"box": [0.667, 0, 0.334, 1]}]})
    assert payload.boxes[0].width == 0.334


def test_duration_and_end_exclude_each_other() -> None:
    with pytest.raises(InvalidField) as caught:
        CREATE.parse({**EVENT, "until_ended": True, "duration": 5})
    assert (caught.value.field, caught.value.problem) == ("until_ended", "exclusive")
    assert caught.value.details == {"other": "duration"}


@pytest.mark.parametrize("operation", FRIGATE.operations, ids=lambda one: one.name)
def test_unknown_field(operation: AnyOperation) -> None:
    with pytest.raises(InvalidField) as caught:
        operation.parse({**EVENT, "event_id": EVENT_ID, "retain": True, "sublabel": 1})
    assert caught.value.problem == "unknown"


@pytest.mark.parametrize(
    ("version", "field", "value"),
    [
        ("0.17.2", "pre_capture", 5),
        ("0.17.2", "source_type", "api"),
        ("0.18.0", "source_type", "api"),
        ("0.14.1", "description", "x"),
    ],
)
def test_field_that_the_version_lacks_is_refused(
    version: str, field: str, value: object
) -> None:
    payload = CREATE.parse({**EVENT, field: value})
    with pytest.raises(InvalidField) as caught:
        CREATE.check(payload, capabilities(version), NOW)
    assert (caught.value.field, caught.value.problem) == (field, "not_supported")
    assert caught.value.details == {"version": version}


@pytest.mark.parametrize(
    ("version", "data"),
    [
        ("0.18.0", {"pre_capture": 0, "description": "x", "boxes": [BOX]}),
        ("0.16.4", {"source_type": "ring", "description": "x"}),
        ("0.14.1", {"boxes": [BOX], "retain": True}),
    ],
)
def test_fields_that_the_version_supports(version: str, data: JsonObject) -> None:
    CREATE.check(CREATE.parse({**EVENT, **data}), capabilities(version), NOW)


@pytest.mark.parametrize(
    "camera",
    ["Front_door", "frontdoor", "birdseye", "Front door", "camera.front_door"],
)
def test_camera_must_match_exactly(camera: str) -> None:
    with pytest.raises(InvalidField) as caught:
        CREATE.check(CREATE.parse({**EVENT, "camera": camera}), capabilities(), NOW)
    assert (caught.value.field, caught.value.problem) == ("camera", "unknown_camera")
    assert caught.value.details == {"camera": camera, "known": "front_door, garden"}


@pytest.mark.parametrize("operation", [END, UPDATE], ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        ({}, "event_id", "one_required"),
        ({"event_id": "", "delivery_id": None}, "event_id", "one_required"),
        ({"event_id": EVENT_ID, "delivery_id": "x"}, "event_id", "exclusive"),
        ({"event_id": "x"}, "event_id", "not_an_id"),
        ({"event_id": f"{EVENT_ID}/end"}, "event_id", "not_an_id"),
        ({"event_id": "../../config"}, "event_id", "not_an_id"),
        ({"event_id": 5}, "event_id", "not_text"),
        ({"event_id": "x" * 101}, "event_id", "too_long"),
        ({"delivery_id": 5}, "delivery_id", "not_text"),
        ({"delivery_id": "x" * 101}, "delivery_id", "too_long"),
    ],
)
def test_event_must_be_named_once(
    operation: AnyOperation, data: dict[str, object], field: str, problem: str
) -> None:
    more = {"retain": True} if operation is UPDATE else {}
    with pytest.raises(InvalidField) as caught:
        operation.parse({**data, **more})
    assert (caught.value.field, caught.value.problem) == (field, problem)


EAST = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("end_time", "read"),
    [
        (None, None),
        (NOW, NOW),
        (datetime(2026, 11, 22, 17, tzinfo=EAST), NOW),
    ],
)
def test_end(end_time: datetime | None, read: datetime | None) -> None:
    payload = END.parse({"event_id": EVENT_ID, "end_time": end_time})
    assert payload == EndCameraEvent(target=Target(event_id=EVENT_ID), end_time=read)
    END.check(payload, capabilities(), NOW)
    assert END.load(1, END.dump(payload)) == payload


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2026-11-22T12:00:00Z", "not_a_time"),
        (1795308374, "not_a_time"),
        (NOW.replace(tzinfo=None), "not_a_time"),
        (datetime.min.replace(tzinfo=EAST), "not_a_time"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))), "not_a_time"),
        (datetime(1970, 1, 1, tzinfo=UTC), "too_early"),
    ],
)
def test_end_time(value: object, problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        END.parse({"event_id": EVENT_ID, "end_time": value})
    assert (caught.value.field, caught.value.problem) == ("end_time", problem)


@pytest.mark.parametrize("ahead", [timedelta(days=1, seconds=1), timedelta(days=9000)])
def test_end_in_the_far_future_is_refused(ahead: timedelta) -> None:
    payload = END.parse({"event_id": EVENT_ID, "end_time": NOW + ahead})
    with pytest.raises(InvalidField) as caught:
        END.check(payload, capabilities(), NOW)
    assert (caught.value.field, caught.value.problem) == ("end_time", "too_late")
    assert caught.value.details == {"limit": "2026-11-23T12:00:00+00:00"}


def test_update() -> None:
    payload = UPDATE.parse(
        {"delivery_id": "d", "sub_label": "", "description": "", "retain": False}
    )
    assert payload == UpdateCameraEvent(
        target=Target(delivery_id="d"), sub_label="", description="", retain=False
    )
    assert UPDATE.load(1, UPDATE.dump(payload)) == payload


@pytest.mark.parametrize(
    ("field", "problem", "value"),
    [
        *wrong("sub_label", "not_text", *NOT_TEXT),
        *wrong("sub_label", "too_long", "x" * 101),
        *wrong("sub_label", "bad_character", *CONTROL),
        *wrong("description", "not_text", *NOT_TEXT),
        *wrong("description", "too_long", "x" * 5001),
        *wrong("description", "bad_character", "a\x00b"),
        *wrong("retain", "not_a_flag", *NOT_A_FLAG),
        *wrong("sub_label", "nothing_to_change", None),
    ],
)
def test_invalid_field_of_an_update_is_refused(
    field: str, problem: str, value: object
) -> None:
    with pytest.raises(InvalidField) as caught:
        UPDATE.parse({"event_id": EVENT_ID, field: value})
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_description_is_refused_if_the_version_lacks_it() -> None:
    payload = UPDATE.parse({"event_id": EVENT_ID, "description": ""})
    UPDATE.check(payload, capabilities("0.15.2"), NOW)
    with pytest.raises(InvalidField):
        UPDATE.check(payload, capabilities("0.14.1"), NOW)


@pytest.mark.parametrize("operation", FRIGATE.operations, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("version", "data"),
    [
        (3, {"event_id": EVENT_ID, "retain": True}),
        (0, {"event_id": EVENT_ID}),
        (1, {}),
        (1, {"camera": 5, "event_id": 5}),
        (1, {"event_id": EVENT_ID, "end_time": "soon", "retain": "x"}),
        (1, {"event_id": EVENT_ID, "end_time": 5, "retain": "x"}),
    ],
)
def test_unreadable_row_is_refused(
    operation: AnyOperation, version: int, data: JsonObject
) -> None:
    with pytest.raises(UnreadablePayload):
        operation.load(version, data)


def test_deliveries_without_a_key_share_a_lane() -> None:
    create = CREATE.parse(EVENT)
    own = END.parse({"delivery_id": "d1"})
    foreign = UPDATE.parse({"event_id": EVENT_ID, "retain": True})
    assert CREATE.key(create, "d1") == END.key(own, "d2") == "d1"
    assert UPDATE.key(foreign, "d3") == f"event:{EVENT_ID}"
    assert (CREATE.follows(create), END.follows(own), UPDATE.follows(foreign)) == (
        None,
        "d1",
        None,
    )
    assert UPDATE.follows(UPDATE.parse({"delivery_id": "d1", "retain": True})) == "d1"
    assert CREATE.lane(create, capabilities("0.17.2")) is None


def test_deliveries_of_the_first_version_have_no_key() -> None:
    old = CREATE.load(1, CREATE.dump(CREATE.parse(EVENT)))
    assert old == replace(CREATE.parse(EVENT), keyed=False)


@pytest.mark.parametrize("score", [None, 0, 0.3, 0.7, 0.99, 0.99995, 1.0])
def test_key_in_the_score(score: float | None) -> None:
    keys = [f"delivery-{number}" for number in range(1000)]
    scores = [keyed_score(score, key) for key in keys]
    assert scores == [keyed_score(score, key) for key in keys]
    assert len(set(scores)) == 1000
    assert score not in scores
    assert all(0 <= one <= 1 and abs(one - (score or 0)) < 0.00011 for one in scores)
    assert [float(repr(one)) for one in scores] == scores


def test_expiry_of_deliveries() -> None:
    create = CREATE.parse(EVENT)
    late = CREATE.expires(create, NOW, capabilities("0.18.0"))
    soon = CREATE.expires(create, NOW, capabilities("0.17.2"))
    assert late == NOW + timedelta(hours=24)
    assert soon == NOW + timedelta(seconds=60)
    patient = replace(capabilities("0.17.2"), undated_life=timedelta(hours=2))
    assert CREATE.expires(create, NOW, patient) == NOW + timedelta(hours=2)
    end = END.parse({"event_id": EVENT_ID})
    assert END.expires(end, NOW, capabilities()) is None


def test_summaries_contain_no_description() -> None:
    create = CREATE.parse({**EVENT, "description": "secret", "sub_label": "who"})
    assert CREATE.summary(create) == "front_door / doorbell"
    assert END.summary(END.parse({"event_id": EVENT_ID})) == EVENT_ID
    update = UPDATE.parse({"delivery_id": "d1", "description": "secret"})
    assert UPDATE.summary(update) == ""


@pytest.mark.parametrize(
    ("version", "data", "names"),
    [
        ("0.18.0", {}, ("create", "back_date", "tidy")),
        ("0.18.0", {"until_ended": True}, ("create",)),
        ("0.17.2", {}, ("create",)),
        (
            "0.17.2",
            {"description": "x", "retain": True},
            ("create", "description", "retain"),
        ),
        ("0.17.2", {"description": "", "retain": False}, ("create",)),
    ],
)
def test_steps(version: str, data: JsonObject, names: tuple[str, ...]) -> None:
    payload = CREATE.parse({**EVENT, **data})
    steps = CREATE.steps(payload, capabilities(version))
    assert tuple(step.name for step in steps) == names
    assert [step.repeatable for step in steps] == [False] + [True] * (len(steps) - 1)
    assert steps[0].find is not None


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "camera",
        "label",
        "sub_label",
        "score",
        "duration",
        "until_ended",
        "include_recording",
        "pre_capture",
        "boxes",
        "description",
        "retain",
        "source_type",
        "event_id",
        "delivery_id",
        "end_time",
    ]
)


@pytest.mark.parametrize("operation", FRIGATE.operations, ids=lambda one: one.name)
@given(data=st.dictionaries(NAMES, ANYTHING))
def test_any_input_is_accepted_or_refused(
    operation: AnyOperation, data: dict[str, object]
) -> None:
    try:
        payload = operation.parse({**EVENT, **data} if operation is CREATE else data)
    except InvalidField:
        return
    assert operation.load(operation.version, operation.dump(payload)) == payload


@given(label=st.text(min_size=1, max_size=100))
def test_accepted_label_stays_one_path_segment(label: str) -> None:
    try:
        payload = CREATE.parse({**EVENT, "label": label})
    except InvalidField:
        return
    assert payload.label
    assert not {"/", "\\", "\x00"} & set(payload.label)
    assert payload.label.strip(".") == payload.label
