"""What Activity says of outcomes, read as its page reads it."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.event_relay.logbook import message
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from simulators.faults import Fault, FaultKind
from simulators.frigate import FrigateSimulator

from .home import act
from .rules.house import BELL, DOORBELL, a_rule, change, member_of, set_up, until

pytestmark = pytest.mark.usefixtures("recorder_mock", "socket_enabled")

CREATE = "/api/events/*/*/create"
CONNECTION = "event.frigate_outcome"
RULE = "event.doorbell_outcome"


@pytest.fixture
async def activity(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    """Set up what the page is made of."""
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()


async def lines(
    hass: HomeAssistant,
    client: WebSocketGenerator,
    *entity_ids: str,
    of: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return what Activity shows, of all or of some entities, once it tells of us.

    It must also show a state of each entity in `of`. The recorder says that it is done
    while it still writes the last of what it was given, so that it is asked again.
    """
    since = (dt_util.utcnow() - timedelta(hours=1)).isoformat()
    asked: dict[str, Any] = {"type": "logbook/get_events", "start_time": since}
    if entity_ids:
        asked["entity_ids"] = list(entity_ids)
    socket = await client()
    async with asyncio.timeout(10):
        while True:
            await async_wait_recording_done(hass)
            await socket.send_json_auto_id(asked)
            answer = await socket.receive_json()
            assert answer["success"], answer
            result: list[dict[str, Any]] = answer["result"]
            if told(result) and states(result).keys() >= {*of}:
                return result


def told(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sentences among them."""
    return [line for line in shown if line.get("domain") == "event_relay"]


def states(shown: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the last state of each event entity of ours among them."""
    return {
        line["entity_id"]: line
        for line in shown
        if line.get("entity_id") in (RULE, CONNECTION) and "state" in line
    }


@pytest.mark.usefixtures("activity")
async def test_outcome_of_a_rule_names_its_cause(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await change(hass, BELL, "off")
    await set_up(hass, frigate, a_rule(DOORBELL))
    await change(hass, BELL, "on")
    await until(lambda: frigate.events)
    await until(lambda: _shown(hass, RULE))

    shown = await lines(hass, hass_ws_client, of=(RULE, CONNECTION))

    (line,) = told(shown)
    assert line["name"] == "Doorbell"
    assert line["message"] == "delivered to Frigate: create camera event"
    assert line["entity_id"] == RULE
    assert line["context_entity_id"] == BELL
    for state in states(shown).values():
        assert state["attributes"] == {"event_type": "delivered"}
        assert state["context_event_type"] == "event_relay_outcome"
        assert state["context_message"] == line["message"]
    (alone,) = told(await lines(hass, hass_ws_client, RULE))
    assert alone["message"] == line["message"]


@pytest.mark.usefixtures("activity")
async def test_outcome_of_an_action_belongs_to_the_connection(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up(hass, frigate)
    frigate.add_faults(
        Fault(
            kind=FaultKind.STATUS,
            method="POST",
            path=CREATE,
            status=422,
            body={"detail": [{"loc": ["body", "duration"], "msg": "said by somebody"}]},
        )
    )
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", camera="garden", label="secret label")

    shown = await lines(hass, hass_ws_client)

    (line,) = told(shown)
    assert line["name"] == "Frigate"
    assert line["message"] == "failed to deliver: create camera event (rejected)"
    assert line["entity_id"] == CONNECTION
    assert (line["context_domain"], line["context_service"]) == (
        "event_relay",
        "create_camera_event",
    )
    assert "said by somebody" not in str(shown)
    assert "secret label" not in str(shown)


@pytest.mark.usefixtures("activity")
async def test_what_was_missed_is_told(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up(hass, frigate, a_rule(DOORBELL))
    member_of(entry).tell(
        Outcome(
            kind=OutcomeKind.SKIPPED,
            occurred_at=dt_util.utcnow(),
            reason_key="missed",
            context=Context(),
        )
    )

    (line,) = told(await lines(hass, hass_ws_client))
    assert line["name"] == "Doorbell"
    assert line["message"] == "skipped what was missed while Home Assistant was off"


def _shown(hass: HomeAssistant, entity_id: str) -> bool:
    """Say whether an entity shows an outcome."""
    state = hass.states.get(entity_id)
    return state is not None and "event_type" in state.attributes


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"outcome": "expired", "operation": "a", "reason": "cannot_connect"},
            "could not deliver to Frigate in time: a (cannot connect)",
        ),
        (
            {"outcome": "discarded", "operation": "a", "reason": "start_never_was"},
            "discarded what was to be delivered to Frigate: a (start never was)",
        ),
        (
            {"outcome": "failed", "operation": None, "reason": "template_error"},
            "failed to deliver to Frigate: an event (template error)",
        ),
        (
            {"outcome": "skipped", "times": 12},
            "skipped what was missed while Home Assistant was off, 12 times",
        ),
    ],
)
def test_sentences(data: dict[str, Any], said: str) -> None:
    known = {
        "name": "Doorbell",
        "connection": "Frigate",
        "operation": "create_camera_event",
    }
    assert message(known | data) == said
