"""Tests of receipts that are completed after their delivery has settled."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.event_relay.backends.frigate.operations import review_link
from custom_components.event_relay.outcomes.announcer import EVENT_OUTCOME
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell", "duration": 5}


@pytest.fixture
async def older(monkeypatch: pytest.MonkeyPatch) -> FrigateSimulator:
    """Run a Frigate whose review link has to be looked up, with short waits."""
    monkeypatch.setattr(review_link, "SOON", 0)
    monkeypatch.setattr(review_link, "AFTER_END", (0,))
    return FrigateSimulator(version="0.17.2", async_delay=0)


async def listed_with_link(hass: HomeAssistant, delivery_id: str) -> Mapping[str, Any]:
    """Return the list entry of a delivery, once it has its review link."""
    async with asyncio.timeout(60):
        while True:
            for one in (await act(hass, "list_deliveries"))["deliveries"]:
                if one["delivery_id"] == delivery_id and "review" in one["links"]:
                    return one  # type: ignore[no-any-return]
            await asyncio.sleep(0.01)


async def test_review_link_is_added_after_the_response(
    hass: HomeAssistant, older: FrigateSimulator, hass_ws_client: WebSocketGenerator
) -> None:
    outcomes = async_capture_events(hass, EVENT_OUTCOME)
    async with older:
        await connect(hass, older)
        socket = await hass_ws_client(hass)
        answer = await act(hass, "create_camera_event", **DOORBELL)
        assert answer["state"] == "delivered"
        delivery_id = answer["delivery_id"]
        (item,) = older.review_items
        link = f"{older.url}/review?id={item.id}"
        assert (await listed_with_link(hass, delivery_id))["links"]["review"] == link

        asked = {"type": "event_relay/deliveries/get", "delivery_id": delivery_id}
        await socket.send_json_auto_id(asked)
        details = (await socket.receive_json())["result"]["details"]
        assert details == {**answer["details"], "review_id": item.id}
    assert len(outcomes) == 1


async def test_card_gets_the_review_link(
    hass: HomeAssistant, older: FrigateSimulator, hass_ws_client: WebSocketGenerator
) -> None:
    async with older:
        await connect(hass, older)
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id({"type": "event_relay/deliveries/subscribe"})
        await act(hass, "create_camera_event", **DOORBELL)
        async with asyncio.timeout(60):
            while True:
                event = (await socket.receive_json()).get("event") or {}
                if any("review" in one["links"] for one in event.get("deliveries", ())):
                    break


async def test_review_link_is_found_after_a_reload(
    hass: HomeAssistant, older: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_link, "SOON", 3600)
    monkeypatch.setattr(review_link, "AFTER_END", (3600,))
    async with older:
        entry = await connect(hass, older)
        answer = await act(hass, "create_camera_event", **DOORBELL)
        assert (answer["state"], "review" in answer["links"]) == ("delivered", False)
        assert await hass.config_entries.async_unload(entry.entry_id)
        monkeypatch.setattr(review_link, "SOON", 0)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await listed_with_link(hass, answer["delivery_id"])
