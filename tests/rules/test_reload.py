"""Tests of firings during a reload of a connection or the stop of Home Assistant."""

import asyncio
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
import sqlite3
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.const import (
    EVENT_HOMEASSISTANT_CLOSE,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
    Platform,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay import storage
from custom_components.event_relay.const import CONF_UNSETTLED_LIMIT
from custom_components.event_relay.queue import worker
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.reload import UNLOADED_FOR_GOOD
from custom_components.event_relay.rules.rule_runner import RuleRunner
from custom_components.event_relay.storage import async_get_store
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from ..failing_store import disk_full
from ..home import act, coordinator
from ..waiting import wait_until
from .home import (
    BELL,
    DOORBELL,
    PRESSED,
    RULE_ID,
    rule_subentry,
    set_states,
    set_up,
    wait_for_events,
)

CREATE = "/api/events/*/create"
ANOTHER = ConfigSubentry(
    data=MappingProxyType(DOORBELL),
    subentry_id="another",
    subentry_type="rule",
    title="Another",
    unique_id=None,
)
MOMENTS = (
    EVENT_HOMEASSISTANT_STOP,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_CLOSE,
)


async def rows(hass: HomeAssistant) -> list[Any]:
    """Return all deliveries in the file."""
    return list(await (await async_get_store(hass)).listing(limit=None))


def has_open_request(frigate: FrigateSimulator) -> bool:
    """Return whether a request is waiting for its response."""
    return any(one.fault == FaultKind.HANG for one in frigate.requests)


async def test_firing_during_a_reload_is_delivered(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 3)
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE))
    hass.states.async_set(BELL, "on")
    await wait_until(lambda: has_open_request(frigate))

    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    pressed = 1
    while not reload.done():
        hass.states.async_set(BELL, "off")
        hass.states.async_set(BELL, "on")
        pressed += 1
        await asyncio.sleep(0.2)
    assert await reload
    await hass.async_block_till_done()

    fired = await rows(hass)
    assert len(fired) == pressed
    # Except for the hanging one, which is looked up later.
    async with asyncio.timeout(120):
        while len(frigate.events) < len(fired) - 1:
            await asyncio.sleep(0.1)


FURTHER = {"trigger": "event", "event_type": "pressed"}
HOLDING = {**PRESSED, "for": {"seconds": 30}}


async def test_firing_in_any_loop_iteration_of_a_reload_is_delivered_once(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": [FURTHER]})
    )
    await frigate.stop()
    fired = 0

    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    while not reload.done():
        hass.bus.async_fire("pressed")
        fired += 1
        # On a slow disk a reload has more iterations than an outbox has places.
        await asyncio.sleep(0 if fired < 1_000 else 0.01)
    await hass.async_block_till_done()

    assert fired > 3
    assert len(await rows(hass)) == fired


async def test_required_duration_continues_during_a_reload(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": [HOLDING]})
    )
    await set_states(hass, BELL, "on")

    assert await hass.config_entries.async_reload(entry.entry_id)
    freezer.tick(31)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    assert len(await rows(hass)) == 1


async def test_delivery_accepted_by_the_former_queue_is_sent_and_shown(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    await act(hass, "create_camera_event", camera="garden", label="first")
    (waiting,) = await rows(hass)
    gate = asyncio.Event()
    accepting = Store.accepting

    def slow(
        self: Store,
        *args: Any,  # noqa: ANN401 - as the original
        **options: Any,  # noqa: ANN401
    ) -> asyncio.Future[Any]:
        async def later() -> Any:  # noqa: ANN401
            await gate.wait()
            return await accepting(self, *args, **options)

        return asyncio.ensure_future(later())

    # So that it is accepted before it is sent.
    coordinator(entry).worker.pause()
    with monkeypatch.context() as patched:
        patched.setattr(Store, "accepting", slow)
        hass.states.async_set(BELL, "on")
        await asyncio.sleep(0)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait_until(lambda: coordinator(entry).worker.can_accept_claimed(waiting))
    gate.set()

    await wait_for_events(frigate, 2)
    await wait_until(lambda: not coordinator(entry).counts.data.waiting)


async def test_action_waits_for_the_reload_of_its_connection(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate)

    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    await asyncio.sleep(0)
    answer = await act(hass, "create_camera_event", camera="garden", label="bell")

    assert await reload
    assert answer["state"] == DeliveryState.DELIVERED


async def test_every_action_waits_for_the_reload_of_its_connection(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate)
    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    await asyncio.sleep(0)
    retried = await act(hass, "retry_delivery", config_entry_id=entry.entry_id)
    assert await reload
    assert retried == {"deliveries": []}


async def test_file_error_during_a_reload_leaves_the_connection_loaded(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))

    async def fail(*_: object) -> None:
        raise StoreUnavailable("locked")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "recall", fail)
        assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)


async def test_disabled_connection_does_not_fire(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))

    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await set_states(hass, BELL, "on")

    assert await rows(hass) == []


async def test_connection_disabled_while_it_cannot_be_loaded_does_not_fire(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant then has nothing to unload."""
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    with monkeypatch.context() as broken:
        broken.setattr(Store, "counts", disk_full)
        assert not await hass.config_entries.async_reload(entry.entry_id)
        later = dt_util.utcnow() + UNLOADED_FOR_GOOD + timedelta(seconds=1)
        async_fire_time_changed(hass, later)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.SETUP_RETRY
        await set_states(hass, BELL, "on", "off")
        assert len(await rows(hass)) == 1

        by = ConfigEntryDisabler.USER
        assert await hass.config_entries.async_set_disabled_by(entry.entry_id, by)
        later += UNLOADED_FOR_GOOD + timedelta(seconds=1)
        async_fire_time_changed(hass, later)
        await hass.async_block_till_done()
        await set_states(hass, BELL, "on")
        assert len(await rows(hass)) == 1


async def test_rule_that_is_added_during_the_set_up_fires(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_states(hass, BELL, "off")
    setups = hass.config_entries.async_forward_entry_setups

    async def add_rule(entry: ConfigEntry, platforms: Iterable[Platform]) -> None:
        hass.config_entries.async_add_subentry(entry, ANOTHER)
        await setups(entry, platforms)

    monkeypatch.setattr(hass.config_entries, "async_forward_entry_setups", add_rule)
    await set_up(hass, frigate)
    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)


async def test_rule_that_cannot_be_replaced_goes_on(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    other = {**DOORBELL, "fields": {"camera": "garden", "label": "doorbell"}}
    subentry = entry.subentries[RULE_ID]
    with monkeypatch.context() as broken:
        broken.setattr(Store, "remember", disk_full)
        broken.setattr(Store, "recall", disk_full)
        hass.config_entries.async_update_subentry(entry, subentry, data=other)
        await hass.async_block_till_done()
    await set_states(hass, BELL, "on")
    (event,) = await wait_for_events(frigate, 1)
    assert event.camera == "front_door"


async def test_rule_that_cannot_be_cleaned_up_keeps_no_other_from_changing(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    monkeypatch.setattr(Store, "forget", disk_full)
    rules = coordinator(entry).rules
    assert rules is not None
    await rules.async_sync({"another": ANOTHER})
    assert rules.runners.keys() == {"another"}


async def test_progress_is_saved_while_a_rule_is_added(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    rules = coordinator(entry).rules
    assert rules is not None

    async def save(_: RuleRunner) -> None:
        if "another" not in rules.runners:
            await rules.async_sync({**entry.subentries, "another": ANOTHER})

    monkeypatch.setattr(RuleRunner, "async_save_progress", save)
    await rules.async_save_progress()
    assert rules.runners.keys() == {RULE_ID, "another"}


async def test_firing_after_a_reload_is_delivered_once(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await set_states(hass, BELL, "on")

    await wait_for_events(frigate, 1)
    assert len(await rows(hass)) == 1


async def test_some_options_need_no_reload(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate)
    before = coordinator(entry)

    hass.config_entries.async_update_entry(entry, options={CONF_UNSETTLED_LIMIT: 123})
    await hass.async_block_till_done()

    assert coordinator(entry) is before
    assert before.queue.limit == 123


async def test_firing_while_home_assistant_stops_is_stored(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 0.5)
    await set_states(hass, BELL, "off")
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE))
    hass.states.async_set(BELL, "on")
    await wait_until(lambda: has_open_request(frigate))

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await asyncio.sleep(0)
    hass.states.async_set(BELL, "off")
    hass.states.async_set(BELL, "on")
    await hass.async_block_till_done()

    assert len(await rows(hass)) == 2


@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "being loaded again"])
async def test_firing_until_the_file_is_closed_is_stored(
    hass: HomeAssistant, frigate: FrigateSimulator, *, loaded: bool
) -> None:

    @callback
    def press(_: Event) -> None:
        hass.bus.async_fire("pressed")

    # Before the file is opened, so that this listener is called first.
    for moment in MOMENTS:
        hass.bus.async_listen_once(moment, press)
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": [FURTHER]})
    )
    path = storage.FILE_NAME
    await frigate.stop()
    if not loaded:
        assert await hass.config_entries.async_unload(entry.entry_id)

    await hass.async_stop(force=True)

    with closing(sqlite3.connect(path)) as file:
        (number,) = file.execute("SELECT count(*) FROM deliveries").fetchone()
    assert number == len(MOMENTS)
