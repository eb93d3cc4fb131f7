"""Tests of a table of fields: it parses, stores and builds forms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import re
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
import pytest

from custom_components.event_relay.actions.coercion import coerce
from custom_components.event_relay.backends.base import (
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    UnreadablePayload,
)
from custom_components.event_relay.backends.errors import UNKNOWN_EVENT, Gone
from custom_components.event_relay.backends.field_table import (
    choice_field,
    entity_field,
    flag_field,
    json_field,
    lines_field,
    list_field,
    mapping_field,
    number_field,
    seconds_field,
    text_field,
    time_field,
)
from custom_components.event_relay.backends.table_forms import coercer_of, rule_field_of
from custom_components.event_relay.backends.target import (
    EventTarget,
    FollowingOperation,
)

from .contexts import step_context

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
type NoClient = None


def as_given(value: object, name: str) -> Any:  # noqa: ANN401 - of any kind
    """Return a value unchanged, but a list as a tuple."""
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note with every kind of field."""

    title: str
    colour: str
    text: str | None = None
    stars: int | None = None
    weight: float | None = None
    lasts: int = 30
    pinned: bool = False
    at: datetime | None = None
    tags: tuple[str, ...] = ()
    links: Mapping[str, str] | None = None
    extra: object = None


class WriteNote(Operation[NoClient, Note, None]):
    """Write a note."""

    name = "write_note"
    fields = (
        text_field("title", longest=10, prose=True, required=True),
        choice_field("colour", ("red", "green"), required=True, public=True),
        lines_field("text", longest=20),
        number_field("stars", least=1, most=5),
        number_field("weight", least=0, most=1, step=0.1),
        seconds_field("lasts", least=1, most=60),
        flag_field("pinned", seldom=True),
        time_field("at", public=True),
        list_field("tags", as_given, options=("a", "b")),
        mapping_field("links", as_given),
        json_field("extra", as_given, secret=True),
        entity_field("calendar", "calendar"),
    )
    payload = Note
    details = ("page",)

    @override
    def steps(
        self, payload: Note, capabilities: None
    ) -> tuple[Step[NoClient, Note], ...]:
        return ()

    @override
    def summary(self, payload: Note) -> str:
        return payload.title


class NoteTarget(EventTarget):
    """The target of a change."""

    pattern = re.compile(r"\d+")
    example: ClassVar[str] = "17"


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A change of a note."""

    target: NoteTarget
    colour: str | None = None


class PinNote(FollowingOperation[NoClient, Pin, None]):
    """Change a note."""

    name = "pin_note"
    fields = (choice_field("colour", ("red", "green"), public=True),)
    payload = Pin
    target = NoteTarget

    @override
    def steps(
        self, payload: Pin, capabilities: None
    ) -> tuple[Step[NoClient, Pin], ...]:
        return ()


LEAST: dict[str, object] = {"title": "Milk", "colour": "red"}
WHOLE: dict[str, object] = {
    "title": "Milk",
    "colour": " Green ",
    "text": "is\nout",
    "stars": "3",
    "weight": 0.5,
    "lasts": 45,
    "pinned": True,
    "at": NOON,
    "tags": ["a", "c"],
    "links": {"shop": "near"},
    "extra": {"deep": [1, None]},
}


def test_required_and_all_fields() -> None:
    assert WriteNote().parse(LEAST) == Note(title="Milk", colour="red")
    assert WriteNote().parse(WHOLE) == Note(
        title="Milk",
        colour="green",
        text="is\nout",
        stars=3,
        weight=0.5,
        lasts=45,
        pinned=True,
        at=NOON,
        tags=("a", "c"),
        links={"shop": "near"},
        extra={"deep": [1, None]},
    )


@pytest.mark.parametrize("data", [LEAST, WHOLE])
def test_payload_survives_storage(data: Mapping[str, object]) -> None:
    operation = WriteNote()
    payload = operation.parse(data)
    assert operation.load(1, operation.dump(payload)) == payload


def test_empty_values_are_not_stored() -> None:
    data = {**LEAST, "text": "", "tags": [], "links": {}, "at": None}
    stored = {"title": "Milk", "colour": "red", "lasts": 30, "pinned": False}
    assert WriteNote().dump(WriteNote().parse(data)) == stored


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("title", None, "required"),
        ("title", " ", "required"),
        ("title", "x" * 11, "too_long"),
        ("title", "a\nb", "bad_character"),
        ("title", 1, "not_text"),
        ("colour", "", "required"),
        ("colour", "blue", "not_one_of"),
        ("text", "x" * 21, "too_long"),
        ("stars", 0, "out_of_range"),
        ("stars", 2.5, "not_whole"),
        ("weight", 1.1, "out_of_range"),
        ("lasts", 61, "out_of_range"),
        ("pinned", "yes", "not_a_flag"),
        ("at", "noon", "not_a_time"),
        ("colours", "red", "unknown"),
        ("calendar", "calendar.home", "unknown"),
    ],
)
def test_error_names_the_invalid_field(field: str, value: object, problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        WriteNote().parse({**LEAST, field: value})
    assert (caught.value.field, caught.value.problem) == (field, problem)


@pytest.mark.parametrize(
    ("version", "stored"),
    [(2, {}), (1, {"at": "noon"}), (1, {"stars": 9}), (1, {"colour": None})],
)
def test_malformed_payload_is_unreadable(version: int, stored: JsonObject) -> None:
    data: JsonObject = {"title": "Milk", "colour": "red", **stored}
    with pytest.raises(UnreadablePayload):
        WriteNote().load(version, data)


def test_table_names_prose_and_public_fields() -> None:
    assert WriteNote.prose == {"title": 10, "text": 20}
    assert WriteNote.public_fields == {"colour", "at"}
    assert PinNote.public_fields == {"delivery_id", "event_id", "colour"}


def test_usual_receipt() -> None:
    results: dict[str, JsonObject] = {
        "write": {"event_id": "1", "links": {"page": "/1"}, "page": 1},
        "tidy": {"links": {"shop": "/2"}, "page": None, "other": 5},
    }
    assert WriteNote().receipt(WriteNote().parse(LEAST), results) == Receipt(
        outside_id="1", links={"page": "/1", "shop": "/2"}, details={"page": 1}
    )


def test_follow_up_stays_behind_its_start() -> None:
    operation = PinNote()
    by_delivery = operation.parse({"delivery_id": "d", "colour": "red"})
    assert operation.key(by_delivery, "own") == "d"
    assert operation.follows(by_delivery) == "d"
    assert operation.summary(by_delivery) == ""
    by_id = operation.parse({"event_id": "17"})
    assert operation.key(by_id, "own") == "event:17"
    assert operation.follows(by_id) is None
    assert operation.summary(by_id) == "17"
    for payload in (by_delivery, by_id):
        assert operation.load(1, operation.dump(payload)) == payload


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "one_required"),
        ({"event_id": "17", "delivery_id": "d"}, "exclusive"),
        ({"event_id": "x"}, "not_an_id"),
        ({"event_id": "17", "title": "x"}, "unknown"),
    ],
)
def test_target_must_be_named_once(data: Mapping[str, object], problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        PinNote().parse(data)
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    ("followed", "found"),
    [(Receipt(outside_id="17"), "17"), (Receipt(), None), (None, None)],
)
def test_follow_up_has_the_id_of_its_start(
    followed: Receipt | None, found: str | None
) -> None:
    target = NoteTarget(delivery_id="d")
    given: StepContext = step_context(followed=followed)
    if found is not None:
        assert target.resolve(given) == found
        return
    with pytest.raises(Gone) as caught:
        target.resolve(given)
    assert caught.value.code == UNKNOWN_EVENT


def test_texts_from_templates_are_converted() -> None:
    coercers = {field.name: coercer_of(field) for field in WriteNote.asked()}
    rendered = {
        "title": 7,
        "stars": "3",
        "lasts": "00:00:45",
        "pinned": "on",
        "at": "2026-11-28T12:00:00Z",
        "tags": "a",
        "calendar": "calendar.home",
    }
    assert coerce(rendered, coercers) == {
        "title": "7",
        "stars": "3",
        "lasts": 45.0,
        "pinned": True,
        "at": NOON,
        "tags": ["a"],
        "calendar": "calendar.home",
    }


@pytest.mark.parametrize("words", ["21,5", "1,000", "{'a': 1}", "...", "front"])
async def test_text_stays_the_text_that_a_template_rendered(
    hass: HomeAssistant, words: str
) -> None:
    coercers = {field.name: coercer_of(field) for field in WriteNote.asked()}
    rendered = Template("{{ words }}", hass).async_render({"words": words})
    data = {"title": rendered, "colour": rendered, "links": {"home": rendered}}
    assert coerce(data, coercers) == {
        "title": words,
        "colour": words,
        "links": {"home": words},
    }


def test_mapping_keeps_what_is_no_text_of_a_template() -> None:
    coercers = {field.name: coercer_of(field) for field in WriteNote.asked()}
    for links in ({"a": [1], "b": {"c": 2}, "d": 3}, "a text", [1]):
        assert coerce({"links": links}, coercers) == {"links": links}


def test_form_of_a_rule_has_every_field() -> None:
    asked = [rule_field_of(field, {}) for field in WriteNote.asked()]
    assert [one.name for one in asked if one.required] == ["title", "colour"]
    assert [one.name for one in asked if one.seldom] == ["pinned"]
    assert [one.name for one in asked if one.secret] == ["extra"]
    kinds = {one.name: one.selector.selector_type for one in asked}
    assert kinds["title"] == "text"
    assert kinds["colour"] == kinds["tags"] == "select"
    assert kinds["links"] == "object"
    listing = replace(text_field("title"), listed=True)
    selector = rule_field_of(listing, {"title": {"1": "Milk"}}).selector
    assert [one["label"] for one in selector.config["options"]] == ["Milk"]
    assert kinds["calendar"] == "entity"
