"""Tests of rendering: every value is encoded for its place."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.event_relay.backends.base import (
    InvalidField,
    Json,
    UnreadablePayload,
)
from custom_components.event_relay.backends.errors import Rejected
from custom_components.event_relay.backends.http.request.recipe import BodyKind, Recipe
from custom_components.event_relay.backends.http.request.rendering import LONGEST_BODY
from custom_components.event_relay.backends.http.request.slots import Marker, moments
from custom_components.event_relay.backends.http.request.wire import Sent, Wire

from .jinja import rendering

ORIGIN = "http://192.168.1.5:8080"
MOMENT = datetime(2026, 11, 28, 12, 0, 0, 250_000, UTC)
VALUES = {
    "id": "d-1",
    "start_id": "77",
    "secret:token": "s3/cr?t",
    "secret:odd": 'a"b',
    **moments(MOMENT, "occurred"),
    **moments(MOMENT, "sent"),
}


def sent(recipe: dict[str, Any], *accepted: str, **data: object) -> Sent:
    """Return the request of a recipe, after it was stored and read again."""
    wire = rendering(*accepted, **data).wire(Recipe.parse(recipe))
    stored = json.loads(json.dumps(wire.dump()))
    assert Wire.load(stored) == wire
    return Wire.load(stored).filled(ORIGIN, VALUES.__getitem__)


def body(recipe: object, *accepted: str, **data: object) -> object:
    """Return the JSON body rendered from a body's templates."""
    made = sent({"body_kind": "json", "body_json": recipe}, *accepted, **data)
    assert made.body is not None
    decoded: object = json.loads(made.body)
    return decoded


def refused(recipe: dict[str, Any], **data: object) -> tuple[str, str]:
    """Return the refused field of a recipe, and the reason."""
    with pytest.raises(InvalidField) as caught:
        sent(recipe, **data)
    return caught.value.field, caught.value.problem


# Bodies.


LEAVES: list[tuple[Json, dict[str, Any], Json]] = [
    ("{{ title }}", {"title": "007"}, "007"),
    ("{{ title }}", {"title": 'say "hi"\n{id}'}, 'say "hi"\n{id}'),
    ("{{ count }}", {"count": 3}, 3),
    ("{{ count + 1 }}", {"count": 3}, 4),
    ("{{ '3' }}", {}, "3"),
    ("{{ none }}", {}, None),
    ("{{ whole }}", {"whole": {"a": [1, None]}}, {"a": [1, None]}),
    ("{{ data }}", {"a": 1}, {"a": 1}),
    ("{{ a }} and {{ b }}", {"a": 1, "b": 2}, "1 and 2"),
    ("{% if a %}yes{% endif %}", {"a": 1}, "yes"),
    ("er:{id}", {}, "er:d-1"),
    ("{id}", {}, "d-1"),
    ("{occurred_ms}", {}, 1_795_867_200_250),
    ("{occurred_s}", {}, 1_795_867_200),
    ("{occurred_ns}", {}, "1795867200250000000"),
    ("at {occurred_ms}", {}, "at 1795867200250"),
    ("{occurred_at}", {}, "2026-11-28T12:00:00.250Z"),
    ("{secret:odd}", {}, 'a"b'),
    ("{{ '{id}' }}", {}, "d-1"),
    ("{unknown} {{ '{' }}", {}, "{unknown} {"),
    (5, {}, 5),
    (None, {}, None),
]


def test_value_in_json_keeps_its_type() -> None:
    for leaf, data, expected in LEAVES:
        assert body({"leaf": leaf}, **data) == {"leaf": expected}, leaf


def test_missing_field_is_left_out() -> None:
    template = {
        "title": "{{ title }}",
        "tags": ["{{ tag }}", "b"],
        "x": {"y": "{{ y }}"},
    }
    assert body(template, "title", "tag", "y") == {"tags": ["b"], "x": {}}


BODIES = st.recursive(
    st.sampled_from(
        [
            *("plain", "{", "{id}", "{occurred_ms}", "at {occurred_ms}", "{{ a }}", ""),
            *(
                "{{ a }} and {id}",
                "{{ b }}",
                "{{ b | upper }}{occurred_s}",
                "{{ a + 1 }}",
            ),
            *("{{ '{occurred_ms}' }}", 1, -0.5, None, True),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "{id}", 'q"']), inner, max_size=3)
    ),
)


@given(BODIES)
@settings(max_examples=60, deadline=None)
def test_pre_encoded_parts_do_not_change_the_result(one: Json) -> None:
    recipe = Recipe(body_kind=BodyKind.JSON, body=one)
    call = rendering(a=1, b='x"y')
    assert call._json(recipe, "body") == call._json_without_some(one, "body")


def test_values_of_home_assistant_are_encoded_as_json() -> None:
    class Mode(StrEnum):
        ECO = "eco"

    given_ = {
        "at": MOMENT,
        "long": timedelta(minutes=2),
        "mode": Mode.ECO,
        "several": ("a", 1),
    }
    assert body("{{ data }}", **given_) == {
        "at": "2026-11-28T12:00:00.250000+00:00",
        "long": 120.0,
        "mode": "eco",
        "several": ["a", 1],
    }


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), object(), b"x", "\ud800"])
def test_value_without_json_form_is_refused(odd: object) -> None:
    with pytest.raises(InvalidField):
        body({"a": "{{ odd }}"}, odd=odd)


def test_endlessly_nested_value_is_refused() -> None:
    deep: list[Any] = []
    deep.append(deep)
    with pytest.raises(InvalidField) as caught:
        body("{{ deep }}", deep=deep)
    assert caught.value.problem == "nested_too_deeply"


def test_form_body() -> None:
    recipe = {
        "body_kind": "form",
        "body_form": {
            "a b": "{{ text }}",
            "n": "{{ n }}",
            "t": "{{ t }}",
            "s": "{secret:token}",
            "off": "{{ off }}",
        },
    }
    made = sent(recipe, "off", text="1 & 2=3", n=[1, 2], t=True)
    assert made.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert made.body is not None
    assert parse_qsl(made.body.decode()) == [
        ("a b", "1 & 2=3"),
        ("n", "1"),
        ("n", "2"),
        ("t", "true"),
        ("s", "s3/cr?t"),
    ]


def test_text_body() -> None:
    recipe = {
        "body_kind": "text",
        "body_text": 'home field="{{ state }}" {occurred_ms}',
        "content_type": "text/plain",
    }
    made = sent(recipe, state="ö")
    assert made.body == 'home field="ö" 1795867200250'.encode()
    assert made.headers == {"Content-Type": "text/plain"}


def test_too_large_body_is_refused() -> None:
    recipe = {"body_kind": "text", "body_text": "{{ text }}"}
    assert sent(recipe, text="x" * LONGEST_BODY).body == b"x" * LONGEST_BODY
    assert refused(recipe, text="x" * (LONGEST_BODY + 1)) == (
        "body_text",
        "body_too_large",
    )


@pytest.mark.parametrize("template", ["{{ '{id}' | upper }}", "{{ '{id}'[5:] }}x"])
def test_placeholder_changed_by_a_template_is_refused(template: str) -> None:
    recipe = {"body_kind": "json", "body_json": {"a": template}}
    with pytest.raises(InvalidField) as caught:
        sent(recipe)
    assert caught.value.problem == "placeholder_in_expression"


def test_templates_are_marked_deterministically() -> None:
    marker = Marker()
    template = "a {id} b {secret:token} c {id}"
    marked = marker.mark(template)
    assert marker.mark("{secret:token} {occurred_ms}") != template
    assert marker.mark(template) == marked
    assert marker.shown(marked) == template
    assert Marker().mark(template) != marked


def test_failing_template_names_its_field() -> None:
    recipe = {"body_kind": "json", "body_json": {"a": ["{{ nothing.there }}"]}}
    assert refused(recipe) == ("body_json.a[0]", "not_rendered")


# Paths and queries.


PATHS: list[tuple[str, dict[str, Any], str]] = [
    ("/", {}, "/"),
    ("/api/events/{{ kind }}", {"kind": "a b"}, "/api/events/a%20b"),
    ("/api/{{ kind }}/x", {"kind": "a/b?c#d%"}, "/api/a%2Fb%3Fc%23d%25/x"),
    ("/bot{secret:token}/send", {}, "/bots3/cr%3Ft/send"),
    ("/t/{id}/", {}, "/t/d-1/"),
    ("/a/{{ x }}.{{ y }}", {"x": ".", "y": "a"}, "/a/..a"),
    ("/t/{{ x ~ 'é' }}", {"x": 1}, "/t/1%C3%A9"),
]


def test_path() -> None:
    for path, data, expected in PATHS:
        assert sent({"path": path}, **data).address == ORIGIN + expected


REFUSED_PATHS: list[tuple[str, dict[str, Any], str]] = [
    ("api", {}, "path_slash"),
    ("", {}, "path_slash"),
    ("//other", {}, "path_segment"),
    ("/a//b", {}, "path_segment"),
    ("/a/../b", {}, "path_segment"),
    ("/a/./b", {}, "path_segment"),
    ("/a/{{ x }}/b", {"x": ""}, "path_empty"),
    ("/a/{{ x }}", {"x": ".."}, "path_segment"),
    ("/a/{{ x }}{{ x }}", {"x": "."}, "path_segment"),
    ("/a/{{ x }}", {"x": "a\\b"}, "path_character"),
    ("/a/{{ x }}", {"x": "a\nb"}, "path_character"),
    ("/a\\b", {}, "path_character"),
    ("/a%2fb", {}, "path_character"),
    ("/a#b", {}, "path_character"),
    ("/a?b=c", {}, "path_query"),
    ("/{% if x %}a{% endif %}", {"x": 1}, "path_statement"),
    ("/" + "a" * 2000, {}, "too_long"),
    ("/{sent_s}", {}, "placeholder_not_here"),
    ("/{start_id}", {}, "placeholder_not_here"),
]


def test_unsafe_path_is_refused() -> None:
    for path, data, problem in REFUSED_PATHS:
        assert refused({"path": path}, **data) == ("path", problem), path


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_value_changes_the_destination(value: str) -> None:
    recipe = {"path": "/a/{{ value }}", "query": {"q": "{{ value }}"}}
    try:
        made = sent(recipe, value=value)
    except InvalidField:
        return
    parts = urlsplit(made.address)
    assert f"{parts.scheme}://{parts.netloc}" == ORIGIN
    assert [unquote(one) for one in parts.path.split("/")] == ["", "a", value.strip()]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("q", value)]


def test_query() -> None:
    recipe = {
        "query": {
            "tags": ["a", "{{ two }}"],
            "q x": "{{ q }}",
            "id": "er:{id}",
            "off": "{{ off }}",
            "n": 5,
        }
    }
    made = sent(recipe, "off", two="b&c", q="ä =")
    assert made.address == (
        f"{ORIGIN}/?tags=a&tags=b%26c&q%20x=%C3%A4%20%3D&id=er%3Ad-1&n=5"
    )


def test_secret_in_a_path_cannot_change_the_destination() -> None:
    wire = rendering().wire(Recipe.parse({"path": "/{secret:token}"}))
    with pytest.raises(Rejected):
        wire.filled(ORIGIN, lambda _name: "../x")


# Headers.


def test_headers() -> None:
    recipe = {
        "headers": {
            "X-Title": "{{ title }}",
            "X-Token": "{secret:token}",
            "X-At": "{sent_s}",
            "X-Empty": "{{ '' }}",
        }
    }
    made = sent(recipe, title="Ünder")
    assert made.headers == {
        "X-Title": "Ünder",
        "X-Token": "s3/cr?t",
        "X-At": "1795867200",
    }


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "host",
        "Connection",
        "Transfer-Encoding",
        "Content-Length",
        "TE",
        "Upgrade",
    ],
)
def test_reserved_header_is_refused(name: str) -> None:
    assert refused({"headers": {name: "x"}}) == (f"headers.{name}", "header_reserved")


@pytest.mark.parametrize("name", ["", "a b", "a:b", "ä", "a\nb"])
def test_header_with_an_invalid_name_is_refused(name: str) -> None:
    assert refused({"headers": {name: "x"}})[1] == "header_name"


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        ({"query": {"{{ a }}": "b"}}, "query.{{ a }}"),
        ({"query": {"{id}": "b"}}, "query.{id}"),
        (
            {"body_kind": "form", "body_form": {"{% if a %}": "b"}},
            "body_form.{% if a %}",
        ),
        (
            {"body_kind": "json", "body_json": [{"a": {"{secret:key}": 1}}]},
            "body_json.{secret:key}",
        ),
    ],
)
def test_template_in_a_name_is_refused(recipe: dict[str, Any], field: str) -> None:
    assert refused(recipe) == (field, "template_in_name")


def test_same_header_twice_is_refused() -> None:
    recipe = {"headers": {"X-A": "1", "x-a": "2"}}
    assert refused(recipe) == ("headers.x-a", "header_twice")


@pytest.mark.parametrize("odd", ["a\r\nb", "a\nb", "a\x00b", "a\u2028b"])
def test_header_value_with_line_breaks_is_refused(odd: str) -> None:
    recipe = {"headers": {"X-A": "{{ odd }}"}}
    assert refused(recipe, odd=odd) == ("headers.X-A", "header_value")


def test_secret_with_line_breaks_is_refused_in_a_header() -> None:
    wire = rendering().wire(Recipe.parse({"headers": {"X-A": "{secret:token}"}}))
    with pytest.raises(Rejected):
        wire.filled(ORIGIN, lambda _name: "a\nb")


# Recipes.


REFUSED_RECIPES: list[tuple[dict[str, Any], str, str]] = [
    ({"method": "TRACE"}, "method", "not_one_of"),
    ({"method": 5}, "method", "not_one_of"),
    ({"body_kind": "xml"}, "body_kind", "not_one_of"),
    ({"body_kind": "json"}, "body_json", "required"),
    ({"body_kind": "text", "body_text": ["a"]}, "body_text", "not_text"),
    ({"body_kind": "form", "body_form": ["a"]}, "body_form", "not_a_mapping"),
    (
        {"method": "GET", "body_kind": "json", "body_json": {"a": 1}},
        "body_kind",
        "body_not_taken",
    ),
    ({"query": ["a"]}, "query", "not_a_mapping"),
    ({"query": {"a": {"b": 1}}}, "query.a", "not_text"),
    ({"query": {str(n): 1 for n in range(51)}}, "query", "too_many"),
    ({"headers": {"X": ["a"]}}, "headers.X", "not_text"),
    (
        {"body_kind": "text", "body_text": "x", "content_type": "a\r\nb"},
        "content_type",
        "content_type",
    ),
    (
        {"body_kind": "json", "body_json": {"a": "{sent_ms}"}},
        "body_json",
        "placeholder_not_here",
    ),
    (
        {"body_kind": "text", "body_text": "x" * 20_001},
        "body_text",
        "too_long",
    ),
]


def test_invalid_recipe_is_refused() -> None:
    for recipe, field, problem in REFUSED_RECIPES:
        assert refused(recipe) == (field, problem), recipe


def test_fields_of_an_end_have_a_prefix() -> None:
    with pytest.raises(InvalidField) as caught:
        Recipe.parse({"path": "x"}, prefix="end.", ends=True)
    assert caught.value.field == "end.path"
    ends = Recipe.parse({"path": "/a/{start_id}"}, prefix="end.", ends=True)
    made = rendering().wire(ends).filled(ORIGIN, VALUES.__getitem__)
    assert made.address == f"{ORIGIN}/a/77"


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {"path": "/"},
        {"method": "TRACE", "path": "/"},
        {"method": "POST"},
        {"method": "POST", "path": [{"slot": "odd"}]},
        {"method": "POST", "path": [5]},
        {"method": "POST", "path": "/", "headers": []},
        {"method": "POST", "path": "/", "body_kind": "odd"},
        {"method": "POST", "path": "/", "content_type": 5},
    ],
)
def test_unreadable_stored_request_is_refused(stored: Json) -> None:
    with pytest.raises(UnreadablePayload):
        Wire.load(stored)
