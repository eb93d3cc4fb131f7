"""The forms that connect to Palabra, change that and renew its credentials."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import (
    CONF_API_KEY,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.event_relay.backends.palabra.api import client as client_module
from custom_components.event_relay.backends.palabra.forms import PalabraForms
from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.wire import Json

from .config_flows import only_added, submit
from .markdown import read
from .other_systems import (
    HOST,
    mistrusted,
    serve,
    serve_bytes,
    serve_document,
    serve_page,
    serve_redirect,
    unused_port,
)
from .test_config_flow import Place

pytestmark = pytest.mark.usefixtures("socket_enabled")

KEY = {CONF_API_KEY: "plbr_simulated"}
PAIR = {CONF_CLIENT_ID: "simulated-client", CONF_CLIENT_SECRET: "simulated-secret"}
EMPTY = {CONF_API_KEY: "", CONF_CLIENT_ID: "", CONF_CLIENT_SECRET: ""}
NO_CREDITS: Json = {
    "ok": False,
    "errors": [{"status": 403, "detail": "No credits", "error_code": 100050}],
}
TEXTS = json.loads(
    Path("custom_components/event_relay/translations/en.json").read_text("utf-8")
)["config"]


def stored(url: str, **credentials: str) -> dict[str, Any]:
    """Return the data of a connection."""
    return {
        CONF_BACKEND: "palabra",
        CONF_URL: url,
        CONF_CAPABILITIES: {},
        **EMPTY,
        **credentials,
    }


@asynccontextmanager
async def palabra(*faults: Fault, tls: bool = False) -> AsyncIterator[str]:
    """Run a Palabra; give its address."""
    async with PalabraSimulator(tls=tls) as simulator:
        simulator.add_faults(*faults)
        yield simulator.url


@asynccontextmanager
async def nobody() -> AsyncIterator[str]:
    """Give an address where nobody listens."""
    yield f"http://{HOST}:{unused_port()}"


@asynccontextmanager
async def https_to_plain() -> AsyncIterator[str]:
    """Give an https address where http is spoken."""
    async with palabra() as url:
        yield url.replace("http:", "https:")


def failing(
    kind: FaultKind, status: int = 503, body: Json = None
) -> Callable[[], Place]:
    """Return what runs a Palabra with a fault."""
    return lambda: palabra(Fault(kind=kind, status=status, body=body, times=None))


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What the form says of a system that cannot be used."""

    error: str
    place: Callable[[], Place] = palabra
    credentials: Mapping[str, str] = field(default_factory=lambda: KEY)


TROUBLES = {
    "nobody listens": Trouble(error="cannot_connect", place=nobody),
    "breaks off": Trouble(
        error="cannot_connect", place=failing(FaultKind.RESET_BEFORE)
    ),
    "never answers": Trouble(error="timeout", place=failing(FaultKind.HANG)),
    "certificate of its own": Trouble(
        error="certificate", place=lambda: mistrusted(palabra(tls=True))
    ),
    "https on a plain port": Trouble(error="tls", place=https_to_plain),
    "not http at all": Trouble(error="not_http", place=lambda: serve_bytes(b"SSH-2")),
    "redirect": Trouble(error="redirected", place=lambda: serve(serve_redirect)),
    "other system": Trouble(
        error="other_system", place=lambda: serve(serve_document({}, status=404))
    ),
    "other answer": Trouble(
        error="invalid_response", place=lambda: serve(serve_document({"a": 1}))
    ),
    "web page": Trouble(
        error="not_json", place=lambda: serve(serve_page("<html>Welcome</html>"))
    ),
    "wrong key": Trouble(
        error="credentials_refused", credentials={CONF_API_KEY: "plbr_wrong"}
    ),
    "wrong pair": Trouble(
        error="client_pair_refused", credentials=PAIR | {CONF_CLIENT_SECRET: "wrong"}
    ),
    "forbidden": Trouble(
        error="credentials_refused",
        place=failing(FaultKind.STATUS, 403, {"ok": False, "errors": []}),
    ),
    "no credits": Trouble(
        error="balance_empty", place=failing(FaultKind.STATUS, 403, NO_CREDITS)
    ),
    "too many requests": Trouble(
        error="rate_limited", place=failing(FaultKind.STATUS, 429)
    ),
    "down": Trouble(error="unavailable", place=failing(FaultKind.STATUS, 502)),
}


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form for Palabra; what it adds is not set up."""
    async with only_added(hass, "palabra") as form:
        yield form


@pytest.fixture
def unloaded(hass: HomeAssistant) -> Callable[..., MockConfigEntry]:
    """Return what stores a connection that never was set up."""

    def make(url: str, **credentials: str) -> MockConfigEntry:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Parish",
            unique_id="some id",
            data=stored(url, **credentials),
        )
        entry.add_to_hass(hass)
        return entry

    return make


@pytest.mark.parametrize("credentials", [KEY, PAIR], ids=["key", "pair"])
async def test_add(
    hass: HomeAssistant, form: ConfigFlowResult, credentials: dict[str, str]
) -> None:
    padded = {name: f" {value} " for name, value in credentials.items()}
    async with palabra() as url:
        result = await submit(hass, form, {CONF_URL: f"{url}/", **padded})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Palabra"
    entry = result["result"]
    assert dict(entry.data) == stored(url, **credentials)
    assert entry.unique_id is not None
    assert len(entry.unique_id) == 64
    for secret in credentials.values():
        assert secret not in entry.unique_id


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_the_form_says_what_is_wrong_and_recovers(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Trouble,
) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", 0.3)
    async with trouble.place() as bad:
        form = await submit(hass, form, {CONF_URL: bad, **trouble.credentials})

    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "palabra"
    assert form["errors"] == {"base": trouble.error}
    assert form["data_schema"] is not None
    schema = form["data_schema"].schema
    assert get_schema_suggested_value(schema, CONF_URL) == bad
    if "{reason}" in TEXTS["error"][trouble.error]:
        assert form["description_placeholders"] is not None
        assert form["description_placeholders"]["reason"]

    async with palabra() as good:
        result = await submit(hass, form, {CONF_URL: good, **KEY})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({}, {CONF_API_KEY: "missing_credentials"}),
        ({CONF_API_KEY: " "}, {CONF_API_KEY: "missing_credentials"}),
        (KEY | PAIR, {CONF_API_KEY: "one_of_both"}),
        (KEY | {CONF_CLIENT_ID: "x"}, {CONF_API_KEY: "one_of_both"}),
        (KEY | {CONF_CLIENT_SECRET: "x"}, {CONF_API_KEY: "one_of_both"}),
        ({CONF_CLIENT_ID: "x"}, {CONF_CLIENT_SECRET: "missing_client_secret"}),
        ({CONF_CLIENT_SECRET: "x"}, {CONF_CLIENT_ID: "missing_client_id"}),
        ({CONF_API_KEY: "a\nb"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "a b"}, {CONF_API_KEY: "bad_credential"}),
        (PAIR | {CONF_CLIENT_ID: "ключ"}, {CONF_CLIENT_ID: "bad_credential"}),
        (PAIR | {CONF_CLIENT_SECRET: "\x00x"}, {CONF_CLIENT_SECRET: "bad_credential"}),
        (KEY | {CONF_URL: "api.palabra.ai:x"}, {CONF_URL: "address_port"}),
        (KEY | {CONF_URL: "https://?a=b"}, {CONF_URL: "invalid_address"}),
        (KEY | {CONF_URL: "http://api.palabra.ai"}, {CONF_URL: "https_required"}),
        (KEY | {CONF_URL: "http://127.0.0.1.example"}, {CONF_URL: "https_required"}),
    ],
    ids=str,
)
async def test_a_field_says_what_is_wrong_and_recovers(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    entered: dict[str, str],
    errors: dict[str, str],
) -> None:
    form = await submit(hass, form, entered)
    assert form["errors"] == errors
    async with palabra() as url:
        result = await submit(hass, form, {CONF_URL: url, **KEY})
    assert result["type"] is FlowResultType.CREATE_ENTRY


def test_the_address_may_be_left_out_or_local() -> None:
    forms = PalabraForms()
    assert forms.normalise(KEY)[CONF_URL] == "https://api.palabra.ai"
    assert forms.normalise(KEY | {CONF_URL: ""})[CONF_URL] == "https://api.palabra.ai"
    local = forms.normalise(KEY | {CONF_URL: "http://localhost:5"})
    assert local[CONF_URL] == "http://localhost:5"


@pytest.mark.parametrize(
    ("there", "entered"),
    [
        (KEY, KEY),
        (PAIR, PAIR),
        (PAIR, PAIR | {CONF_CLIENT_SECRET: "another"}),
    ],
)
async def test_the_same_account_is_not_added_twice(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    unloaded: Callable[..., MockConfigEntry],
    there: dict[str, str],
    entered: dict[str, str],
) -> None:
    unloaded("https://api.palabra.ai", **there)
    result = await submit(hass, form, entered)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_another_account_is_another_connection(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    unloaded: Callable[..., MockConfigEntry],
) -> None:
    async with palabra() as url:
        unloaded(url, **PAIR)
        result = await submit(hass, form, {CONF_URL: url, **KEY})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_reauth_takes_a_new_key_or_the_other_kind(
    hass: HomeAssistant, unloaded: Callable[..., MockConfigEntry]
) -> None:
    async with PalabraSimulator() as simulator:
        entry = unloaded(simulator.url, api_key="plbr_revoked")
        form = await entry.start_reauth_flow(hass)
        assert form["step_id"] == "palabra_reauth"
        assert form["description_placeholders"] is not None
        assert read(form["description_placeholders"]["address"]) == simulator.url
        form = await submit(hass, form, {CONF_API_KEY: "plbr_wrong"})
        assert form["errors"] == {"base": "credentials_refused"}
        form = await submit(hass, form, KEY | PAIR)
        assert form["errors"] == {CONF_API_KEY: "one_of_both"}
        with patch("custom_components.event_relay.async_setup_entry"):
            result = await submit(hass, form, KEY)
        assert result["reason"] == "reauth_successful"
        assert dict(entry.data) == stored(simulator.url, **KEY)
        first = entry.unique_id

        form = await entry.start_reauth_flow(hass)
        with patch("custom_components.event_relay.async_setup_entry"):
            result = await submit(hass, form, PAIR)
        assert result["reason"] == "reauth_successful"
        assert dict(entry.data) == stored(simulator.url, **PAIR)
        assert len({"some id", first, entry.unique_id}) == 3


async def test_reconfigure(
    hass: HomeAssistant, unloaded: Callable[..., MockConfigEntry]
) -> None:
    async with palabra() as url:
        entry = unloaded("https://api.palabra.ai", **PAIR)
        form = await entry.start_reconfigure_flow(hass)
        assert form["step_id"] == "palabra_reconfigure"
        assert form["data_schema"] is not None
        schema = form["data_schema"].schema
        for name, value in PAIR.items():
            assert get_schema_suggested_value(schema, name) == value
        form = await submit(hass, form, {CONF_URL: "http://elsewhere", **PAIR})
        assert form["errors"] == {CONF_URL: "https_required"}
        with patch("custom_components.event_relay.async_setup_entry"):
            result = await submit(hass, form, {CONF_URL: url, **KEY})
    assert result["reason"] == "reconfigure_successful"
    assert dict(entry.data) == stored(url, **KEY)


async def test_reconfigure_refuses_the_account_of_another_connection(
    hass: HomeAssistant, unloaded: Callable[..., MockConfigEntry]
) -> None:
    unloaded("https://api.palabra.ai", **KEY)
    entry = unloaded("https://api.palabra.ai", **PAIR)
    form = await entry.start_reconfigure_flow(hass)
    result = await submit(hass, form, KEY)
    assert result["reason"] == "already_configured"
    assert dict(entry.data) == stored("https://api.palabra.ai", **PAIR)
