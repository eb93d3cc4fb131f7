"""Tests of live events in a simulated Palabra that follow a calendar."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.components.calendar import CalendarEvent
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.palabra.api.client import PalabraClient
from custom_components.event_relay.backends.palabra.mirror.calendar_bindings import (
    damaged_bindings,
)
from custom_components.event_relay.backends.palabra.mirror.calendar_mirror import (
    CalendarMirror,
)
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store.file import StoreUnavailable
from custom_components.event_relay.rules.context import RuleContext
from custom_components.event_relay.rules.outcome import OutcomeKind
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator

from ..canaries import written_texts
from ..home import wait_for_state
from ..home_palabra import connect
from ..markdown import read
from .home import DAMAGED, damage_notes
from .mirror_home import (
    CALENDAR,
    NOW,
    Clock,
    MirrorHome,
    PreparedCalendar,
    add_calendar,
    issue,
    mirror_subentry,
    rule_context_of,
    settled,
    settled_in_time,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

REFUSAL = Fault(
    kind=FaultKind.STATUS,
    method="POST",
    status=422,
    body={"ok": False, "errors": [{"status": 422, "detail": "not this one"}]},
)
QUARTER = timedelta(minutes=15)

type Start = Callable[..., Awaitable[MirrorHome[CalendarMirror]]]


@pytest.fixture
async def palabra(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> AsyncIterator[PalabraSimulator]:
    """Run a Palabra simulator, on 1 June."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    async with PalabraSimulator() as simulator:
        yield simulator


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    palabra: PalabraSimulator,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> MockConfigEntry:
    """Set up a connection to a Palabra with the real clock."""
    monkeypatch.setattr(
        PalabraClient, "server_time", lambda *_: datetime.now(UTC) - QUARTER
    )
    await hass.config.async_set_time_zone("Europe/Berlin")
    entry = await connect(hass, palabra)
    clock.control(entry)
    return entry


@pytest.fixture
async def rule_context(hass: HomeAssistant, entry: MockConfigEntry) -> RuleContext:
    """Return the connection's context as mirrors see it."""
    return await rule_context_of(hass, entry)


@pytest.fixture
async def calendar(
    hass: HomeAssistant, rule_context: RuleContext
) -> AsyncIterator[PreparedCalendar]:
    """Add a calendar."""
    calendar = await add_calendar(hass)
    yield calendar
    await calendar.async_remove()


@pytest.fixture
async def start(
    rule_context: RuleContext, calendar: PreparedCalendar
) -> AsyncIterator[Start]:
    """Start mirrors of the calendar, and stop them at the end."""
    running: list[MirrorHome[CalendarMirror]] = []

    async def start(
        *, made: datetime | None = None, **data: object
    ) -> MirrorHome[CalendarMirror]:
        subentry = mirror_subentry(
            "calendar_mirror", made=made, calendar_entity=CALENDAR, **data
        )
        one = MirrorHome(rule_context, CalendarMirror, subentry)
        running.append(one)
        await one.start()
        return one

    yield start
    for one in running:
        await one.stop()


def event(
    summary: str = "Meeting",
    *,
    hours: float = 24,
    length: float = 1,
    **more: Any,  # noqa: ANN401 - of any field
) -> CalendarEvent:
    """Return an event that begins this many hours after the start of the test."""
    begin = NOW + timedelta(hours=hours)
    return CalendarEvent(
        start=begin,
        end=begin + timedelta(hours=length),
        summary=summary,
        **{"uid": summary.lower(), **more},
    )


def names_in_repair(hass: HomeAssistant, running: MirrorHome[CalendarMirror]) -> str:
    """Return the events that a repair names, as shown to the user."""
    refused = issue(hass, "mirror_refused", running)
    assert refused is not None
    assert refused.data is not None
    return read(str(refused.data["events"]))


def live_events(palabra: PalabraSimulator) -> list[tuple[Any, float, float]]:
    """Return title, start and length in hours of Palabra's live events."""
    return sorted(
        (
            one.content["title"],
            (one.start - NOW) / timedelta(hours=1),
            (one.end - one.start) / timedelta(hours=1),
        )
        for one in palabra.events
    )


async def test_each_event_is_created_once(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event("Breakfast"), event("Dinner", hours=34, length=2)]
    running = await start(
        event_type="in_person", target_languages=["de"], access_code="1234"
    )
    await settled(rule_context.store)
    await running.compare()
    await settled(rule_context.store)

    assert live_events(palabra) == [("Breakfast", 24, 1), ("Dinner", 34, 2)]
    assert palabra.events[0].content | {"title": ""} == {
        "title": "",
        "event_type": "in-person",
        "target_languages": ["de"],
        "access_code": "1234",
        "timezone": "Europe/Berlin",
    }
    assert [one.kind for one in running.outcomes] == [OutcomeKind.DELIVERED] * 2


async def test_changed_events_are_updated(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event(uid="one")]
    running = await start()
    await settled(rule_context.store)
    (made,) = palabra.events

    calendar.events = [event("New title", hours=30, length=3, uid="one")]
    await running.compare()
    await settled(rule_context.store)

    assert live_events(palabra) == [("New title", 30, 3)]
    assert palabra.events == [made]


async def test_event_across_midnight(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event(hours=37.5, length=0.5, uid="one")]
    running = await start()
    calendar.events = [event(hours=38.5, length=2, uid="one")]
    await running.compare()
    await settled(rule_context.store)
    assert live_events(palabra) == [("Meeting", 38.5, 2)]


async def test_deleted_events_are_deleted_after_a_while(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event("Stays"), event("Goes")]
    running = await start()
    await settled_in_time(hass, rule_context.store, clock)
    del calendar.events[1]
    await running.compare()
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 2

    await clock.pass_time(hass, timedelta(minutes=5))
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra) == [("Stays", 24, 1)]

    calendar.events = [event("Stays"), event("Goes")]
    await running.compare()
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 2


async def test_nothing_is_deleted_without_the_option(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event("Stays"), event("Goes")]
    await start(delete=False)
    await settled_in_time(hass, rule_context.store, clock)
    del calendar.events[1]
    await clock.pass_time(hass, timedelta(hours=2))
    assert len(palabra.events) == 2


@pytest.mark.parametrize("how", ["unavailable", "error", "nothing", "gone"])
async def test_unreadable_calendar_changes_nothing(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
    how: str,
) -> None:
    calendar.events = events = [event("One"), event("Two")]
    running = await start()
    await settled_in_time(hass, rule_context.store, clock)

    calendar.events = []
    time = timedelta(hours=5)
    match how:
        case "unavailable":
            calendar.set_available(available=False)
        case "error":
            calendar.error = HomeAssistantError("no network")
        case "nothing":
            time = timedelta(minutes=25)
        case "gone":
            hass.states.async_remove(CALENDAR)
    await running.restart()
    await clock.pass_time(hass, time)
    assert len(palabra.events) == 2
    assert (issue(hass, "mirror_source", running) is not None) == (how == "gone")

    calendar.events, calendar.error = events, None
    calendar.set_available(available=True)
    await clock.pass_time(hass, QUARTER)
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 2
    assert issue(hass, "mirror_source", running) is None
    assert len(await rule_context.store.listing()) == 2


async def test_empty_calendar_is_trusted_after_a_longer_while(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event()]
    await start()
    await settled_in_time(hass, rule_context.store, clock)
    calendar.events = []
    await clock.pass_time(hass, timedelta(minutes=50))
    await settled_in_time(hass, rule_context.store, clock)
    assert palabra.events == []


async def test_events_added_late_are_created(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    await start()
    calendar.events = [event(hours=0.1)]
    await clock.pass_time(hass, QUARTER)
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra) == [("Meeting", 0.1, 1)]


async def test_added_event_is_created_at_once_even_if_another_is_next(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event(hours=1)]
    await start()
    calendar.events.append(event(hours=5, uid="later"))
    calendar.async_write_ha_state()
    await settled_in_time(hass, rule_context.store, clock)
    assert len(live_events(palabra)) == 2

    read = len(calendar.read)
    for _ in range(5):
        calendar.async_write_ha_state()
        await hass.async_block_till_done()
    assert len(calendar.read) == read


async def test_past_events_stay_unchanged(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event("Before", hours=-3), event("Soon", hours=1)]
    running = await start()
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra) == [("Soon", 1, 1)]

    await clock.pass_time(hass, timedelta(hours=2, minutes=30))
    calendar.events = [event("Other title", hours=1, uid="soon")]
    await running.compare()
    calendar.events = []
    await clock.pass_time(hass, timedelta(hours=2))
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra) == [("Soon", 1, 1)]


async def test_running_event_is_updated_but_not_deleted(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event(hours=1, length=2), event("Other", hours=50)]
    await start()
    await settled_in_time(hass, rule_context.store, clock)
    await clock.pass_time(hass, timedelta(hours=2))
    calendar.events[0] = event(hours=1, length=3)
    await clock.pass_time(hass, QUARTER)
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra)[0] == ("Meeting", 1, 3)

    del calendar.events[0]
    await clock.pass_time(hass, timedelta(hours=1))
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 2


def daily_events(
    days: int, *, hours: float = 24, ids: bool = True
) -> list[CalendarEvent]:
    """Return an event on each of several days, with or without ids of occurrences."""
    return [
        event(
            "Stand-up",
            hours=hours + 24 * day,
            recurrence_id=f"202606{day + 2:02}T100000" if ids else None,
        )
        for day in range(days)
    ]


@pytest.mark.parametrize("ids", [True, False], ids=["recurrence ids", "none"])
async def test_recurring_events_are_followed_one_by_one(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
    ids: bool,
) -> None:
    calendar.events = daily_events(5, ids=ids)
    running = await start(ahead=3)
    await settled_in_time(hass, rule_context.store, clock)
    assert [begin for _, begin, _ in live_events(palabra)] == [24, 48]
    made = {one.event_id for one in palabra.events}

    moved = calendar.events[1]
    calendar.events[1] = replace(
        moved,
        start=moved.start + timedelta(hours=5),
        end=moved.end + timedelta(hours=5),
    )
    await running.compare()
    await settled_in_time(hass, rule_context.store, clock)
    assert [begin for _, begin, _ in live_events(palabra)] == [24, 53]
    assert {one.event_id for one in palabra.events} == made

    await clock.pass_time(hass, timedelta(hours=1))
    await settled_in_time(hass, rule_context.store, clock)
    assert [begin for _, begin, _ in live_events(palabra)] == [24, 53, 72]
    del calendar.events[0]
    await clock.pass_time(hass, timedelta(minutes=30))
    await settled_in_time(hass, rule_context.store, clock)
    assert [begin for _, begin, _ in live_events(palabra)] == [53, 72]


@pytest.mark.parametrize("ids", [True, False], ids=["recurrence ids", "none"])
async def test_moved_series_keeps_its_live_events(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    ids: bool,
) -> None:
    calendar.events = daily_events(4, ids=ids)
    running = await start()
    await settled(rule_context.store)
    made = {one.event_id for one in palabra.events}
    calendar.events = [
        replace(one, recurrence_id=f"{one.recurrence_id}-new" if ids else None)
        for one in daily_events(4, hours=25, ids=ids)
    ]
    await running.compare()
    await settled(rule_context.store)
    assert [begin for _, begin, _ in live_events(palabra)] == [25, 49, 73, 97]
    assert {one.event_id for one in palabra.events} == made


async def test_events_without_ids_are_identified_by_summary(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event(uid=None), event(hours=48, uid=None)]
    running = await start()
    await settled(rule_context.store)
    made = {one.event_id for one in palabra.events}
    calendar.events[0] = event(hours=26, uid=None)
    await running.compare()
    await settled(rule_context.store)
    assert live_events(palabra) == [("Meeting", 26, 1), ("Meeting", 48, 1)]
    assert {one.event_id for one in palabra.events} == made


async def test_far_moved_events_are_not_deleted(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event(uid="one"), event("Other")]
    await start(ahead=3)
    await settled_in_time(hass, rule_context.store, clock)
    (made, _) = palabra.events
    calendar.events[0] = event(hours=24 * 90, uid="one")
    await clock.pass_time(hass, timedelta(minutes=30))
    await settled_in_time(hass, rule_context.store, clock)
    assert made in palabra.events
    assert live_events(palabra)[0] == ("Meeting", 24 * 90, 1)


@pytest.mark.parametrize(
    ("written", "is_pattern", "wanted"),
    [
        ("translat", False, ["Translated talk", "TRANSLATION"]),
        ("t.lk", False, []),
        (r"^t.*n$", True, ["TRANSLATION"]),
        ("  ", False, ["Other", "TRANSLATION", "Translated talk"]),
    ],
)
async def test_only_matching_events_are_mirrored(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    written: str,
    is_pattern: bool,
    wanted: list[str],
) -> None:
    calendar.events = [event("Translated talk"), event("TRANSLATION"), event("Other")]
    await start(filter=written, filter_is_pattern=is_pattern)
    await settled(rule_context.store)
    assert [title for title, _, _ in live_events(palabra)] == sorted(wanted)


@pytest.mark.parametrize(
    ("day", "begin", "length"),
    [
        (date(2040, 6, 10), "2040-06-09T22:00:00+00:00", 24),
        (date(2040, 10, 28), "2040-10-27T22:00:00+00:00", 25),
        (date(2041, 3, 31), "2041-03-30T23:00:00+00:00", 23),
    ],
    ids=["summer", "clocks go back", "clocks go forward"],
)
async def test_all_day_events_last_from_midnight_to_midnight(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    day: date,
    begin: str,
    length: float,
) -> None:
    calendar.events = [
        CalendarEvent(
            start=day, end=day + timedelta(days=1), summary="Fair", uid="fair"
        )
    ]
    await start(ahead=365)
    await settled(rule_context.store)
    (made,) = palabra.events
    assert made.start == datetime.fromisoformat(begin)
    assert made.end - made.start == timedelta(hours=length)


async def test_nothing_is_requested_before_home_assistant_has_started(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    hass.set_state(CoreState.starting)
    calendar.events = [event()]
    running = await start()
    await running.compare()
    assert calendar.read == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()
    await settled(rule_context.store)
    assert len(palabra.events) == 1


async def test_restart_between_create_and_update(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event(uid="one")]
    running = await start()
    await settled(rule_context.store)
    calendar.events = [event(hours=26, uid="one")]
    await running.restart()
    await settled(rule_context.store)
    assert live_events(palabra) == [("Meeting", 26, 1)]


async def test_crash_between_commit_and_send(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    """Nothing more is sent; the next run continues with the queue's file."""
    await entry.runtime_data.worker.stop()
    calendar.events = [event(uid="one")]
    running = await start()
    assert palabra.events == []
    await running.stop()

    assert await hass.config_entries.async_reload(entry.entry_id)
    running.rule_context = await rule_context_of(hass, entry)
    calendar.events = [event(hours=26, uid="one")]
    await running.start()
    deliveries = await settled(running.rule_context.store)
    assert live_events(palabra) == [("Meeting", 26, 1)]
    assert [one.operation for one in deliveries] == [
        "update_live_event",
        "create_live_event",
    ]


async def test_lost_response_duplicates_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    palabra.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST"))
    calendar.events = [event()]
    await start()
    await wait_for_state(hass, (await rule_context.store.listing())[0].id, "uncertain")
    await settled_in_time(hass, rule_context.store, clock)
    (delivery,) = await rule_context.store.listing()
    assert delivery.state is DeliveryState.DELIVERED
    assert len(palabra.events) == 1


async def test_mirror_continues_after_an_outage(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    """A create that was never sent is not sent once its event is deleted."""
    await palabra.stop()
    calendar.events = [event("Stays"), event("Moves"), event("Goes")]
    running = await start()
    calendar.events = [event("Stays"), event("Moves", hours=30)]
    await running.compare()
    await clock.pass_time(hass, timedelta(minutes=30))
    await palabra.start()
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra) == [("Moves", 30, 1), ("Stays", 24, 1)]


async def test_rejected_event_has_a_repair_and_is_retried_when_changed(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    palabra.add_faults(REFUSAL)
    calendar.events = [event("First", uid="one")]
    running = await start()
    await settled_in_time(hass, rule_context.store, clock)
    await clock.pass_time(hass, timedelta(hours=1))
    assert [one.kind for one in running.outcomes] == [OutcomeKind.FAILED]
    assert len(await rule_context.store.listing()) == 1

    calendar.events = [event("Second", uid="one")]
    await running.restart()
    await settled_in_time(hass, rule_context.store, clock)
    assert live_events(palabra) == [("Second", 24, 1)]


async def test_invalid_event_is_reported_once(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event("AB", uid="one"), event("Good")]
    running = await start()
    await clock.pass_time(hass, timedelta(hours=1))
    await settled_in_time(hass, rule_context.store, clock)
    failed = [one for one in running.outcomes if one.kind is OutcomeKind.FAILED]
    assert [one.reason for one in failed] == ["AB: title: too_short"]
    assert "AB (June 2, 2040, 10:00 AM): title: too_short" in names_in_repair(
        hass, running
    )

    calendar.events[0] = event("ABC", uid="one")
    await running.compare()
    await settled_in_time(hass, rule_context.store, clock)
    assert [title for title, _, _ in live_events(palabra)] == ["ABC", "Good"]
    assert issue(hass, "mirror_refused", running) is None


async def test_repair_names_rejected_events_after_a_restart(
    hass: HomeAssistant, calendar: PreparedCalendar, start: Start
) -> None:
    calendar.events = [event("AB", uid="one")]
    running = await start()
    await running.restart()
    assert "AB (June 2, 2040, 10:00 AM)" in names_in_repair(hass, running)


async def test_description_and_location_are_included_by_option(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    described = event(uid="one", description="Bring\r\nshoes", location=" Hall  2 ")
    calendar.events = [described]
    running = await start(details=True)
    await settled_in_time(hass, rule_context.store, clock)
    (made,) = palabra.events
    assert (made.content["description"], made.content["location"]) == (
        "Bring\nshoes",
        "Hall 2",
    )

    calendar.events = [event(uid="one")]
    await running.compare()
    await settled_in_time(hass, rule_context.store, clock)
    (changed,) = palabra.events
    assert not changed.content["description"]
    assert not changed.content["location"]


async def test_description_and_location_are_left_out_by_default(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event(description="Private", location="At home")]
    await start()
    await settled(rule_context.store)
    assert "Private" not in repr([one.content for one in palabra.events])
    assert "At home" not in repr([one.content for one in palabra.events])


async def test_changed_settings_update_existing_live_events(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event()]
    running = await start(access_code="1234", target_languages=["de"])
    await settled(rule_context.store)
    running.subentry = replace(
        running.subentry,
        data=MappingProxyType({"calendar_entity": CALENDAR, "event_type": "in_person"}),
    )
    await running.restart()
    await settled(rule_context.store)
    (made,) = palabra.events
    assert made.content["event_type"] == "in-person"
    assert made.content["access_code"] == ""
    assert made.content["target_languages"] == []


async def test_mirror_is_disabled_and_enabled(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    running = await start()
    await running.mirror.async_disable()
    calendar.events = [event()]
    await clock.pass_time(hass, timedelta(hours=1))
    await running.restart()
    assert await rule_context.store.listing() == []
    await running.mirror.async_enable()
    await hass.async_block_till_done()
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 1


@pytest.mark.parametrize("delete", [True, False])
async def test_removed_mirror(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
    delete: bool,
) -> None:
    calendar.events = [event("Goes on", hours=0), event("To come")]
    palabra.add("Of somebody else", NOW + timedelta(days=1), NOW + timedelta(days=2))
    running = await start(delete=delete)
    await settled(rule_context.store)
    await running.mirror.async_remove()
    await settled(rule_context.store)
    left = [title for title, _, _ in live_events(palabra)]
    assert left == ["Goes on", "Of somebody else", *([] if delete else ["To come"])]
    assert await rule_context.store.recall(rule_context.connection) == {}


async def test_live_events_are_found_after_the_file_was_replaced(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    """The queue's file was damaged and set aside."""
    begin = NOW + timedelta(hours=24)
    made = palabra.add("Meeting", begin, begin + timedelta(hours=1))
    calendar.events = [event(), event("New")]
    running = await start(made=NOW - timedelta(days=30))
    await settled(rule_context.store)
    assert live_events(palabra) == [("Meeting", 24, 1), ("New", 24, 1)]

    calendar.events[0] = event(hours=30)
    await running.compare()
    await settled(rule_context.store)
    assert live_events(palabra) == [("Meeting", 30, 1), ("New", 24, 1)]
    assert made in palabra.events


async def test_long_text_is_cut_at_a_grapheme(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event("Meeting " * 40)]
    await start()
    await settled(rule_context.store)
    ((title, _, _),) = live_events(palabra)
    assert title.startswith("Meeting Meeting")
    assert title.endswith("…")
    (delivery,) = await rule_context.store.listing()
    assert delivery.receipt is not None
    assert [warning.split()[0] for warning in delivery.receipt.warnings] == ["title"]


async def test_cut_live_events_are_found_after_the_file_was_replaced(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    begin = NOW + timedelta(hours=24)
    calendar.events = [event("Meeting " * 40)]
    cut = rule_context.queue.fitting("create_live_event", {"title": "Meeting " * 40})
    made = palabra.add(str(cut["title"]), begin, begin + timedelta(hours=1))
    await start(made=NOW - timedelta(days=30))
    await settled(rule_context.store)
    assert palabra.events == [made]


async def test_nothing_is_created_while_the_list_cannot_be_read(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
) -> None:
    calendar.events = [event()]
    await palabra.stop()
    await start(made=NOW - timedelta(days=30))
    assert await rule_context.store.listing() == []
    await palabra.start()
    await clock.pass_time(hass, QUARTER)
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 1


@pytest.mark.parametrize("written", DAMAGED)
async def test_live_events_are_recognised_despite_damaged_notes(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    written: str,
) -> None:
    calendar.events = [event(), event("Other"), event("Gone")]
    running = await start()
    await settled(rule_context.store)
    await running.stop()
    damage_notes(written, "bound/meeting%", "bound/gone%")
    calendar.events = [event(hours=30), event("Other"), event("New")]

    await running.start()
    await settled(rule_context.store)

    # Of what was deleted meanwhile nothing is known any more.
    expected = [("Gone", 24, 1), ("Meeting", 30, 1), ("New", 24, 1), ("Other", 24, 1)]
    assert live_events(palabra) == expected
    assert damaged_bindings(running.mirror.notes) == {}
    calendar.events = [event(hours=31), event("Other"), event("New")]
    await running.compare()
    await settled(rule_context.store)
    assert ("Meeting", 31, 1) in live_events(palabra)
    assert len(palabra.events) == 4


async def test_live_events_are_found_again_after_notes_are_damaged(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    begin = NOW + timedelta(hours=24)
    palabra.add("Meeting", begin, begin + timedelta(hours=1))
    calendar.events = [event()]
    running = await start(made=NOW - timedelta(days=30))
    await settled(rule_context.store)
    await running.stop()
    damage_notes("nothing", "bound/%")

    await running.start()
    await settled(rule_context.store)
    calendar.events = [event(hours=30)]
    await running.compare()
    await settled(rule_context.store)

    assert live_events(palabra) == [("Meeting", 30, 1)]


async def test_store_fails_for_a_while(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk full")

    calendar.events = [event()]
    with monkeypatch.context() as patch:
        patch.setattr(rule_context.store, "accept", full)
        await start()
    assert palabra.events == []
    await clock.pass_time(hass, QUARTER)
    await settled_in_time(hass, rule_context.store, clock)
    assert len(palabra.events) == 1


async def test_hundreds_of_events(
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event(f"Event {one}", hours=1 + one / 10) for one in range(300)]
    running = await start()
    assert len(await rule_context.store.listing(limit=None)) == 300
    await running.compare()
    assert len(await rule_context.store.listing(limit=None)) == 300


async def test_no_canary_is_written(
    hass: HomeAssistant,
    rule_context: RuleContext,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
    caplog: pytest.LogCaptureFixture,
) -> None:
    palabra.add_faults(REFUSAL)
    calendar.events = [event("canary-title", uid="canary-uid"), event("canary-other")]
    running = await start(access_code="canary-code")
    calendar.error = ValueError("canary-error")
    await running.compare()
    await settled(rule_context.store)
    assert "canary-code" in str(palabra.stored_events())
    for text in [
        *written_texts(hass, caplog),
        *(one.reason for one in running.outcomes),
    ]:
        assert "canary" not in text


async def switch_account(
    hass: HomeAssistant, running: MirrorHome[CalendarMirror], palabra: PalabraSimulator
) -> None:
    """Let the connection lead to another account, as its reconfiguration does."""
    await running.stop()
    entry = hass.config_entries.async_get_entry(running.rule_context.connection)
    assert isinstance(entry, MockConfigEntry)
    data = {
        **entry.data,
        CONF_URL: palabra.url,
        CONF_API_KEY: palabra.settings.api_key,
    }
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    running.rule_context = await rule_context_of(hass, entry)
    await running.start()


async def test_live_events_are_created_anew_in_another_account(
    hass: HomeAssistant,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event("Meeting"), event("Concert", hours=48)]
    running = await start()
    await settled(running.rule_context.store)
    async with PalabraSimulator() as other:
        other.settings.api_key = "plbr_other"
        await switch_account(hass, running, other)
        await settled(running.rule_context.store)

        assert len(live_events(other)) == len(live_events(palabra)) == 2
        told = issue(hass, "mirror_moved", running)
        assert told is not None
        ir.async_delete_issue(hass, DOMAIN, told.issue_id)
        calendar.events = [event("Meeting", length=2), event("Concert", hours=48)]
        await running.restart()
        await settled(running.rule_context.store)

        assert sorted(live_events(other)) == [("Concert", 48, 1), ("Meeting", 24, 2)]
        assert sorted(live_events(palabra)) == [("Concert", 48, 1), ("Meeting", 24, 1)]
        assert issue(hass, "mirror_moved", running) is None


async def test_live_events_are_kept_with_another_key_of_the_account(
    hass: HomeAssistant,
    palabra: PalabraSimulator,
    calendar: PreparedCalendar,
    start: Start,
) -> None:
    calendar.events = [event("Meeting")]
    running = await start()
    await settled(running.rule_context.store)

    palabra.settings.api_key = "plbr_another"
    await switch_account(hass, running, palabra)
    calendar.events = [event("Meeting", length=2)]
    await running.restart()
    await settled(running.rule_context.store)

    assert live_events(palabra) == [("Meeting", 24, 2)]
    assert issue(hass, "mirror_moved", running) is None
