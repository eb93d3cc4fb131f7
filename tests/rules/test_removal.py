"""Tests that removing a connection first ends the open events of its rules."""

import asyncio

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_load_integrations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay import cleanup, storage
from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from ..home import act, coordinator, remove, wait_for_clean_up, wait_for_state
from ..responses import respond
from .home import (
    BELL,
    DOOR,
    DOORBELL,
    OPENED,
    RULE_ID,
    rule_subentry,
    set_states,
    set_up,
    wait_for_events,
)


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a rule for an open door, whose event is delivered."""
    await set_states(hass, DOOR, "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)
    await _all_delivered(hass)
    return entry


async def _all_delivered(hass: HomeAssistant) -> None:
    async with asyncio.timeout(60):
        while (await act(hass, "list_deliveries", state=["pending", "sending"]))[
            "deliveries"
        ]:
            await asyncio.sleep(0.01)


def notifications(hass: HomeAssistant) -> list[str]:
    """Return the texts of persistent notifications."""
    return [one["message"] for one in _async_get_or_create_notifications(hass).values()]


async def _owners(hass: HomeAssistant) -> frozenset[str]:
    return await (await storage.async_get_store(hass)).owners()


async def test_open_event_is_ended(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert frigate.events[0].end_time is None

    await remove(hass, entry)

    (event,) = frigate.events
    assert event.end_time is not None
    assert not await _owners(hass)
    assert "left open" not in caplog.text


async def test_open_event_of_a_disabled_connection_is_ended(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)

    await remove(hass, entry)

    assert frigate.events[0].end_time is not None


async def test_waiting_end_is_sent(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await frigate.stop()
    await set_states(hass, DOOR, "off")
    (end, _) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, end["delivery_id"], "pending")
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()

    await remove(hass, entry)

    assert frigate.events[0].end_time is not None


async def test_unknown_outcome_is_looked_up_first(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    frigate.add_faults(
        Fault(kind=FaultKind.RESET_AFTER, path="/api/events/*/create"),
        respond(503, path="/api/events", method="GET"),
    )
    await set_states(hass, DOOR, "on")
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, start["delivery_id"], "uncertain")

    await remove(hass, entry)

    (event,) = await wait_for_events(frigate, 1)
    assert event.end_time is not None


@pytest.mark.parametrize("hangs", [False, True], ids=["unreachable", "hangs"])
async def test_removal_waits_only_briefly_for_the_backend(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    hangs: bool,
) -> None:
    monkeypatch.setattr(cleanup, "PATIENCE", 0.3)
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    if hangs:
        frigate.add_faults(Fault(kind=FaultKind.HANG, times=None))
    else:
        await frigate.stop()

    async with asyncio.timeout(50):
        await remove(hass, entry)

    assert f"may be left open: {start['delivery_id']}" in caplog.text
    (told,) = notifications(hass)
    assert "Events that may still be open there: 1" in told
    assert not await _owners(hass)


async def test_removal_does_not_wait_for_a_rejecting_backend(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleanup, "PATIENCE", 600)
    frigate.add_faults(respond(403, times=None))

    async with asyncio.timeout(60):
        await remove(hass, entry)
    await hass.async_block_till_done()

    assert "may be left open" in caplog.text
    assert not hass.config_entries.flow.async_progress()


async def test_unsent_start_is_not_sent(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    await frigate.stop()
    await set_states(hass, DOOR, "on")
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, start["delivery_id"], "pending")
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()

    await remove(hass, entry)

    assert not frigate.events


async def test_nothing_else_is_sent(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    await set_states(hass, BELL, "off")
    entry = await set_up(
        hass,
        frigate,
        rule_subentry(OPENED, "Door"),
        rule_subentry(DOORBELL, "Bell", "bell"),
    )
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)
    await _all_delivered(hass)
    await frigate.stop()
    await set_states(hass, BELL, "on")
    await act(hass, "create_camera_event", camera="garden", label="action", wait=0)
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()

    await remove(hass, entry)

    (event,) = frigate.events
    assert (event.label, event.end_time is None) == ("door", False)


async def test_removal_without_open_events_sends_nothing(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_states(hass, DOOR, "off")
    await _all_delivered(hass)

    monkeypatch.delattr(cleanup, "Worker")

    await remove(hass, entry)

    assert not await _owners(hass)


async def test_waiting_deliveries_are_reported_and_not_waited_for(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    frigate.add_faults(Fault(kind=FaultKind.HANG, times=None))
    coordinator(entry).worker.pause()
    dropped = await act(
        hass, "create_camera_event", camera="garden", label="action", wait=0
    )
    await hass.config_entries.async_unload(entry.entry_id)

    monkeypatch.setattr(cleanup, "PATIENCE", 600)
    async with asyncio.timeout(60):
        await hass.config_entries.async_remove(entry.entry_id)

    # The event that is open is not ended yet, and what was dropped is told, in the
    # language of the home.
    assert frigate.events[0].end_time is None
    (told,) = notifications(hass)
    assert "die nicht gesendet werden: 1 (Kameraereignis erstellen: 1)." in told
    assert "action" not in told
    assert f"are not sent: {dropped['delivery_id']}" in caplog.text
    frigate.clear_faults()
    await wait_for_clean_up(entry)
    assert frigate.events[0].end_time is not None


async def test_nothing_is_reported_without_waiting_deliveries(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "off")
    await _all_delivered(hass)

    await remove(hass, entry)

    assert not notifications(hass)


async def test_repairs_are_removed_with_the_connection(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}") is not None

    await remove(hass, entry)

    assert issues.async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}") is None


async def test_changed_rule_ends_its_former_event(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    data = {
        "triggers": OPENED["triggers"],
        "operation": "update_camera_event",
        "fields": {"event_id": "1.2-abc", "sub_label": "other"},
    }
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=data
    )
    await hass.async_block_till_done()

    await remove(hass, entry)

    assert frigate.events[0].end_time is not None
