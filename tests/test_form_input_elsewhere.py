"""Tests that no input makes any other form fail, nor a test from it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import pytest
import voluptuous as vol

from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.backends.guance.api import client as guance_client
from custom_components.event_relay.registry import BY_NAME
from tools.simulators.aipix import AipixSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home_guance, home_palabra
from .config_flows import open_form
from .home_aipix import connect_aipix
from .http.home import NOTE, add_request, connect as connect_http
from .rule_flow import EMPTY, WHEN, Form, add_rule
from .test_form_input import form_fields, inputs, show_form, with_field
from .test_mirror_flow import CALENDAR, SCRIPT, open_form as open_mirror_form

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOBODY = "http://127.0.0.1:1"
EVERY = 7
REQUEST: dict[str, Any] = {
    "name": "Note",
    "method": "POST",
    "path": "/notes",
    "body_kind": "none",
    "repeat": "ask",
    "look_up": {"missing_is_404": False, "absent_after": 60},
    "answer": {},
    "sending": {"signed": False, "order": "none"},
    "end": {"method": "POST", "body_kind": "none"},
}


@pytest.fixture(autouse=True)
def discard_entries(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discard new entries instead of setting them up."""
    monkeypatch.setattr(hass.config_entries, "async_add_subentry", Mock())


SECTIONS: dict[str, Any] = {"limits": {}, "until": {}}
"""The frontend's input for empty sections."""

type Configure = Callable[[str, dict[str, Any]], Awaitable[Any]]


async def try_everything(
    hass: HomeAssistant,
    begin: Callable[[], Awaitable[Form]],
    valid_input: Mapping[str, Any],
    configure: Configure | None = None,
    *,
    every: int = EVERY,
) -> tuple[int, int]:
    """Enter a part of all inputs in each field; count rejected and accepted.

    Each field starts with another one, so that all of them are entered somewhere.
    """
    configure = configure or hass.config_entries.subentries.async_configure
    refused = taken = 0
    form = await begin()
    first = form.step
    for number, (place, name, selector) in enumerate(list(form_fields(form))):
        for value in inputs(selector)[number % every :: every]:
            entered = with_field(valid_input, place, name, value)
            try:
                result = await configure(form.result["flow_id"], entered)
            except InvalidData:
                refused += 1
                continue
            if result["type"] is FlowResultType.FORM:
                show_form(Form(hass, result))
            if result.get("step_id") == first:
                assert result["errors"], (name, value)
                refused += 1
                continue
            taken += 1
            form = await begin()
    return refused, taken


CHOSEN: dict[str, dict[str, Any]] = {
    "aipix": {"api": "client"},
    "http": {"authentication": "none"},
    "palabra": {"api_key": "key"},
}
"""Input that a form needs beside its required texts and switches, by backend."""


def valid_input(backend: str) -> dict[str, Any]:
    """Return valid input for the form of a connection."""
    needed: dict[str, Any] = {CONF_URL: NOBODY}
    for marker, field in BY_NAME[backend].connection.schema.items():
        if isinstance(marker, vol.Required) and marker not in needed:
            match field:
                case TextSelector():
                    needed[str(marker)] = "key"
                case BooleanSelector():
                    needed[str(marker)] = True
    return needed | CHOSEN.get(backend, {})


@pytest.mark.parametrize("backend", list(BY_NAME))
async def test_connections(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    """Input is only parsed: no system responds."""
    probe = AsyncMock(side_effect=CannotConnect("nobody"))
    monkeypatch.setattr(BY_NAME[backend], "probe", probe)

    async def begin() -> Form:
        return Form(hass, await open_form(hass, backend))

    configure = hass.config_entries.flow.async_configure
    refused, taken = await try_everything(
        hass, begin, valid_input(backend), configure, every=3
    )
    assert (refused > 50, taken) == (True, 0)
    assert probe.await_count > 10


async def test_triggers_of_a_rule(hass: HomeAssistant, guance: GuanceSimulator) -> None:
    entry = await home_guance.connect(hass, guance)
    refused, taken = await try_everything(hass, lambda: add_rule(hass, entry), WHEN)
    assert refused > 20
    assert taken > 20


async def test_yaml_of_a_rule(hass: HomeAssistant, guance: GuanceSimulator) -> None:
    entry = await home_guance.connect(hass, guance)
    refused, _ = await try_everything(
        hass, lambda: add_rule(hass, entry, "from_yaml"), {"rule": {}}, every=2
    )
    assert refused > 20


async def test_fields_of_a_request_in_a_rule(hass: HomeAssistant) -> None:
    entry = await connect_http(hass, NOBODY, {"Note": NOTE})

    async def begin() -> Form:
        form = await add_rule(hass, entry)
        await form.submit(**WHEN)
        return form

    refused, taken = await try_everything(
        hass, begin, {"request": "Note", "data": {"text": "x"}, **SECTIONS}
    )
    assert refused > 10
    assert taken > 10


async def test_requests(hass: HomeAssistant) -> None:
    entry = await connect_http(hass, NOBODY, {})
    for step, valid_input in (
        ("advanced", REQUEST),
        ("paste", {"yaml": ""}),
        ("preset_webhook", {"name": "Hook", "repeat": "ask"}),
    ):

        async def begin(step: str = step) -> Form:
            return await add_request(hass, entry, step)

        every = 20 if step == "advanced" else EVERY
        refused, _ = await try_everything(hass, begin, valid_input, every=every)
        assert refused > 5, step


async def test_script_mirrors(hass: HomeAssistant, aipix: AipixSimulator) -> None:
    entry = await connect_aipix(hass, aipix)

    async def begin() -> Form:
        return Form(hass, await open_mirror_form(hass, entry, "script_mirror"))

    refused, _ = await try_everything(hass, begin, SCRIPT)
    assert refused > 50


async def test_calendar_mirrors(hass: HomeAssistant, palabra: PalabraSimulator) -> None:
    entry = await home_palabra.connect(hass, palabra)

    async def begin() -> Form:
        return Form(hass, await open_mirror_form(hass, entry, "calendar_mirror"))

    refused, _ = await try_everything(hass, begin, CALENDAR)
    assert refused > 50


async def test_test_from_the_form(
    hass: HomeAssistant, guance: GuanceSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page with the preview sends it, whatever a template returns."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)
    entry = await home_guance.connect(hass, guance)
    templates = ("{{ '22,5' }}", "{{ {'a': (1, 2)} }}", "{{ trigger }}")
    for template in templates:
        form = await add_rule(hass, entry)
        await form.submit(**WHEN)
        tags = {"a": template}
        valid_input = {
            "status": "info",
            "title": "Bell",
            "message": template,
            "tags": tags,
        }
        assert await form.submit(**EMPTY, **valid_input) == "preview", template
        show_form(form)
        assert await form.submit(send_test=True) == "preview"
        show_form(form)
        assert form.placeholders["result"] == "The test arrived in Workspace."
    assert [event.title for event in guance.events] == ["Test: Bell"] * len(templates)
