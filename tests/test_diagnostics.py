"""Tests that diagnostics and system information contain no personal data."""

from collections.abc import AsyncIterator
import json
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home_guance, home_palabra
from .home import act, connect, coordinator
from .home_aipix import connect_aipix
from .responses import invalid_field
from .rules.home import DOORBELL, RULE_ID, rule_subentry, set_up

pytestmark = pytest.mark.usefixtures("socket_enabled")

USERNAME = "canary-username"
PASSWORD = "canary-password"
WORDS = {
    "label": "canary-label",
    "sub_label": "canary-sub-label",
    "description": "canary-description",
}


@pytest.fixture
async def frigate() -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator that requires a login."""
    async with FrigateSimulator(
        user=USERNAME, password=PASSWORD, async_delay=0
    ) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection with one delivered and one rejected delivery."""
    entry = await connect(
        hass, frigate, **{CONF_USERNAME: USERNAME, CONF_PASSWORD: PASSWORD}
    )
    await coordinator(entry).async_refresh()
    await act(hass, "create_camera_event", camera="front_door", **WORDS)
    frigate.add_faults(invalid_field("label", "canary-label"))
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", camera="front_door", **WORDS)
    await coordinator(entry).counts.async_refresh()
    return entry


async def test_diagnostics_show_the_state_of_the_connection(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["data"]["backend"] == "frigate"
    assert told["product"]["version"] == "0.18.0-e3fa701"
    assert told["reachable"] is True
    assert told["sends_nothing_now"] is False
    assert told["outbox"]["states"] == {"delivered": 1, "failed": 1}
    assert told["outbox"]["codes"] == {"rejected": 1}
    refused, arrived = told["outbox"]["newest"]
    assert (refused["state"], refused["code"]) == ("failed", "rejected")
    assert (arrived["state"], arrived["code"]) == ("delivered", None)
    assert arrived["settled_at"] >= arrived["accepted_at"]


async def test_diagnostics_have_no_secret_and_no_personal_text(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    told = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    assert "canary" not in told
    assert frigate.url not in told
    assert "Front door" not in told
    assert "canary-description" in str(frigate.stored_events())


async def test_device_has_the_same_diagnostics(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    told = await get_diagnostics_for_device(hass, hass_client, entry, device)
    assert told.pop("rule_or_mirror") is None
    assert told == await get_diagnostics_for_config_entry(hass, hass_client, entry)


async def test_diagnostics_of_a_rule_show_its_state(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    rule = {**DOORBELL, "fields": {**DOORBELL["fields"], "label": "canary-label"}}
    broken = {**rule, "triggers": [{"trigger": "nothing.canary"}]}
    entry = await set_up(
        hass,
        frigate,
        rule_subentry(rule, "canary"),
        rule_subentry(broken, "canary", "broken"),
    )
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}_broken"), entry.entry_id
    )
    assert device is not None
    told: Any = await get_diagnostics_for_device(hass, hass_client, entry, device)
    assert told["rule_or_mirror"] == "broken"
    known = {"kind": "rule", "operation": "create_camera_event", "enabled": True}
    assert told["rules_and_mirrors"] == [
        {"id": RULE_ID, **known, "armed": True},
        {"id": "broken", **known, "armed": False},
    ]
    assert "canary" not in json.dumps(told)


async def test_diagnostics_show_why_the_queue_cannot_be_read(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unavailable(*_: object) -> None:
        message = "disk full"
        raise StoreUnavailable(message)

    monkeypatch.setattr(Store, "states", unavailable)
    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["outbox"] == {"unavailable": "disk full"}


async def test_diagnostics_have_no_private_value_of_any_backend(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    async with (
        AipixSimulator() as aipix,
        GuanceSimulator() as guance,
        PalabraSimulator() as palabra,
    ):
        entries = [
            await connect_aipix(hass, aipix),
            await home_guance.connect(hass, guance),
            await home_palabra.connect(hass, palabra),
        ]
        public = {"backend", "capabilities", "api", "verify_ssl"}
        for entry in entries:
            told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
            private = entry.data.keys() - public
            assert {told["data"][key] for key in private} <= {"**REDACTED**", ""}
            for key in private:
                assert not entry.data[key] or str(entry.data[key]) not in str(told)


async def test_system_information(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    told = await get_system_health_info(hass, DOMAIN)
    size = await told.pop("outbox_size")
    assert float(size.removesuffix(" MiB")) > 0
    assert told["frigate"] == "ok"
    assert (told["pending_deliveries"], told["failed_deliveries"]) == (0, 1)
    assert told["last_delivery"] == coordinator(entry).counts.data.delivered_at
    assert "oldest_pending" not in told
    assert "palabra" not in told

    await frigate.stop()
    await coordinator(entry).async_refresh()
    told = await get_system_health_info(hass, DOMAIN)
    told.pop("outbox_size").close()
    assert told["frigate"] == {"type": "failed", "error": "unreachable"}


async def test_system_information_shows_an_unreadable_queue(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(_: Store) -> int:
        message = "disk full"
        raise StoreUnavailable(message)

    assert await async_setup_component(hass, "system_health", {})
    monkeypatch.setattr(Store, "size", unreadable)
    told = await get_system_health_info(hass, DOMAIN)
    assert await told["outbox_size"] == {"type": "failed", "error": "disk full"}
