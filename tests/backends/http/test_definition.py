"""Tests of a request's definition, as its form stores it."""

from typing import Any

import pytest

from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.http.request.definition import (
    Definition,
    IdHeader,
    Order,
    Repeat,
)

LEAST: dict[str, Any] = {"repeat": "ask"}
LOOK_UP: dict[str, Any] = {
    "path": "/api/notes",
    "query": {"tag": "er:{id}"},
    "found_path": "[0].id",
}


def test_required_fields() -> None:
    read = Definition.parse(LEAST)
    assert read.recipe.method == "POST"
    assert read.accepts is None
    assert read.order is Order.NONE
    assert read.life is None
    assert read.given({"a": 1, "b": None}) == {"a": 1}


def test_all_fields() -> None:
    read = Definition.parse(
        {
            "method": "put",
            "path": "/x/{id}",
            "repeat": "look_up",
            "look_up": {**LOOK_UP, "missing_is_404": True, "absent_after": 45},
            "ids": ["webhook-id", "Idempotency-Key"],
            "signed": True,
            "order": "request",
            "life": "3600",
            "success_statuses": "204",
            "success_path": "ok",
            "success_equals": "true",
            "id_from": "header: Location",
            "answer_fields": {"version": "meta.version"},
        }
    )
    assert read.repeat is Repeat.LOOK_UP
    assert read.look_up is not None
    assert read.look_up.absent_after == 45
    assert read.look_up.recipe.method == "GET"
    assert read.ids == {IdHeader.WEBHOOK_ID, IdHeader.IDEMPOTENCY_KEY}
    assert read.answers.id_from == "header:Location"
    assert read.order is Order.REQUEST
    assert read.life == 3600


def test_fields() -> None:
    read = Definition.parse(
        {
            **LEAST,
            "fields": {
                "message": {"required": True, "type": "text"},
                "priority": {"default": 3, "type": "number"},
                "loud": {"type": "boolean"},
                "extra": None,
            },
        }
    )
    # Templates of actions return numbers and booleans if a text looks like one.
    assert read.given({"message": 5, "priority": "4", "loud": "off"}) == {
        "message": "5",
        "priority": 4,
        "loud": False,
    }
    assert read.given({"message": True, "priority": 2.5, "extra": [1]}) == {
        "message": "True",
        "priority": 2.5,
        "extra": [1],
    }


@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        ({}, "data.message", "required"),
        ({"message": ""}, "data.message", "required"),
        ({"message": None}, "data.message", "required"),
        ({"message": "x", "other": 1}, "data.other", "unknown"),
        ({"message": ["x"]}, "data.message", "not_text"),
        ({"message": "x", "priority": "high"}, "data.priority", "not_a_number"),
        ({"message": "x", "loud": "loud"}, "data.loud", "not_a_flag"),
    ],
)
def test_invalid_data_is_refused(
    data: dict[str, Any], field: str, problem: str
) -> None:
    read = Definition.parse(
        {
            **LEAST,
            "fields": {
                "message": {"required": True, "type": "text"},
                "priority": {"type": "number"},
                "loud": {"type": "boolean"},
            },
        }
    )
    with pytest.raises(InvalidField) as caught:
        read.given(data)
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_meaning_of_a_lost_response_has_no_default() -> None:
    with pytest.raises(InvalidField) as caught:
        Definition.parse({})
    assert (caught.value.field, caught.value.problem) == ("repeat", "required")


def test_refusals() -> None:
    refused = {}
    for number, (data, field) in enumerate(REFUSED):
        with pytest.raises(InvalidField) as caught:
            Definition.parse({**LEAST, **data})
        refused[number] = caught.value.field
        assert caught.value.field == field, data


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"repeat": "exactly"}, "repeat"),
    ({"order": "all"}, "order"),
    ({"order": "request", "end": {"repeat": "ask"}}, "order"),
    ({"life": 0}, "life"),
    ({"life": "soon"}, "life"),
    ({"repeat_for": 0}, "repeat_for"),
    ({"end": {"path": "/", "repeat": "ask", "repeat_for": "a day"}}, "end.repeat_for"),
    ({"ids": "webhook-id"}, "ids"),
    ({"ids": ["X-Id"]}, "ids"),
    ({"fields": ["a"]}, "fields"),
    ({"fields": {"a b": None}}, "fields.a b"),
    ({"fields": {"data": None}}, "fields.data"),
    ({"fields": {"a": "required"}}, "fields.a"),
    ({"fields": {"a": {"required": "yes"}}}, "fields.a.required"),
    ({"fields": {"a": {"type": "date"}}}, "fields.a.type"),
    ({"fields": {"a": {"odd": 1}}}, "fields.a.odd"),
    ({"test_field": "title"}, "fields"),
    ({"repeat": "look_up"}, "look_up"),
    ({"repeat": "look_up", "look_up": {**LOOK_UP, "query": {}}}, "look_up.path"),
    ({"repeat": "look_up", "look_up": {**LOOK_UP, "method": "POST"}}, "look_up.method"),
    (
        {"repeat": "look_up", "look_up": {**LOOK_UP, "found_path": ""}},
        "look_up.found_path",
    ),
    (
        {"repeat": "look_up", "look_up": {**LOOK_UP, "found_path": "a b"}},
        "look_up.found_path",
    ),
    (
        {"repeat": "look_up", "look_up": {**LOOK_UP, "absent_after": 39}},
        "look_up.absent_after",
    ),
    ({"end": "x"}, "end"),
    ({"end": {"path": "/x"}}, "end.repeat"),
    ({"end": {"path": "/x", "repeat": "look_up"}}, "end.repeat"),
    ({"end": {"path": "x", "repeat": "ask"}}, "end.path"),
    ({"success_statuses": "2xx"}, "success_statuses"),
    ({"success_equals": "x"}, "success_path"),
    ({"id_from": "a b"}, "id_from"),
    ({"id_from": "header:"}, "id_from"),
    ({"answer_fields": {"a": "b c"}}, "answer_fields.a"),
    ({"answer_fields": ["a"]}, "answer_fields"),
]
