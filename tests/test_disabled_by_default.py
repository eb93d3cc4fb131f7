"""What is noisy is disabled until somebody wants it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from simulators.frigate import FrigateSimulator

from .rules.house import DOORBELL, a_rule, set_up


async def test_what_is_disabled_by_default(
    hass: HomeAssistant, socket_enabled: None, entity_registry: er.EntityRegistry
) -> None:
    async with FrigateSimulator(async_delay=0) as frigate:
        entry = await set_up(hass, frigate, a_rule(DOORBELL))
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert {one.entity_id for one in entities if one.disabled} == {
        "event.doorbell_outcome",
        "event.frigate_outcome",
        "sensor.doorbell_expired_deliveries",
        "sensor.doorbell_last_delay",
        "sensor.frigate_oldest_pending_delivery",
    }
    assert {one.entity_id for one in entities if not one.disabled} == {
        "binary_sensor.frigate",
        "button.doorbell_test",
        "button.frigate_retry_failed_deliveries",
        "sensor.doorbell_held_back",
        "sensor.doorbell_last_delivery",
        "sensor.doorbell_summary",
        "sensor.doorbell_total_delivered",
        "sensor.doorbell_total_failed",
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
