"""Tests of rendered fields: text stays text, unchanged."""

import gc

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
import pytest
import voluptuous as vol

from custom_components.event_relay.actions.coercion import coerce
from custom_components.event_relay.backends.base import Shape
from custom_components.event_relay.registry import BY_NAME
from custom_components.event_relay.rules.fields import Field, Fields
from custom_components.event_relay.rules.triggers import CannotAttach

HELPER = "input_text.helper"
ITS_STATE = "{{ states('input_text.helper') }}"
LITERAL_LOOKALIKES = (
    "2026.10",
    "1.10",
    "12.50",
    "007",
    "1_000",
    "1e3",
    "+491701234567",
    "-5",
    "...",
    "None",
    "True",
    "false",
    "12345678901234567890.5",
    "22,5",
    "1,2,3",
    "[1, 2]",
    "{'a': 1}",
    "{1, 2}",
    "()",
    "'quoted'",
    "b'bytes'",
    "0x1F",
    "1j",
    "{{ 1 }}",
    "{% if %}",
)
"""States that would be Python or a template if not treated as text."""


@pytest.mark.parametrize("words", LITERAL_LOOKALIKES)
@pytest.mark.parametrize(
    ("raw", "shape"),
    [
        (ITS_STATE, Shape.TEXT),
        ({"tag": ITS_STATE}, Shape.TEXTS),
        ([ITS_STATE], Shape.TEXTS),
    ],
)
def test_text_is_unchanged(
    hass: HomeAssistant, words: str, raw: object, shape: Shape
) -> None:
    hass.states.async_set(HELPER, words)

    rendered = Field(hass, raw, shape).render({})

    match rendered:
        case {"tag": value} | [value] | value:
            assert value == words


@pytest.mark.parametrize("number", [0, -5, 7, 12.5, -0.25, 12345678901234567890])
def test_number_keeps_its_type_and_leaves_no_reference_cycle(
    hass: HomeAssistant, number: float
) -> None:
    hass.states.async_set(HELPER, str(number))
    fields = {
        shape: Field(hass, ITS_STATE, shape) for shape in (Shape.TEXT, Shape.JSON)
    }
    cycles = {}
    for shape, field in fields.items():
        field.render({})
        gc.collect()
        field.render({})
        cycles[shape] = gc.collect()

    rendered = fields[Shape.JSON].render({})

    assert cycles[Shape.JSON] <= cycles[Shape.TEXT]
    assert rendered == number
    assert type(rendered) is type(number)


def test_surrounding_space_is_stripped(hass: HomeAssistant) -> None:
    hass.states.async_set(HELPER, " 5 ")

    assert Field(hass, ITS_STATE, Shape.TEXT).render({}) == "5"


@pytest.mark.parametrize(
    "raw",
    [
        "{{ none }}",
        "{{- trigger.description -}}",
        "{{ trigger.location | upper if 0 }}",
    ],
)
def test_none_is_no_value(hass: HomeAssistant, raw: str) -> None:
    variables = {"trigger": {"description": None, "location": "Hall"}}

    assert Field(hass, raw, Shape.TEXT).render(variables) in (None, "")
    assert Fields(hass, {"a": raw}, lambda _: Shape.TEXT).render(variables) == {}


def test_none_within_a_text_is_a_word(hass: HomeAssistant) -> None:
    raw = "{{ trigger.location }}{{ trigger.more }}"
    variables = {"trigger": {"location": "No", "more": "ne"}}

    assert Field(hass, raw, Shape.TEXT).render(variables) == "None"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (["{{ ['de', 'fr'] }}"], ["de", "fr"]),
        (["en", "{{ ('de', 'fr') }}", "{{ 'nl' }}"], ["en", "de", "fr", "nl"]),
        (["{{ '[1, 2]' }}"], ["[1, 2]"]),
        (["{{ [] }}"], []),
    ],
)
def test_template_in_a_list_may_return_several_entries(
    hass: HomeAssistant, raw: object, value: object
) -> None:
    assert Field(hass, raw, Shape.TEXTS).render({}) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("{{ [1, 2] }}", [1, 2]),
        ("{{ (1, 2) }}", [1, 2]),
        ("{{ {'floor': '1.10'} }}", {"floor": "1.10"}),
        ("{{ none }}", None),
        ("{{ '' }}", None),
        ("{{ '1.10' }}", "1.10"),
    ],
)
@pytest.mark.parametrize("shape", [Shape.TEXTS, Shape.JSON])
def test_template_may_return_the_whole_structure(
    hass: HomeAssistant, raw: str, value: object, shape: Shape
) -> None:
    assert Field(hass, raw, shape).render({}) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("{{ 5 }}", 5),
        ("{{ 1.5 }}", 1.5),
        ("{{ true }}", True),
        ("{{ false }}", False),
        ("{{ -2 }}", -2),
        ("{{ [1, 'a'] }}", [1, "a"]),
        ("{{ (1, 2) }}", [1, 2]),
        ("{{ {'a': 1} }}", {"a": 1}),
        ("{{ 'A bell' }}", "A bell"),
        ("{{ 'bell' }}", "bell"),
        ("{{ 'None of it' }}", "None of it"),
        ("{{ '1.10' }}", "1.10"),
        ("{{ '+4917' }}", "+4917"),
        ("{{ [1] }}", [1]),
        ("plain", "plain"),
    ],
)
def test_json_keeps_types_if_nothing_is_lost(
    hass: HomeAssistant, raw: str, value: object
) -> None:
    assert Field(hass, {"a": [raw]}, Shape.JSON).render({}) == {"a": [value]}


@pytest.mark.parametrize(
    ("backend", "operation", "raw", "values"),
    [
        (
            "frigate",
            "create_camera_event",
            {
                "duration": "{{ 10 + 5 }}",
                "score": "{{ 0.5 }}",
                "retain": "{{ 1 == 1 }}",
            },
            {"duration": "15", "score": "0.5", "retain": True},
        ),
        (
            "frigate",
            "create_camera_event",
            {"boxes": "{{ [{'box': [0, 0, 1, 1]}] }}"},
            {"boxes": [{"box": [0, 0, 1, 1]}]},
        ),
        (
            "palabra",
            "create_live_event",
            {"is_recurring": "{{ 'yes' }}", "target_languages": "{{ ['de', 'no'] }}"},
            {"is_recurring": True, "target_languages": ["de", "no"]},
        ),
    ],
)
def test_text_is_parsed_to_the_type_of_the_field(
    hass: HomeAssistant,
    backend: str,
    operation: str,
    raw: dict[str, str],
    values: dict[str, object],
) -> None:
    forms = BY_NAME[backend]
    fields = Fields(hass, raw, lambda name: forms.shape_of(operation, name))

    assert coerce(fields.render({}), forms.action_fields[operation]) == values


def test_unknown_variable_is_an_error_only_if_strict(hass: HomeAssistant) -> None:
    raw = "{{ nothing.at_all }}{{ nothing }}"

    assert Field(hass, "{{ nothing }}", Shape.TEXT).render({}) is None
    with pytest.raises(TemplateError):
        Field(hass, raw, Shape.TEXT).render({}, strict=True)


def test_template_error_names_the_field(hass: HomeAssistant) -> None:
    with pytest.raises(vol.Invalid):
        Field(hass, "{{ 1 +", Shape.TEXT)
    with pytest.raises(CannotAttach, match="title"):
        Fields(hass, {"title": "{{ 1 +"}, lambda _: Shape.TEXT)
