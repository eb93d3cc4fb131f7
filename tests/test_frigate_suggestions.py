"""Tests of values that Home Assistant and Frigate suggest in the forms."""

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


async def shown_form(hass: HomeAssistant) -> dict[str, Any]:
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


def frigate_integration(hass: HomeAssistant, **data: object) -> None:
    """Add an entry of Frigate's own integration."""
    MockConfigEntry(domain="frigate", data=data).add_to_hass(hass)


async def test_nothing_is_suggested_without_other_entries(hass: HomeAssistant) -> None:
    frigate_integration(hass)
    frigate_integration(hass, url="http://")
    assert await shown_form(hass) == {}


async def test_address_of_frigates_own_integration_is_suggested(
    hass: HomeAssistant,
) -> None:
    frigate_integration(
        hass,
        url="https://frigate.example:8971/",
        username="me",
        password="a canary",
        validate_ssl=False,
    )
    assert await shown_form(hass) == {
        "url": "https://frigate.example:8971",
        "username": "me",
        "verify_ssl": False,
    }


async def test_connected_address_is_not_suggested(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate)
    frigate_integration(hass, url=frigate.url)
    assert await shown_form(hass) == {}
    frigate_integration(hass, url="http://second:5000")
    assert (await shown_form(hass))["url"] == "http://second:5000"


async def test_existing_labels_are_suggested_to_rules(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Others can be entered; the form of an action accepts any."""
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
