"""Tests of changes of rules that overlap."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.event_relay.queue.store.rule_state import Memory
from custom_components.event_relay.queue.store.store import Store
from tools.simulators.frigate import FrigateSimulator

from ..home import act, switch_off
from .home import (
    BELL,
    DOORBELL,
    RULE_ID,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)

RANG: dict[str, Any] = {
    **DOORBELL,
    "triggers": [{"trigger": "event", "event_type": "rang"}],
}


async def test_rule_edited_twice_at_once_runs_once(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(RANG))

    for label in ("gate", "bell"):
        fields = {**RANG["fields"], "label": label}
        hass.config_entries.async_update_subentry(
            entry, entry.subentries[RULE_ID], data={**RANG, "fields": fields}
        )
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    hass.bus.async_fire("rang")
    await hass.async_block_till_done()

    listed = (await act(hass, "list_deliveries"))["deliveries"]
    assert len(listed) == 1
    assert [one.label for one in await wait_for_events(frigate, 1)] == ["bell"]


async def test_rule_edited_during_unload_does_not_continue(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(RANG))

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data={**RANG, "limits": {"most": 5}}
    )
    await switch_off(hass, entry)
    await hass.async_block_till_done()
    hass.bus.async_fire("rang")
    await hass.async_block_till_done()

    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (await act(hass, "list_deliveries"))["deliveries"] == []


@pytest.mark.parametrize("last", [True, False])
async def test_last_switch_wins(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
    *,
    last: bool,
) -> None:
    remember = Store.remember

    async def slowly(store: Store, memory: Memory) -> None:
        await asyncio.sleep(0)
        await remember(store, memory)

    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    runner = runner_of(entry)
    if not last:
        await runner.async_disable()
    monkeypatch.setattr(Store, "remember", slowly)

    first, second = runner.async_disable, runner.async_enable
    if not last:
        first, second = second, first
    await asyncio.gather(first(), second())
    await hass.async_block_till_done()

    assert runner.enabled is last
    assert runner.armed is last
    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, int(last))
