"""Tests of every recipe of the documentation, unchanged."""

from collections.abc import AsyncIterator, Callable, Mapping
import re
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import Notification
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.event_relay.backends.guance.api import client as guance_client
from tests.checks.files import ROOT
from tests.home import connect
from tests.home_guance import connect as connect_guance
from tools.simulators.faults import Fault
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator

from ..responses import respond
from ..waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

DOOR = "binary_sensor.door"
DOORBELL = "binary_sensor.doorbell"
SMOKE = "binary_sensor.smoke"


def refusal() -> Fault:
    """Return a fault that rejects one event."""
    return respond(
        422,
        {"detail": [{"loc": ["body", "duration"], "msg": "wrong"}]},
        method="POST",
        path="/api/events/*/*/create",
    )


def recipes() -> Mapping[str, dict[str, Any]]:
    """Return the recipes by name."""
    page = (ROOT / "docs/recipes.md").read_text()
    found: dict[str, dict[str, Any]] = {}
    for block in re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        recipe = parse_yaml(block)
        assert isinstance(recipe, dict)
        found[str(recipe["alias"])] = recipe
    return found


RECIPES = recipes()


@pytest.fixture(autouse=True)
async def notifications_set_up(hass: HomeAssistant) -> None:
    """Set up notifications, which every Home Assistant has."""
    assert await async_setup_component(hass, "persistent_notification", {})


@pytest.fixture
async def frigate(hass: HomeAssistant) -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate with a connection to it."""
    async with FrigateSimulator(async_delay=0) as simulator:
        await connect(hass, simulator)
        yield simulator


@pytest.fixture
async def guance(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[GuanceSimulator]:
    """Run a workspace with a connection to it."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)
    async with GuanceSimulator(ingest_lag=0) as simulator:
        await connect_guance(hass, simulator)
        yield simulator


async def automate(hass: HomeAssistant, name: str) -> None:
    """Create an automation from a recipe."""
    assert await async_setup_component(
        hass, "automation", {"automation": RECIPES[name]}
    )
    await hass.async_block_till_done(wait_background_tasks=False)
    (automation,) = hass.states.async_all("automation")
    assert automation.state == "on", automation


def notifications(hass: HomeAssistant) -> dict[str, Notification]:
    """Return the calls of the notify action."""
    return persistent_notification._async_get_or_create_notifications(hass)


async def wait_for_notification(
    hass: HomeAssistant, holds: Callable[[str], bool]
) -> Notification:
    """Wait until there is one notification, and return it."""
    await wait_until(lambda: len(notifications(hass)) == 1)
    (notification,) = notifications(hass).values()
    assert holds(notification["message"]), notification
    return notification


def test_all_recipes_are_run() -> None:
    assert set(RECIPES) == {
        "Doorbell to Frigate",
        "Door to Frigate",
        "Smoke to Guance",
        "Tell what failed",
        "Note a visitor and say where it is",
    }


async def test_doorbell(hass: HomeAssistant, frigate: FrigateSimulator) -> None:
    hass.states.async_set(DOORBELL, "off")
    await automate(hass, "Doorbell to Frigate")
    hass.states.async_set(DOORBELL, "on")
    await wait_until(lambda: len(frigate.events) == 1)
    (event,) = stored(frigate)
    assert (event["camera"], event["label"]) == ("front_door", "doorbell")
    assert event["end_time"] is not None


def stored(simulator: FrigateSimulator | GuanceSimulator) -> list[dict[str, Any]]:
    """Return the stored events, oldest first."""
    events: Any = simulator.stored_events()
    return [*events]


async def test_door(hass: HomeAssistant, frigate: FrigateSimulator) -> None:
    hass.states.async_set(DOOR, "off")
    await automate(hass, "Door to Frigate")
    hass.states.async_set(DOOR, "on")
    await wait_until(
        lambda: len(stored(frigate)) == 1 and stored(frigate)[0]["end_time"] is None
    )
    assert runs(hass) == 1
    hass.states.async_set(DOOR, "off")
    await wait_until(lambda: stored(frigate)[0]["end_time"] is not None)
    await wait_until(lambda: runs(hass) == 0)


def runs(hass: HomeAssistant) -> int:
    """Return the number of current runs of the automation."""
    (automation,) = hass.states.async_all("automation")
    current: int = automation.attributes["current"]
    return current


async def test_alarm_and_recovery(hass: HomeAssistant, guance: GuanceSimulator) -> None:
    hass.states.async_set(SMOKE, "off", {"friendly_name": "Kitchen"})
    await automate(hass, "Smoke to Guance")
    hass.states.async_set(SMOKE, "on", {"friendly_name": "Kitchen"})
    hass.states.async_set(SMOKE, "off", {"friendly_name": "Kitchen"})
    await wait_until(lambda: len(stored(guance)) == 2)
    alarm, recovery = stored(guance)
    assert (alarm["status"], recovery["status"]) == ("critical", "ok")
    assert (alarm["title"], recovery["title"]) == (
        "Kitchen: alarm",
        "Kitchen: recovery",
    )
    assert alarm["tags"]["entity_id"] == recovery["tags"]["entity_id"] == SMOKE


async def test_failure_is_reported(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await automate(hass, "Tell what failed")
    event = {"camera": "front_door", "label": "doorbell"}
    await hass.services.async_call(
        "event_relay", "create_camera_event", event, blocking=True
    )
    await wait_until(lambda: len(frigate.events) == 1)
    frigate.add_faults(refusal())
    await hass.services.async_call(
        "event_relay", "create_camera_event", event | {"wait": 0}, blocking=True
    )
    notification = await wait_for_notification(
        hass, lambda message: message.endswith("doorbell: it was rejected")
    )
    assert notification["title"] == "Frigate"


@pytest.mark.parametrize("refused", [False, True])
async def test_response_is_used(
    hass: HomeAssistant, frigate: FrigateSimulator, *, refused: bool
) -> None:
    if refused:
        frigate.add_faults(refusal())
    recipe = RECIPES["Note a visitor and say where it is"]
    assert await async_setup_component(hass, "script", {"script": {"visitor": recipe}})
    await hass.services.async_call("script", "visitor", blocking=True)
    expected = "It was refused."
    if not refused:
        (event,) = stored(frigate)
        expected = f"It is event {event['id']}."
    await wait_for_notification(hass, lambda message: message.strip() == expected)
