"""Tests of events that begin again while the former one is being ended."""

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
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.store import StoredEvent

from ..failing_store import disk_full
from ..home import act, switch_off
from ..waiting import wait_until
from .home import DOOR, OPENED, rule_subentry, set_states, set_up

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


class HeldRequests:
    """Holds requests before they reach the queue."""

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
        """Release all requests."""
        self._released.set()


def started_events(frigate: FrigateSimulator) -> list[StoredEvent]:
    """Return the events that the rule started, without the auxiliary ones of an end."""
    return [one for one in frigate.events if not _is_auxiliary(one)]


def _is_auxiliary(event: StoredEvent) -> bool:
    """Return whether an event only exists briefly, to end another."""
    drawn = event.data.get("draw")
    return isinstance(drawn, dict) and str(drawn["event_relay"]).endswith("/end")


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a rule for a door and a window, both open."""
    for one in BOTH:
        await set_states(hass, one, "off")
    entry = await set_up(hass, frigate, rule_subentry(PAIR))
    for one in BOTH:
        await set_states(hass, one, "on")
    await wait_until(lambda: len(started_events(frigate)) == 2)
    return entry


async def end_by_one_event(
    hass: HomeAssistant, entry: MockConfigEntry, ends: HeldRequests
) -> None:
    """End both by one event."""
    hass.bus.async_fire("all_clear")


async def end_by_time_limit(
    hass: HomeAssistant, entry: MockConfigEntry, ends: HeldRequests
) -> None:
    """Let the time limits of both pass, one after the other."""
    async_fire_time_changed(hass, dt_util.utcnow() + LONGEST)
    await wait_until(lambda: ends.waiting == 1)
    async_fire_time_changed(hass, dt_util.utcnow() + LONGEST)


async def end_by_restart(
    hass: HomeAssistant, entry: MockConfigEntry, ends: HeldRequests
) -> None:
    """Close both while Home Assistant is off."""
    await switch_off(hass, entry)
    for one in BOTH:
        await set_states(hass, one, "off")
    _ = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))


def start_again(hass: HomeAssistant) -> None:
    """Close and open both, so that only open events could prevent a start."""
    for one in BOTH:
        hass.states.async_set(one, "ajar")
        hass.states.async_set(one, "on")


@pytest.mark.parametrize("end", [end_by_one_event, end_by_time_limit, end_by_restart])
async def test_start_while_several_events_are_being_ended(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[HomeAssistant, MockConfigEntry, HeldRequests], Awaitable[None]],
) -> None:
    ends = HeldRequests(monkeypatch, "end_camera_event")
    await end(hass, entry, ends)
    await wait_until(lambda: ends.waiting == 2)

    start_again(hass)
    await wait_until(lambda: len(started_events(frigate)) == 4)
    ends.release()

    await wait_until(
        lambda: (
            [one.end_time is None for one in started_events(frigate)].count(False) == 2
        )
    )
    await hass.async_block_till_done()
    assert sorted(
        one.label for one in started_events(frigate) if one.end_time is None
    ) == [
        "door",
        "window",
    ]


async def test_start_while_the_former_start_is_being_accepted(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_states(hass, DOOR, "off")
    await set_up(hass, frigate, rule_subentry(PAIR))
    beginnings = HeldRequests(monkeypatch, "create_camera_event")

    for state in ("on", "off", "on"):
        hass.states.async_set(DOOR, state)
    await wait_until(lambda: beginnings.waiting == 2)
    beginnings.release()

    await wait_until(lambda: len(started_events(frigate)) == 2)
    await wait_until(lambda: started_events(frigate)[0].end_time is not None)
    assert started_events(frigate)[1].end_time is None


async def test_start_while_an_end_waits_for_its_retry(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(DeliveryQueue, "submit", disk_full)
        await set_states(hass, DOOR, "off")

    await set_states(hass, DOOR, "on")
    await wait_until(lambda: len(started_events(frigate)) == 3)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))

    await wait_until(
        lambda: sum(one.end_time is not None for one in started_events(frigate)) == 1
    )
    await hass.async_block_till_done()
    assert started_events(frigate)[-1].end_time is None


async def test_start_while_the_entity_is_renamed(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entity_registry: er.EntityRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entity_registry.async_get_or_create(
        "binary_sensor", "zha", "old", suggested_object_id="door"
    )
    await set_states(hass, DOOR, "off")
    await set_up(hass, frigate, rule_subentry(PAIR))
    await set_states(hass, DOOR, "on")
    await wait_until(lambda: len(started_events(frigate)) == 1)
    ends = HeldRequests(monkeypatch, "end_camera_event")

    entity_registry.async_update_entity(DOOR, new_entity_id="binary_sensor.old")
    await wait_until(lambda: ends.waiting)
    for state in ("off", "on"):
        hass.states.async_set(DOOR, state)
    await wait_until(lambda: len(started_events(frigate)) == 2)
    ends.release()
    await wait_until(lambda: started_events(frigate)[0].end_time is not None)


async def test_start_before_home_assistant_has_started(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    """An event that ended while Home Assistant was off prevents no start."""
    await switch_off(hass, entry)
    hass.states.async_remove(DOOR)
    await set_states(hass, WINDOW, "off")
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(entry.entry_id)

    await set_states(hass, WINDOW, "on")
    # The door is only known now.
    await set_states(hass, DOOR, "ajar", "on")
    await wait_until(lambda: len(started_events(frigate)) == 4)
    hass.set_state(CoreState.not_running)
    await hass.async_start()

    await wait_until(
        lambda: sum(one.end_time is not None for one in started_events(frigate)) == 2
    )
    await hass.async_block_till_done()
    listed = (await act(hass, "list_deliveries", state="pending"))["deliveries"]
    assert not listed
    assert [one.end_time is None for one in started_events(frigate)[2:]] == [True, True]
