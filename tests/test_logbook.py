"""Tests of outcomes in Activity, read as its page reads them."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.counts import SETTLING
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator

from .home import act, state_of
from .home_guance import connect as connect_guance
from .responses import invalid_field
from .rules.home import BELL, DOORBELL, rule_subentry, runner_of, set_states, set_up
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("recorder_mock", "socket_enabled")

CREATE = "/api/events/*/*/create"
CONNECTION = "binary_sensor.frigate"
RULE = "switch.doorbell"
LATEST = "binary_sensor.latest"
LAST = "sensor.frigate_last_delivery"
LAST_OF_RULE = "sensor.doorbell_last_delivery"


@pytest.fixture
async def activity(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    """Set up the integrations that Activity needs."""
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()


async def settle(hass: HomeAssistant) -> None:
    """Wait until all effects of a delivery are shown, including counts."""
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SETTLING + 1))
    await hass.async_block_till_done()


async def lines(
    hass: HomeAssistant, client: WebSocketGenerator, **narrowed: list[str]
) -> list[dict[str, Any]]:
    """Return the lines of Activity, of all or of some entities, once there are ours.

    The recorder reports completion while it still writes the last of its input. It
    writes in order, so the last line is waited for.
    """
    for state in ("off", "on"):
        hass.states.async_set(LATEST, state, force_update=True)
    await async_wait_recording_done(hass)
    since = (dt_util.utcnow() - timedelta(hours=1)).isoformat()
    socket = await client()

    async def shown(**asked: list[str]) -> list[dict[str, Any]]:
        await socket.send_json_auto_id(
            {"type": "logbook/get_events", "start_time": since, **asked}
        )
        answer = await socket.receive_json()
        assert answer["success"], answer
        result: list[dict[str, Any]] = answer["result"]
        return result

    async with asyncio.timeout(60):
        while LATEST not in [line.get("entity_id") for line in await shown()]:
            await async_wait_recording_done(hass)
    return await shown(**narrowed)


def messages(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages in the lines."""
    return [line for line in shown if line.get("domain") == "event_relay"]


def our_lines(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all lines caused by Event Relay."""
    return [line for line in shown if line.get("entity_id") not in (BELL, LATEST)]


@pytest.mark.usefixtures("activity")
async def test_delivery_of_a_rule_is_one_line_with_its_cause(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_ws_client: WebSocketGenerator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    await settle(hass)
    await set_states(hass, BELL, "on")
    await wait_until(lambda: frigate.events)
    await wait_until(lambda: state_of(hass, LAST_OF_RULE).state != STATE_UNKNOWN)
    await settle(hass)
    assert state_of(hass, LAST).state != STATE_UNKNOWN

    (line,) = our_lines(await lines(hass, hass_ws_client))

    assert line["name"] == "Doorbell"
    assert line["message"] == "camera event created in Frigate, front_door / doorbell"
    assert line["entity_id"] == RULE
    assert state_of(hass, RULE).name == line["name"]
    assert (line["context_entity_id"], line["context_state"]) == (BELL, "on")
    # On the pages of the rule, of the connection, and of their devices, too.
    hub = device_id(hass, (DOMAIN, entry.entry_id), entry)
    for page in ({"entity_ids": [RULE]}, {"device_ids": [hub]}):
        (again,) = our_lines(await lines(hass, hass_ws_client, **page))
        assert again["message"] == line["message"]


@pytest.mark.usefixtures("activity")
async def test_test_of_a_rule_is_marked(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_states(hass, BELL, "off")
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    await settle(hass)
    target = {"entity_id": "button.doorbell_test"}
    await hass.services.async_call("button", "press", target, blocking=True)
    await settle(hass)

    (line,) = await lines(hass, hass_ws_client, entity_ids=[RULE])

    said = "test: camera event created in Frigate, front_door / doorbell"
    assert line["message"] == said


@pytest.mark.usefixtures("activity")
async def test_failed_delivery_of_an_action_is_one_line_of_the_connection(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, frigate)
    await settle(hass)
    frigate.add_faults(invalid_field(message="said by somebody"))
    with pytest.raises(HomeAssistantError):
        await act(
            hass,
            "create_camera_event",
            camera="garden",
            label="visitor",
            sub_label="secret sub label",
            description="secret description",
        )
    await settle(hass)

    shown = await lines(hass, hass_ws_client)

    (line,) = our_lines(shown)
    assert line["name"] == "Frigate"
    assert (
        line["message"] == "camera event not created, garden / visitor: it was rejected"
    )
    assert line["entity_id"] == CONNECTION
    assert state_of(hass, CONNECTION).name == line["name"]
    assert (line["context_domain"], line["context_service"]) == (
        "event_relay",
        "create_camera_event",
    )
    assert "said by somebody" not in str(shown)
    assert "secret" not in str(shown)


@pytest.mark.usefixtures("activity")
async def test_personal_text_is_not_shown(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    async with GuanceSimulator(ingest_lag=0) as workspace:
        await connect_guance(hass, workspace)
        await act(
            hass, "create_custom_event", status="info", title="secret", message="secret"
        )
        await settle(hass)
        shown = await lines(hass, hass_ws_client)

    (line,) = our_lines(shown)
    assert line["message"] == "custom event created"
    assert "secret" not in str(shown)


@pytest.mark.usefixtures("activity")
async def test_missed_occurrence_is_shown(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    runner_of(entry).tell(
        Outcome(
            kind=OutcomeKind.SKIPPED,
            occurred_at=dt_util.utcnow(),
            reason_key="missed",
            context=Context(),
        )
    )

    (line,) = messages(await lines(hass, hass_ws_client))
    assert line["name"] == "Doorbell"
    assert line["message"] == "skipped what was missed while Home Assistant was off"


def device_id(
    hass: HomeAssistant, identifier: tuple[str, str], entry: MockConfigEntry
) -> str:
    """Return the id of a device."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        identifier, entry.entry_id
    )
    assert device is not None
    return device.id
