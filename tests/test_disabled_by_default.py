"""Tests of entities that are disabled by default."""

from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from tools.simulators.frigate import FrigateSimulator

from .rules.home import DOORBELL, rule_subentry, set_up


async def test_entities_disabled_by_default(
    hass: HomeAssistant, socket_enabled: None, entity_registry: er.EntityRegistry
) -> None:
    async with FrigateSimulator(async_delay=0) as frigate:
        entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert {one.entity_id for one in entities if one.disabled} == {
        "event.doorbell_outcome",
        "event.frigate_outcome",
        "sensor.doorbell_expired_deliveries",
        "sensor.doorbell_last_delay",
        "sensor.doorbell_total_delivered",
        "sensor.doorbell_total_failed",
        "sensor.frigate_oldest_pending_delivery",
    }
    assert {one.entity_id for one in entities if not one.disabled} == {
        "binary_sensor.frigate",
        "button.doorbell_test",
        "button.frigate_retry_failed_deliveries",
        "sensor.doorbell_ignored_triggers",
        "sensor.doorbell_last_delivery",
        "sensor.doorbell_summary",
        "sensor.frigate_expired_deliveries",
        "sensor.frigate_failed_deliveries",
        "sensor.frigate_last_delay",
        "sensor.frigate_last_delivery",
        "sensor.frigate_pending_deliveries",
        "sensor.frigate_refused_deliveries",
        "sensor.frigate_total_delivered",
        "sensor.frigate_total_failed",
        "switch.doorbell",
        "switch.frigate_delivery",
    }


async def test_disabled_entities_stay_disabled_until_enabled(
    hass: HomeAssistant, socket_enabled: None, entity_registry: er.EntityRegistry
) -> None:
    async with FrigateSimulator(async_delay=0) as frigate:
        entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
        entity_registry.async_update_entity(
            "sensor.doorbell_last_delay", disabled_by=None
        )
        with patch.object(
            entity_registry,
            "async_get_or_create",
            wraps=entity_registry.async_get_or_create,
        ) as registered:
            assert await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()
    asked = {call.args[2] for call in registered.call_args_list}
    known = {
        one.entity_id: one.unique_id
        for one in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    assert known["sensor.doorbell_last_delay"] in asked
    assert known["switch.doorbell"] in asked
    assert known["event.doorbell_outcome"] not in asked
    assert known["sensor.doorbell_expired_deliveries"] not in asked
    assert hass.states.get("sensor.doorbell_last_delay") is not None
    assert hass.states.get("event.doorbell_outcome") is None
