"""The forms that add a Guance workspace, change it and renew its key."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any, Unpack

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.choice_forms import ChoiceSelector
from custom_components.event_relay.backends.guance.api import client as guance_client
from custom_components.event_relay.backends.guance.api.sites import SITES
from custom_components.event_relay.backends.guance.forms import GuanceForms
from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.guance import GuanceOptions, GuanceSimulator
from tools.simulators.wire import Json

from .config_flows import little_patience, only_added, submit, suggested
from .home_guance import a_workspace
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

pytestmark = pytest.mark.usefixtures("socket_enabled")

KEY = "simulated-key-id"
SECRET = "simulated-key-secret"
TEXTS = json.loads(
    Path("custom_components/event_relay/translations/en.json").read_text("utf-8")
)["config"]

type Place = AbstractAsyncContextManager[str]


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests follow one another at once."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


def entered(url: str, **fields: object) -> dict[str, Any]:
    """Return the form as someone fills it in."""
    return {CONF_URL: url, CONF_API_KEY: KEY, **fields}


@asynccontextmanager
async def workspace(
    *faults: Fault,
    scheme: str = "",
    tls: bool = False,
    **options: Unpack[GuanceOptions],
) -> AsyncIterator[str]:
    """Run a workspace; give its address, with another scheme if wanted."""
    async with GuanceSimulator(tls=tls, **options) as simulator:
        simulator.add_faults(*faults)
        own_scheme, _, rest = simulator.url.partition(":")
        yield f"{scheme or own_scheme}:{rest}"


@asynccontextmanager
async def nobody() -> AsyncIterator[str]:
    """Give an address where nobody listens."""
    yield f"http://{HOST}:{unused_port()}"


def failing(kind: FaultKind, status: int = 503, body: Json = None) -> Place:
    """Run a workspace with a fault."""
    return workspace(Fault(kind=kind, status=status, body=body, times=None))


def answering(status: int, error: str = "", **changes: Json) -> Place:
    """Run a service that answers the same to everything, in its envelope."""
    body: dict[str, Json] = {
        "code": status,
        "content": None,
        "errorCode": error,
        "message": "",
        "success": not error,
        "traceId": "1",
        **changes,
    }
    return failing(FaultKind.STATUS, status, body)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What the form says of a service that cannot be used."""

    error: str
    place: Callable[[], Place]
    fields: Mapping[str, object] = field(default_factory=dict)


TROUBLES = {
    "nobody listens": Trouble(error="cannot_connect", place=nobody),
    "breaks off": Trouble(
        error="cannot_connect", place=lambda: failing(FaultKind.RESET_BEFORE)
    ),
    "never answers": Trouble(error="timeout", place=lambda: failing(FaultKind.HANG)),
    "certificate of its own": Trouble(
        error="certificate", place=lambda: mistrusted(workspace(tls=True))
    ),
    "https on a plain port": Trouble(
        error="tls", place=lambda: workspace(scheme="https")
    ),
    "not http at all": Trouble(error="not_http", place=lambda: serve_bytes(b"SSH-2")),
    "redirect": Trouble(error="redirected", place=lambda: serve(serve_redirect)),
    "web page": Trouble(
        error="not_json", place=lambda: serve(serve_page("<html>Welcome</html>"))
    ),
    "other system": Trouble(
        error="other_system", place=lambda: serve(serve_document({"service": "other"}))
    ),
    "other system without that path": Trouble(
        error="other_system", place=lambda: serve(serve_document({}, status=404))
    ),
    "path that the service does not know": Trouble(
        error="other_system", place=lambda: answering(400, "RouterNotFound")
    ),
    "refused": Trouble(
        error="invalid_response", place=lambda: answering(400, "ft.Other")
    ),
    "error within a success": Trouble(
        error="invalid_response",
        place=lambda: answering(200, "ft.Other", success=False),
    ),
    "no workspace": Trouble(error="invalid_response", place=lambda: answering(200)),
    "workspace without id": Trouble(
        error="invalid_response",
        place=lambda: answering(200, content={"name": "Nameless"}),
    ),
    "wrong key": Trouble(
        error="invalid_api_key", place=workspace, fields={CONF_API_KEY: "wrong"}
    ),
    "secret in place of the Key ID": Trouble(
        error="invalid_api_key", place=workspace, fields={CONF_API_KEY: SECRET}
    ),
    "wrong key as older pages spell it": Trouble(
        error="invalid_api_key", place=lambda: answering(403, "InvalidApiKey")
    ),
    "no right": Trouble(
        error="permission_denied", place=lambda: answering(403, "ft.Other")
    ),
    "limit of the key": Trouble(
        error="rate_limited", place=lambda: workspace(rate_limit=0)
    ),
    "limit of the workspace": Trouble(
        error="rate_limited", place=lambda: workspace(workspace_rate_limit=0)
    ),
    "401 that no limit explains": Trouble(
        error="unavailable", place=lambda: answering(401, "ft.Other")
    ),
    "too many requests": Trouble(
        error="rate_limited", place=lambda: failing(FaultKind.STATUS, 429)
    ),
    "down": Trouble(error="unavailable", place=lambda: failing(FaultKind.STATUS, 502)),
}


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form for Guance; what it adds is not set up."""
    async with only_added(hass, "guance") as form:
        yield form


async def test_add(hass: HomeAssistant, form: ConfigFlowResult) -> None:
    assert form["step_id"] == "guance"
    assert not form["errors"]
    async with workspace(name="Our house", retention="30d") as url:
        result = await submit(hass, form, entered(f" {url}/api/v1/ "))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Our house"
    entry = result["result"]
    assert entry.unique_id == "wksp_0123456789abcdef0123456789abcdef"
    assert entry.data == {
        CONF_BACKEND: "guance",
        CONF_URL: url,
        CONF_API_KEY: KEY,
        CONF_CAPABILITIES: {"retention_days": 30},
    }


async def test_add_a_workspace_without_a_name(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with workspace(name="") as url:
        result = await submit(hass, form, entered(url, api_key=f" {KEY} "))
    assert result["title"] == "Guance (127.0.0.1)"
    assert result["result"].data[CONF_API_KEY] == KEY


async def test_the_form_offers_every_site_and_takes_others(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    assert form["data_schema"] is not None
    selector = form["data_schema"].schema[CONF_URL]
    assert selector.config["custom_value"] is True
    assert isinstance(selector, ChoiceSelector)
    assert selector.options == SITES


@pytest.mark.parametrize("site", [*SITES, "https://openapi.example.org/prefix"])
def test_every_site_is_stored_as_it_is(site: str) -> None:
    assert GuanceForms().normalise(entered(site))[CONF_URL] == site


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_the_form_says_what_is_wrong_and_recovers(
    hass: HomeAssistant, form: ConfigFlowResult, trouble: Trouble
) -> None:
    async with trouble.place() as bad:
        with little_patience(trouble.error):
            form = await submit(hass, form, entered(bad, **trouble.fields))

    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "guance"
    assert form["errors"] == {"base": trouble.error}
    assert suggested(form, CONF_URL) == bad
    assert trouble.error in TEXTS["error"]

    async with workspace() as good:
        result = await submit(hass, form, entered(good))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].data[CONF_URL] == good


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({CONF_URL: "openapi guance"}, {CONF_URL: "address_host"}),
        ({CONF_URL: "ftp://openapi.guance.com"}, {CONF_URL: "address_scheme"}),
        ({CONF_URL: "https://me:x@guance.com"}, {CONF_URL: "address_with_login"}),
        ({CONF_URL: "https://?a=b"}, {CONF_URL: "invalid_address"}),
        ({CONF_URL: "http://openapi.guance.com"}, {CONF_URL: "https_only"}),
        ({CONF_URL: "http://127.0.0.1.example.org"}, {CONF_URL: "https_only"}),
        ({CONF_URL: "http://192.168.1.2"}, {CONF_URL: "https_only"}),
        ({CONF_API_KEY: ""}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "two words"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "line\nbreak"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "schlüssel"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "x" * 2001}, {CONF_API_KEY: "bad_credential"}),
    ],
)
async def test_a_field_says_what_is_wrong_and_recovers(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    fields: dict[str, str],
    errors: dict[str, str],
) -> None:
    async with workspace() as url:
        form = await submit(hass, form, entered(url) | fields)
        assert form["errors"] == errors
        result = await submit(hass, form, entered(url))

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_same_workspace_is_added_only_once(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with GuanceSimulator(api_key="another-key") as simulator:
        a_workspace(simulator, api_key="first-key").add_to_hass(hass)
        result = await submit(hass, form, entered(simulator.url, api_key="another-key"))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_the_same_key_is_not_even_tried_again(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with GuanceSimulator() as simulator:
        a_workspace(simulator).add_to_hass(hass)
        result = await submit(hass, form, entered(simulator.url))
        assert simulator.requests == []
    assert result["reason"] == "already_configured"


@pytest.fixture
async def simulator() -> AsyncIterator[GuanceSimulator]:
    """Run a workspace."""
    async with GuanceSimulator() as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, simulator: GuanceSimulator) -> MockConfigEntry:
    """Return a connection to it that is not set up."""
    entry = a_workspace(simulator)
    entry.add_to_hass(hass)
    return entry


@pytest.mark.usefixtures("form")
async def test_reauth_asks_for_the_key_alone_and_until_it_is_right(
    hass: HomeAssistant, simulator: GuanceSimulator, entry: MockConfigEntry
) -> None:
    simulator.configure(api_key="the-next-key")
    form = await entry.start_reauth_flow(hass)
    assert form["step_id"] == "guance_reauth"
    assert form["description_placeholders"] is not None
    assert form["description_placeholders"]["name"] == "Workspace"
    assert form["data_schema"] is not None
    assert list(form["data_schema"].schema) == [CONF_API_KEY]
    assert suggested(form, CONF_API_KEY) is None

    form = await submit(hass, form, {CONF_API_KEY: "a wrong one"})
    assert form["errors"] == {CONF_API_KEY: "bad_credential"}
    form = await submit(hass, form, {CONF_API_KEY: SECRET})
    assert form["errors"] == {"base": "invalid_api_key"}
    simulator.configure(rate_limit=0)
    form = await submit(hass, form, {CONF_API_KEY: "the-next-key"})
    assert form["errors"] == {"base": "rate_limited"}
    simulator.configure(rate_limit=None)
    result = await submit(hass, form, {CONF_API_KEY: "the-next-key"})

    assert result["reason"] == "reauth_successful"
    assert entry.data[CONF_API_KEY] == "the-next-key"
    assert entry.data[CONF_URL] == simulator.url


@pytest.mark.usefixtures("form")
async def test_a_key_of_another_workspace_is_refused(
    hass: HomeAssistant, simulator: GuanceSimulator, entry: MockConfigEntry
) -> None:
    simulator.configure(workspace="wksp_another", api_key="its-key")
    form = await entry.start_reauth_flow(hass)
    result = await submit(hass, form, {CONF_API_KEY: "its-key"})
    assert result["reason"] == "unique_id_mismatch"
    assert entry.data[CONF_API_KEY] == KEY


async def test_reconfigure_shows_the_name_of_the_site(hass: HomeAssistant) -> None:
    url, site = next(iter(SITES.items()))
    entry = MockConfigEntry(
        domain="event_relay",
        data={"backend": "guance", CONF_URL: url, CONF_API_KEY: KEY},
    )
    entry.add_to_hass(hass)
    form = await entry.start_reconfigure_flow(hass)
    assert suggested(form, CONF_URL) == site
    assert form["data_schema"] is not None
    assert form["data_schema"]({CONF_URL: site, CONF_API_KEY: KEY})[CONF_URL] == url


@pytest.mark.usefixtures("form")
async def test_reconfigure_moves_to_another_address(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "guance_reconfigure"
    assert suggested(form, CONF_URL) == entry.data[CONF_URL]
    form = await submit(hass, form, entered("http://example.org"))
    assert form["errors"] == {CONF_URL: "https_only"}
    async with workspace(retention="60d") as url:
        result = await submit(hass, form, entered(url))
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_URL] == url
    assert entry.data[CONF_CAPABILITIES] == {"retention_days": 60}
