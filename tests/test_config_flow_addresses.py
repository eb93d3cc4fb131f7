"""Tests of addresses copied from a browser in the form of each backend."""

from typing import Any

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from .config_flows import form_without_set_up, placeholder, submit

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def fields(
    frigate: FrigateSimulator,
    aipix: AipixSimulator,
    guance: GuanceSimulator,
    palabra: PalabraSimulator,
) -> dict[str, dict[str, Any]]:
    """Return the input for each backend."""
    account = {"api": "client", "verify_ssl": True}
    account |= {"username": aipix.settings.user, "password": aipix.settings.password}
    return {
        "frigate": {CONF_URL: frigate.url, "verify_ssl": True},
        "aipix": {CONF_URL: aipix.url, **account},
        "guance": {CONF_URL: guance.url, "api_key": guance.settings.api_key},
        "palabra": {CONF_URL: palabra.url, "api_key": palabra.settings.api_key},
    }


@pytest.mark.parametrize(
    ("backend", "page"),
    [
        ("frigate", "/explore?labels=person"),
        ("frigate", "/review#garden"),
        ("aipix", "/admin/scripts?page=2"),
        ("guance", "/api/v1/workspace/get?a=b"),
        ("palabra", "/saas/v2/events#first"),
    ],
)
async def test_address_is_understood_or_its_wrong_part_is_named(
    hass: HomeAssistant, fields: dict[str, dict[str, Any]], backend: str, page: str
) -> None:
    entered = fields[backend]
    url = entered[CONF_URL]
    async with form_without_set_up(hass, backend) as empty:
        form = await submit(hass, empty, {**entered, CONF_URL: f"{url}/no/where"})
        assert form["errors"] == {CONF_URL: "wrong_path"}
        assert placeholder(form, "path") == "/no/where"

        result = await submit(hass, form, {**entered, CONF_URL: f" {url}{page} "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].data[CONF_URL] == url


async def test_frigate_is_found_without_a_scheme(
    hass: HomeAssistant, fields: dict[str, dict[str, Any]]
) -> None:
    entered = fields["frigate"]
    url = entered[CONF_URL]
    async with form_without_set_up(hass, "frigate") as form:
        bare = url.removeprefix("http://")
        result = await submit(hass, form, {**entered, CONF_URL: bare})
    assert result["result"].data[CONF_URL] == url
