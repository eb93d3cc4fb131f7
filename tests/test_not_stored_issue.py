"""Tests of the repair of a Frigate that responds but stores nothing."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.errors import NOT_STORED, Unavailable
from custom_components.event_relay.backends.frigate.operations import stored
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.registry import BY_NAME
from custom_components.event_relay.repair_flows.not_stored_issue import (
    SURE_AFTER,
    NotStoredIssue,
)
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect
from .waiting import wait_until

ISSUE = "not_stored_one"


def has_repair(hass: HomeAssistant, issue_id: str = ISSUE) -> bool:
    """Return whether the repair exists."""
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None


async def test_repair_is_created_after_a_while(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(entry_id="one", title="Frigate")
    issue = NotStoredIssue(hass, entry)
    now = dt_util.utcnow()
    error = Unavailable(code=NOT_STORED)
    issue.async_failed(error, now)
    issue.async_failed(error, now + SURE_AFTER - timedelta(seconds=1))
    issue.async_failed(Unavailable(), now + SURE_AFTER)
    assert not has_repair(hass)
    issue.async_failed(error, now + SURE_AFTER)
    assert has_repair(hass)
    issue.async_clear()
    assert not has_repair(hass)
    issue.async_failed(error, now + 2 * SURE_AFTER)
    assert not has_repair(hass)


def test_create_raises_the_repair_within_two_minutes() -> None:
    # It is found missing, looked up until proven absent, and sent again.
    patience = timedelta(seconds=sum(stored.OWN_PATIENCE))
    frigate = BY_NAME["frigate"].backend
    first = timedelta(seconds=frigate.look_up_after[0])
    second = patience + first + frigate.write_time + patience
    assert SURE_AFTER + patience < second < timedelta(minutes=2)


@pytest.mark.usefixtures("socket_enabled")
async def test_repair_is_removed_when_an_event_is_stored(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "OWN_PATIENCE", (0.01,))
    monkeypatch.setattr(
        "custom_components.event_relay.repair_flows.not_stored_issue.SURE_AFTER",
        timedelta(),
    )
    entry = await connect(hass, frigate)
    issue_id = f"not_stored_{entry.entry_id}"
    frigate.kill("event_thread")
    doorbell = {"camera": "front_door", "label": "doorbell"}
    await act(hass, "create_camera_event", **doorbell)
    assert has_repair(hass, issue_id)
    frigate.restart()
    await act(hass, "create_camera_event", **doorbell)
    await wait_until(lambda: not has_repair(hass, issue_id))
    assert await hass.config_entries.async_unload(entry.entry_id)
