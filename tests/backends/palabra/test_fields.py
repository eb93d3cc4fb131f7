"""Tests of the fields of Palabra's actions: each field, each error."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from custom_components.event_relay.backends.base import (
    AnyOperation,
    InvalidField,
    UnreadablePayload,
)
from custom_components.event_relay.backends.palabra.api.models import (
    PalabraCapabilities,
)
from custom_components.event_relay.backends.palabra.backend import PALABRA

CREATE = PALABRA.operation("create_live_event")
UPDATE = PALABRA.operation("update_live_event")
DELETE = PALABRA.operation("delete_live_event")
START = datetime(2030, 5, 1, 18, tzinfo=UTC)
END = START + timedelta(hours=2)
EVENT: dict[str, object] = {
    "title": "Town meeting",
    "event_type": "in_person",
    "start": START,
    "end": END,
}
WHOLE: dict[str, object] = {
    **EVENT,
    "timezone": "Europe/Berlin",
    "description": "Everybody\nis welcome",
    "location": "Town hall",
    "access_code": "4711",
    "target_languages": ["de", "fr"],
    "listener_language_mode": "approval",
    "is_recurring": False,
    "cover_image_key": "covers/1.png",
}
NOBODY = "5f0c6f0a-2f5d-4f0e-9a58-0d6c8e1f7b42"
NOTHING = PalabraCapabilities()

TOO_MANY = [f"a{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(101)]

WRONG: list[tuple[str, object, str]] = [
    ("title", None, "required"),
    ("title", "", "required"),
    ("title", "  ", "required"),
    ("title", "ab", "too_short"),
    ("title", "x" * 101, "too_long"),
    ("title", "a\nb c", "bad_character"),
    ("title", 5, "not_text"),
    ("event_type", None, "required"),
    ("event_type", "", "not_one_of"),
    ("event_type", "hybrid", "not_one_of"),
    ("event_type", 1, "not_one_of"),
    ("start", None, "required"),
    ("start", "2030-05-01T18:00:00Z", "not_a_time"),
    ("start", datetime(2030, 5, 1, 18), "not_a_time"),  # noqa: DTZ001
    ("start", datetime(1, 1, 1, tzinfo=UTC), "too_early"),
    (
        "start",
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-3))),
        "not_a_time",
    ),
    ("end", None, "required"),
    ("end", 5, "not_a_time"),
    ("end", datetime(1999, 12, 31, tzinfo=UTC), "too_early"),
    ("end", START, "not_after"),
    ("end", START + timedelta(milliseconds=900), "not_after"),
    ("end", START - timedelta(hours=1), "not_after"),
    ("timezone", "", "unknown_time_zone"),
    ("timezone", "../etc/passwd", "unknown_time_zone"),
    ("timezone", 1, "unknown_time_zone"),
    ("description", 1, "not_text"),
    ("description", "x" * 5001, "too_long"),
    ("description", "\x00", "bad_character"),
    ("location", 1, "not_text"),
    ("location", "x" * 501, "too_long"),
    ("location", "a\nb", "bad_character"),
    ("access_code", 1, "not_text"),
    ("access_code", "x" * 501, "too_long"),
    ("access_code", "a\tb", "bad_character"),
    ("target_languages", "de", "not_a_list"),
    ("target_languages", [1], "not_text"),
    ("target_languages", ["German!"], "not_a_language"),
    ("target_languages", [""], "not_a_language"),
    ("target_languages", ["de,,fr"], "not_a_language"),
    ("target_languages", TOO_MANY, "too_many"),
    ("listener_language_mode", "", "not_one_of"),
    ("listener_language_mode", "maybe", "not_one_of"),
    ("listener_language_mode", False, "not_one_of"),
    ("is_recurring", "yes", "not_a_flag"),
    ("cover_image_key", 1, "not_text"),
    ("cover_image_key", "x" * 501, "too_long"),
    ("duration", 5, "unknown"),
]


@pytest.mark.parametrize(("field", "value", "problem"), WRONG)
def test_invalid_field_is_refused(field: str, value: object, problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        CREATE.parse({**EVENT, field: value})
    assert (caught.value.field, caught.value.problem) == (field, problem)
    if problem == "required":
        return
    with pytest.raises(InvalidField) as caught:
        UPDATE.parse({"event_id": NOBODY, "start": START, field: value})
    assert (caught.value.field, caught.value.problem) == (field, problem)


@pytest.mark.parametrize("field", ["title", "event_type", "start", "end"])
def test_optional_fields_may_be_left_out(field: str) -> None:
    with pytest.raises(InvalidField, match="required"):
        CREATE.parse({name: value for name, value in EVENT.items() if name != field})


@pytest.mark.parametrize("operation", [UPDATE, DELETE], ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        ({}, "event_id", "one_required"),
        ({"event_id": "", "delivery_id": ""}, "event_id", "one_required"),
        ({"event_id": "x", "delivery_id": "y"}, "event_id", "exclusive"),
        ({"event_id": "../x"}, "event_id", "not_an_id"),
        ({"event_id": "a b"}, "event_id", "not_an_id"),
        ({"event_id": 5}, "event_id", "not_text"),
        ({"delivery_id": 5}, "delivery_id", "not_text"),
        ({"delivery_id": "x" * 501}, "delivery_id", "too_long"),
        ({"event_id": "x", "colour": "red"}, "colour", "unknown"),
    ],
)
def test_invalid_target_is_refused(
    operation: AnyOperation, data: Mapping[str, object], field: str, problem: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        operation.parse(data)
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_update_without_changes_is_refused() -> None:
    with pytest.raises(InvalidField, match="nothing_to_change"):
        UPDATE.parse({"event_id": NOBODY, "title": None})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["DE", "de", "pt_BR", "pt-br"], ("de", "pt-br")),
        (["de, FR", "de"], ("de", "fr")),
        (["tlh"], ("tlh",)),
        (("zh-Hans",), ("zh-hans",)),
    ],
)
def test_languages(written: object, read: tuple[str, ...]) -> None:
    payload = CREATE.parse({**EVENT, "target_languages": written})
    assert payload.content.target_languages == read


@pytest.mark.parametrize("written", ["in_person", "in-person", " In_Person "])
def test_event_type_has_two_names(written: str) -> None:
    assert CREATE.parse({**EVENT, "event_type": written}).event_type == "in-person"


def test_all_fields_are_sent_in_palabras_format() -> None:
    tokyo = timezone(timedelta(hours=9))
    start = START.astimezone(tokyo).replace(microsecond=123456)
    payload = CREATE.parse({**WHOLE, "start": start})
    assert payload.content.body() == {
        "title": "Town meeting",
        "event_type": "in-person",
        "utc_start_dt": "2030-05-01T18:00:00Z",
        "utc_end_dt": "2030-05-01T20:00:00Z",
        "timezone": "Europe/Berlin",
        "description": "Everybody\nis welcome",
        "location": "Town hall",
        "access_code": "4711",
        "target_languages": ["de", "fr"],
        "listener_language_mode": "approval",
        "is_recurring": False,
        "cover_image_key": "covers/1.png",
    }


def test_empty_field_is_omitted_on_create_and_cleared_on_update() -> None:
    empty = {
        "description": "",
        "location": " ",
        "access_code": "",
        "target_languages": [],
        "cover_image_key": "",
    }
    assert set(CREATE.parse({**EVENT, **empty}).content.body()) == {
        "title",
        "event_type",
        "utc_start_dt",
        "utc_end_dt",
    }
    assert UPDATE.parse({"event_id": NOBODY, **empty}).content.body() == {
        **empty,
        "location": "",
    }


@pytest.mark.parametrize(
    ("operation", "data"),
    [
        (CREATE, EVENT),
        (CREATE, WHOLE),
        (UPDATE, {"event_id": NOBODY, **WHOLE}),
        (UPDATE, {"delivery_id": "d", "location": ""}),
        (DELETE, {"event_id": NOBODY}),
        (DELETE, {"delivery_id": "d"}),
    ],
)
def test_rows_survive_a_restart(
    operation: AnyOperation, data: Mapping[str, object]
) -> None:
    payload = operation.parse(data)
    assert operation.load(1, operation.dump(payload)) == payload


@pytest.mark.parametrize(
    ("version", "data"),
    [
        (2, {}),
        (1, {}),
        (1, {**EVENT, "start": "soon"}),
        (1, {**EVENT, "start": 5}),
    ],
)
def test_unreadable_rows_are_refused(version: int, data: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePayload):
        CREATE.load(version, data)


@pytest.mark.parametrize(
    ("operation", "data"),
    [(CREATE, EVENT), (UPDATE, {"event_id": NOBODY, "end": END})],
    ids=["create", "update"],
)
def test_end_in_the_past_is_refused(
    operation: AnyOperation, data: Mapping[str, object]
) -> None:
    payload = operation.parse(data)
    operation.check(payload, NOTHING, END - timedelta(seconds=1))
    with pytest.raises(InvalidField) as caught:
        operation.check(payload, NOTHING, END)
    assert (caught.value.field, caught.value.problem) == ("end", "too_early")


def test_event_that_has_started_is_accepted() -> None:
    CREATE.check(CREATE.parse(EVENT), NOTHING, START + timedelta(minutes=5))


def test_expiry() -> None:
    occurred = START - timedelta(days=3)
    assert CREATE.expires(CREATE.parse(EVENT), occurred, NOTHING) == END
    moved = UPDATE.parse({"event_id": NOBODY, "end": END})
    assert UPDATE.expires(moved, occurred, NOTHING) == END
    named = UPDATE.parse({"event_id": NOBODY, "title": "Other"})
    assert UPDATE.expires(named, occurred, NOTHING) == occurred + timedelta(days=7)
    brought_forward = UPDATE.parse({"event_id": NOBODY, "start": START})
    assert UPDATE.expires(brought_forward, occurred, NOTHING) == START + timedelta(
        days=7
    )
    gone = DELETE.parse({"event_id": NOBODY})
    assert DELETE.expires(gone, occurred, NOTHING) is None


def test_deliveries_for_one_event_keep_their_order() -> None:
    assert CREATE.key(CREATE.parse(EVENT), "d") == "d"
    for operation, more in ((UPDATE, {"title": "Other"}), (DELETE, {})):
        by_delivery = operation.parse({"delivery_id": "d", **more})
        assert operation.key(by_delivery, "e") == "d"
        assert operation.follows(by_delivery) == "d"
        assert operation.summary(by_delivery) == more.get("title", "")
        by_id = operation.parse({"event_id": NOBODY, **more})
        assert operation.key(by_id, "e") == f"event:{NOBODY}"
        assert operation.follows(by_id) is None
        assert operation.summary(by_id) == more.get("title", NOBODY)
    assert PALABRA.concurrency == 1


def test_similar_events_are_created_one_at_a_time() -> None:
    one, other = CREATE.parse(EVENT), CREATE.parse(WHOLE)
    later = CREATE.parse({**EVENT, "end": END + timedelta(minutes=1)})
    assert CREATE.lane(one, NOTHING) == CREATE.lane(other, NOTHING)
    assert CREATE.lane(one, NOTHING) != CREATE.lane(later, NOTHING)


def test_summary_and_repr_contain_no_secrets() -> None:
    secret = {"access_code": "canary", "description": "canary"}
    payload = CREATE.parse({**EVENT, **secret})
    assert CREATE.summary(payload) == EVENT["title"]
    assert "canary" not in repr(CREATE.parse({**EVENT, "access_code": "canary"}))
    moved = UPDATE.parse({"event_id": NOBODY, "location": "canary"})
    assert UPDATE.summary(moved) == NOBODY
