"""Tests that an occurrence that starts an event does not also end it."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tools.simulators.frigate import FrigateSimulator

from ..home import act
from .home import DOOR, OPENED, rule_subentry, set_states, set_up

OPENS = OPENED["triggers"][0]
ANY = {"trigger": "state", "entity_id": DOOR}
LASTS = timedelta(seconds=5)
LATE = {
    "trigger": "event",
    "event_type": "state_changed",
    "event_data": {"entity_id": DOOR},
}
"""Gets the changes of the door one loop iteration later."""
RANG = {"trigger": "event", "event_type": "rang"}
HOURLY = {"trigger": "time_pattern", "minutes": 0}
POSTED = {"trigger": "webhook", "webhook_id": "posted", "allowed_methods": ["POST"]}


async def set_up_pair(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    start: dict[str, Any],
    end: dict[str, Any],
) -> MockConfigEntry:
    """Set up a rule with a start and an end trigger; the door is closed."""
    await set_states(hass, DOOR, "off")
    until = {"triggers": [end], "longest_open": 7200}
    return await set_up(
        hass, frigate, rule_subentry({**OPENED, "triggers": [start], "until": until})
    )


async def accepted(hass: HomeAssistant) -> list[str]:
    """Return the accepted deliveries, oldest first."""
    await hass.async_block_till_done()
    listed = (await act(hass, "list_deliveries"))["deliveries"]
    return [one["operation"].partition("_")[0] for one in reversed(listed)]


@pytest.mark.parametrize(
    ("start", "end"),
    [(OPENS, ANY), (OPENS, LATE), (LATE, ANY), (ANY, ANY), (LATE, LATE)],
    ids=["states", "end fired late", "start fired late", "same", "same, fired late"],
)
async def test_change_that_starts_an_event_does_not_end_it(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    start: dict[str, Any],
    end: dict[str, Any],
) -> None:
    await set_up_pair(hass, frigate, start, end)

    await set_states(hass, DOOR, "on")
    assert await accepted(hass) == ["create"]

    # Nor does the change that ends it start the next one.
    await set_states(hass, DOOR, "ajar")
    assert await accepted(hass) == ["create", "end"]

    await set_states(hass, DOOR, "on")
    assert await accepted(hass) == ["create", "end", "create"]


async def test_event_that_starts_an_event_does_not_end_it(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_up_pair(hass, frigate, RANG, RANG)

    hass.bus.async_fire("rang")
    assert await accepted(hass) == ["create"]

    hass.bus.async_fire("rang")
    assert await accepted(hass) == ["create", "end"]


async def test_duration_that_starts_an_event_does_not_end_it(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> None:
    lasts = {"seconds": LASTS.total_seconds()}
    await set_up_pair(hass, frigate, {**OPENS, "for": lasts}, {**ANY, "for": lasts})

    await set_states(hass, DOOR, "on")
    freezer.tick(LASTS)
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create"]

    await set_states(hass, DOOR, "ajar")
    freezer.tick(LASTS)
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create", "end"]


async def test_time_that_starts_an_event_does_not_end_it(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> None:
    await set_up_pair(hass, frigate, HOURLY, HOURLY)
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)

    freezer.move_to(hour + timedelta(hours=1))
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create"]

    freezer.move_to(hour + timedelta(hours=2))
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create", "end"]


async def test_message_that_starts_an_event_does_not_end_it(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A webhook call, like an MQTT message, has no time of its own."""
    assert await async_setup_component(hass, "webhook", {})
    await set_up_pair(hass, frigate, POSTED, POSTED)
    client = await hass_client_no_auth()

    await client.post("/api/webhook/posted", data={"by": "bell"})
    assert await accepted(hass) == ["create"]

    await client.post("/api/webhook/posted", data={"by": "bell"})
    assert await accepted(hass) == ["create", "end"]


async def test_end_received_before_its_late_start_ends_the_event(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_up_pair(hass, frigate, RANG, ANY)

    hass.bus.async_fire("rang")
    hass.states.async_set(DOOR, "ajar")

    assert await accepted(hass) == ["create", "end"]


async def test_end_that_occurred_before_the_start_ends_nothing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_up_pair(hass, frigate, OPENS, RANG)

    hass.bus.async_fire("rang")
    hass.states.async_set(DOOR, "on")
    assert await accepted(hass) == ["create"]

    hass.bus.async_fire("rang")
    assert await accepted(hass) == ["create", "end"]
