"""Tests of the config flow of a connection to Palabra."""

from collections.abc import AsyncIterator, Callable
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

from custom_components.event_relay.backends.palabra.forms import PalabraForms
from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tests.config_flows import form_without_set_up, submit
from tests.markdown import read
from tools.simulators.palabra import PalabraSimulator

from .connection_form import KEY, PAIR, palabra

pytestmark = pytest.mark.usefixtures("socket_enabled")

EMPTY = {CONF_API_KEY: "", CONF_CLIENT_ID: "", CONF_CLIENT_SECRET: ""}


def stored(url: str, **credentials: str) -> dict[str, Any]:
    """Return the data of a connection."""
    return {
        CONF_BACKEND: "palabra",
        CONF_URL: url,
        CONF_CAPABILITIES: {},
        **EMPTY,
        **credentials,
    }


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form for Palabra; the connection that it adds is not set up."""
    async with form_without_set_up(hass, "palabra") as form:
        yield form


@pytest.fixture
def unloaded(hass: HomeAssistant) -> Callable[..., MockConfigEntry]:
    """Return a function that stores a connection without setting it up."""

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


def test_address_may_be_left_out_or_local() -> None:
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
async def test_same_account_is_added_once(
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


async def test_other_account_is_another_connection(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    unloaded: Callable[..., MockConfigEntry],
) -> None:
    async with palabra() as url:
        unloaded(url, **PAIR)
        result = await submit(hass, form, {CONF_URL: url, **KEY})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_reauth_accepts_a_new_key_or_the_other_credentials(
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
        assert form["errors"] == {CONF_URL: "https_only"}
        with patch("custom_components.event_relay.async_setup_entry"):
            result = await submit(hass, form, {CONF_URL: url, **KEY})
    assert result["reason"] == "reconfigure_successful"
    assert dict(entry.data) == stored(url, **KEY)


async def test_reconfigure_refuses_an_account_that_is_connected(
    hass: HomeAssistant, unloaded: Callable[..., MockConfigEntry]
) -> None:
    unloaded("https://api.palabra.ai", **KEY)
    entry = unloaded("https://api.palabra.ai", **PAIR)
    form = await entry.start_reconfigure_flow(hass)
    result = await submit(hass, form, KEY)
    assert result["reason"] == "already_configured"
    assert dict(entry.data) == stored("https://api.palabra.ai", **PAIR)
