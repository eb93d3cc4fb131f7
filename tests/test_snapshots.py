"""Tests of the card's snapshots: for administrators, and only of own deliveries."""

from collections.abc import Mapping
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.event_relay.card import snapshots
from custom_components.event_relay.card.snapshots import KEPT, PATH
from tools.simulators.faults import Fault
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect
from .responses import respond

pytestmark = pytest.mark.usefixtures("entry", "socket_enabled")

VISITOR = {"camera": "garden", "label": "visitor"}
SNAPSHOT = "/api/events/*/snapshot.jpg"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a web server and a connection."""
    for component in ("http", "websocket_api"):
        assert await async_setup_component(hass, component, {})
    return await connect(hass, frigate)


async def ended_event(hass: HomeAssistant, frigate: FrigateSimulator) -> str:
    """Create an event that has ended; return the id of its delivery."""
    made = await act(hass, "create_camera_event", **VISITOR)
    for event in frigate.events:
        event.end_time = event.start_time + 1
    return str(made["delivery_id"])


async def list_entry(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, token: str | None = None
) -> Mapping[str, Any]:
    """Return the delivery as the card gets it."""
    given = {"access_token": token} if token else {}
    socket = await hass_ws_client(hass, **given)
    await socket.send_json_auto_id({"type": "event_relay/deliveries/list"})
    answer = await socket.receive_json()
    (row,) = answer["result"]["deliveries"]
    known: Mapping[str, Any] = row
    return known


async def status(client: TestClient[Any, Any], delivery_id: str) -> int:
    """Return the status of a request for a snapshot."""
    return (await client.get(f"{PATH}/{delivery_id}")).status


async def test_snapshot_is_served_at_its_listed_path(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    delivery_id = await ended_event(hass, frigate)
    path = (await list_entry(hass, hass_ws_client))["picture"]
    page = await hass_client_no_auth()

    response = await page.get(path)
    assert response.status == 200
    assert response.content_type == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (await response.read()).startswith(snapshots.JPEG)
    # It is cached, and the path is only valid for this delivery.
    await frigate.stop()
    assert (await page.get(path)).status == 200
    assert await status(page, delivery_id) == 401
    signature = path.partition("?")[2]
    assert (await page.get(f"{PATH}/another?{signature}")).status == 401


async def test_snapshot_is_for_administrators_only(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_admin_user: MockUser,
    hass_read_only_access_token: str,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await ended_event(hass, frigate)
    reader = await hass_client(hass_read_only_access_token)
    assert await status(reader, delivery_id) == 401
    row = await list_entry(hass, hass_ws_client, hass_read_only_access_token)
    assert "picture" not in row


async def test_other_paths_are_refused(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    await ended_event(hass, frigate)
    page = await hass_client()
    made = await act(hass, "create_camera_event", **VISITOR, until_ended=True)
    ended = await act(hass, "end_camera_event", delivery_id=made["delivery_id"])
    for asked in (frigate.events[0].id, "unknown", ended["delivery_id"]):
        assert await status(page, asked) == 404


async def test_snapshots_are_disabled_by_option(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await ended_event(hass, frigate)
    hass.config_entries.async_update_entry(entry, options={"snapshots": False})
    await hass.async_block_till_done()
    assert (await list_entry(hass, hass_ws_client))["picture"] is None
    assert await status(await hass_client(), delivery_id) == 404


@pytest.mark.parametrize(
    "fault",
    [
        respond(500, {}, path=SNAPSHOT),
        respond(200, {"no": "picture"}, path=SNAPSHOT),
    ],
    ids=["error", "no picture"],
)
async def test_invalid_snapshot_is_not_served_and_requested_again(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
    fault: Fault,
) -> None:
    delivery_id = await ended_event(hass, frigate)
    frigate.add_faults(fault)
    page = await hass_client()
    assert await status(page, delivery_id) == 404
    assert await status(page, delivery_id) == 200


async def test_only_the_latest_snapshots_are_cached(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert KEPT > 1
    monkeypatch.setattr(snapshots, "KEPT", 1)
    first, second = await ended_event(hass, frigate), await ended_event(hass, frigate)
    page = await hass_client()
    assert [await status(page, one) for one in (first, second)] == [200, 200]
    await frigate.stop()
    assert [await status(page, one) for one in (first, second)] == [404, 200]
