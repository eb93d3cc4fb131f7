"""Tests of the entities of a connection."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import Context, Event, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import (
    EventStateChangedData,
    async_track_state_change_event,
)
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

import custom_components.event_relay as integration
from custom_components.event_relay import coordinator as relay_coordinator
from custom_components.event_relay.const import CONF_CAPABILITIES, DOMAIN
from custom_components.event_relay.coordinator import TIDYING
from custom_components.event_relay.counts import SETTLING
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store.store import (
    Counts,
    Store,
    StoreUnavailable,
)
from tools.simulators.frigate import FrigateSimulator

from .failing_store import disk_full
from .home import (
    act,
    connect,
    connection_entry,
    coordinator,
    press,
    rejected_delivery,
    state_of,
    wait_for_listed,
    wait_for_state,
)

pytestmark = pytest.mark.usefixtures("all_enabled", "socket_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell"}
CREATE = "/api/events/*/*/create"

CONNECTIVITY = "binary_sensor.frigate"
FAILED = "sensor.frigate_failed_deliveries"
LAST = "sensor.frigate_last_delivery"
OLDEST = "sensor.frigate_oldest_pending_delivery"
OUTCOME = "event.frigate_outcome"
PENDING = "sensor.frigate_pending_deliveries"
RETRY = "button.frigate_retry_failed_deliveries"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection, with its first check done."""
    entry = await connect(hass, frigate)
    await coordinator(entry).async_refresh()
    return entry


async def counted(hass: HomeAssistant, entity_id: str) -> str:
    """Let the changes settle and return the counts."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SETTLING + 1))
    await hass.async_block_till_done()
    return state_of(hass, entity_id).state


def recorded_outcomes(hass: HomeAssistant) -> list[State]:
    """Return a list that collects outcomes as they are shown."""
    shown: list[State] = []

    @callback
    def show(event: Event[EventStateChangedData]) -> None:
        if (new := event.data["new_state"]) is not None:
            shown.append(new)

    async_track_state_change_event(hass, [OUTCOME], show)
    return shown


@pytest.mark.parametrize("platform", ["binary_sensor", "button", "event", "sensor"])
async def test_entities_of_a_platform(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
) -> None:
    monkeypatch.setattr(integration, "PLATFORMS", (Platform(platform),))
    known = connection_entry(frigate.url)
    entry = MockConfigEntry(
        domain=DOMAIN, title=known.title, data=known.data, entry_id="the_connection"
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    """Return the device of a connection."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device


async def test_device_shows_the_system(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    device = device_of(hass, entry)
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert (device.name, device.manufacturer) == ("Frigate", "Frigate")
    assert device.sw_version == entry.data[CONF_CAPABILITIES]["version"]
    assert device.configuration_url == frigate.url


async def test_device_follows_a_new_version_and_a_new_name(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.configure(version="0.17.2-aaaaaaa")
    await coordinator(entry).async_refresh()
    hass.config_entries.async_update_entry(entry, title="Cameras")
    await hass.async_block_till_done()
    device = device_of(hass, entry)
    assert (device.name, device.sw_version) == ("Cameras", "0.17.2-aaaaaaa")


async def test_delivery_updates_the_outcome_and_the_last_delivery(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    assert state_of(hass, OUTCOME).state == STATE_UNKNOWN
    answer = await act(hass, "create_camera_event", **DOORBELL)

    attributes = state_of(hass, OUTCOME).attributes
    assert attributes["event_type"] == "delivered"
    assert attributes["delivery_id"] == answer["delivery_id"]
    assert attributes["operation"] == "create_camera_event"
    assert attributes["origin"] == "action"
    assert attributes["outside_id"] == answer["outside_id"]
    assert attributes["links"] == answer["links"]
    assert attributes["reason"] is None
    assert 0 <= attributes["lateness"] < 10
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    settled_at = dt_util.parse_datetime(listed["settled_at"])
    assert settled_at is not None
    assert dt_util.parse_datetime(await counted(hass, LAST)) == settled_at.replace(
        microsecond=0
    )


async def test_outcome_has_the_context_of_the_action(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    context = Context(user_id=None)
    await act(hass, "create_camera_event", context, **DOORBELL)
    assert state_of(hass, OUTCOME).context.id == context.id


async def test_failure_is_counted_and_can_be_retried_with_the_button(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    assert await counted(hass, FAILED) == "0"
    delivery_id = await rejected_delivery(hass, frigate)
    assert await counted(hass, FAILED) == "1"
    attributes = state_of(hass, OUTCOME).attributes
    assert attributes["event_type"] == "failed"
    assert attributes["delivery_id"] == delivery_id
    assert attributes["reason"] == "rejected"

    await press(hass, RETRY)

    await wait_for_state(hass, delivery_id, "delivered")
    assert await counted(hass, FAILED) == "0"
    assert state_of(hass, OUTCOME).attributes["event_type"] == "delivered"
    assert len(frigate.events) == 1


async def test_button_does_not_retry_unknown_outcomes(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    delivery_id = await rejected_delivery(hass, frigate)
    store = coordinator(entry).queue._store
    delivery = await store.get(delivery_id)
    assert delivery is not None
    await store.update(
        replace(delivery, outcome_unknown=True), was=DeliveryState.FAILED
    )

    await press(hass, RETRY)

    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["state"] == "failed"
    assert await counted(hass, FAILED) == "1"


async def test_button_reports_an_unusable_queue(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "listing", disk_full)
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass, RETRY)
    assert raised.value.translation_key == "outbox_unavailable"


async def test_discarded_delivery_has_an_outcome(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    delivery_id = await rejected_delivery(hass, frigate)
    shown = recorded_outcomes(hass)
    await act(hass, "discard_delivery", delivery_id=delivery_id)
    await hass.async_block_till_done()
    assert [one.attributes["event_type"] for one in shown] == ["discarded"]
    assert await counted(hass, FAILED) == "0"


async def test_outage_and_waiting_deliveries_are_shown(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    entry = await connect(hass, frigate)
    await coordinator(entry).async_refresh()
    assert state_of(hass, CONNECTIVITY).state == STATE_ON
    assert await counted(hass, OLDEST) == STATE_UNKNOWN
    await frigate.stop()
    answers = [
        await act(hass, "create_camera_event", **DOORBELL, wait=0) for _ in range(3)
    ]
    (*_, first) = (await act(hass, "list_deliveries"))["deliveries"]

    assert await counted(hass, PENDING) == "3"
    assert state_of(hass, CONNECTIVITY).state == STATE_OFF
    accepted_at = dt_util.parse_datetime(first["accepted_at"])
    assert accepted_at is not None
    assert dt_util.parse_datetime(state_of(hass, OLDEST).state) == accepted_at.replace(
        microsecond=0
    )

    await frigate.start()
    for answer in answers:
        await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert await counted(hass, PENDING) == "0"
    assert state_of(hass, CONNECTIVITY).state == STATE_ON
    assert state_of(hass, OLDEST).state == STATE_UNKNOWN


async def test_counts_are_read_from_the_file_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await rejected_delivery(hass, frigate)
    await act(hass, "create_camera_event", **DOORBELL)
    last = await counted(hass, LAST)

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert state_of(hass, FAILED).state == STATE_UNAVAILABLE
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert state_of(hass, FAILED).state == "1"
    assert state_of(hass, LAST).state == last


async def test_expired_delivery_has_an_outcome(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    running = coordinator(entry)
    running.worker.pause()
    answer = await act(hass, "create_camera_event", **DOORBELL)
    store = running.queue._store
    delivery = await store.get(answer["delivery_id"])
    assert delivery is not None
    await store.update(
        replace(delivery, expires_at=dt_util.utcnow()), was=DeliveryState.PENDING
    )
    running.worker.wake()
    await wait_for_state(hass, delivery.id, "expired")
    assert state_of(hass, OUTCOME).attributes["event_type"] == "expired"
    assert state_of(hass, OUTCOME).attributes["outside_id"] is None
    assert await counted(hass, FAILED) == "0"


async def test_each_outcome_is_shown_in_its_own_loop_iteration(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    heard: list[Delivery] = []
    queue = coordinator(entry).queue
    queue.listen(heard.append)
    await act(hass, "create_camera_event", **DOORBELL)
    await hass.async_block_till_done()
    shown = recorded_outcomes(hass)
    many = [replace(heard[-1], id=str(number)) for number in range(100)]

    for one in many:
        queue.changed(one)
    assert state_of(hass, OUTCOME).attributes["delivery_id"] == "0"
    await asyncio.sleep(0)
    assert state_of(hass, OUTCOME).attributes["delivery_id"] in ("0", "1")
    while state_of(hass, OUTCOME).attributes["delivery_id"] != "99":
        await asyncio.sleep(0)

    await hass.async_block_till_done()
    assert [one.attributes["delivery_id"] for one in shown] == [one.id for one in many]
    assert len({one.state for one in shown}) == len(many)


async def test_last_delivery_is_kept_after_its_row(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await act(hass, "create_camera_event", **DOORBELL)
    last = await counted(hass, LAST)
    assert dt_util.parse_datetime(last) is not None

    monkeypatch.setattr(relay_coordinator, "retention", lambda _: timedelta())
    async_fire_time_changed(hass, dt_util.utcnow() + TIDYING + timedelta(seconds=2))
    await wait_for_listed(hass)
    assert await counted(hass, LAST) == last

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, LAST).state == last


async def test_counts_are_unavailable_while_the_queue_is(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def damaged(*_: object) -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "counts", damaged)
        await act(hass, "create_camera_event", **DOORBELL)
        assert await counted(hass, PENDING) == STATE_UNAVAILABLE
        assert state_of(hass, CONNECTIVITY).state == STATE_ON
    await act(hass, "create_camera_event", **DOORBELL)
    assert await counted(hass, PENDING) == "0"


async def test_burst_is_counted_once(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await counted(hass, PENDING)
    queries = 0
    heard: list[Delivery] = []
    count = Store.counts

    async def counting(store: Store, owner: str) -> Counts:
        nonlocal queries
        queries += 1
        return await count(store, owner)

    monkeypatch.setattr(Store, "counts", counting)
    queue = coordinator(entry).queue
    queue.listen(heard.append)
    await act(hass, "create_camera_event", **DOORBELL)
    for _ in range(10_000):
        queue.changed(heard[0])
    await counted(hass, PENDING)
    assert queries == 1
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
    await hass.async_block_till_done()
    assert queries == 1
