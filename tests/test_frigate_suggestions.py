"""What Home Assistant and Frigate know already is suggested in the forms."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.choice_forms import ChoiceSelector
from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import DOMAIN
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect
from .rule_flow import WHEN, add_rule, suggested_values

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def form(hass: HomeAssistant) -> dict[str, Any]:
    """Open the form of a new connection to Frigate; return what it shows."""
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    shown = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {NEXT_STEP: "frigate"}
    )
    schema = shown["data_schema"]
    assert schema is not None
    return suggested_values(schema)


def integration(hass: HomeAssistant, **data: object) -> None:
    """Add what Frigate's own integration keeps."""
    MockConfigEntry(domain="frigate", data=data).add_to_hass(hass)


async def test_nothing_is_suggested_where_nothing_is_known(hass: HomeAssistant) -> None:
    integration(hass)
    integration(hass, url="http://")
    assert await form(hass) == {}


async def test_the_address_of_frigates_own_integration_is_suggested(
    hass: HomeAssistant,
) -> None:
    integration(
        hass,
        url="https://frigate.example:8971/",
        username="me",
        password="a canary",
        validate_ssl=False,
    )
    assert await form(hass) == {
        "url": "https://frigate.example:8971",
        "username": "me",
        "verify_ssl": False,
    }


async def test_what_is_connected_is_not_suggested_again(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate)
    integration(hass, url=frigate.url)
    assert await form(hass) == {}
    integration(hass, url="http://second:5000")
    assert (await form(hass))["url"] == "http://second:5000"


async def test_labels_that_there_are_are_suggested_to_rules(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """And others can be entered; the form of an action lets all be entered."""
    entry = await connect(hass, frigate)
    await act(hass, "create_camera_event", camera="garden", label="visitor")
    opened = await add_rule(hass, entry)
    await opened.submit(**WHEN)
    label = opened.result["data_schema"].schema["label"]
    assert isinstance(label, ChoiceSelector)
    assert [*label.options] == ["visitor"]
    assert label.config["custom_value"]
    sent = {"more": {}, "limits": {}, "until": {}, "camera": "garden"}
    assert await opened.submit(**sent, label="another") == "preview"
