"""Tests of what only the config flow of Frigate has."""

from collections.abc import AsyncIterator

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from tests.config_flows import form_without_set_up, running, submit
from tests.other_systems import untrusted
from tests.test_config_flow import entered_data, stored_data
from tools.simulators.frigate import FrigateSimulator

from .connection_form import FORM, LOGIN, USERNAME, WITH_LOGIN, guarded

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form; the connection that it adds is not set up."""
    async with form_without_set_up(hass, "frigate") as form:
        yield form


@pytest.mark.parametrize("version", ["0.14", "0.15", "0.16", "0.17", "0.18"])
async def test_add_with_login(
    hass: HomeAssistant, form: ConfigFlowResult, version: str
) -> None:
    async with guarded(version=version)() as url:
        result = await submit(
            hass, form, FORM.entered(url, **LOGIN | {CONF_USERNAME: f" {USERNAME} "})
        )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entered_data(result["result"]) == stored_data(url, **LOGIN)


async def test_self_signed_certificate_is_accepted_unverified(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with untrusted(running(FrigateSimulator, tls=True, **WITH_LOGIN)) as url:
        form = await submit(hass, form, FORM.entered(url, **LOGIN))
        assert form["errors"] == {"base": "certificate"}
        result = await submit(hass, form, FORM.entered(url, **LOGIN, verify_ssl=False))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].data[CONF_VERIFY_SSL] is False


@pytest.mark.parametrize("copied", ["", "/", "/api", "/api/", "//"])
async def test_address_with_a_prefix(
    hass: HomeAssistant, form: ConfigFlowResult, copied: str
) -> None:
    async with FrigateSimulator(prefix="/nvr/frigate") as simulator:
        result = await submit(hass, form, FORM.entered(f" {simulator.url}{copied} "))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].data[CONF_URL] == simulator.url
