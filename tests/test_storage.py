"""Tests of the queue's file while Home Assistant starts, runs and stops."""

import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay import storage
from custom_components.event_relay.backup import async_post_backup, async_pre_backup
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.repairs import DamageFlow, async_create_fix_flow
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_damaged_file_has_a_repair_and_is_replaced(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    Path(storage.FILE_NAME).write_bytes(b"damaged" * 1000)
    assert await async_setup_component(hass, "repairs", {})

    await connect(hass, frigate)
    answer = await act(hass, "create_camera_event", camera="garden", label="door")

    assert answer["state"] == "delivered"
    (issue,) = [
        issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN
    ]
    assert issue.translation_key == "outbox_set_aside"
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    aside = Path(storage.FILE_NAME).with_name(placeholders["file"])
    assert aside.read_bytes().startswith(b"damaged")
    client = await hass_client()
    fix = "/api/repairs/issues/fix"
    shown = await client.post(fix, json={"handler": DOMAIN, "issue_id": issue.issue_id})
    flow = await shown.json()
    assert flow["step_id"] == "confirm"
    await client.post(f"{fix}/{flow['flow_id']}", json={})
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue.issue_id) is None


async def test_damage_is_reported_at_each_start_until_acknowledged(
    hass: HomeAssistant, frigate: FrigateSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    Path(storage.FILE_NAME).write_bytes(b"damaged" * 1000)
    entry = await connect(hass, frigate)
    (told,) = _issues(hass)
    shown = (told.issue_id, told.translation_key, told.translation_placeholders)

    def errors() -> int:
        return sum(
            "damaged (" in one.message
            for one in caplog.records
            if one.levelno == logging.ERROR
        )

    assert errors() == 1

    await _kill(hass, entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    (again,) = _issues(hass)
    assert shown == (
        *(again.issue_id, again.translation_key, again.translation_placeholders),
    )
    assert errors() == 1

    flow = await async_create_fix_flow(hass, told.issue_id, told.data)
    assert isinstance(flow, DamageFlow)
    flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, told.issue_id
    await flow.async_step_confirm()
    await _kill(hass, entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    (again,) = _issues(hass)
    assert shown == (
        *(again.issue_id, again.translation_key, again.translation_placeholders),
    )

    await flow.async_step_confirm({})
    await _kill(hass, entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert _issues(hass) == []


def _issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the repairs of Event Relay."""
    return [one for one in ir.async_get(hass).issues.values() if one.domain == DOMAIN]


async def _kill(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Close the file and drop the shown repairs, as a kill does."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    store = storage.get_open_store(hass)
    assert store is not None
    await store.close()
    del hass.data[storage._STORE]
    for issue in _issues(hass):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


async def test_file_that_cannot_be_opened_is_retried(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(
        storage, "FILE_NAME", str(tmp_path / "nowhere" / "event_relay.db")
    )
    entry = await _not_ready(hass, frigate)
    (tmp_path / "nowhere").mkdir()

    assert await hass.config_entries.async_reload(entry.entry_id)

    answer = await act(hass, "create_camera_event", camera="garden", label="door")
    assert answer["state"] == "delivered"


async def _not_ready(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Add a connection that cannot be set up."""
    with pytest.raises(AssertionError):
        await connect(hass, frigate)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.error_reason_translation_key == "outbox_unavailable"
    assert isinstance(entry, MockConfigEntry)
    return entry


async def test_caller_that_is_cancelled_keeps_no_other_from_the_file(
    hass: HomeAssistant,
) -> None:
    first, second = (
        hass.async_create_task(storage.async_get_store(hass)) for _ in range(2)
    )
    first.cancel()
    store = await second
    assert await storage.async_get_store(hass) is store
    assert first.cancelled()


async def test_backup_marks_and_unmarks_the_file(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await async_pre_backup(hass)  # no file is open yet
    await connect(hass, frigate)
    await async_pre_backup(hass)
    answer = await act(hass, "create_camera_event", camera="garden", label="door")
    marked = Path(storage.FILE_NAME).read_bytes()[68:72]
    await async_post_backup(hass)

    assert answer["state"] == "delivered"
    assert marked == b"EVBR"


async def test_backup_continues_if_the_file_cannot_be_marked(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def full(_: Store) -> None:
        raise StoreUnavailable("disk full")

    await connect(hass, frigate)
    monkeypatch.setattr(Store, "begin_backup", full)
    monkeypatch.setattr(Store, "end_backup", full)
    await async_pre_backup(hass)
    await async_post_backup(hass)
    assert "The outbox is backed up unprepared: disk full" in caplog.text
    assert "The outbox is still prepared for a backup: disk full" in caplog.text
