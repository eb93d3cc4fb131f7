"""Tests of the file's generation, as stored by Home Assistant."""

import asyncio
from pathlib import Path
import shutil
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.event_relay import generations, storage
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.repairs import DamageFlow, async_create_fix_flow
from custom_components.event_relay.storage import async_get_store

from .queue.pipeline import OWNER, Pipeline


def stored_generation(hass_storage: dict[str, Any]) -> int:
    """Return the stored generation."""
    generation: int = hass_storage[generations.KEY]["data"]["generation"]
    return generation


async def end(hass: HomeAssistant) -> None:
    """Run the last actions before Home Assistant ends, and drop the store."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()
    del hass.data[storage._STORE]


async def pipeline_with_delivery(store: Store) -> Pipeline:
    """Return a pipeline with a waiting delivery."""
    pipeline = Pipeline(store)
    await pipeline.submit(wait=0)
    return pipeline


async def test_every_start_and_end_begins_a_generation(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await async_get_store(hass)
    begun = stored_generation(hass_storage)
    await end(hass)
    ended = stored_generation(hass_storage)
    await async_get_store(hass)
    assert begun < ended < stored_generation(hass_storage)
    await end(hass)


@pytest.mark.parametrize("when", ["in a run", "after its end"])
async def test_deliveries_of_a_restored_copy_are_looked_up(
    hass: HomeAssistant, hass_storage: dict[str, Any], tmp_path: Path, when: str
) -> None:
    store = await async_get_store(hass)
    await pipeline_with_delivery(store)
    if when == "after its end":
        await end(hass)
    older = tmp_path / "older"
    older.mkdir()
    for file in tmp_path.glob("event_relay.db*"):
        shutil.copy(file, older)
    if when == "after its end":
        store = await async_get_store(hass)
        assert await store.states(OWNER) == {DeliveryState.PENDING: 1}
    await end(hass)

    for file in tmp_path.glob("event_relay.db*"):
        file.unlink()
    shutil.copytree(older, tmp_path, dirs_exist_ok=True)
    store = await async_get_store(hass)
    assert await store.states(OWNER) == {DeliveryState.UNCERTAIN: 1}
    # It is reported until a user has seen it, whatever Home Assistant forgets.
    await drop_issues(hass)
    await end(hass)
    await async_get_store(hass)
    (issue,) = issues(hass)
    assert issue.translation_key == "outbox_older"
    assert issue.translation_placeholders == {"waiting": "1"}
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    assert isinstance(flow, DamageFlow)
    flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, issue.issue_id
    await flow.async_step_confirm({})
    await drop_issues(hass)
    await end(hass)
    await async_get_store(hass)
    assert issues(hass) == []
    await end(hass)


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the repairs of Event Relay."""
    return [one for one in ir.async_get(hass).issues.values() if one.domain == DOMAIN]


async def drop_issues(hass: HomeAssistant) -> None:
    """Drop the shown repairs, as a kill does."""
    await hass.async_block_till_done()
    for issue in issues(hass):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


async def test_sends_begin_a_generation_at_intervals(
    hass: HomeAssistant, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = asyncio.Event()
    awake = asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert seconds == generations.SPACING
        slept.set()
        await awake.wait()
        awake.clear()

    monkeypatch.setattr(generations, "sleep", sleep)
    store = await async_get_store(hass)
    begun = stored_generation(hass_storage)
    store._claimed()
    await slept.wait()
    first = stored_generation(hass_storage)
    assert first > begun

    for _ in range(5):
        store._claimed()
    await asyncio.sleep(0)
    assert stored_generation(hass_storage) == first
    slept.clear()
    awake.set()
    await slept.wait()
    second = stored_generation(hass_storage)
    assert second == first + 1

    awake.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stored_generation(hass_storage) == second
    store._claimed()
    await slept.wait()
    await end(hass)
    last = stored_generation(hass_storage)
    assert last > second
    store._claimed()  # by a connection that is being set up
    running = {task.get_name() for task in asyncio.all_tasks()}
    assert "event_relay generations" not in running


@pytest.mark.parametrize("data", [None, {}])
async def test_missing_storage_distrusts_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any], data: dict[str, Any] | None
) -> None:
    store = await async_get_store(hass)
    await pipeline_with_delivery(store)
    await end(hass)
    if data is None:
        del hass_storage[generations.KEY]
    else:
        hass_storage[generations.KEY]["data"] = data
    store = await async_get_store(hass)
    assert await store.states(OWNER) == {DeliveryState.PENDING: 1}
    await end(hass)
