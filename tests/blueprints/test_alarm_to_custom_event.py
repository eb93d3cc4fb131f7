"""Tests of the blueprint for alarms, with a simulated Guance workspace."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.guance.api import client as guance_client
from tools.simulators.guance import GuanceSimulator

from ..home import act
from ..home_guance import connect
from ..waiting import wait_until
from .home import FOLDER, automate, idle, reload, start_again

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATH = FOLDER / "event_relay" / "alarm_to_custom_event.yaml"
SMOKE = "binary_sensor.kitchen_smoke"
PANEL = "alarm_control_panel.home"
GAPS = ["unknown", "unavailable"]
KITCHEN = {"friendly_name": "Kitchen"}


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the waits between requests."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


@pytest.fixture
async def guance() -> AsyncIterator[GuanceSimulator]:
    """Run a workspace that ingests events at once."""
    async with GuanceSimulator(ingest_lag=0) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, guance: GuanceSimulator) -> MockConfigEntry:
    """Set up a connection to the workspace."""
    return await connect(hass, guance)


@pytest.fixture
def home(entry: MockConfigEntry) -> dict[str, Any]:
    """Return the input of a user."""
    return {"sources": [SMOKE, PANEL], "connection": entry.entry_id}


def turn(hass: HomeAssistant, state: str) -> None:
    """Set the state of the smoke detector."""
    hass.states.async_set(SMOKE, state, KITCHEN)


def stored(guance: GuanceSimulator) -> list[dict[str, Any]]:
    """Return the stored events, oldest first."""
    events: Any = guance.stored_events()
    return [*events]


def statuses(guance: GuanceSimulator) -> list[str]:
    """Return the status of each stored event."""
    return [event["status"] for event in stored(guance)]


async def test_alarm_and_its_end_have_the_same_tags(
    hass: HomeAssistant, guance: GuanceSimulator, home: dict[str, Any]
) -> None:
    turn(hass, "off")
    await automate(hass, PATH, **home, tags={"floor": "ground"})

    turn(hass, "on")
    await wait_until(lambda: statuses(guance) == ["critical"])
    turn(hass, "off")
    await wait_until(lambda: len(stored(guance)) == 2)
    await idle(hass)

    alarm, over = stored(guance)
    assert (alarm["status"], over["status"]) == ("critical", "ok")
    assert alarm["title"] == "Kitchen: alarm"
    assert over["title"] == "Kitchen: alarm is over"
    ids = {event["tags"].pop("ha_delivery_id") for event in (alarm, over)}
    assert len(ids) == 2
    assert alarm["tags"] == over["tags"] == {"floor": "ground", "entity_id": SMOKE}


async def test_alarm_panel_is_in_alarm_only_while_triggered(
    hass: HomeAssistant, guance: GuanceSimulator, home: dict[str, Any]
) -> None:
    hass.states.async_set(PANEL, "disarmed")
    await automate(hass, PATH, **home, status="error", alarm_title="burglary")

    for state in ("arming", "armed_away", "pending", "triggered"):
        hass.states.async_set(PANEL, state)
    await wait_until(lambda: statuses(guance) == ["error"])
    assert stored(guance)[0]["title"] == f"{PANEL}: burglary"

    for state in ("armed_away", "disarmed"):
        hass.states.async_set(PANEL, state)
    await wait_until(lambda: len(stored(guance)) == 2)
    await idle(hass)
    assert statuses(guance) == ["error", "ok"]


async def test_simultaneous_alarms_are_all_reported(
    hass: HomeAssistant, guance: GuanceSimulator, home: dict[str, Any]
) -> None:
    detectors = [f"binary_sensor.smoke_{number}" for number in range(30)]
    for detector in detectors:
        hass.states.async_set(detector, "off")
    await automate(hass, PATH, **{**home, "sources": detectors})

    for detector in detectors:
        hass.states.async_set(detector, "on")

    await wait_until(lambda: len(stored(guance)) == 30)
    await idle(hass)
    reported = sorted(event["tags"]["entity_id"] for event in stored(guance))
    assert reported == sorted(detectors)


@pytest.mark.parametrize("gap", GAPS)
async def test_returning_sensor_is_reported_only_if_it_changed(
    hass: HomeAssistant, guance: GuanceSimulator, home: dict[str, Any], gap: str
) -> None:
    turn(hass, "off")
    await automate(hass, PATH, **home)

    for state in (gap, "off", gap, "on", gap, "on", gap, "off", gap, "off"):
        turn(hass, state)
    await wait_until(lambda: len(stored(guance)) == 2)
    await idle(hass)
    assert statuses(guance) == ["critical", "ok"]


@pytest.mark.parametrize(
    ("meanwhile", "expected"),
    [("off", ["critical", "ok"]), ("on", ["critical"]), ("unavailable", ["critical"])],
)
async def test_change_while_home_assistant_was_off_is_reported_once(
    hass: HomeAssistant,
    guance: GuanceSimulator,
    home: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
    expected: list[str],
) -> None:
    turn(hass, "on")
    await start_again(hass, PATH, **home)
    await wait_until(lambda: statuses(guance) == ["critical"])
    await idle(hass)

    # Nothing watches the sensor without its automation.
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.tested"}, blocking=True
    )
    turn(hass, meanwhile)
    await hass.services.async_call(
        "automation", "turn_on", {"entity_id": "automation.tested"}, blocking=True
    )
    await reload(hass, monkeypatch, PATH, **home, tags={"floor": "ground"})
    await idle(hass)
    assert len((await act(hass, "list_deliveries"))["deliveries"]) == len(expected)
    await wait_until(lambda: len(stored(guance)) == len(expected))
    assert statuses(guance) == expected
