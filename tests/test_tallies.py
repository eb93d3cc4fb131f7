"""Tests of counters for statistics, which only rise."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.restore_state import async_get as restored_states
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    mock_restore_cache_with_extra_data,
)

from custom_components.event_relay.outcomes.tallies import GATHERING
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, coordinator, state_of
from .responses import respond
from .rules.home import (
    BELL,
    DOORBELL,
    RULE_ID,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
)
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("all_enabled", "socket_enabled")

VISITOR = {"camera": "garden", "label": "visitor"}
DELIVERED = "sensor.frigate_total_delivered"
FAILED = "sensor.frigate_total_failed"
EXPIRED = "sensor.frigate_expired_deliveries"
REFUSED = "sensor.frigate_refused_deliveries"
DELAY = "sensor.frigate_last_delay"
OF_RULE = "sensor.doorbell_total_delivered"
FAILED_OF_RULE = "sensor.doorbell_total_failed"
DELAY_OF_RULE = "sensor.doorbell_last_delay"


async def shown_counts(hass: HomeAssistant, *entity_ids: str) -> list[str]:
    """Let the counts be shown, and return them."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=GATHERING + 1))
    await hass.async_block_till_done()
    return [state_of(hass, entity_id).state for entity_id in entity_ids]


async def fail(hass: HomeAssistant, frigate: FrigateSimulator) -> None:
    """Let an event be rejected."""
    frigate.add_faults(respond(422, {}, method="POST"))
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", **VISITOR)


def stored_state(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return what Home Assistant would store of an entity now."""
    (stored,) = (
        one
        for one in restored_states(hass).async_get_stored_states()
        if one.state.entity_id == entity_id
    )
    assert stored.extra_data is not None
    return stored.extra_data.as_dict()


async def test_outcomes_are_counted_for_the_connection_and_the_rule(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    assert await shown_counts(hass, DELIVERED, FAILED, EXPIRED, DELAY) == [
        *("0", "0", "0"),
        "unknown",
    ]

    await act(hass, "create_camera_event", **VISITOR)
    await fail(hass, frigate)
    await set_states(hass, BELL, "on")
    tallies = coordinator(entry).tallies
    await wait_until(lambda: tallies.count(RULE_ID, OutcomeKind.DELIVERED))

    assert await shown_counts(hass, DELIVERED, FAILED, EXPIRED) == ["2", "1", "0"]
    assert await shown_counts(hass, OF_RULE, FAILED_OF_RULE) == ["1", "0"]
    for delay in await shown_counts(hass, DELAY, DELAY_OF_RULE):
        assert 0 <= float(delay) < 60
    for entity_id in (DELIVERED, FAILED, EXPIRED, OF_RULE, FAILED_OF_RULE):
        assert state_of(hass, entity_id).attributes["state_class"] == "total_increasing"


async def test_rendering_error_is_a_failure_of_the_rule_only(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    for kind in OutcomeKind:
        runner_of(entry).tell(Outcome(kind=kind, occurred_at=dt_util.utcnow()))
    await hass.async_block_till_done()
    assert await shown_counts(hass, FAILED, FAILED_OF_RULE) == ["0", "1"]


async def test_counters_continue_after_a_reload(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    await act(hass, "create_camera_event", **VISITOR)
    (delay,) = await shown_counts(hass, DELAY)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await act(hass, "create_camera_event", **VISITOR)
    assert await shown_counts(hass, DELIVERED) == ["2"]
    assert delay != "unknown"


async def test_outcomes_right_before_a_reload_are_counted(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """The sensors are removed before they show what they gather."""
    entry = await connect(hass, frigate)
    await act(hass, "create_camera_event", **VISITOR)
    refused = HomeAssistantError(translation_key="outbox_full")
    coordinator(entry).losses.async_refused(refused)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await shown_counts(hass, DELIVERED, REFUSED) == ["1", "1"]


async def test_no_counter_falls_after_a_crash(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Home Assistant stores states every quarter of an hour; the rest is recounted."""
    entry = await connect(hass, frigate)
    await act(hass, "create_camera_event", **VISITOR)
    await shown_counts(hass, DELIVERED)
    noted = stored_state(hass, DELIVERED)
    assert noted["native_value"] == 1
    await act(hass, "create_camera_event", **VISITOR)
    await act(hass, "create_camera_event", **VISITOR)
    await fail(hass, frigate)
    assert await shown_counts(hass, DELIVERED, FAILED) == ["3", "1"]

    await crash(hass, entry, {DELIVERED: noted, FAILED: {**noted, "native_value": 0}})
    assert await shown_counts(hass, DELIVERED, FAILED, EXPIRED) == ["3", "1", "0"]


async def test_unreadable_file_is_not_counted(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def damaged(*_: object) -> None:
        raise StoreUnavailable("disk full")

    entry = await connect(hass, frigate)
    await act(hass, "create_camera_event", **VISITOR)
    monkeypatch.setattr(Store, "ended_since", damaged)
    before = (dt_util.utcnow() - timedelta(hours=1)).isoformat()
    odd = {"native_value": 7, "native_unit_of_measurement": None}
    await crash(hass, entry, {DELIVERED: {**odd, "until": before}, FAILED: odd})
    assert await shown_counts(hass, DELIVERED, FAILED) == ["7", "7"]


async def crash(
    hass: HomeAssistant, entry: MockConfigEntry, noted: dict[str, dict[str, Any]]
) -> None:
    """Load the connection as after a crash, with an earlier stored state."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    mock_restore_cache_with_extra_data(
        hass, [(State(entity_id, "1"), data) for entity_id, data in noted.items()]
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
