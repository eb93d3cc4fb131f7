"""The repair of a Frigate that answers but stores nothing."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.event_relay.backends.errors import NOT_STORED, Unavailable
from custom_components.event_relay.backends.frigate.operations import stored
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.registry import BY_NAME
from custom_components.event_relay.repair_flows.not_stored import (
    SURE_AFTER,
    NotStoredIssue,
)
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect
from .rules.home import wait_until

ISSUE = "not_stored_one"


def shown(hass: HomeAssistant, issue_id: str = ISSUE) -> bool:
    """Say whether there is the repair."""
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None


async def test_only_what_lasts_is_a_repair(hass: HomeAssistant) -> None:
    issue = NotStoredIssue(hass, "one", "Frigate")
    now = dt_util.utcnow()
    error = Unavailable(code=NOT_STORED)
    issue.async_failed(error, now)
    issue.async_failed(error, now + SURE_AFTER - timedelta(seconds=1))
    issue.async_failed(Unavailable(), now + SURE_AFTER)
    assert not shown(hass)
    issue.async_failed(error, now + SURE_AFTER)
    assert shown(hass)
    issue.async_clear()
    assert not shown(hass)
    issue.async_failed(error, now + 2 * SURE_AFTER)
    assert not shown(hass)


def test_a_create_shows_it_within_two_minutes() -> None:
    # It is seen not to be there, asked for until it counts as absent, and sent again.
    patience = timedelta(seconds=sum(stored.OWN_PATIENCE))
    frigate = BY_NAME["frigate"].backend
    first = timedelta(seconds=frigate.look_up_after[0])
    second = patience + first + frigate.write_time + patience
    assert SURE_AFTER + patience < second < timedelta(minutes=2)


@pytest.mark.usefixtures("socket_enabled")
async def test_repair_goes_when_something_arrives(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "OWN_PATIENCE", (0.01,))
    monkeypatch.setattr(
        "custom_components.event_relay.repair_flows.not_stored.SURE_AFTER", timedelta()
    )
    entry = await connect(hass, frigate)
    issue_id = f"not_stored_{entry.entry_id}"
    frigate.kill("event_thread")
    doorbell = {"camera": "front_door", "label": "doorbell"}
    await act(hass, "create_camera_event", **doorbell)
    assert shown(hass, issue_id)
    frigate.restart()
    await act(hass, "create_camera_event", **doorbell)
    await wait_until(lambda: not shown(hass, issue_id))
    assert await hass.config_entries.async_unload(entry.entry_id)
