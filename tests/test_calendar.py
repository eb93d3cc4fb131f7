"""Tests of the calendar of a connection with a simulated Palabra."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from homeassistant.components.calendar.const import DOMAIN as CALENDAR
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

import custom_components.event_relay as integration
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.planned import POLL
from tools.simulators.faults import Fault
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.palabra import PalabraSimulator

from .home import act, connect as connect_frigate, coordinator
from .home_palabra import connect
from .responses import respond
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("all_enabled", "socket_enabled")

ENTITY = "calendar.palabra_planned_events"
LIST = "/saas/v2/events"
EIGHTEEN = datetime(2099, 5, 1, 18, tzinfo=UTC)
TWENTY = EIGHTEEN + timedelta(hours=2)
EVENT = {
    "title": "Town meeting",
    "event_type": "in_person",
    "start": EIGHTEEN.isoformat(),
    "end": TWENTY.isoformat(),
    "access_code": "4711",
}


def shown_event(hass: HomeAssistant) -> State:
    """Return the state and attributes of the calendar."""
    state = hass.states.get(ENTITY)
    assert state is not None
    return state


def count_reads(palabra: PalabraSimulator) -> int:
    """Return how often a read of the whole list began."""
    return len(
        [
            seen
            for seen in palabra.requests
            if seen.path == LIST and "page_size=100" in seen.query
        ]
    )


async def until(hass: HomeAssistant, holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    await wait_until(holds)
    await hass.async_block_till_done()


async def until_read(hass: HomeAssistant, palabra: PalabraSimulator) -> None:
    """Wait until the list is read, and the connection has completed its first check."""
    await until(
        hass,
        lambda: (
            shown_event(hass).state != STATE_UNAVAILABLE
            and any(
                seen.status and "page_size=1" in seen.query.split("&")
                for seen in palabra.requests
            )
        ),
    )


async def titles_between(
    hass: HomeAssistant, start: datetime, end: datetime
) -> list[str]:
    """Return the titles in a range, as an automation gets them."""
    answer = await hass.services.async_call(
        CALENDAR,
        "get_events",
        {
            ATTR_ENTITY_ID: ENTITY,
            "start_date_time": start.isoformat(),
            "end_date_time": end.isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    events = answer[ENTITY]
    assert isinstance(events, dict)
    titles = events["events"]
    assert isinstance(titles, list)
    return [str(event["summary"]) for event in titles if isinstance(event, dict)]


async def test_calendar(
    hass: HomeAssistant,
    palabra: PalabraSimulator,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(integration, "PLATFORMS", ())
    palabra.add("Town meeting", EIGHTEEN, TWENTY)
    entry = await connect(hass, palabra, entry_id="the_connection")
    await until_read(hass, palabra)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_other_backends_have_no_calendar(hass: HomeAssistant) -> None:
    async with FrigateSimulator() as frigate:
        await connect_frigate(hass, frigate)
        assert hass.states.async_entity_ids(CALENDAR) == []
        assert CALENDAR not in hass.config.components


async def test_range_has_overlapping_events_of_all_pages(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    palabra.configure(page_limit=2)
    for hour in range(5):
        start = EIGHTEEN + timedelta(hours=hour)
        palabra.add(f"Talk {hour}", start, start + timedelta(hours=1))
    await connect(hass, palabra)
    await until_read(hass, palabra)
    assert await titles_between(hass, EIGHTEEN, EIGHTEEN + timedelta(days=1)) == [
        f"Talk {hour}" for hour in range(5)
    ]
    assert await titles_between(
        hass, EIGHTEEN + timedelta(hours=1), EIGHTEEN + timedelta(hours=3)
    ) == ["Talk 1", "Talk 2"]
    assert (
        await titles_between(hass, TWENTY + timedelta(days=1), TWENTY.replace(day=3))
        == []
    )


async def test_own_changes_are_shown_at_once(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    await connect(hass, palabra)
    await until_read(hass, palabra)
    assert shown_event(hass).state == STATE_OFF
    assert "message" not in shown_event(hass).attributes

    created = await act(hass, "create_live_event", **EVENT)
    await until(
        hass, lambda: shown_event(hass).attributes.get("message") == "Town meeting"
    )
    assert shown_event(hass).attributes["lifecycle_status"] == "setup_required"
    assert "4711" not in str(shown_event(hass).as_dict())

    event_id = created["outside_id"]
    await act(hass, "update_live_event", event_id=event_id, title="Market day")
    await wait_for_message(hass, "Market day")

    await act(hass, "delete_live_event", event_id=event_id)
    await wait_for_message(hass, None)


async def wait_for_message(hass: HomeAssistant, message: str | None) -> None:
    """Wait until the calendar shows a title, letting its pause pass."""
    async with asyncio.timeout(60):
        while shown_event(hass).attributes.get("message") != message:
            await asyncio.sleep(0.05)
    await hass.async_block_till_done()


async def test_state_is_on_between_start_and_end(
    hass: HomeAssistant, palabra: PalabraSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    palabra.add("First", now - timedelta(minutes=2), now + timedelta(minutes=4))
    palabra.add("Second", now + timedelta(minutes=6), now + timedelta(minutes=7))
    await connect(hass, palabra)
    await until_read(hass, palabra)
    assert (shown_event(hass).state, shown_event(hass).attributes["message"]) == (
        STATE_ON,
        "First",
    )
    for minutes, state, message in (
        (5, STATE_OFF, "Second"),
        (6.5, STATE_ON, "Second"),
        (8, STATE_OFF, None),
    ):
        moment = now + timedelta(minutes=minutes)
        monkeypatch.setattr(dt_util, "utcnow", lambda moment=moment: moment)
        monkeypatch.setattr(dt_util, "now", lambda moment=moment: moment)
        await async_update_entity(hass, ENTITY)
        assert shown_event(hass).state == state
        assert shown_event(hass).attributes.get("message") == message


async def test_calendar_is_polled_only_while_it_exists(
    hass: HomeAssistant, palabra: PalabraSimulator, entity_registry: er.EntityRegistry
) -> None:
    entry = await connect(hass, palabra)
    await until_read(hass, palabra)
    assert count_reads(palabra) == 1
    palabra.add("Made elsewhere", EIGHTEEN, TWENTY)
    await poll(hass)
    await until(
        hass, lambda: shown_event(hass).attributes.get("message") == "Made elsewhere"
    )
    assert count_reads(palabra) == 2

    entity_registry.async_update_entity(
        ENTITY, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hass.states.get(ENTITY) is None
    await act(hass, "create_live_event", **EVENT)
    await poll(hass)
    await coordinator(entry).async_refresh()
    await hass.async_block_till_done()
    assert count_reads(palabra) == 2


async def poll(hass: HomeAssistant) -> None:
    """Let the time until the next read pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + POLL + timedelta(seconds=1))
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    "fault",
    [
        respond(503, path=LIST),
        respond(200, {"ok": True}, path=LIST),
    ],
)
async def test_calendar_is_unavailable_while_reads_fail(
    hass: HomeAssistant, palabra: PalabraSimulator, fault: Fault
) -> None:
    palabra.add("Town meeting", EIGHTEEN, TWENTY)
    entry = await connect(hass, palabra)
    await until_read(hass, palabra)
    palabra.add_faults(fault)
    await poll(hass)
    await until(hass, lambda: shown_event(hass).state == STATE_UNAVAILABLE)
    await poll(hass)
    await until_read(hass, palabra)
    assert coordinator(entry).last_update_success
    assert shown_event(hass).attributes["message"] == "Town meeting"


async def test_read_does_not_check_the_balance(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    entry = await connect(hass, palabra)
    await until_read(hass, palabra)
    palabra.configure(empty_balance=True)
    answer = await act(hass, "create_live_event", **EVENT)
    assert answer["state"] == "pending"
    await poll(hass)
    assert not coordinator(entry).last_update_success
    assert palabra.events == []


async def test_refused_key_starts_reauthentication(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    await connect(hass, palabra)
    await until_read(hass, palabra)
    palabra.expire_logins()
    await poll(hass)
    await until(hass, lambda: shown_event(hass).state == STATE_UNAVAILABLE)
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_events_without_times_are_left_out(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    palabra.configure(sparse=True)
    palabra.add("Somewhen", EIGHTEEN, TWENTY)
    await connect(hass, palabra)
    await until_read(hass, palabra)
    assert await titles_between(hass, EIGHTEEN, TWENTY) == []


async def test_calendar_is_read_only(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    await connect(hass, palabra)
    await until_read(hass, palabra)
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            CALENDAR,
            "create_event",
            {
                ATTR_ENTITY_ID: ENTITY,
                "summary": "Ours",
                "start_date_time": EIGHTEEN.isoformat(),
                "end_date_time": TWENTY.isoformat(),
            },
            blocking=True,
        )
    assert palabra.events == []
