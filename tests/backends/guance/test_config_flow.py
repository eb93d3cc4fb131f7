"""Tests of the config flow of a Guance workspace."""

from collections.abc import AsyncIterator

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
from tests.config_flows import form_without_set_up, submit, suggested
from tests.home_guance import workspace_entry
from tools.simulators.guance import GuanceSimulator

from .connection_form import FORM, KEY, SECRET, workspace

pytestmark = pytest.mark.usefixtures("socket_enabled")

entered = FORM.entered


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the waits between requests."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form for Guance; the connection that it adds is not set up."""
    async with form_without_set_up(hass, "guance") as form:
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


async def test_form_offers_every_site_and_accepts_others(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    assert form["data_schema"] is not None
    selector = form["data_schema"].schema[CONF_URL]
    assert selector.config["custom_value"] is True
    assert isinstance(selector, ChoiceSelector)
    assert selector.options == SITES


@pytest.mark.parametrize("site", [*SITES, "https://openapi.example.org/prefix"])
def test_every_site_is_stored_unchanged(site: str) -> None:
    assert GuanceForms().normalise(entered(site))[CONF_URL] == site


async def test_same_workspace_is_added_once(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with GuanceSimulator(api_key="another-key") as simulator:
        workspace_entry(simulator, api_key="first-key").add_to_hass(hass)
        result = await submit(hass, form, entered(simulator.url, api_key="another-key"))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_same_key_is_refused_without_a_request(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with GuanceSimulator() as simulator:
        workspace_entry(simulator).add_to_hass(hass)
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
    """Return a connection to the workspace that is not set up."""
    entry = workspace_entry(simulator)
    entry.add_to_hass(hass)
    return entry


@pytest.mark.usefixtures("form")
async def test_reauth_asks_only_for_the_key_until_it_is_valid(
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
async def test_key_of_another_workspace_is_refused(
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
