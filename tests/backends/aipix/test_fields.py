"""Tests of the fields of aipix's actions: each field, each error."""

from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.aipix.api.models import AipixCapabilities
from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.backends.aipix.operations.create import (
    CreateScriptOperation,
)
from custom_components.event_relay.backends.aipix.operations.mark import (
    CreateCameraMarkOperation,
)
from custom_components.event_relay.backends.aipix.operations.update import (
    UpdateScriptOperation,
)
from custom_components.event_relay.backends.aipix.operations.week import (
    WEEKDAYS,
    Numbering,
    as_schedule,
    read_week,
)
from custom_components.event_relay.backends.aipix.resolving import Home, resolve
from custom_components.event_relay.backends.base import InvalidField, UnreadablePayload

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLIENT = AipixCapabilities(version="24.03", api=Api.CLIENT, lists_scripts=True)
ADMINISTRATOR = AipixCapabilities(version="24.03", api=Api.ADMINISTRATOR)


def day(start: object = "08:00:00", end: object = "18:00:00") -> dict[str, Any]:
    return {"day": 0, "ranges": [{"from": start, "to": end}]}


def table(**changes: object) -> dict[str, Any]:
    one = {"type": "monday", "from": "08:00:00+05:00", "to": "18:00:00+05:00"}
    return {"days": [one | changes], "intervals": []}


def interval(start: object, end: object) -> dict[str, Any]:
    return {"intervals": [{"from": start, "to": end}]}


def pause(start: str, end: str) -> dict[str, Any]:
    return table(breaks=[{"from": f"{start}+05:00", "to": f"{end}+05:00"}])


SCRIPT: dict[str, Any] = {"event_id": 41, "schedule": [day()]}
BY_TABLE: dict[str, Any] = {"event_id": 41, "title": "x", "timetable": table()}
DEEP: list[Any] = []
for _ in range(30):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"event_id": None}, "event_id", "required"),
        ({"event_id": 0}, "event_id", "out_of_range"),
        ({"event_id": -1}, "event_id", "out_of_range"),
        ({"event_id": 1.5}, "event_id", "not_whole"),
        ({"event_id": True}, "event_id", "not_whole"),
        ({"event_id": "forty"}, "event_id", "not_whole"),
        ({"event_id": float("nan")}, "event_id", "not_whole"),
        ({"event_id": 10**30}, "event_id", "out_of_range"),
        ({"reaction_id": 0}, "reaction_id", "out_of_range"),
        ({"reaction_id": "x"}, "reaction_id", "not_whole"),
        ({"users": "x"}, "users[0]", "not_whole"),
        ({"users": [7, 0]}, "users[1]", "out_of_range"),
        ({"users": [None]}, "users[0]", "not_whole"),
        ({"users": {"id": 7}}, "users[0]", "not_whole"),
        ({"users": [7] * 1001}, "users", "too_many"),
        ({"schedule": None}, "schedule", "one_required"),
        ({"schedule": []}, "schedule", "empty_schedule"),
        ({"schedule": "monday"}, "schedule", "not_a_list"),
        ({"schedule": [1]}, "schedule[0]", "not_a_mapping"),
        ({"schedule": [{"ranges": []}]}, "schedule[0].day", "required"),
        ({"schedule": [{"day": 1}]}, "schedule[0].ranges", "required"),
        ({"schedule": [day() | {"day": 8}]}, "schedule[0].day", "out_of_range"),
        ({"schedule": [day() | {"day": "x"}]}, "schedule[0].day", "not_whole"),
        ({"schedule": [day() | {"more": 1}]}, "schedule[0].more", "unknown"),
        ({"schedule": [day(), day()]}, "schedule[1].day", "overlap"),
        ({"schedule": [day() | {"ranges": 1}]}, "schedule[0].ranges", "not_a_list"),
        (
            {"schedule": [day() | {"ranges": day()["ranges"] * 2}]},
            "schedule",
            "overlap",
        ),
        ({"schedule": [day(end="08:00")]}, "schedule[0].ranges[0].to", "not_after"),
        ({"schedule": [day(end="07:00")]}, "schedule[0].ranges[0].to", "not_after"),
        ({"schedule": [day(end=None)]}, "schedule[0].ranges[0].to", "required"),
        ({"schedule": [day(64800)]}, "schedule[0].ranges[0].from", "invalid_time"),
        ({"schedule": [day("25:00")]}, "schedule[0].ranges[0].from", "invalid_time"),
        ({"schedule": [day("24:01")]}, "schedule[0].ranges[0].from", "invalid_time"),
        ({"schedule": [day("8")]}, "schedule[0].ranges[0].from", "invalid_time"),
        (
            {"schedule": [day("08:00:00+05:00")]},
            "schedule[0].ranges[0].from",
            "invalid_time",
        ),
        ({"timetable": table()}, "schedule", "exclusive"),
        ({"title": ""}, "title", "required"),
        ({"title": "x" * 256}, "title", "too_long"),
        ({"title": "a\nb"}, "title", "bad_character"),
        ({"title": 5}, "title", "not_text"),
        ({"status": ""}, "status", "required"),
        ({"status": 5}, "status", "not_text"),
        ({"status": "x" * 101}, "status", "too_long"),
        ({"cameras": {"id": 1}}, "cameras", "not_a_list"),
        ({"cameras": [NOW]}, "cameras[0]", "not_json_value"),
        ({"extra": [1]}, "extra", "not_a_mapping"),
        ({"extra": {"at": NOW}}, "extra.at", "not_json_value"),
        ({"extra": {"x": float("inf")}}, "extra.x", "not_json_value"),
        ({"extra": {"x": DEEP}}, "extra.x" + "[0]" * 20, "nested_too_deeply"),
        ({"surprise": 1}, "surprise", "unknown"),
    ],
)
def test_invalid_field_of_a_script_is_refused(
    changes: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        CreateScriptOperation().parse(SCRIPT | changes)
    assert (raised.value.field, raised.value.problem) == (field, problem)


D = "timetable.days[0]"
I = "timetable.intervals[0]"  # noqa: E741


@pytest.mark.parametrize(
    ("timetable", "field", "problem"),
    [
        ("always", "timetable", "not_a_mapping"),
        ({}, "timetable", "empty_schedule"),
        ({"days": [], "intervals": []}, "timetable", "empty_schedule"),
        (
            table() | {"intervals": [{"from": "x", "to": "y"}]},
            "timetable.days",
            "exclusive",
        ),
        (table() | {"weeks": 1}, "timetable.weeks", "unknown"),
        ({"days": "all"}, "timetable.days", "not_a_list"),
        ({"days": [1]}, D, "not_a_mapping"),
        (table(type=None), f"{D}.type", "required"),
        (table(type="someday"), f"{D}.type", "not_one_of"),
        ({"days": table()["days"] * 2}, "timetable.days[1].type", "overlap"),
        (
            {"days": [*table()["days"], *table(type="same_every_day")["days"]]},
            "timetable.days[1].type",
            "overlap",
        ),
        (table(**{"from": None}), f"{D}.from", "required"),
        (table(**{"from": "08:00:00"}), f"{D}.from", "invalid_time"),
        (table(to="18:00:00"), f"{D}.to", "invalid_time"),
        (table(to="08:00:00+05:00"), f"{D}.to", "not_after"),
        (table(to="06:00:00+05:00"), f"{D}.to", "not_after"),
        (table(to=5), f"{D}.to", "invalid_time"),
        (table(more=1), f"{D}.more", "unknown"),
        (table(breaks=1), f"{D}.breaks", "not_a_list"),
        (table(breaks=[1]), f"{D}.breaks[0]", "not_a_mapping"),
        (pause("07:00", "09:00"), f"{D}.breaks[0]", "out_of_range"),
        (pause("17:00", "19:00"), f"{D}.breaks[0]", "out_of_range"),
        (pause("12:00", "12:00"), f"{D}.breaks[0].to", "not_after"),
        (
            table(breaks=pause("12:00", "13:00")["days"][0]["breaks"] * 2),
            f"{D}.breaks",
            "overlap",
        ),
        ({"intervals": [1]}, I, "not_a_mapping"),
        (interval(None, NOW), f"{I}.from", "required"),
        (interval("tomorrow", NOW), f"{I}.from", "not_a_time"),
        (interval("2026-01-01 08:00", NOW), f"{I}.from", "not_a_time"),
        (interval(5, NOW), f"{I}.from", "not_a_time"),
        (interval(NOW, NOW), f"{I}.to", "not_after"),
        (
            {"intervals": interval(NOW, NOW + timedelta(1))["intervals"] * 2},
            "timetable.intervals",
            "overlap",
        ),
    ],
)
def test_invalid_timetable_is_refused(
    timetable: object, field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        CreateScriptOperation().parse(BY_TABLE | {"timetable": timetable})
    assert (raised.value.field, raised.value.problem) == (field, problem)


def test_timetable_has_one_stored_form() -> None:
    operation = CreateScriptOperation()
    payload = operation.parse(
        BY_TABLE | {"timetable": table(to="24:00+05:00") | {"days": table()["days"]}}
    )
    assert payload.fields.timetable == {
        "days": [table()["days"][0] | {"breaks": []}],
        "intervals": [],
    }
    payload = operation.parse(
        BY_TABLE | {"timetable": interval(NOW, "2026-11-23T01:00:00+05:00")}
    )
    assert payload.fields.timetable == {
        "days": [],
        "intervals": [{"from": "2026-11-22T12:00:00Z", "to": "2026-11-22T20:00:00Z"}],
    }


def test_status_may_be_a_boolean() -> None:
    operation = CreateScriptOperation()
    for given, sent in ((True, "active"), (False, "inactive"), ("odd", "odd")):
        payload = operation.parse(BY_TABLE | {"status": given})
        assert payload.fields.status == sent


def test_duplicate_users_are_removed() -> None:
    operation = CreateScriptOperation()
    assert operation.parse(SCRIPT | {"users": [7, "8", 7.0]}).fields.users == (7, 8)
    assert operation.parse(SCRIPT | {"users": 7}).fields.users == (7,)
    assert operation.parse(SCRIPT | {"users": []}).fields.users == ()


@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        ({"title": "x"}, "script_id", "one_required"),
        ({"script_id": 1}, "title", "nothing_to_change"),
        ({"script_id": 0, "title": "x"}, "script_id", "out_of_range"),
        ({"script_id": "x", "title": "x"}, "script_id", "not_whole"),
        ({"script_id": 1, "delivery_id": "d", "title": "x"}, "script_id", "exclusive"),
        ({"script_id": 1, "title": ""}, "title", "required"),
        ({"script_id": 1, "event_id": 0}, "event_id", "out_of_range"),
        ({"script_id": 1, "camera": 1}, "camera", "unknown"),
    ],
)
def test_invalid_change_is_refused(
    data: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        UpdateScriptOperation().parse(data)
    assert (raised.value.field, raised.value.problem) == (field, problem)


MARK: dict[str, Any] = {"camera_id": 12, "title": "Parcel"}


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"camera_id": None}, "camera_id", "required"),
        ({"camera_id": 0}, "camera_id", "out_of_range"),
        ({"camera_id": "front"}, "camera_id", "not_whole"),
        ({"title": None}, "title", "required"),
        ({"title": " "}, "title", "required"),
        ({"title": "x" * 256}, "title", "too_long"),
        ({"start": datetime(2026, 1, 1)}, "start", "not_a_time"),  # noqa: DTZ001
        ({"start": "now"}, "start", "not_a_time"),
        ({"start": datetime(1990, 1, 1, tzinfo=UTC)}, "start", "too_early"),
        ({"end": "later"}, "end", "not_a_time"),
        ({"start": NOW, "end": NOW}, "end", "not_after"),
        ({"label": "x"}, "label", "unknown"),
    ],
)
def test_invalid_mark_is_refused(
    changes: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        CreateCameraMarkOperation().parse(MARK | changes)
    assert (raised.value.field, raised.value.problem) == (field, problem)


def test_mark_must_not_end_before_its_start() -> None:
    operation = CreateCameraMarkOperation()
    payload = operation.parse(MARK | {"end": NOW})
    with pytest.raises(InvalidField, match="end"):
        operation.check(payload, CLIENT, NOW + timedelta(1))
    operation.check(payload, CLIENT, NOW - timedelta(1))


@pytest.mark.parametrize("field", ["title", "status", "cameras", "extra"])
def test_field_without_support_in_the_administrator_api_is_refused(field: str) -> None:
    given: dict[str, Any] = {"cameras": [1], "extra": {"a": 1}}
    operation = CreateScriptOperation()
    payload = operation.parse(SCRIPT | {field: given.get(field, "x")})
    with pytest.raises(InvalidField) as raised:
        operation.check(payload, ADMINISTRATOR, NOW)
    assert (raised.value.field, raised.value.problem) == (field, "other_api")


def test_each_api_has_its_own_schedule_format() -> None:
    operation = CreateScriptOperation()
    with pytest.raises(InvalidField, match="schedule: other_api"):
        operation.check(operation.parse(SCRIPT), CLIENT, NOW)
    with pytest.raises(InvalidField, match="title: other_api"):
        operation.check(operation.parse(BY_TABLE), ADMINISTRATOR, NOW)
    without_title = operation.parse({"event_id": 41, "timetable": table()})
    with pytest.raises(InvalidField, match="title: required"):
        operation.check(without_title, CLIENT, NOW)
    operation.check(operation.parse(SCRIPT), ADMINISTRATOR, NOW)
    operation.check(operation.parse(BY_TABLE), CLIENT, NOW)


def test_administrator_api_has_no_updates_and_no_marks() -> None:
    update, mark = UpdateScriptOperation(), CreateCameraMarkOperation()
    with pytest.raises(InvalidField, match="script_id: other_api"):
        update.check(update.parse({"script_id": 1, "event_id": 2}), ADMINISTRATOR, NOW)
    with pytest.raises(InvalidField, match="camera_id: other_api"):
        mark.check(mark.parse(MARK), ADMINISTRATOR, NOW)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("create_script", SCRIPT | {"reaction_id": 3, "users": [7]}),
        (
            "create_script",
            BY_TABLE | {"status": "odd", "cameras": [1], "extra": {"bot_token": "t"}},
        ),
        ("update_script", {"script_id": 5, "title": "x"}),
        ("update_script", {"delivery_id": "d", "timetable": table()}),
        ("create_camera_mark", MARK),
        ("create_camera_mark", MARK | {"start": NOW, "end": NOW + timedelta(1)}),
    ],
)
def test_payloads_survive_a_restart(name: str, data: dict[str, Any]) -> None:
    operation = AIPIX.operation(name)
    payload = operation.parse(data)
    assert operation.load(1, operation.dump(payload)) == payload
    assert operation.expires(payload, NOW, CLIENT) == NOW + timedelta(hours=24)
    assert "bot_token" not in operation.summary(payload)
    with pytest.raises(UnreadablePayload):
        operation.load(2, operation.dump(payload))
    with pytest.raises(UnreadablePayload):
        operation.load(1, {"start": "x", **operation.dump(payload), "odd": 1})


# Schedules, from user input to aipix's format.


def home(
    api: Api = Api.ADMINISTRATOR,
    numbering: Numbering = Numbering.MONDAY_0,
    helper: object = None,
) -> Home:
    return Home(
        api=api,
        numbering=numbering,
        zone=ZoneInfo("Asia/Yekaterinburg"),
        offset=timedelta(hours=5),
        helper=helper,
    )


def test_range_over_midnight_is_split() -> None:
    week = [{"day": "sunday", "ranges": [{"from": "22:00", "to": "06:00"}]}]
    found = resolve("create_script", {"schedule": week}, home())
    assert found["schedule"] == [
        {"day": 0, "ranges": [{"from": "00:00:00", "to": "06:00:00"}]},
        {"day": 6, "ranges": [{"from": "22:00:00", "to": "23:59:59"}]},
    ]
    payload = CreateScriptOperation().parse({"event_id": 41, **found})
    assert payload.fields.schedule == found["schedule"]


@pytest.mark.parametrize("end", ["24:00:00", "24:00", "00:00", time.max])
def test_end_of_the_day_is_its_last_second(end: object) -> None:
    week = [{"day": 0, "ranges": [{"from": "18:00", "to": end}]}]
    found = resolve("create_script", {"schedule": week}, home())
    assert found["schedule"] == [
        {"day": 0, "ranges": [{"from": "18:00:00", "to": "23:59:59"}]}
    ]


@pytest.mark.parametrize(
    ("numbering", "numbers"),
    [
        (Numbering.MONDAY_0, [0, 1, 2, 3, 4, 5, 6]),
        (Numbering.MONDAY_1, [1, 2, 3, 4, 5, 6, 7]),
        (Numbering.SUNDAY_0, [1, 2, 3, 4, 5, 6, 0]),
    ],
)
def test_days_are_numbered_by_the_option(
    numbering: Numbering, numbers: list[int]
) -> None:
    for weekday, number in enumerate(numbers):
        for written in (number, str(number), WEEKDAYS[weekday].upper()):
            week = read_week([day() | {"day": written}], "schedule", numbering)
            assert list(week) == [weekday]
            assert as_schedule(week, numbering) == [day() | {"day": number}]


@pytest.mark.parametrize(
    ("numbering", "number"),
    [
        (Numbering.MONDAY_0, 7),
        (Numbering.MONDAY_1, 0),
        (Numbering.SUNDAY_0, 7),
    ],
)
def test_number_outside_the_option_is_refused(
    numbering: Numbering, number: int
) -> None:
    with pytest.raises(InvalidField, match="out_of_range"):
        read_week([day() | {"day": number}], "schedule", numbering)


def test_schedule_helper_becomes_a_timetable_with_breaks() -> None:
    helper = {
        "monday": [
            {"from": time(8), "to": time(12), "data": {"x": 1}},
            {"from": time(13), "to": time(17)},
            {"from": time(17), "to": time.max},
        ],
        **{weekday: [] for weekday in WEEKDAYS[1:]},
    }
    data = {"schedule_entity": "schedule.office"}
    found = resolve("create_script", data, home(Api.CLIENT, helper=helper))
    assert found == {
        "timetable": {
            "days": [
                {
                    "type": "monday",
                    "from": "08:00:00+05:00",
                    "to": "23:59:59+05:00",
                    "breaks": [{"from": "12:00:00+05:00", "to": "13:00:00+05:00"}],
                }
            ],
            "intervals": [],
        }
    }
    payload = CreateScriptOperation().parse({"event_id": 41, "title": "x", **found})
    assert payload.fields.timetable == found["timetable"]
    found = resolve("create_script", data, home(helper=helper))
    assert [one["day"] for one in found["schedule"]] == [0]


def test_empty_schedule_means_always() -> None:
    found = resolve("create_script", {}, home(Api.CLIENT))
    assert found["timetable"]["days"] == [
        {
            "type": "same_every_day",
            "from": "00:00:00+05:00",
            "to": "23:59:59+05:00",
            "breaks": [],
        }
    ]
    found = resolve("create_script", {}, home())
    assert [one["day"] for one in found["schedule"]] == [0, 1, 2, 3, 4, 5, 6]
    assert resolve("update_script", {"title": "x"}, home()) == {"title": "x"}
    assert resolve("create_camera_mark", {"title": "x"}, home()) == {"title": "x"}


def test_timetable_without_offset_gets_that_of_the_home() -> None:
    given = {
        "days": [
            {
                "type": "monday",
                "from": "08:00",
                "to": "18:00:00+03:00",
                "breaks": [{"from": "12:00", "to": "13:00"}],
            }
        ]
    }
    found = resolve("create_script", {"timetable": given}, home(Api.CLIENT))
    payload = CreateScriptOperation().parse({"event_id": 41, "title": "x", **found})
    assert payload.fields.timetable == {
        "days": [
            {
                "type": "monday",
                "from": "08:00:00+05:00",
                "to": "18:00:00+03:00",
                "breaks": [{"from": "12:00:00+05:00", "to": "13:00:00+05:00"}],
            }
        ],
        "intervals": [],
    }
    spans = interval("2026-01-01 08:00", datetime(2026, 1, 1, 9))  # noqa: DTZ001
    found = resolve("create_script", {"timetable": spans}, home(Api.CLIENT))
    payload = CreateScriptOperation().parse({"event_id": 41, "title": "x", **found})
    assert payload.fields.timetable == {
        "days": [],
        "intervals": [{"from": "2026-01-01T03:00:00Z", "to": "2026-01-01T04:00:00Z"}],
    }


@pytest.mark.parametrize(
    "timetable", [5, {"days": [5]}, {"intervals": [5]}, {"days": [{"from": 5}]}]
)
def test_unreadable_schedule_is_passed_on_unchanged(timetable: object) -> None:
    found = resolve("create_script", {"timetable": timetable}, home(Api.CLIENT))
    with pytest.raises(InvalidField, match="timetable"):
        CreateScriptOperation().parse({"event_id": 41, **found})


@pytest.mark.parametrize(
    ("data", "helper", "field", "problem"),
    [
        ({"schedule_entity": "schedule.x"}, None, "schedule_entity", "no_schedule"),
        ({"schedule_entity": "schedule.x"}, {}, "schedule_entity", "empty_schedule"),
        (
            {"schedule_entity": "schedule.x"},
            {"monday": [5]},
            "schedule_entity",
            "no_schedule",
        ),
        (
            {"schedule_entity": "schedule.x", "schedule": [day()]},
            None,
            "schedule",
            "exclusive",
        ),
        (
            {"schedule_entity": "schedule.x", "timetable": table()},
            None,
            "schedule_entity",
            "exclusive",
        ),
        (
            {"schedule": [day("22:00", "06:00"), day("01:00", "02:00") | {"day": 1}]},
            None,
            "schedule",
            "overlap",
        ),
        (
            {"schedule": [day("08:00", "08:00")]},
            None,
            "schedule[0].ranges[0].to",
            "not_after",
        ),
        ({"schedule": []}, None, "schedule", "empty_schedule"),
    ],
)
def test_invalid_schedule_is_refused(
    data: dict[str, Any], helper: object, field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        resolve("create_script", data, home(helper=helper))
    assert (raised.value.field, raised.value.problem) == (field, problem)


@pytest.mark.parametrize(
    ("hours", "written"), [(5.5, "+05:30"), (-3.5, "-03:30"), (0, "+00:00")]
)
def test_offsets_have_a_sign(hours: float, written: str) -> None:
    zone = timezone(timedelta(hours=hours))
    there = Home(
        api=Api.CLIENT,
        numbering=Numbering.MONDAY_0,
        zone=zone,
        offset=timedelta(hours=hours),
        helper=None,
    )
    found = resolve("create_script", {}, there)
    assert found["timetable"]["days"][0]["from"] == f"00:00:00{written}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"script_id": 904, "title": "Reception"}, "Reception"),
        ({"delivery_id": "d", "title": "Reception"}, "Reception"),
        (
            {"script_id": 904, "users": [7], "cameras": [1]},
            "script 904: users, cameras",
        ),
        ({"delivery_id": "d", "users": [7]}, ""),
    ],
)
def test_summary_of_a_change_names_the_script_or_the_fields(
    change: dict[str, object], said: str
) -> None:
    operation = UpdateScriptOperation()
    assert operation.summary(operation.parse(change)) == said
