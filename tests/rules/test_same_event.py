"""What begins an event of a rule does not end it, in whatever order they are heard.

Home Assistant calls some triggers one turn of the event loop later than others.
"""

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
from .home import DOOR, OPENED, a_rule, change, set_up

OPENS = OPENED["triggers"][0]
ANY = {"trigger": "state", "entity_id": DOOR}
LASTS = timedelta(seconds=5)
LATE = {
    "trigger": "event",
    "event_type": "state_changed",
    "event_data": {"entity_id": DOOR},
}
"""Hears of the changes of the door one turn later."""
RANG = {"trigger": "event", "event_type": "rang"}
HOURLY = {"trigger": "time_pattern", "minutes": 0}
POSTED = {"trigger": "webhook", "webhook_id": "posted", "allowed_methods": ["POST"]}


async def a_pair(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    start: dict[str, Any],
    end: dict[str, Any],
) -> MockConfigEntry:
    """Set up a rule that one trigger begins and another ends; the door is closed."""
    await change(hass, DOOR, "off")
    until = {"triggers": [end], "longest_open": 7200}
    return await set_up(
        hass, frigate, a_rule({**OPENED, "triggers": [start], "until": until})
    )


async def accepted(hass: HomeAssistant) -> list[str]:
    """Return what has been accepted, the oldest first."""
    await hass.async_block_till_done()
    listed = (await act(hass, "list_deliveries"))["deliveries"]
    return [one["operation"].partition("_")[0] for one in reversed(listed)]


@pytest.mark.parametrize(
    ("start", "end"),
    [(OPENS, ANY), (OPENS, LATE), (LATE, ANY), (ANY, ANY), (LATE, LATE)],
    ids=["states", "end heard late", "start heard late", "same", "same, heard late"],
)
async def test_the_change_that_begins_an_event_does_not_end_it(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    start: dict[str, Any],
    end: dict[str, Any],
) -> None:
    await a_pair(hass, frigate, start, end)

    await change(hass, DOOR, "on")
    assert await accepted(hass) == ["create"]

    # Neither does the change that ends it begin the next.
    await change(hass, DOOR, "ajar")
    assert await accepted(hass) == ["create", "end"]

    await change(hass, DOOR, "on")
    assert await accepted(hass) == ["create", "end", "create"]


async def test_the_event_that_begins_one_does_not_end_it(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await a_pair(hass, frigate, RANG, RANG)

    hass.bus.async_fire("rang")
    assert await accepted(hass) == ["create"]

    hass.bus.async_fire("rang")
    assert await accepted(hass) == ["create", "end"]


async def test_a_state_that_has_lasted_begins_an_event_and_does_not_end_it(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> None:
    lasts = {"seconds": LASTS.total_seconds()}
    await a_pair(hass, frigate, {**OPENS, "for": lasts}, {**ANY, "for": lasts})

    await change(hass, DOOR, "on")
    freezer.tick(LASTS)
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create"]

    await change(hass, DOOR, "ajar")
    freezer.tick(LASTS)
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create", "end"]


async def test_the_time_that_begins_an_event_does_not_end_it(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> None:
    await a_pair(hass, frigate, HOURLY, HOURLY)
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)

    freezer.move_to(hour + timedelta(hours=1))
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create"]

    freezer.move_to(hour + timedelta(hours=2))
    async_fire_time_changed(hass)
    assert await accepted(hass) == ["create", "end"]


async def test_a_message_that_begins_an_event_does_not_end_it(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A call of a webhook, like a message by MQTT, has no time of its own."""
    assert await async_setup_component(hass, "webhook", {})
    await a_pair(hass, frigate, POSTED, POSTED)
    client = await hass_client_no_auth()

    await client.post("/api/webhook/posted", data={"by": "bell"})
    assert await accepted(hass) == ["create"]

    await client.post("/api/webhook/posted", data={"by": "bell"})
    assert await accepted(hass) == ["create", "end"]


async def test_an_end_that_is_heard_before_its_late_start_ends_it(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await a_pair(hass, frigate, RANG, ANY)

    hass.bus.async_fire("rang")
    hass.states.async_set(DOOR, "ajar")

    assert await accepted(hass) == ["create", "end"]


async def test_an_end_that_happened_before_the_start_ends_nothing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await a_pair(hass, frigate, OPENS, RANG)

    hass.bus.async_fire("rang")
    hass.states.async_set(DOOR, "on")
    assert await accepted(hass) == ["create"]

    hass.bus.async_fire("rang")
    assert await accepted(hass) == ["create", "end"]
