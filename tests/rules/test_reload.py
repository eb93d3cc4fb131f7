"""What happens while a connection is loaded again, or Home Assistant stops."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest

from custom_components.event_relay.const import CONF_UNSETTLED_LIMIT
from custom_components.event_relay.outbox.delivery import DeliveryState
from custom_components.event_relay.outbox.store import Store, StoreUnavailable
from custom_components.event_relay.storage import async_get_store
from simulators.faults import Fault, FaultKind
from simulators.frigate import FrigateSimulator

from ..home import act, coordinator
from .house import BELL, DOORBELL, a_rule, change, events, set_up, until

CREATE = "/api/events/*/create"


async def rows(hass: HomeAssistant) -> list[Any]:
    """Return all deliveries that the file has."""
    return list(await (await async_get_store(hass)).listing(limit=None))


def is_held_up(frigate: FrigateSimulator) -> bool:
    """Say whether a request is there that is not answered."""
    return any(one.fault == FaultKind.HANG for one in frigate.requests)


async def test_what_fires_while_a_connection_is_loaded_again_is_delivered(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
    entry = await set_up(hass, frigate, a_rule(DOORBELL))
    frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE))
    hass.states.async_set(BELL, "on")
    await until(lambda: is_held_up(frigate))

    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    while not reload.done():
        hass.states.async_set(BELL, "off")
        hass.states.async_set(BELL, "on")
        await asyncio.sleep(0.2)
    assert await reload

    fired = await rows(hass)
    assert len(fired) > 10
    async with asyncio.timeout(120):
        while len(frigate.events) < len(fired):
            await asyncio.sleep(0.1)
    assert {row.state for row in await rows(hass)} <= {
        DeliveryState.DELIVERED,
        DeliveryState.SENDING,
    }


async def test_an_action_waits_for_its_connection_to_be_loaded_again(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate)

    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    await asyncio.sleep(0)
    answer = await act(hass, "create_camera_event", camera="garden", label="bell")

    assert await reload
    assert answer["state"] == DeliveryState.DELIVERED


async def test_a_file_that_fails_meanwhile_leaves_the_connection_loaded(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change(hass, BELL, "off")
    entry = await set_up(hass, frigate, a_rule(DOORBELL))
    recall = Store.recall
    calls = []

    async def only_once(self: Store, *names: Any) -> Any:  # noqa: ANN401 - as the original
        calls.append(names)
        if len(calls) > 1:
            raise StoreUnavailable("locked")
        return await recall(self, *names)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "recall", only_once)
        assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert len(calls) == 2
    await change(hass, BELL, "on")
    await events(frigate, 1)


async def test_a_disabled_connection_fires_no_more(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
    entry = await set_up(hass, frigate, a_rule(DOORBELL))

    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await change(hass, BELL, "on")

    assert await rows(hass) == []


async def test_each_firing_after_a_reload_is_one_delivery(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
    entry = await set_up(hass, frigate, a_rule(DOORBELL))
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await change(hass, BELL, "on")

    await events(frigate, 1)
    assert len(await rows(hass)) == 1


async def test_options_that_are_read_when_needed_reload_nothing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate)
    before = coordinator(entry)

    hass.config_entries.async_update_entry(entry, options={CONF_UNSETTLED_LIMIT: 123})
    await hass.async_block_till_done()

    assert coordinator(entry) is before
    assert before.outbox.limit == 123


async def test_what_fires_while_home_assistant_stops_is_in_the_file(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
    await set_up(hass, frigate, a_rule(DOORBELL))
    frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE))
    hass.states.async_set(BELL, "on")
    await until(lambda: is_held_up(frigate))

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await asyncio.sleep(0)
    hass.states.async_set(BELL, "off")
    hass.states.async_set(BELL, "on")
    await hass.async_block_till_done()

    assert len(await rows(hass)) == 2
