"""Tests of the blueprint for camera events, with a simulated Frigate."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.queue import backoff
from tools.simulators.frigate import FrigateSimulator

from ..checks.files import read_yaml
from ..home import act, connect
from ..waiting import wait_until
from .home import FOLDER, automate, idle, reload, runs, start_again

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATH = FOLDER / "event_relay" / "camera_event.yaml"
DOOR = "binary_sensor.garden_door"
BELL = "event.doorbell"
UNSURE = ["unknown", "unavailable"]


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection to Frigate."""
    return await connect(hass, frigate)


@pytest.fixture
def garden(entry: MockConfigEntry) -> dict[str, Any]:
    """Return the input of a user for a door."""
    return {
        "source": DOOR,
        "connection": entry.entry_id,
        "camera": "garden",
        "label": "garden_door",
        # A failing test need not wait longer.
        "longest": 20,
    }


@pytest.fixture
def bell(entry: MockConfigEntry) -> dict[str, Any]:
    """Return the input of a user for a doorbell."""
    return {
        "source": BELL,
        "connection": entry.entry_id,
        "camera": "front_door",
        "label": "doorbell",
    }


def ring(hass: HomeAssistant, *, seconds_ago: float = 0, kind: str = "ring") -> None:
    """Press the button of the doorbell."""
    pressed = dt_util.utcnow() - timedelta(seconds=seconds_ago)
    hass.states.async_set(
        BELL, pressed.isoformat(timespec="milliseconds"), {"event_type": kind}
    )


async def deliveries(hass: HomeAssistant) -> list[Mapping[str, Any]]:
    """Return the deliveries of Event Relay."""
    listed: list[Mapping[str, Any]] = (await act(hass, "list_deliveries"))["deliveries"]
    return listed


def ended(frigate: FrigateSimulator) -> list[bool]:
    """Return for each event whether it has an end."""
    return [event.end_time is not None for event in frigate.events]


@pytest.mark.parametrize("before", ["2026-01-01T00:00:00.000+00:00", *UNSURE])
async def test_press_creates_an_event_of_fixed_length(
    hass: HomeAssistant, frigate: FrigateSimulator, bell: dict[str, Any], before: str
) -> None:
    hass.states.async_set(BELL, before)
    await automate(
        hass, PATH, **bell, duration=20, sub_label="Visitor", event_types=["ring"]
    )

    ring(hass)
    await idle(hass)

    (event,) = frigate.events
    assert (event.camera, event.label) == ("front_door", "doorbell")
    assert event.sub_label == "Visitor"
    assert event.end_time is not None
    # Frigate moves the start back by its pre-capture time.
    assert event.end_time - event.start_time == pytest.approx(20, abs=6)


async def test_old_presses_and_other_types_create_none(
    hass: HomeAssistant, frigate: FrigateSimulator, bell: dict[str, Any]
) -> None:
    hass.states.async_set(BELL, "unavailable")
    await automate(hass, PATH, **bell, event_types=["ring"])

    ring(hass, seconds_ago=60)
    ring(hass, kind="motion")
    hass.states.async_set(BELL, "unavailable")
    await idle(hass)
    assert frigate.events == []

    ring(hass)
    await idle(hass)
    assert len(frigate.events) == 1


async def test_connection_may_be_chosen_by_its_device(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    """The form offers devices. Earlier automations have the id of the entry."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    (offered,) = read_yaml(PATH)["blueprint"]["input"]["connection"]["selector"][
        "device"
    ]["filter"]
    assert device.model == offered["model"]
    hass.states.async_set(DOOR, "off")
    door = {"source": DOOR, "camera": "garden", "label": "garden_door"}
    await automate(hass, PATH, **door, connection=device.id, longest=20)
    hass.states.async_set(DOOR, "on")
    await wait_until(lambda: len(frigate.events) == 1)
    hass.states.async_set(DOOR, "off")
    await idle(hass)
    assert ended(frigate) == [True]


async def test_event_of_a_door_ends_when_it_closes(
    hass: HomeAssistant, frigate: FrigateSimulator, garden: dict[str, Any]
) -> None:
    hass.states.async_set(DOOR, "off")
    await automate(hass, PATH, **garden)

    hass.states.async_set(DOOR, "on")
    await wait_until(lambda: ended(frigate) == [False])

    # An unavailable sensor says nothing about its door.
    hass.states.async_set(DOOR, "unavailable")
    hass.states.async_set(DOOR, "on")
    hass.states.async_set(DOOR, "off")
    await idle(hass)
    assert ended(frigate) == [True]


async def test_door_that_opens_and_closes_during_an_outage(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    garden: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    hass.states.async_set(DOOR, "off")
    await automate(hass, PATH, **garden)
    await frigate.stop()

    hass.states.async_set(DOOR, "on")
    hass.states.async_set(DOOR, "off")
    async with asyncio.timeout(60):
        while not [one for one in await deliveries(hass) if one["attempts"]]:
            await asyncio.sleep(0.01)
    await frigate.start()

    await wait_until(lambda: ended(frigate) == [True])
    (event,) = frigate.events
    assert event.end_time is not None
    assert event.end_time >= event.start_time


async def test_door_left_open_has_an_event_of_the_maximum_duration(
    hass: HomeAssistant, frigate: FrigateSimulator, garden: dict[str, Any]
) -> None:
    hass.states.async_set(DOOR, "off")
    await automate(hass, PATH, **{**garden, "longest": 1})

    hass.states.async_set(DOOR, "on")
    await wait_until(lambda: ended(frigate) == [True])

    (event,) = frigate.events
    assert event.end_time is not None
    assert 1 <= event.end_time - event.start_time < 15


@pytest.mark.parametrize("state", UNSURE)
async def test_door_that_is_open_at_the_start_creates_none(
    hass: HomeAssistant, frigate: FrigateSimulator, garden: dict[str, Any], state: str
) -> None:
    hass.states.async_set(DOOR, state)
    await automate(hass, PATH, **garden)
    hass.states.async_set(DOOR, "on")
    await idle(hass)
    assert frigate.events == []


async def test_event_is_ended_although_the_automation_was_saved(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    garden: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hass.states.async_set(DOOR, "off")
    await automate(hass, PATH, **garden)
    hass.states.async_set(DOOR, "on")
    await wait_until(lambda: ended(frigate) == [False])

    await reload(hass, monkeypatch, PATH, **{**garden, "longest": 15})
    await wait_until(lambda: runs(hass) == 1)
    assert ended(frigate) == [False]
    hass.states.async_set(DOOR, "off")
    await idle(hass)
    assert ended(frigate) == [True]


@pytest.mark.parametrize("meanwhile", ["on", "off", *UNSURE])
async def test_events_left_open_by_a_restart_are_ended(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    garden: dict[str, Any],
    meanwhile: str,
) -> None:
    door = {"camera": "garden", "label": "garden_door", "until_ended": True}
    over = await act(hass, "create_camera_event", **door)
    await act(hass, "end_camera_event", delivery_id=over["delivery_id"])
    await act(hass, "create_camera_event", **door)
    await act(hass, "create_camera_event", **{**door, "label": "gate"})
    closed = frigate.events[0].end_time
    assert ended(frigate) == [True, False, False]

    hass.states.async_set(DOOR, meanwhile)
    await start_again(hass, PATH, **garden)
    if meanwhile != "off":
        await wait_until(lambda: runs(hass) == 1)
        assert ended(frigate) == [True, False, False]
        hass.states.async_set(DOOR, "off")

    await wait_until(lambda: ended(frigate) == [True, True, False])
    await idle(hass)
    assert frigate.events[0].end_time == closed


async def test_event_left_open_by_a_restart_ends_after_the_maximum_duration(
    hass: HomeAssistant, frigate: FrigateSimulator, garden: dict[str, Any]
) -> None:
    await act(
        hass,
        "create_camera_event",
        camera="garden",
        label="garden_door",
        until_ended=True,
    )
    hass.states.async_set(DOOR, "on")
    await start_again(hass, PATH, **{**garden, "longest": 1})
    await wait_until(lambda: ended(frigate) == [True])
