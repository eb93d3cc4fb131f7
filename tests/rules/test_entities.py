"""Tests of the device and the entities of a rule."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from homeassistant.components.sensor.const import SensorDeviceClass
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    EVENT_STATE_CHANGED,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import Context, CoreState, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
    mock_restore_cache_with_extra_data,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

import custom_components.event_relay as integration
from custom_components.event_relay import entity
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.outcomes.announcer import EVENT_OUTCOME, Announcement
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from tools.simulators.frigate import FrigateSimulator

from ..home import coordinator, press, state_of, turn
from ..waiting import wait_until
from .home import (
    BELL,
    DOORBELL,
    OPENED,
    RULE_ID,
    entry_with_rules,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)

pytestmark = pytest.mark.usefixtures("all_enabled")

SWITCH = "switch.doorbell"
OUTCOME = "event.doorbell_outcome"
LAST = "sensor.doorbell_last_delivery"
TEST = "button.doorbell_test"
HELD_BACK = "sensor.doorbell_ignored_triggers"
STATISTICS = {
    f"sensor.doorbell_{key}"
    for key in (
        *("total_delivered", "total_failed", "expired_deliveries", "last_delay"),
        "summary",
    )
}
ENTITIES = {SWITCH, OUTCOME, LAST, TEST, HELD_BACK, *STATISTICS}
SECOND_ID = "01JDOORBELLRULE00000000002"


async def wait_for_outcome(hass: HomeAssistant, kind: str) -> State:
    """Wait until the event entity shows an outcome, and return it."""
    await wait_until(
        lambda: state_of(hass, OUTCOME).attributes.get("event_type") == kind
    )
    return state_of(hass, OUTCOME)


@pytest.mark.parametrize("platform", ["button", "event", "sensor", "switch"])
async def test_entities_of_a_platform(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
) -> None:
    monkeypatch.setattr(integration, "PLATFORMS", (Platform(platform),))
    known = entry_with_rules(frigate.url)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=known.title,
        data=known.data,
        entry_id="the_connection",
        subentries_data=[rule_subentry(DOORBELL)],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for of_connection in er.async_entries_for_config_entry(
        entity_registry, entry.entry_id
    ):
        if of_connection.config_subentry_id is None:
            entity_registry.async_remove(of_connection.entity_id)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_rule_is_a_service_device_of_its_connection(
    hass: HomeAssistant, frigate: FrigateSimulator, device_registry: dr.DeviceRegistry
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))

    hub = device_registry.async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}_{RULE_ID}"), entry.entry_id
    )
    assert hub is not None
    assert device is not None
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert (device.name, device.model) == ("Doorbell", "Rule")
    assert (device.config_entry_id, device.config_subentry_id) == (
        entry.entry_id,
        RULE_ID,
    )
    assert device.via_device_id == hub.id
    assert hub.config_subentry_id is None


async def test_device_model_is_in_the_home_language(
    hass: HomeAssistant, frigate: FrigateSimulator, device_registry: dr.DeviceRegistry
) -> None:
    hass.config.language = "de"
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}_{RULE_ID}"), entry.entry_id
    )
    assert device is not None
    assert device.model == "Regel"


async def test_firing_has_an_outcome_with_its_cause(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    assert state_of(hass, OUTCOME).state == STATE_UNKNOWN
    assert state_of(hass, LAST).state == STATE_UNKNOWN

    hass.states.async_set(BELL, "on", context=Context(id="the button's"))
    outcome = await wait_for_outcome(hass, "delivered")

    (event,) = await wait_for_events(frigate, 1)
    assert outcome.context.parent_id == "the button's"
    assert outcome.attributes["operation"] == "create_camera_event"
    assert outcome.attributes["origin"] == "rule"
    assert outcome.attributes["outside_id"] == event.id
    assert outcome.attributes["reason"] is None
    assert (
        outcome.attributes["occurred_at"]
        == state_of(hass, BELL).last_updated.isoformat()
    )
    of_connection = state_of(hass, "event.frigate_outcome")
    for same in ("delivery_id", "event_type", "links"):
        assert of_connection.attributes[same] == outcome.attributes[same]
    assert of_connection.context.id == outcome.context.id
    assert of_connection.context.parent_id == "the button's"
    last = state_of(hass, LAST)
    assert last.attributes["device_class"] == SensorDeviceClass.TIMESTAMP
    delivered_at = dt_util.parse_datetime(last.state)
    assert delivered_at is not None
    assert timedelta() <= dt_util.utcnow() - delivered_at < timedelta(seconds=10)


async def test_rendering_error_is_a_failure_of_the_rule_only(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    secret = "said by somebody"
    await set_states(hass, BELL, "off")
    fields = {"camera": secret, "label": "doorbell"}
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "fields": fields}))

    await set_states(hass, BELL, "on")

    failed = await wait_for_outcome(hass, "failed")
    assert failed.attributes["reason"] == "field_unknown_camera"
    assert failed.attributes["delivery_id"] is None
    assert secret not in str(failed.as_dict())
    assert state_of(hass, "event.frigate_outcome").state == STATE_UNKNOWN
    assert state_of(hass, LAST).state == STATE_UNKNOWN


async def test_missed_occurrence_is_shown_as_skipped(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    told = async_capture_events(hass, EVENT_OUTCOME)
    missed_at = dt_util.utcnow() - timedelta(hours=2)

    runner_of(entry).tell(
        Outcome(
            kind=OutcomeKind.SKIPPED,
            occurred_at=missed_at,
            reason_key="missed",
            times=12,
        )
    )

    skipped = await wait_for_outcome(hass, "skipped")
    assert skipped.attributes["occurred_at"] == missed_at.isoformat()
    assert skipped.attributes["times"] == 12
    assert (told[0].data["outcome"], told[0].data["times"]) == ("skipped", 12)


async def test_disabled_rule_does_not_fire_after_a_reload(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    assert state_of(hass, SWITCH).state == STATE_ON

    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    assert state_of(hass, SWITCH).state == STATE_OFF
    await set_states(hass, BELL, "on", "off")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, SWITCH).state == STATE_OFF
    await set_states(hass, BELL, "on", "off")

    await turn(hass, SERVICE_TURN_ON, SWITCH)
    assert state_of(hass, SWITCH).state == STATE_ON
    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)


async def test_switch_stays_unchanged_if_it_cannot_be_stored(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(hass, frigate, rule_subentry(DOORBELL))

    async def unavailable(_self: Store, _noted: object) -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "remember", unavailable)
        with pytest.raises(HomeAssistantError, match="disk full"):
            await turn(hass, SERVICE_TURN_OFF, SWITCH)

    assert state_of(hass, SWITCH).state == STATE_ON
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    assert state_of(hass, SWITCH).state == STATE_OFF


async def test_test_button_fires_the_rule(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    context = Context()

    await press(hass, TEST, context)

    outcome = await wait_for_outcome(hass, "delivered")
    assert outcome.attributes["origin"] == "test"
    assert outcome.context.id == context.id
    (event,) = await wait_for_events(frigate, 1)
    assert event.camera == "front_door"


async def test_switch_shows_whether_the_rule_is_active(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    broken = {**DOORBELL, "triggers": [{"trigger": "nothing.happens"}]}
    entry = await set_up(hass, frigate, rule_subentry(broken))
    assert state_of(hass, SWITCH).state == STATE_ON
    assert state_of(hass, SWITCH).attributes["armed"] is False

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=DOORBELL
    )
    await hass.async_block_till_done()
    assert state_of(hass, SWITCH).attributes["armed"] is True
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    assert state_of(hass, SWITCH).attributes["armed"] is False


async def test_templates_get_the_switch_as_this(
    hass: HomeAssistant, frigate: FrigateSimulator, entity_registry: er.EntityRegistry
) -> None:
    await set_states(hass, BELL, "off")
    fields = {"camera": "garden", "label": "{{ this.entity_id }}"}
    entry = await set_up(hass, frigate, rule_subentry({**DOORBELL, "fields": fields}))
    entity_registry.async_update_entity(SWITCH, new_entity_id="switch.bell")
    await hass.async_block_till_done()
    await set_states(hass, BELL, "on", "off")
    assert [event.label for event in await wait_for_events(frigate, 1)] == [
        "switch.bell"
    ]

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], title="Bell"
    )
    await hass.async_block_till_done()
    await set_states(hass, BELL, "on")
    assert (await wait_for_events(frigate, 2))[-1].label == "switch.bell"


async def test_rules_are_added_changed_and_removed_without_a_reload(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door", SECOND_ID))
    runtime, door = coordinator(entry), state_of(hass, "switch.door")
    before = {one.entity_id for one in _entities_of(entity_registry, entry)}

    added = ConfigSubentry(
        data=MappingProxyType(DOORBELL),
        subentry_id=RULE_ID,
        subentry_type="rule",
        title="Doorbell",
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, added)
    await hass.async_block_till_done()
    assert {
        one.entity_id for one in _entities_of(entity_registry, entry)
    } == before | ENTITIES
    assert {
        one.unique_id
        for one in _entities_of(entity_registry, entry)
        if one.config_subentry_id == RULE_ID
    } == {
        f"{entry.entry_id}_{RULE_ID}_{key}"
        for key in (
            *("enabled", "outcome", "last_delivery", "held_back", "test"),
            *("total_delivered", "total_failed", "expired_deliveries", "delay"),
            "summary",
        )
    }
    await set_states(hass, BELL, "on", "off")
    await wait_for_outcome(hass, "delivered")

    renamed = {**DOORBELL, "fields": {**DOORBELL["fields"], "label": "bell"}}
    hass.config_entries.async_update_subentry(entry, added, title="Bell", data=renamed)
    await hass.async_block_till_done()
    assert {
        one.entity_id for one in _entities_of(entity_registry, entry)
    } == before | ENTITIES
    assert state_of(hass, OUTCOME).name == "Bell Outcome"
    former = state_of(hass, OUTCOME).attributes["delivery_id"]
    await set_states(hass, BELL, "on", "off")
    await wait_until(
        lambda: state_of(hass, OUTCOME).attributes["delivery_id"] != former
    )
    assert [event.label for event in await wait_for_events(frigate, 2)] == [
        "doorbell",
        "bell",
    ]
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    assert not runner_of(entry).enabled

    hass.config_entries.async_remove_subentry(entry, RULE_ID)
    await hass.async_block_till_done()
    assert {one.entity_id for one in _entities_of(entity_registry, entry)} == before
    assert not any(hass.states.get(gone) for gone in ENTITIES)
    assert len(dr.async_entries_for_config_entry(device_registry, entry.entry_id)) == 2

    assert coordinator(entry) is runtime
    assert state_of(hass, "switch.door") is door


def _entities_of(
    entity_registry: er.EntityRegistry, entry: MockConfigEntry
) -> list[er.RegistryEntry]:
    return er.async_entries_for_config_entry(entity_registry, entry.entry_id)


async def test_burst_writes_two_states_of_the_last_delivery(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entity, "WRITTEN_EVERY", 60.0)
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    ended: list[Delivery] = []
    coordinator(entry).queue.listen(ended.append)
    announced: list[Announcement] = []
    coordinator(entry).announcer.listen(announced.append)
    states = async_capture_events(hass, EVENT_STATE_CHANGED)
    await set_states(hass, BELL, "on")
    await wait_until(lambda: any(one.state is DeliveryState.DELIVERED for one in ended))
    delivered = next(one for one in ended if one.state is DeliveryState.DELIVERED)
    last = dt_util.utcnow()
    for number in range(100):
        settled_at = last + timedelta(seconds=number)
        coordinator(entry).queue.changed(replace(delivered, settled_at=settled_at))
    await wait_until(lambda: len(announced) == 101)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()
    wait_for_outcome = [one for one in states if one.data["entity_id"] == LAST]
    assert len(wait_for_outcome) == 2
    assert dt_util.parse_datetime(state_of(hass, LAST).state) == (
        last + timedelta(seconds=99)
    ).replace(microsecond=0)


async def test_last_delivery_is_restored(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.set_state(CoreState.not_running)
    moment = dt_util.parse_datetime("2026-10-01T12:00:00+00:00")
    assert moment is not None
    stored = {
        "native_value": {
            "__type": "<class 'datetime.datetime'>",
            "isoformat": moment.isoformat(),
        },
        "native_unit_of_measurement": None,
    }
    mock_restore_cache_with_extra_data(
        hass, [(State(LAST, moment.isoformat()), stored)]
    )
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    assert dt_util.parse_datetime(state_of(hass, LAST).state) == moment
