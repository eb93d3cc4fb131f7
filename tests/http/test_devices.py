"""Tests of the devices of requests."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from tests.backends.http.target import Target

from .home import NOTE, connect


def shown(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the models of the devices of requests, by name."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    found: dict[str, str] = {}
    for one in er.async_entries_for_config_entry(entities, entry.entry_id):
        if one.translation_key != "lost_answer":
            continue
        device = devices.async_get(one.device_id or "")
        state = hass.states.get(one.entity_id)
        assert isinstance(device, dr.DeviceEntry)
        assert device.name is not None
        assert state is not None
        assert device.config_subentry_id == one.config_subentry_id
        assert device.via_device_id == dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        )
        found[device.name] = state.state
    return found


def request(title: str, repeat: str) -> ConfigSubentry:
    """Return a request as it is added to a connection."""
    data: dict[str, Any] = {"preset": None, "definition": {**NOTE, "repeat": repeat}}
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_type="request",
        title=title,
        unique_id=None,
    )


async def test_device_shows_the_meaning_of_a_lost_response(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(
        hass, target.origin, {"Note": NOTE, "Ring": {**NOTE, "repeat": "ask"}}
    )
    assert shown(hass, entry) == {"Note": "repeatable", "Ring": "ask"}


async def test_devices_follow_added_changed_and_removed_requests(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, {"Note": NOTE})
    added = request("Ring", "ask")
    hass.config_entries.async_add_subentry(entry, added)
    await hass.async_block_till_done()
    assert shown(hass, entry) == {"Note": "repeatable", "Ring": "ask"}
    coordinator = entry.runtime_data
    assert coordinator.effective.requests[added.subentry_id] == "Ring"
    changed = request("Bell", "may_repeat")
    hass.config_entries.async_update_subentry(
        entry, added, data=dict(changed.data), title=changed.title
    )
    assert coordinator.effective.requests[added.subentry_id] == "Bell"
    await hass.async_block_till_done()
    assert shown(hass, entry) == {"Note": "repeatable", "Bell": "may_repeat"}
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, entry) == {"Note": "repeatable", "Bell": "may_repeat"}
    hass.config_entries.async_remove_subentry(entry, added.subentry_id)
    await hass.async_block_till_done()
    assert shown(hass, entry) == {"Note": "repeatable"}


async def test_unreadable_definition_shows_nothing(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, {"Old": {**NOTE, "repeat": "often"}})
    assert shown(hass, entry) == {"Old": "unknown"}
