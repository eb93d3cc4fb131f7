"""Tests that no input makes a rule's form fail: it is accepted or rejected."""

from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import AsyncMock

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData, section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.selector import (
    DurationSelector,
    NumberSelector,
    ObjectSelector,
)
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.aipix import forms as aipix_forms
from custom_components.event_relay.backends.aipix.choices import script_choices
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home, home_guance, home_palabra
from .home_aipix import connect_aipix
from .rule_flow import EMPTY, WHEN, Form, add_rule, suggested_values

pytestmark = pytest.mark.usefixtures("socket_enabled")

LITERALS = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "٣",
    "NaN",
    "None",
    "...",
    "22,5",
    "[1, 2]",
    "{'a': 1}",
    "{1, 2}",
    "()",
    "b'x'",
    "1j",
    "00:00:30",
    "2026-02-30",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+14:00",
    "a" * 300,
    "line\nbreak",
    "tab\there",
    "\u202eright to left",
    "`back` **bold** <b>ticks</b>",
    "{placeholder}",
    "front_door",
    "camera.front_door",
)
TEMPLATES = (
    *(f"{{{{ {words!r} }}}}" for words in LITERALS),
    "{{ [] }}",
    "{{ [1, (2, 3), none] }}",
    "{{ (1, 2) }}",
    "{{ {1: {2: 3}} }}",
    "{{ {'a': [true, none]} }}",
    "{{ none }}",
    "{{ true }}",
    "{{ 1e308 * 10 }}",
    "{{ now() }}",
    "{{ trigger }}",
    "{{ trigger.to_state }}",
    "{{ nothing.at_all }}",
    "{{ states }}",
    "{{ 1 / 0 }}",
    "{{ 1 +",
    "{% if %}",
)
OBJECTS: tuple[Any, ...] = (
    None,
    True,
    0,
    1.5,
    [],
    {},
    [None],
    [[[]]],
    [{}],
    {"": ""},
    {"a": None},
    {"a": {"b": ["c"]}},
    {"monday": [{"from": "08:00:00", "to": "07:00:00"}]},
    [{"box": [0, 0, 1, 1], "color": "red"}],
    [{"days": [9], "ranges": "always"}],
)


def inputs(selector: object) -> tuple[Any, ...]:
    """Return possible input of a field of a form, and some impossible input."""
    if isinstance(selector, DurationSelector):
        return ({}, {"hours": 1e300}, {"days": 10**9}, {"seconds": -1}, *OBJECTS)
    if isinstance(selector, NumberSelector):
        return (0, -1, 2.5, 1e300, *OBJECTS)
    if isinstance(selector, ObjectSelector):
        return (*LITERALS, *TEMPLATES, *OBJECTS, *([one] for one in TEMPLATES[::4]))
    return (*LITERALS, *TEMPLATES, *OBJECTS[:4], *([one] for one in LITERALS[:6]))


def form_fields(form: Form) -> Iterator[tuple[str, str, object]]:
    """Yield section ("" for none), name and selector of each field of a form."""
    for marker, inner in form.result["data_schema"].schema.items():
        if isinstance(inner, section):
            for field, selector in inner.schema.schema.items():
                yield str(marker), str(field), selector
        else:
            yield "", str(marker), inner


def with_field(
    filled: Mapping[str, Any], place: str, name: str, value: object
) -> dict[str, Any]:
    """Return input with one field changed."""
    if not place:
        return {**filled, name: value}
    return {**filled, place: {**filled.get(place, {}), name: value}}


def show_form(form: Form) -> None:
    """Show a form as the frontend gets it."""
    probatio.to_field_list(
        form.result["data_schema"], custom_serializer=cv.custom_serializer
    )
    json_bytes(form.result["description_placeholders"])
    json_bytes(suggested_values(form.result["data_schema"]))


async def try_everything(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    operation: str,
    filled: Mapping[str, Any],
) -> tuple[int, int]:
    """Enter all inputs in all fields of the second form; count rejected and accepted.

    After accepted input, the flow is put back to that form: opening a new one each time
    would take as long as everything else.
    """
    refused = taken = 0
    form = await add_rule(hass, entry)
    step = await form.submit(**WHEN, **({"operation": operation} if operation else {}))
    asked = form.result
    flow = hass.config_entries.subentries._progress[asked["flow_id"]]
    for place, name, selector in list(form_fields(form)):
        for value in inputs(selector):
            entered = with_field({**EMPTY, **filled}, place, name, value)
            try:
                reached = await form.submit(**entered)
            except InvalidData:
                refused += 1
                continue
            show_form(form)
            if reached == step:
                assert form.errors, (name, value)
                refused += 1
                continue
            taken += 1
            form.result = flow.cur_step = asked
    return refused, taken


async def test_frigate(hass: HomeAssistant, frigate: FrigateSimulator) -> None:
    entry = await home.connect(hass, frigate)
    filled: dict[str, Any] = {"camera": "front_door", "label": "bell", "until": {}}
    refused, taken = await try_everything(hass, entry, "", filled)
    assert refused > 100
    assert taken > 100


async def test_guance(hass: HomeAssistant, guance: GuanceSimulator) -> None:
    entry = await home_guance.connect(hass, guance)
    filled = {"status": "ok", "title": "Bell"}
    refused, taken = await try_everything(hass, entry, "", filled)
    assert refused > 100
    assert taken > 100


async def test_palabra(hass: HomeAssistant, palabra: PalabraSimulator) -> None:
    entry = await home_palabra.connect(hass, palabra)
    filled = {
        "title": "Talk",
        "event_type": "online",
        "start": "2090-01-01T10:00:00+00:00",
        "end": "2090-01-01T11:00:00+00:00",
    }
    refused, taken = await try_everything(hass, entry, "", filled)
    assert refused > 100
    assert taken > 100


@pytest.mark.parametrize(
    ("operation", "filled"),
    [
        ("create_camera_mark", {"camera_id": "12", "title": "Bell"}),
        ("create_script", {"event_id": "41", "title": "Bell"}),
    ],
)
async def test_aipix(
    hass: HomeAssistant,
    aipix: AipixSimulator,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    filled: dict[str, Any],
) -> None:
    entry = await connect_aipix(hass, aipix)
    # The same lists every time: reading them is not tested here.
    choices = await script_choices(entry.runtime_data.client)
    monkeypatch.setattr(aipix_forms, "script_choices", AsyncMock(return_value=choices))
    refused, taken = await try_everything(hass, entry, operation, filled)
    assert refused > 100
    assert taken > 100
