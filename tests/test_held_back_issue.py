"""Tests of the repair of deliveries that are rejected while others are accepted."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.event_relay.backends.base import JsonObject
from custom_components.event_relay.backends.errors import RequestPaused
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, wait_for_state
from .waiting import wait_until

CREATE = "/api/events/*/*/create"
pytestmark = pytest.mark.usefixtures("socket_enabled")


def waiting(hass: HomeAssistant) -> str | None:
    """Return the number in the repair; None without it."""
    for issue in ir.async_get(hass).issues.values():
        if issue.active and issue.translation_key == "held_back":
            assert issue.domain == DOMAIN
            return (issue.translation_placeholders or {})["waiting"]
    return None


async def create(hass: HomeAssistant, camera: str) -> str:
    """Create an event; return the id of its delivery."""
    answer = await act(
        hass, "create_camera_event", camera=camera, label="doorbell", wait=5
    )
    return str(answer["delivery_id"])


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the cameras whose events are rejected."""
    cameras = {"front_door"}
    create_event = FrigateClient.create_event

    async def create(
        client: FrigateClient, camera: str, label: str, body: JsonObject
    ) -> str:
        if camera in cameras:
            raise RequestPaused("no role for this camera")
        return await create_event(client, camera, label, body)

    monkeypatch.setattr(FrigateClient, "create_event", create)
    return cameras


async def test_repair_counts_rejected_deliveries_until_they_are_accepted(
    hass: HomeAssistant, frigate: FrigateSimulator, forbidden: set[str]
) -> None:
    entry = await connect(hass, frigate)
    rejected = [await create(hass, "front_door") for _ in range(2)]
    assert waiting(hass) == "2"
    await wait_for_state(hass, await create(hass, "garden"), "delivered")
    listed = await wait_for_state(hass, rejected[0], "pending")
    assert "no role for this camera" in str(listed)

    forbidden.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    for delivery in rejected:
        await wait_for_state(hass, delivery, "delivered")
    assert waiting(hass) is None


@pytest.mark.usefixtures("forbidden")
async def test_repair_is_removed_with_its_deliveries_or_connection(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    one, _ = [await create(hass, "front_door") for _ in range(2)]
    await act(hass, "discard_delivery", delivery_id=one)
    assert waiting(hass) == "1"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert waiting(hass) is None


async def test_repair_counts_deliveries_whose_look_up_is_rejected(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> None:
        raise RequestPaused("no role for this camera")

    entry = await connect(hass, frigate)
    frigate.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST", path=CREATE))
    with monkeypatch.context() as patch:
        patch.setattr(FrigateClient, "learn_clock", refused)
        lost = await create(hass, "front_door")
        await wait_until(lambda: waiting(hass) == "1")
        await wait_for_state(hass, lost, "uncertain")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait_for_state(hass, lost, "delivered")
    assert waiting(hass) is None
