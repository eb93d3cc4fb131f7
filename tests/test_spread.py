"""Tests of the random delay for scheduled deliveries."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay.backends.guance.api import client as guance_client
from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.storage import async_get_store
from tools.simulators.guance import GuanceSimulator

from .home import act, wait_for_state
from .home_guance import workspace_entry
from .rules.home import BELL, RULE_ID, rule_subentry, set_states

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPREAD = 100
CHANCE = 0.25
AT_NOON = {"trigger": "time", "at": "12:00:00"}
PRESSED = {"trigger": "state", "entity_id": BELL, "to": "on"}
EVENT = {"status": "info", "title": "Something happened"}


@pytest.fixture
async def simulator(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GuanceSimulator]:
    """Run a workspace shared by many homes, with known chance."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)
    monkeypatch.setattr("random.random", lambda: CHANCE)
    async with GuanceSimulator(ingest_lag=0) as simulator:
        yield simulator


async def set_up(
    hass: HomeAssistant,
    simulator: GuanceSimulator,
    spread: float,
    *rules: ConfigSubentryDataWithId,
) -> MockConfigEntry:
    """Set up a connection with the option."""
    plain = workspace_entry(simulator)
    entry = MockConfigEntry(
        domain=plain.domain,
        title=plain.title,
        data=dict(plain.data),
        options={"spread": spread},
        subentries_data=rules,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def accepted_at_noon(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> list[Delivery]:
    """Let it become noon, and return the accepted delivery."""
    freezer.move_to(NOON)
    async_fire_time_changed(hass, NOON)
    await hass.async_block_till_done()
    return await (await async_get_store(hass)).listing(owner=entry.entry_id)


@pytest.mark.parametrize(("spread", "delay"), [(0, 0), (SPREAD, SPREAD * CHANCE)])
async def test_scheduled_delivery_is_delayed_and_keeps_its_time(
    hass: HomeAssistant,
    simulator: GuanceSimulator,
    freezer: FrozenDateTimeFactory,
    spread: float,
    delay: float,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON - timedelta(minutes=3))
    rule: dict[str, Any] = {
        "triggers": [AT_NOON],
        "operation": "create_custom_event",
        "fields": EVENT,
    }
    entry = await set_up(hass, simulator, spread, rule_subentry(rule))
    entry.runtime_data.worker.pause()

    (delivery,) = await accepted_at_noon(hass, freezer, entry)
    assert delivery.origin.subentry_id == RULE_ID
    assert delivery.occurred_at == NOON
    assert delivery.accepted_at == NOON
    assert delivery.due_at == NOON + timedelta(seconds=delay)


async def test_doorbell_is_never_delayed(
    hass: HomeAssistant, simulator: GuanceSimulator, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    await set_states(hass, BELL, "off")
    rule: dict[str, Any] = {
        "triggers": [PRESSED],
        "operation": "create_custom_event",
        "fields": EVENT,
    }
    entry = await set_up(hass, simulator, SPREAD, rule_subentry(rule))
    entry.runtime_data.worker.pause()
    await set_states(hass, BELL, "on")

    store = await async_get_store(hass)
    (delivery,) = await store.listing(owner=entry.entry_id)
    assert delivery.due_at == delivery.accepted_at


async def test_backend_is_not_contacted_right_after_the_start(
    hass: HomeAssistant, simulator: GuanceSimulator
) -> None:
    await set_up(hass, simulator, 12)
    async with asyncio.timeout(60):
        answer = await act(hass, "create_custom_event", **EVENT)
    assert answer["state"] == "pending"
    assert simulator.requests == []

    await wait_for_state(hass, answer["delivery_id"], "delivered")
    async with asyncio.timeout(60):
        while not any(
            seen.path.endswith("workspace/get") for seen in simulator.requests
        ):
            await asyncio.sleep(0.01)
