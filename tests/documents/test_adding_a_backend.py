"""Tests of the example backend in the documentation."""

from collections.abc import AsyncIterator
import copy
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
import re
from typing import cast

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.actions import choices
from custom_components.event_relay.backends.errors import (
    InvalidCredentials,
    RequestPaused,
)
from custom_components.event_relay.backends.json_responses import Failures
from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.registry import (
    BY_NAME,
    REGISTERED,
    Registered,
    refuse_same_names,
)
from custom_components.event_relay.rule_test import async_test_rule
from custom_components.event_relay.rules.rule_runner import RuleRunner
from tests.checks import test_translations as checks
from tests.checks.files import PACKAGE, ROOT
from tests.config_flows import open_form, placeholder, submit
from tests.every_backend import BACKENDS
from tests.home import act, coordinator, wait_for_state
from tests.other_systems import Handler, serve, serve_document, serve_page
from tests.rule_flow import WHEN, add_rule, only_rule
from tests.rules.home import BELL, DOOR, runner_of, set_states
from texts.build import Built, build, texts_of
from texts.sources import Tree, read_source
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.wire import Json

from ..waiting import wait_until
from .jotter.client import JotterClient
from .jotter.forms import JotterForms
from .jotter.operations import FinishNoteOperation
from .jotter.simulator import JotterSimulator

pytestmark = pytest.mark.usefixtures("socket_enabled")

HERE = ROOT / "tests/documents/jotter"
PAGE = ROOT / "docs/adding-a-backend.md"
KEY = "jotter-key"
MOST_LINES = 400
"""Maximum lines of a backend as small as this one, including its texts."""


@pytest.fixture
async def jotter(socket_enabled: None) -> AsyncIterator[JotterSimulator]:
    """Run a Jotter."""
    async with JotterSimulator() as jotter:
        yield jotter


def texts_in(jotter: JotterSimulator) -> list[Json]:
    """Return the texts of its notes."""
    return [note["text"] for note in jotter.notes.values()]


def finished_in(jotter: JotterSimulator) -> set[str]:
    """Return the ids of the notes that are over."""
    return {note_id for note_id, note in jotter.notes.items() if "done_at" in note}


def refusing(status: int, *, handled: bool = False) -> Fault:
    """Return a status instead of the response to a note."""
    kind = FaultKind.STATUS
    return Fault(
        kind=kind, method="PUT", status=status, body={"error": "no"}, handled=handled
    )


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> JotterForms:
    """Add the line to the registry, and load all that reads it."""
    forms = JotterForms()
    refuse_same_names((*REGISTERED, Registered.of(forms)))
    monkeypatch.setitem(BY_NAME, forms.backend.name, forms)
    monkeypatch.setattr(checks, "BACKENDS", (*BACKENDS, forms))
    actions = tmp_path / "services.yaml"
    built = built_with(forms, read_source(HERE))
    actions.write_text(built.files()[PACKAGE / "services.yaml"])
    monkeypatch.setattr(choices, "_FILE", actions)
    # Read once, by the first test.
    monkeypatch.setattr(choices, "_static", choices._static.__wrapped__)
    return forms


ALL = build()


def built_with(forms: JotterForms, source: Tree) -> Built:
    """Return all texts, icons and actions, including those of Jotter."""
    built = copy.deepcopy(ALL)
    built.add(texts_of(forms, source, read_source(PACKAGE)))
    built.add(source)
    return built


async def connect(hass: HomeAssistant, jotter: JotterSimulator) -> MockConfigEntry:
    """Set up a connection and wait for its first poll."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Jotter",
        data={
            CONF_BACKEND: "jotter",
            CONF_URL: jotter.url,
            CONF_API_KEY: jotter.api_key,
            CONF_CAPABILITIES: {"version": ""},
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await coordinator(entry).async_refresh()
    return entry


async def test_note_is_delivered(hass: HomeAssistant, jotter: JotterSimulator) -> None:
    entry = await connect(hass, jotter)
    assert entry.data[CONF_CAPABILITIES] == {"version": "1.4"}
    answer = await act(hass, "write_note", text="Milk is out")
    assert answer["state"] == "delivered"
    assert jotter.notes == {answer["outside_id"]: {"text": "Milk is out"}}
    assert answer["outside_id"] == answer["delivery_id"]


async def test_note_with_a_lost_response_is_written_once(
    hass: HomeAssistant, jotter: JotterSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "back_off", lambda *_: timedelta())
    await connect(hass, jotter)
    jotter.add_faults(refusing(500, handled=True), refusing(503))
    answer = await act(hass, "write_note", text="Milk is out")
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    writes = [seen.status for seen in jotter.requests if seen.method == "PUT"]
    assert writes == [500, 503, 204]
    assert texts_in(jotter) == ["Milk is out"]


async def test_errors_name_the_problem(
    hass: HomeAssistant, jotter: JotterSimulator
) -> None:
    await connect(hass, jotter)
    with pytest.raises(ServiceValidationError) as invalid:
        await act(hass, "write_note", text="")
    assert invalid.value.translation_key == "field_required"
    jotter.add_faults(refusing(422))
    with pytest.raises(HomeAssistantError) as refused:
        await act(hass, "write_note", text="Milk is out")
    assert refused.value.translation_key == "rejected"


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, "credentials_refused"), (403, "permission_denied"), (404, "other_system")],
)
async def test_form_says_why_a_service_cannot_be_read(
    hass: HomeAssistant,
    jotter: JotterSimulator,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    error: str,
) -> None:
    failures = Failures(statuses={403: RequestPaused})
    monkeypatch.setattr(JotterClient, "failures", failures)
    jotter.add_faults(replace(refusing(status), method="GET"))
    form = await open_form(hass, "jotter")
    form = await submit(hass, form, {CONF_URL: jotter.url, CONF_API_KEY: KEY})
    assert form["errors"] == {"base": error}


@pytest.mark.parametrize(
    "answer",
    [
        serve_document({}),
        serve_document([]),
        serve_document({}, status=404),
        serve_page("404 page not found", status=404),
        serve_page("<html><title>Not found</title></html>", status=404),
    ],
)
async def test_form_says_that_another_system_responds(
    hass: HomeAssistant, jotter: JotterSimulator, answer: Handler
) -> None:
    form = await open_form(hass, "jotter")
    async with serve(answer) as url:
        form = await submit(hass, form, {CONF_URL: url, CONF_API_KEY: KEY})
    assert form["errors"] == {"base": "other_system"}


async def test_another_system_at_the_address_is_reported_later_too(
    hass: HomeAssistant, jotter: JotterSimulator
) -> None:
    entry = await connect(hass, jotter)
    jotter.add_faults(replace(refusing(404), method="GET"))
    await coordinator(entry).async_refresh()
    error = coordinator(entry).last_exception
    assert isinstance(error, UpdateFailed)
    assert error.translation_key == "other_system"


async def test_missing_permission_for_one_note_has_a_repair(
    hass: HomeAssistant, jotter: JotterSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = Failures(statuses={403: RequestPaused})
    monkeypatch.setattr(JotterClient, "failures", failures)
    entry = await connect(hass, jotter)
    jotter.add_faults(refusing(403))
    rejected = await act(hass, "write_note", text="Milk is out")
    assert rejected["state"] == "pending"
    assert (await act(hass, "write_note", text="Bread"))["state"] == "delivered"
    held_back = (DOMAIN, f"held_back_{entry.entry_id}")
    assert held_back in ir.async_get(hass).issues
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait_for_state(hass, rejected["delivery_id"], "delivered")
    assert held_back not in ir.async_get(hass).issues


async def test_client_knows_the_time_zone_of_the_home(
    hass: HomeAssistant, jotter: JotterSimulator, registered: JotterForms
) -> None:
    data = {CONF_URL: jotter.url, CONF_API_KEY: KEY}
    client = registered.create_client(hass, data)
    assert isinstance(client, JotterClient)
    assert client.zone() == dt_util.get_default_time_zone() != UTC


async def test_connection_can_be_tried(
    hass: HomeAssistant, jotter: JotterSimulator, registered: JotterForms
) -> None:
    entered = {CONF_URL: f"{jotter.url}/", CONF_API_KEY: f" {KEY} "}
    data = registered.normalise(registered.connection(entered))
    probe = await registered.probe(registered.create_client(hass, data), data)
    assert probe.capabilities.dump() == {"version": "1.4"}
    refused = registered.create_client(hass, {**data, CONF_API_KEY: "another"})
    with pytest.raises(InvalidCredentials):
        await registered.probe(refused, data)


async def add(hass: HomeAssistant, jotter: JotterSimulator) -> MockConfigEntry:
    """Add a connection in the dialog."""
    form = await open_form(hass, "jotter")
    result = await submit(hass, form, {CONF_URL: f"{jotter.url}/", CONF_API_KEY: KEY})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.LOADED
    return cast("MockConfigEntry", entry)


async def test_connection_is_added_in_the_dialog(
    hass: HomeAssistant, jotter: JotterSimulator
) -> None:
    form = await open_form(hass, "jotter")
    wrong = {CONF_URL: jotter.url, CONF_API_KEY: "another"}
    form = await submit(hass, form, wrong)
    assert form["errors"] == {"base": "credentials_refused"}
    assert placeholder(form, "connection") == "Jotter"

    entry = await add(hass, jotter)
    assert entry.title == "Jotter (127.0.0.1)"
    assert entry.data[CONF_URL] == jotter.url
    assert entry.data[CONF_CAPABILITIES] == {"version": "1.4"}
    answer = await act(hass, "write_note", text="Milk is out")
    finished = await act(hass, "finish_note", delivery_id=answer["delivery_id"])
    assert finished["state"] == "delivered"
    assert finished_in(jotter) == {answer["outside_id"]}


async def add_the_rule(hass: HomeAssistant, entry: MockConfigEntry) -> RuleRunner:
    """Add a rule in the dialog, with triggers that end its event."""
    hass.states.async_set(BELL, "off")
    hass.states.async_set(DOOR, "off")
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN) == "write_note"
    until = {"triggers": [{"trigger": "state", "entity_id": DOOR, "to": "on"}]}
    text = "{{ trigger.to_state.name }} rang"
    asked = {
        "text": text,
        "until": until,
        "limits": {},
        "missed": {"deliver": True},
    }
    assert await form.submit(**asked) == "preview"
    assert await form.submit() == FlowResultType.CREATE_ENTRY
    runner = runner_of(entry, only_rule(entry).subentry_id)
    assert isinstance(runner, RuleRunner)
    return runner


async def test_rule_writes_a_note_and_its_end_finishes_it(
    hass: HomeAssistant, jotter: JotterSimulator
) -> None:
    entry = await add(hass, jotter)
    await add_the_rule(hass, entry)
    await set_states(hass, BELL, "on")
    await wait_until(lambda: bool(jotter.notes))
    assert texts_in(jotter) == ["doorbell rang"]
    assert not finished_in(jotter)
    await set_states(hass, DOOR, "on")
    await wait_until(lambda: bool(finished_in(jotter)))
    assert finished_in(jotter) == jotter.notes.keys()


async def test_end_needs_no_time_where_the_service_takes_none(
    hass: HomeAssistant, jotter: JotterSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = replace(JotterForms.endings["write_note"], time_field=None)
    monkeypatch.setattr(JotterForms, "endings", {"write_note": ending})
    monkeypatch.setattr(FinishNoteOperation, "fields", ())
    entry = await add(hass, jotter)
    await add_the_rule(hass, entry)
    await set_states(hass, BELL, "on")
    await wait_until(lambda: bool(jotter.notes))
    await set_states(hass, DOOR, "on")
    await wait_until(lambda: bool(finished_in(jotter)))
    assert finished_in(jotter) == jotter.notes.keys()


async def test_test_button_writes_a_note_marked_as_a_test(
    hass: HomeAssistant, jotter: JotterSimulator
) -> None:
    entry = await add(hass, jotter)
    runner = await add_the_rule(hass, entry)
    await async_test_rule(hass, entry, runner, Context())
    await wait_until(lambda: bool(finished_in(jotter)))
    assert texts_in(jotter) == ["Test: doorbell rang"]


SOURCE = read_source(HERE)


def without(source: Tree, *path: str) -> Tree:
    """Return a source without one of its texts."""
    (*above, last), lacking = path, copy.deepcopy(source)
    part = lacking
    for key in above:
        part = part[key]
    del part[last]
    return lacking


def check_texts(monkeypatch: pytest.MonkeyPatch, built: Built) -> None:
    """Run the checks of every backend's texts."""
    monkeypatch.setattr(checks, "TEXTS", built.texts)
    monkeypatch.setattr(checks, "ACTIONS", built.services)
    monkeypatch.setattr(checks, "RULE_FORMS", checks.rule_forms())
    checks.test_choice_of_backends()
    for suffix in ("", "_reauth", "_reconfigure"):
        checks.test_fields_of_forms(f"jotter{suffix}")
    checks.test_options()
    checks.test_actions()
    for name in ("write_note", "finish_note"):
        checks.test_texts_of_actions(name)
    checks.test_fields_of_actions_match_their_schemas()
    checks.test_steps_of_rules()
    checks.test_fields_of_rules("write_note")
    checks.test_every_operation_of_rules_has_a_form()
    checks.test_outcomes()
    checks.test_system_health()
    assert built.icons["services"]["write_note"]["service"]


def test_all_its_texts_exist(
    monkeypatch: pytest.MonkeyPatch, registered: JotterForms
) -> None:
    check_texts(monkeypatch, built_with(registered, SOURCE))


@pytest.mark.parametrize(
    "path",
    [
        ("menu",),
        ("connection", "fields", "api_key"),
        ("actions", "write_note"),
        ("actions", "write_note", "icon"),
        ("actions", "write_note", "outcome", "unknown"),
        ("actions", "write_note", "rule"),
        ("actions", "write_note", "rule", "title"),
        ("actions", "write_note", "fields", "text"),
        ("actions", "finish_note", "description"),
        ("actions", "finish_note", "fields", "end_time"),
    ],
    ids=".".join,
)
def test_every_missing_text_is_named(
    monkeypatch: pytest.MonkeyPatch, registered: JotterForms, path: tuple[str, ...]
) -> None:
    lacking = built_with(registered, without(SOURCE, *path))
    with pytest.raises((AssertionError, KeyError)):
        check_texts(monkeypatch, lacking)


def test_example_backend_is_small() -> None:
    files = [*HERE.glob("*.py"), *HERE.glob("*.yaml")]
    assert sum(len(path.read_text().splitlines()) for path in files) <= MOST_LINES


def without_layout(code: str) -> str:
    """Return code independent of its indentation."""
    return "".join(code.split()).replace(",)", ")")


def test_page_shows_the_tested_code() -> None:
    code = "\n".join(path.read_text() for path in sorted(HERE.glob("*.py")))
    shown = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(shown) >= 4
    for block in shown:
        assert without_layout(block) in without_layout(code)


def test_page_shows_its_line_in_the_registry(registered: JotterForms) -> None:
    known = Registered.of(registered)
    line = f"Registered(name={known.name!r}, forms={known.forms!r}, actions="
    assert f"`{line}{known.actions})`".replace("'", '"') in PAGE.read_text()


def names_in(text: str) -> set[str]:
    """Return what a page sets as code, if it is a name."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    quoted = re.findall(r"`([^`]+)`", prose)
    return {name for name in quoted if re.fullmatch(r"[A-Za-z_]+(\.[A-Za-z_]+)*", name)}


def test_each_name_on_the_page_exists() -> None:
    code = {path.name for path in ROOT.glob("*.toml")}
    for folder in ("custom_components", "tests", "tools", "texts", "docs"):
        for path in (ROOT / folder).rglob("*.*"):
            code.add(path.name)
            if path.suffix in (".py", ".yaml") and path != Path(__file__):
                code.update(re.findall(r"\w+", path.read_text()))
    named = names_in(PAGE.read_text())
    assert len(named) > 50
    unknown = {
        name
        for name in named
        if name not in code and not code.issuperset(name.split("."))
    }
    assert unknown == set()


def test_page_shows_its_texts() -> None:
    (shown,) = re.findall(
        r"^```yaml\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert shown == (HERE / "texts.yaml").read_text()
