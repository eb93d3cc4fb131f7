"""A crash in any phase of an event leaves nothing open and doubles nothing."""

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

from ..home import act, coordinator, switch_off, until_state
from .home import DOOR, OPENED, a_rule, change, set_up, until

CREATE, END = "/api/events/*/create", "/api/events/*/end"


@dataclass
class Scene:
    """A door that is closed, and a rule for it."""

    hass: HomeAssistant
    frigate: FrigateSimulator
    entry: MockConfigEntry
    tmp_path: Path
    monkeypatch: pytest.MonkeyPatch

    def hold_back(self) -> None:
        """Send nothing until the next start; what is under way at a crash is not this.

        A Frigate that is away would do so too, but a crash in the middle of an attempt
        is another phase: what it left is looked for during 30 s.
        """
        coordinator(self.entry).worker.pause()

    async def crash(self) -> None:
        """Lose everything but what the file held at this moment."""
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

    async def start(self) -> None:
        """Switch on again."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def listed(self, operation: str) -> str:
        """Return the id of the one delivery of an operation."""
        listed = (await act(self.hass, "list_deliveries"))["deliveries"]
        (found,) = [one for one in listed if one["operation"] == operation]
        return str(found["delivery_id"])


@pytest.fixture
async def scene(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    """Close the door; nothing is waited for longer than need be."""
    monkeypatch.setattr(random, "random", lambda: 0.0)
    monkeypatch.setattr(worker, "STOP_PATIENCE", 0.05)
    # What is there is found at once: only for what is not there this is waited for.
    monkeypatch.setitem(vars(FRIGATE), "write_time", timedelta(seconds=0.3))
    await change(hass, DOOR, "off")
    entry = await set_up(hass, frigate, a_rule(OPENED, "Door"))
    return Scene(hass, frigate, entry, tmp_path, monkeypatch)


async def start_waits(scene: Scene) -> None:
    """Crash when the start is accepted, but not sent."""
    scene.hold_back()
    await change(scene.hass, DOOR, "on")
    await until_state(scene.hass, await scene.listed("create_camera_event"), "pending")


async def start_has_no_reply(scene: Scene) -> None:
    """Crash when the start has arrived, and nobody here knows."""
    scene.frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE, handled=True))
    await change(scene.hass, DOOR, "on")
    await until(lambda: scene.frigate.events)


async def start_is_delivered(scene: Scene) -> None:
    """Crash while the event is open."""
    await change(scene.hass, DOOR, "on")
    await until_state(
        scene.hass, await scene.listed("create_camera_event"), "delivered"
    )


async def end_waits(scene: Scene) -> None:
    """Crash when the end is accepted, but not sent."""
    await start_is_delivered(scene)
    scene.hold_back()
    await change(scene.hass, DOOR, "off")
    await until_state(scene.hass, await scene.listed("end_camera_event"), "pending")


async def end_has_no_reply(scene: Scene) -> None:
    """Crash when the end has arrived, and nobody here knows."""
    await start_is_delivered(scene)
    scene.frigate.add_faults(Fault(kind=FaultKind.HANG, path=END, handled=True))
    await change(scene.hass, DOOR, "off")
    await until(lambda: scene.frigate.events[0].end_time)


PHASES = [start_waits, start_has_no_reply, start_is_delivered]
ENDING = [end_waits, end_has_no_reply]


async def _all_is_over(scene: Scene) -> None:
    """Wait for the end, and see that there was one event, and one end."""
    for operation in ("create_camera_event", "end_camera_event"):
        await until_state(scene.hass, await scene.listed(operation), "delivered")
    (event,) = scene.frigate.events
    assert event.end_time is not None
    assert event.end_time >= event.start_time
    store = coordinator(scene.entry).queue._store
    (notes,) = (await store.recall(scene.entry.entry_id)).values() or ({},)
    assert not [name for name in notes if name.startswith("open/")]


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
async def test_the_door_closes_while_home_assistant_is_off(
    scene: Scene, phase: Callable[[Scene], Awaitable[None]]
) -> None:
    await phase(scene)
    await scene.crash()
    await change(scene.hass, DOOR, "off")

    await scene.start()

    await _all_is_over(scene)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
async def test_the_door_closes_afterwards(
    scene: Scene, phase: Callable[[Scene], Awaitable[None]]
) -> None:
    await phase(scene)
    await scene.crash()

    await scene.start()
    await until_state(
        scene.hass, await scene.listed("create_camera_event"), "delivered"
    )
    assert scene.frigate.events[0].end_time is None
    await change(scene.hass, DOOR, "off")

    await _all_is_over(scene)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
async def test_its_longest_time_passes_while_home_assistant_is_off(
    scene: Scene, phase: Callable[[Scene], Awaitable[None]]
) -> None:
    await phase(scene)
    await scene.crash()
    now = dt_util.utcnow().timestamp()
    with closing(sqlite3.connect(storage.FILE_NAME)) as file, file:
        # As if it had been told to be open for a shorter time.
        changed = file.execute(
            "UPDATE notes SET value = json_set(value, '$.ends_by', ?)"
            " WHERE name LIKE 'open/%'",
            (now,),
        )
        assert changed.rowcount == 1

    await scene.start()

    await _all_is_over(scene)
    assert scene.frigate.events[0].end_time == pytest.approx(now, abs=1)


async def test_its_longest_time_passes_though_the_clock_is_set_back_meanwhile(
    scene: Scene,
) -> None:
    await start_is_delivered(scene)
    await scene.crash()
    with closing(sqlite3.connect(storage.FILE_NAME)) as file, file:
        # As if it had begun by a clock that was three days ahead.
        changed = file.execute(
            "UPDATE notes SET value = json_set(value, '$.ends_by',"
            " value ->> '$.ends_by' + 3 * 86400) WHERE name LIKE 'open/%'"
        )
        assert changed.rowcount == 1

    await scene.start()
    assert scene.frigate.events[0].end_time is None
    async_fire_time_changed(scene.hass, dt_util.utcnow() + timedelta(seconds=601))

    await until(lambda: scene.frigate.events[0].end_time is not None)
    await _all_is_over(scene)


@pytest.mark.parametrize("phase", ENDING, ids=lambda phase: phase.__name__)
@pytest.mark.parametrize("now", ["off", "on"])
async def test_it_was_being_ended(
    scene: Scene, phase: Callable[[Scene], Awaitable[None]], now: str
) -> None:
    await phase(scene)
    await scene.crash()
    await change(scene.hass, DOOR, now)

    await scene.start()

    await _all_is_over(scene)
