"""Tests of every field of a custom event, and its errors."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.event_relay.backends.base import (
    InvalidField,
    JsonObject,
    UnreadablePayload,
)
from custom_components.event_relay.backends.guance.api.models import GuanceCapabilities
from custom_components.event_relay.backends.guance.api.sites import SITES
from custom_components.event_relay.backends.guance.backend import (
    GUANCE,
    CreateCustomEvent,
)
from custom_components.event_relay.backends.guance.operations.fields import (
    RESERVED,
    STATUSES,
)

from .conftest import DELIVERY

CREATE = GUANCE.operation("create_custom_event")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT: dict[str, object] = {"status": "warning", "title": "The door is open"}
CAPABILITIES = GuanceCapabilities()


def test_required_fields_of_an_event() -> None:
    assert CREATE.parse(EVENT) == CreateCustomEvent(
        status="warning", title="The door is open"
    )


def test_all_fields_of_an_event() -> None:
    east = timezone(timedelta(hours=8))
    payload = CREATE.parse(
        {
            "status": " Critical ",
            "title": " The door is open ",
            "message": "Nobody is there.\nReally.",
            "origin": "Home",
            "occurred_at": datetime(2026, 11, 22, 20, 0, 0, 250_000, east),
            "tags": {"floor": "ground", "Room_2": "hall"},
        }
    )
    assert payload == CreateCustomEvent(
        status="critical",
        title="The door is open",
        message="Nobody is there.\nReally.",
        origin="Home",
        occurred_at=NOW.replace(microsecond=250_000),
        tags={"floor": "ground", "Room_2": "hall"},
    )
    assert payload.body(DELIVERY, payload.date(NOW)) == {
        "date": round(NOW.timestamp() * 1000) + 250,
        "status": "critical",
        "title": "The door is open",
        "message": "Nobody is there.\nReally.",
        "origin": "Home",
        "customTags": {
            "floor": "ground",
            "Room_2": "hall",
            "ha_delivery_id": DELIVERY,
        },
    }


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_accepted(status: str) -> None:
    assert CREATE.parse({**EVENT, "status": status}).status == status


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_empty_optional_fields_are_left_out(empty: str | None) -> None:
    payload = CREATE.parse(
        {
            **EVENT,
            "message": empty,
            "origin": empty,
            "occurred_at": None,
            "tags": {"floor": empty},
        }
    )
    assert payload == CREATE.parse(EVENT)
    assert payload.body(DELIVERY, NOW) == {
        "date": round(NOW.timestamp() * 1000),
        "status": "warning",
        "title": "The door is open",
        "customTags": {"ha_delivery_id": DELIVERY},
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ground", "ground"),
        (" ground ", "ground"),
        (21.5, "21.5"),
        (0, "0"),
        (True, "true"),
        (False, "false"),
        (NOW, "2026-11-22T12:00:00+00:00"),
        (date(2026, 11, 22), "2026-11-22"),
        ("x" * 1024, "x" * 1024),
    ],
)
def test_scalars_of_tags_become_text(value: object, text: str) -> None:
    assert CREATE.parse({**EVENT, "tags": {"tag": value}}).tags == {"tag": text}


RESERVED_TAGS: list[tuple[dict[str, object], str, str]] = [
    ({"tags": {name: "x"}}, f"tags.{name}", "reserved") for name in sorted(RESERVED)
]
WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"status": None}, "status", "required"),
    ({"status": " "}, "status", "required"),
    ({"status": 1}, "status", "not_text"),
    ({"status": "fatal"}, "status", "not_one_of"),
    ({"title": None}, "title", "required"),
    ({"title": ""}, "title", "required"),
    ({"title": " "}, "title", "required"),
    ({"title": 1}, "title", "not_text"),
    ({"title": "x" * 1_001}, "title", "too_long"),
    ({"title": "two\nlines"}, "title", "bad_character"),
    ({"title": "half \ud800"}, "title", "bad_character"),
    ({"message": 1}, "message", "not_text"),
    ({"message": "x" * 16_001}, "message", "too_long"),
    ({"message": "bell\x07"}, "message", "bad_character"),
    ({"origin": 1}, "origin", "not_text"),
    ({"origin": "x" * 1_001}, "origin", "too_long"),
    ({"origin": "two\nlines"}, "origin", "bad_character"),
    ({"occurred_at": "2026-11-22T12:00:00Z"}, "occurred_at", "not_a_time"),
    ({"occurred_at": datetime(2026, 11, 22)}, "occurred_at", "not_a_time"),  # noqa: DTZ001
    ({"occurred_at": datetime(1999, 1, 1, tzinfo=UTC)}, "occurred_at", "too_early"),
    ({"tags": "text"}, "tags", "not_a_mapping"),
    ({"tags": ["floor"]}, "tags", "not_a_mapping"),
    ({"tags": {f"t{n}": "x" for n in range(61)}}, "tags", "too_many"),
    ({"tags": {"floor": {"name": "ground"}}}, "tags.floor", "nested"),
    ({"tags": {"floor": ["ground"]}}, "tags.floor", "nested"),
    ({"tags": {"floor": ("ground",)}}, "tags.floor", "nested"),
    ({"tags": {"floor": float("nan")}}, "tags.floor", "not_a_number"),
    ({"tags": {"floor": float("inf")}}, "tags.floor", "not_a_number"),
    ({"tags": {"floor": object()}}, "tags.floor", "not_text"),
    ({"tags": {"floor": "x" * 1025}}, "tags.floor", "too_long"),
    ({"tags": {"floor": "ä" * 513}}, "tags.floor", "too_long"),
    ({"tags": {"floor": "two\nlines"}}, "tags.floor", "bad_character"),
    ({"tags": {"": "x"}}, "tags.", "tag_name"),
    ({"tags": {1: "x"}}, "tags.1", "tag_name"),
    ({"tags": {"the floor": "x"}}, "tags.the floor", "tag_name"),
    ({"tags": {"floor`": "x"}}, "tags.floor`", "tag_name"),
    ({"tags": {"fl.oor": "x"}}, "tags.fl.oor", "tag_name"),
    ({"tags": {"a" * 101: "x"}}, f"tags.{'a' * 101}", "too_long"),
    ({"tags": {"_own": "x"}}, "tags._own", "reserved"),
    ({"tags": {"df_title": "x"}}, "tags.df_title", "reserved"),
    ({"tags": {"DF_title": "x"}}, "tags.DF_title", "reserved"),
    ({"severity": "x"}, "severity", "unknown"),
    *RESERVED_TAGS,
]


@pytest.mark.parametrize(("changes", "field", "problem"), WRONG)
def test_error_names_the_field_and_the_problem(
    changes: dict[str, object], field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        CREATE.parse({**EVENT, **changes})
    assert (raised.value.field, raised.value.problem) == (field, problem)


def test_error_lists_the_known_statuses() -> None:
    with pytest.raises(InvalidField) as raised:
        CREATE.parse({**EVENT, "status": "fatal"})
    assert raised.value.details == {
        "known": "critical, error, warning, ok, info, nodata"
    }


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["status", "title", "message", "origin", "occurred_at", "tags", "other"]
        ),
        anything,
    )
)
def test_any_input_is_accepted_or_refused(data: dict[str, object]) -> None:
    try:
        payload = CREATE.parse({**EVENT, **data})
    except InvalidField:
        return
    assert CREATE.load(CREATE.version, CREATE.dump(payload)) == payload
    assert all(payload.body(DELIVERY, NOW).values())


# The retention of the workspace.


def test_event_within_the_retention_is_accepted() -> None:
    for occurred_at in (None, NOW - timedelta(days=13), NOW + timedelta(hours=1)):
        CREATE.check(
            CREATE.parse({**EVENT, "occurred_at": occurred_at}), CAPABILITIES, NOW
        )


@pytest.mark.parametrize(
    ("occurred_at", "problem", "limit"),
    [
        (NOW - timedelta(days=14), "too_early", "2026-11-08T12:00:00+00:00"),
        (NOW + timedelta(days=1, seconds=1), "too_late", "2026-11-23T12:00:00+00:00"),
    ],
)
def test_event_beyond_the_retention_is_refused(
    occurred_at: datetime, problem: str, limit: str
) -> None:
    payload = CREATE.parse({**EVENT, "occurred_at": occurred_at})
    with pytest.raises(InvalidField) as raised:
        CREATE.check(payload, CAPABILITIES, NOW)
    assert raised.value.field == "occurred_at"
    assert (raised.value.problem, raised.value.details) == (problem, {"limit": limit})


def test_event_expires_with_the_retention_after_its_date() -> None:
    month = GuanceCapabilities(retention=timedelta(days=30))
    now = CREATE.parse(EVENT)
    earlier = CREATE.parse({**EVENT, "occurred_at": NOW - timedelta(days=1)})
    assert CREATE.expires(now, NOW, CAPABILITIES) == NOW + timedelta(days=14)
    assert CREATE.expires(now, NOW, month) == NOW + timedelta(days=30)
    assert CREATE.expires(earlier, NOW, CAPABILITIES) == NOW + timedelta(days=13)


def test_events_are_independent() -> None:
    payload = CREATE.parse(EVENT)
    assert CREATE.key(payload, DELIVERY) is None
    assert CREATE.lane(payload, CAPABILITIES) is None
    assert CREATE.follows(payload) is None
    assert CREATE.summary(payload) == "warning: The door is open"


def test_capabilities_survive_a_restart() -> None:
    month = GuanceCapabilities(retention=timedelta(days=30))
    assert GUANCE.load_capabilities(month.dump()) == month
    assert month.dump() == {"retention_days": 30}


@pytest.mark.parametrize("days", [None, "14", 0, -1, 10_000, 1.5])
def test_capabilities_of_another_version(days: Any) -> None:  # noqa: ANN401
    with pytest.raises(UnreadablePayload):
        GUANCE.load_capabilities({"retention_days": days})


@pytest.mark.parametrize(
    ("version", "changes"),
    [
        (2, {}),
        (1, {"title": None}),
        (1, {"occurred_at": "yesterday"}),
        (1, {"occurred_at": "2026-11-22T12:00:00"}),
        (1, {"new": 1}),
    ],
)
def test_row_of_another_version(version: int, changes: JsonObject) -> None:
    stored = CREATE.dump(CREATE.parse(EVENT)) | changes
    with pytest.raises(UnreadablePayload):
        CREATE.load(version, stored)


def test_sites_use_https_and_are_unique() -> None:
    assert all(url.startswith("https://") for url in SITES)
    assert all("openapi." in url for url in SITES)
    assert len(set(SITES.values())) == len(SITES)
