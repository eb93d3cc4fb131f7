"""A connection that is removed ends first what its rules have begun outside."""

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

from ..home import act, coordinator, left, remove, until_state
from .home import BELL, DOOR, DOORBELL, OPENED, RULE_ID, a_rule, change, events, set_up


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a rule for a door, which is open, and has been told of."""
    await change(hass, DOOR, "off")
    entry = await set_up(hass, frigate, a_rule(OPENED, "Door"))
    await change(hass, DOOR, "on")
    await events(frigate, 1)
    await _all_delivered(hass)
    return entry


async def _all_delivered(hass: HomeAssistant) -> None:
    async with asyncio.timeout(60):
        while (await act(hass, "list_deliveries", state=["pending", "sending"]))[
            "deliveries"
        ]:
            await asyncio.sleep(0.01)


def notifications(hass: HomeAssistant) -> list[str]:
    """Return what persistent notifications say."""
    return [one["message"] for one in _async_get_or_create_notifications(hass).values()]


async def _owners(hass: HomeAssistant) -> frozenset[str]:
    return await (await storage.async_get_store(hass)).owners()


async def test_what_is_open_is_ended(
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


async def test_also_that_of_a_connection_that_is_disabled(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)

    await remove(hass, entry)

    assert frigate.events[0].end_time is not None


async def test_an_end_that_waits_is_still_carried_out(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await frigate.stop()
    await change(hass, DOOR, "off")
    (end, _) = (await act(hass, "list_deliveries"))["deliveries"]
    await until_state(hass, end["delivery_id"], "pending")
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()

    await remove(hass, entry)

    assert frigate.events[0].end_time is not None


async def test_a_reply_that_was_lost_is_looked_for_first(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, DOOR, "off")
    entry = await set_up(hass, frigate, a_rule(OPENED, "Door"))
    frigate.add_faults(
        Fault(kind=FaultKind.RESET_AFTER, path="/api/events/*/create"),
        Fault(kind=FaultKind.STATUS, path="/api/events", method="GET"),
    )
    await change(hass, DOOR, "on")
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    await until_state(hass, start["delivery_id"], "uncertain")

    await remove(hass, entry)

    (event,) = await events(frigate, 1)
    assert event.end_time is not None


async def test_a_backend_that_is_away_is_not_waited_for_long(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(cleanup, "PATIENCE", 0.3)
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    await frigate.stop()

    async with asyncio.timeout(50):
        await remove(hass, entry)

    assert f"may be left open: {start['delivery_id']}" in caplog.text
    (told,) = notifications(hass)
    assert "Events that may still be open there: 1" in told
    assert not await _owners(hass)


async def test_nor_one_that_hangs(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(cleanup, "PATIENCE", 0.3)
    frigate.add_faults(Fault(kind=FaultKind.HANG, times=None))

    async with asyncio.timeout(50):
        await remove(hass, entry)

    assert "may be left open" in caplog.text
    assert not await _owners(hass)


async def test_one_that_lets_nothing_in_is_not_waited_for(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleanup, "PATIENCE", 600)
    frigate.add_faults(Fault(kind=FaultKind.STATUS, status=403, times=None))

    async with asyncio.timeout(60):
        await remove(hass, entry)
    await hass.async_block_till_done()

    assert "may be left open" in caplog.text
    assert not hass.config_entries.flow.async_progress()


async def test_what_never_began_does_not_begin(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, DOOR, "off")
    entry = await set_up(hass, frigate, a_rule(OPENED, "Door"))
    await frigate.stop()
    await change(hass, DOOR, "on")
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    await until_state(hass, start["delivery_id"], "pending")
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()

    await remove(hass, entry)

    assert not frigate.events


async def test_nothing_else_is_sent(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, DOOR, "off")
    await change(hass, BELL, "off")
    entry = await set_up(
        hass, frigate, a_rule(OPENED, "Door"), a_rule(DOORBELL, "Bell", "bell")
    )
    await change(hass, DOOR, "on")
    await events(frigate, 1)
    await _all_delivered(hass)
    await frigate.stop()
    await change(hass, BELL, "on")
    await act(hass, "create_camera_event", camera="garden", label="action", wait=0)
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()

    await remove(hass, entry)

    (event,) = frigate.events
    assert (event.label, event.end_time is None) == ("door", False)


async def test_it_costs_nothing_when_nothing_is_open(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await change(hass, DOOR, "off")
    await _all_delivered(hass)

    monkeypatch.delattr(cleanup, "Worker")

    await remove(hass, entry)

    assert not await _owners(hass)


async def test_what_waits_is_told_and_removal_waits_for_nothing(
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
    await left(entry)
    assert frigate.events[0].end_time is not None


async def test_nothing_is_told_where_nothing_waits(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await change(hass, DOOR, "off")
    await _all_delivered(hass)

    await remove(hass, entry)

    assert not notifications(hass)


async def test_its_repairs_go_with_it(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, a_rule(DOORBELL))
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}") is not None

    await remove(hass, entry)

    assert issues.async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}") is None


async def test_a_rule_that_became_another_still_ends_what_it_had_begun(
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
