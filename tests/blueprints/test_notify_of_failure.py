"""Tests of the blueprint that notifies of failures."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest

from tools.simulators.frigate import FrigateSimulator

from ..home import act, connect
from ..responses import respond
from ..waiting import wait_until
from .home import FOLDER, automate, runs

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATH = FOLDER / "event_relay" / "notify_of_failure.yaml"
SAY = {
    "event": "said",
    "event_data": {"title": "{{ title }}", "text": "{{ text }}"},
}


async def fail(hass: HomeAssistant, frigate: FrigateSimulator, label: str) -> None:
    """Cause the rejection of an event."""
    frigate.add_faults(respond(422, {}, method="POST"))
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", camera="garden", label=label)


async def test_first_failure_is_reported_and_others_are_held_back(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate)
    said: list[Mapping[str, Any]] = []
    hass.bus.async_listen("said", callback(lambda event: said.append(event.data)))
    await automate(hass, PATH, actions=[SAY])

    await act(hass, "create_camera_event", camera="garden", label="fine")
    await fail(hass, frigate, "visitor")
    await wait_until(lambda: said)
    await fail(hass, frigate, "another")

    assert said == [
        {
            "title": "Frigate",
            "text": "camera event not created, garden / visitor: it was rejected",
        }
    ]
    assert runs(hass) == 1


async def test_default_action_is_a_notification(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    assert await async_setup_component(hass, "persistent_notification", {})
    await connect(hass, frigate)
    calls: list[Mapping[str, Any]] = []
    hass.bus.async_listen(
        "call_service", callback(lambda event: calls.append(event.data))
    )
    await automate(hass, PATH, quiet={"seconds": 0})

    await fail(hass, frigate, "visitor")

    await wait_until(
        lambda: any(one["domain"] == "persistent_notification" for one in calls)
    )
