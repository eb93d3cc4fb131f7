"""Tests of crashes in each phase of an event: one event, one end."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import random
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay import storage
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.queue import worker
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from ..home import act, coordinator, switch_off, wait_for_state
from ..waiting import wait_until
from .home import DOOR, OPENED, rule_subentry, set_states, set_up

CREATE, END = "/api/events/*/create", "/api/events/*/end"


@dataclass
class DoorScene:
    """A closed door, and a rule for it."""

    hass: HomeAssistant
    frigate: FrigateSimulator
    entry: MockConfigEntry
    tmp_path: Path
    monkeypatch: pytest.MonkeyPatch

    def hold_new(self) -> None:
        """Send nothing until the next start, except deliveries in flight.

        An unreachable Frigate would have the same effect, but a crash during an attempt
        is another phase: its unknown outcome is looked up for 30 s.
        """
        coordinator(self.entry).worker.pause()

    async def crash(self) -> None:
        """Lose everything except the file as it is now."""
        left = self.tmp_path / "left.db"
        with (
            closing(sqlite3.connect(storage.FILE_NAME)) as file,
            closing(sqlite3.connect(left)) as copy,
        ):
            file.backup(copy)
        store = await storage.async_get_store(self.hass)
        await switch_off(self.hass, self.entry)
        await store.close()
        del self.hass.data[storage._STORE]
        self.monkeypatch.setattr(storage, "FILE_NAME", str(left))
        self.frigate.clear_faults()

    async def restart(self) -> None:
        """Start again."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def id_of(self, operation: str) -> str:
        """Return the id of the only delivery of an operation."""
        id_of = (await act(self.hass, "list_deliveries"))["deliveries"]
        (found,) = [one for one in id_of if one["operation"] == operation]
        return str(found["delivery_id"])


@pytest.fixture
async def scene(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> DoorScene:
    """Close the door, with short waits."""
    monkeypatch.setattr(random, "random", lambda: 0.0)
    monkeypatch.setattr(worker, "STOP_PATIENCE", 0.05)
    # An existing event is found at once; only a missing one takes this long.
    monkeypatch.setitem(vars(FRIGATE), "write_time", timedelta(seconds=0.3))
    await set_states(hass, DOOR, "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    return DoorScene(hass, frigate, entry, tmp_path, monkeypatch)


async def crash_while_the_start_waits(scene: DoorScene) -> None:
    """Crash when the start is accepted, but not sent."""
    scene.hold_new()
    await set_states(scene.hass, DOOR, "on")
    await wait_for_state(
        scene.hass, await scene.id_of("create_camera_event"), "pending"
    )


async def crash_before_the_response_to_the_start(scene: DoorScene) -> None:
    """Crash when the start has arrived, but its response has not."""
    scene.frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE, handled=True))
    await set_states(scene.hass, DOOR, "on")
    await wait_until(lambda: scene.frigate.events)


async def crash_while_the_event_is_open(scene: DoorScene) -> None:
    """Crash while the event is open."""
    await set_states(scene.hass, DOOR, "on")
    await wait_for_state(
        scene.hass, await scene.id_of("create_camera_event"), "delivered"
    )


async def crash_while_the_end_waits(scene: DoorScene) -> None:
    """Crash when the end is accepted, but not sent."""
    await crash_while_the_event_is_open(scene)
    scene.hold_new()
    await set_states(scene.hass, DOOR, "off")
    await wait_for_state(scene.hass, await scene.id_of("end_camera_event"), "pending")


async def crash_before_the_response_to_the_end(scene: DoorScene) -> None:
    """Crash when the end has arrived, but its response has not."""
    await crash_while_the_event_is_open(scene)
    scene.frigate.add_faults(Fault(kind=FaultKind.HANG, path=END, handled=True))
    await set_states(scene.hass, DOOR, "off")
    await wait_until(lambda: scene.frigate.events[0].end_time)


PHASES = [
    crash_while_the_start_waits,
    crash_before_the_response_to_the_start,
    crash_while_the_event_is_open,
]
ENDING = [crash_while_the_end_waits, crash_before_the_response_to_the_end]


async def _assert_one_event_and_one_end(scene: DoorScene) -> None:
    """Wait for the end; there is exactly one event and one end."""
    for operation in ("create_camera_event", "end_camera_event"):
        await wait_for_state(scene.hass, await scene.id_of(operation), "delivered")
    (event,) = scene.frigate.events
    assert event.end_time is not None
    assert event.end_time >= event.start_time
    store = coordinator(scene.entry).queue._store
    (notes,) = (await store.recall(scene.entry.entry_id)).values() or ({},)
    assert not [name for name in notes if name.startswith("open/")]


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
async def test_door_closes_while_home_assistant_is_off(
    scene: DoorScene, phase: Callable[[DoorScene], Awaitable[None]]
) -> None:
    await phase(scene)
    await scene.crash()
    await set_states(scene.hass, DOOR, "off")

    await scene.restart()

    await _assert_one_event_and_one_end(scene)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
async def test_door_closes_after_the_restart(
    scene: DoorScene, phase: Callable[[DoorScene], Awaitable[None]]
) -> None:
    await phase(scene)
    await scene.crash()

    await scene.restart()
    await wait_for_state(
        scene.hass, await scene.id_of("create_camera_event"), "delivered"
    )
    assert scene.frigate.events[0].end_time is None
    await set_states(scene.hass, DOOR, "off")

    await _assert_one_event_and_one_end(scene)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
async def test_time_limit_passes_while_home_assistant_is_off(
    scene: DoorScene, phase: Callable[[DoorScene], Awaitable[None]]
) -> None:
    await phase(scene)
    await scene.crash()
    now = dt_util.utcnow().timestamp()
    with closing(sqlite3.connect(storage.FILE_NAME)) as file, file:
        # As with a shorter time limit.
        changed = file.execute(
            "UPDATE notes SET value = json_set(value, '$.ends_by', ?)"
            " WHERE name LIKE 'open/%'",
            (now,),
        )
        assert changed.rowcount == 1

    await scene.restart()

    await _assert_one_event_and_one_end(scene)
    assert scene.frigate.events[0].end_time == pytest.approx(now, abs=1)


async def test_time_limit_passes_although_the_clock_is_set_back(
    scene: DoorScene,
) -> None:
    await crash_while_the_event_is_open(scene)
    await scene.crash()
    with closing(sqlite3.connect(storage.FILE_NAME)) as file, file:
        # As if it had started by a clock three days ahead.
        changed = file.execute(
            "UPDATE notes SET value = json_set(value, '$.ends_by',"
            " value ->> '$.ends_by' + 3 * 86400) WHERE name LIKE 'open/%'"
        )
        assert changed.rowcount == 1

    await scene.restart()
    assert scene.frigate.events[0].end_time is None
    async_fire_time_changed(scene.hass, dt_util.utcnow() + timedelta(seconds=601))

    await wait_until(lambda: scene.frigate.events[0].end_time is not None)
    await _assert_one_event_and_one_end(scene)


@pytest.mark.parametrize("phase", ENDING, ids=lambda phase: phase.__name__)
@pytest.mark.parametrize("now", ["off", "on"])
async def test_crash_while_the_event_is_being_ended(
    scene: DoorScene, phase: Callable[[DoorScene], Awaitable[None]], now: str
) -> None:
    await phase(scene)
    await scene.crash()
    await set_states(scene.hass, DOOR, now)

    await scene.restart()

    await _assert_one_event_and_one_end(scene)
