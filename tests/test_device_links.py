"""Tests of the link from a rule's device to its deliveries in the card."""

from types import MappingProxyType

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.card import device_links
from custom_components.event_relay.card.address import CARD
from custom_components.event_relay.entities.subentry_entity import part_identifier
from tools.simulators.frigate import FrigateSimulator

from .rules.home import DOORBELL, RULE_ID, rule_subentry, set_up
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled", "prompt_links")

LINK = f"homeassistant://lovelace/porch?event_relay_rule={RULE_ID}"


@pytest.fixture
async def prompt_links(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up dashboards, and update links without a delay."""
    monkeypatch.setattr(device_links, "SETTLING", 0.05)
    assert await async_setup_component(hass, "lovelace", {})


async def save_dashboard(hass: HomeAssistant, *cards: dict[str, str]) -> None:
    """Save a dashboard with cards, as its editor does."""
    (dashboard,) = hass.data[LOVELACE_DATA].dashboards.values()
    await dashboard.async_save({"views": [{"path": "porch", "cards": [*cards]}]})


def rule_link(hass: HomeAssistant, entry: MockConfigEntry, part: str) -> str | None:
    """Return the URL of a rule's device."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        part_identifier(entry, part), entry.entry_id
    )
    assert device is not None
    return device.configuration_url


async def test_link_follows_the_card(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    assert rule_link(hass, entry, RULE_ID) is None

    await save_dashboard(hass, {"type": CARD})
    await wait_until(lambda: rule_link(hass, entry, RULE_ID) == LINK)

    await save_dashboard(hass, {"type": CARD, "connection": "another"})
    await wait_until(lambda: rule_link(hass, entry, RULE_ID) is None)


async def test_link_survives_a_reload(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await save_dashboard(hass, {"type": CARD})
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    await wait_until(lambda: rule_link(hass, entry, RULE_ID) == LINK)

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert rule_link(hass, entry, RULE_ID) == LINK


async def test_new_rule_is_linked(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await save_dashboard(hass, {"type": CARD})
    entry = await set_up(hass, frigate)
    rule = ConfigSubentry(
        data=MappingProxyType(DOORBELL),
        subentry_type="rule",
        title="Doorbell",
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, rule)
    await hass.async_block_till_done()
    await wait_until(lambda: rule_link(hass, entry, rule.subentry_id) is not None)
