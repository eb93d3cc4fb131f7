"""What begins again while its former event is being ended is an event of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.queue.queue import DeliveryQueue, Request
from custom_components.event_relay.queue.store.store import StoreUnavailable
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.store import StoredEvent

from ..home import act, switch_off
from .home import DOOR, OPENED, a_rule, change, set_up, until

WINDOW = "binary_sensor.window"
BOTH = [DOOR, WINDOW]
PAIR: dict[str, Any] = {
    **OPENED,
    "triggers": [{"trigger": "state", "entity_id": BOTH, "to": "on"}],
    "fields": {"camera": "garden", "label": "{{ trigger.to_state.object_id }}"},
    "until": {
        "triggers": [
            {"trigger": "state", "entity_id": BOTH, "to": "off"},
            {"trigger": "event", "event_type": "all_clear"},
        ],
        "longest_open": 600,
    },
}
LONGEST = timedelta(seconds=601)

type Accept = Callable[..., Awaitable[Delivery]]


class Held:
    """Lets some requests wait before they reach the outbox."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
        """Hold the requests of an operation."""
        self.waiting = 0
        self._released = asyncio.Event()
        submit: Accept = DeliveryQueue.submit

        async def hold(
            queue: DeliveryQueue, request: Request, *, wait: float = 0
        ) -> Delivery:
            if request.operation == operation:
                self.waiting += 1
                await self._released.wait()
            return await submit(queue, request, wait=wait)

        monkeypatch.setattr(DeliveryQueue, "submit", hold)

    def release(self) -> None:
        """Hold nothing any more."""
        self._released.set()


def begun(frigate: FrigateSimulator) -> list[StoredEvent]:
    """Return what the rule began, without what an end needs beside it."""
    return [one for one in frigate.events if not _beside_an_end(one)]


def _beside_an_end(event: StoredEvent) -> bool:
    """Say whether an event is there for a moment only, for an end."""
    drawn = event.data.get("draw")
    return isinstance(drawn, dict) and str(drawn["event_relay"]).endswith("/end")


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a rule for a door and a window, both of them open."""
    for one in BOTH:
        await change(hass, one, "off")
    entry = await set_up(hass, frigate, a_rule(PAIR))
    for one in BOTH:
        await change(hass, one, "on")
    await until(lambda: len(begun(frigate)) == 2)
    return entry


async def by_all_clear(hass: HomeAssistant, entry: MockConfigEntry, ends: Held) -> None:
    """End both by one happening."""
    hass.bus.async_fire("all_clear")


async def by_time(hass: HomeAssistant, entry: MockConfigEntry, ends: Held) -> None:
    """Let the time of both be up, one after the other."""
    async_fire_time_changed(hass, dt_util.utcnow() + LONGEST)
    await until(lambda: ends.waiting == 1)
    async_fire_time_changed(hass, dt_util.utcnow() + LONGEST)


async def by_a_restart(hass: HomeAssistant, entry: MockConfigEntry, ends: Held) -> None:
    """Let both be over while Home Assistant is off."""
    await switch_off(hass, entry)
    for one in BOTH:
        await change(hass, one, "off")
    _ = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))


def begin_again(hass: HomeAssistant) -> None:
    """Close and open both, so that only what is open already could hold it back."""
    for one in BOTH:
        hass.states.async_set(one, "ajar")
        hass.states.async_set(one, "on")


@pytest.mark.parametrize("end", [by_all_clear, by_time, by_a_restart])
async def test_while_several_are_being_ended(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[HomeAssistant, MockConfigEntry, Held], Awaitable[None]],
) -> None:
    ends = Held(monkeypatch, "end_camera_event")
    await end(hass, entry, ends)
    await until(lambda: ends.waiting == 2)

    begin_again(hass)
    await until(lambda: len(begun(frigate)) == 4)
    ends.release()

    await until(
        lambda: [one.end_time is None for one in begun(frigate)].count(False) == 2
    )
    await hass.async_block_till_done()
    assert sorted(one.label for one in begun(frigate) if one.end_time is None) == [
        "door",
        "window",
    ]


async def test_while_the_beginning_of_the_former_is_still_being_accepted(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change(hass, DOOR, "off")
    await set_up(hass, frigate, a_rule(PAIR))
    beginnings = Held(monkeypatch, "create_camera_event")

    for state in ("on", "off", "on"):
        hass.states.async_set(DOOR, state)
    await until(lambda: beginnings.waiting == 2)
    beginnings.release()

    await until(lambda: len(begun(frigate)) == 2)
    await until(lambda: begun(frigate)[0].end_time is not None)
    assert begun(frigate)[1].end_time is None


async def test_while_an_end_waits_to_be_tried_again(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: object, **__: object) -> Delivery:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(DeliveryQueue, "submit", full)
        await change(hass, DOOR, "off")

    await change(hass, DOOR, "on")
    await until(lambda: len(begun(frigate)) == 3)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))

    await until(lambda: sum(one.end_time is not None for one in begun(frigate)) == 1)
    await hass.async_block_till_done()
    assert begun(frigate)[-1].end_time is None


async def test_while_its_entity_takes_another_id(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entity_registry: er.EntityRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entity_registry.async_get_or_create(
        "binary_sensor", "zha", "old", suggested_object_id="door"
    )
    await change(hass, DOOR, "off")
    await set_up(hass, frigate, a_rule(PAIR))
    await change(hass, DOOR, "on")
    await until(lambda: len(begun(frigate)) == 1)
    ends = Held(monkeypatch, "end_camera_event")

    entity_registry.async_update_entity(DOOR, new_entity_id="binary_sensor.old")
    await until(lambda: ends.waiting)
    for state in ("off", "on"):
        hass.states.async_set(DOOR, state)
    await until(lambda: len(begun(frigate)) == 2)
    ends.release()
    await until(lambda: begun(frigate)[0].end_time is not None)


async def test_before_home_assistant_has_started(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    """What was over when triggers began to be heard holds nothing back since then."""
    await switch_off(hass, entry)
    hass.states.async_remove(DOOR)
    await change(hass, WINDOW, "off")
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(entry.entry_id)

    await change(hass, WINDOW, "on")
    # This one is known only now.
    await change(hass, DOOR, "ajar", "on")
    await until(lambda: len(begun(frigate)) == 4)
    hass.set_state(CoreState.not_running)
    await hass.async_start()

    await until(lambda: sum(one.end_time is not None for one in begun(frigate)) == 2)
    await hass.async_block_till_done()
    listed = (await act(hass, "list_deliveries", state="pending"))["deliveries"]
    assert not listed
    assert [one.end_time is None for one in begun(frigate)[2:]] == [True, True]
