"""Tests of live events in a simulated Palabra that follow a calendar."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.components.calendar import CalendarEvent
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
from custom_components.event_relay.rules.context import RuleContext
from custom_components.event_relay.rules.outcome import OutcomeKind
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator

from ..canaries import written_texts
from ..failing_store import disk_full
from ..home import wait_for_state
from ..home_palabra import connect
from ..markdown import read
from ..responses import respond
from .home import DAMAGED, damage_notes
from .mirror_home import (
    CALENDAR,
    NOW,
    Clock,
    MirrorHome,
    PreparedCalendar,
    SourceHome,
    add_calendar,
    mirror_subentry,
    rule_context_of,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

REFUSAL = respond(
    422,
    {"ok": False, "errors": [{"status": 422, "detail": "not this one"}]},
    method="POST",
)
QUARTER = timedelta(minutes=15)


@dataclass(kw_only=True)
class CalendarHome(SourceHome[CalendarMirror]):
    """A calendar, a simulated Palabra, and mirrors between them."""

    palabra: PalabraSimulator
    entry: MockConfigEntry
    calendar: PreparedCalendar
    rule_context: RuleContext

    async def start(
        self, *events: CalendarEvent, made: datetime | None = None, **data: object
    ) -> MirrorHome[CalendarMirror]:
        """Start a mirror of the calendar, by default with its current events."""
        if events:
            self.calendar.events = [*events]
        subentry = mirror_subentry(
            "calendar_mirror", made=made, calendar_entity=CALENDAR, **data
        )
        self.mirrors.append(MirrorHome(self.rule_context, CalendarMirror, subentry))
        await self.running.start()
        return self.running

    async def change(self, *events: CalendarEvent) -> None:
        """Change the events of the calendar, and let the mirror compare them."""
        self.calendar.events = [*events]
        await self.running.compare()

    async def pass_time(self, **time: float) -> None:
        """Let time pass."""
        await self.clock.pass_time(self.hass, timedelta(**time))

    def live_events(self) -> list[tuple[Any, float, float]]:
        """Return title, start and length in hours of Palabra's live events."""
        return live_events(self.palabra)

    def starts(self) -> list[float]:
        """Return the starts of Palabra's live events, in hours."""
        return [begin for _, begin, _ in self.live_events()]

    def titles(self) -> list[str]:
        """Return the titles of Palabra's live events."""
        return [title for title, _, _ in self.live_events()]


@pytest.fixture
async def home(
    hass: HomeAssistant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[CalendarHome]:
    """Set up a connection to a Palabra with the real clock, on 1 June."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    monkeypatch.setattr(
        PalabraClient, "server_time", lambda *_: datetime.now(UTC) - QUARTER
    )
    await hass.config.async_set_time_zone("Europe/Berlin")
    async with PalabraSimulator() as palabra:
        entry = await connect(hass, palabra)
        clock.control(entry)
        home = CalendarHome(
            hass=hass,
            clock=clock,
            palabra=palabra,
            entry=entry,
            calendar=await add_calendar(hass),
            rule_context=await rule_context_of(hass, entry),
        )
        yield home
        for mirror in home.mirrors:
            await mirror.stop()
        await home.calendar.async_remove()


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


def names_in_repair(home: CalendarHome) -> str:
    """Return the events that a repair names, as shown to the user."""
    refused = home.issue("mirror_refused")
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


async def test_each_event_is_created_once(home: CalendarHome) -> None:
    running = await home.start(
        event("Breakfast"),
        event("Dinner", hours=34, length=2),
        event_type="in_person",
        target_languages=["de"],
        access_code="1234",
    )
    await home.settle()
    await running.compare()
    await home.settle()

    assert home.live_events() == [("Breakfast", 24, 1), ("Dinner", 34, 2)]
    assert home.palabra.events[0].content | {"title": ""} == {
        "title": "",
        "event_type": "in-person",
        "target_languages": ["de"],
        "access_code": "1234",
        "timezone": "Europe/Berlin",
    }
    assert [one.kind for one in running.outcomes] == [OutcomeKind.DELIVERED] * 2


async def test_changed_events_are_updated(home: CalendarHome) -> None:
    await home.start(event(uid="one"))
    await home.settle()
    (made,) = home.palabra.events

    await home.change(event("New title", hours=30, length=3, uid="one"))
    await home.settle()

    assert home.live_events() == [("New title", 30, 3)]
    assert home.palabra.events == [made]


async def test_event_across_midnight(home: CalendarHome) -> None:
    await home.start(event(hours=37.5, length=0.5, uid="one"))
    await home.change(event(hours=38.5, length=2, uid="one"))
    await home.settle()
    assert home.live_events() == [("Meeting", 38.5, 2)]


async def test_deleted_events_are_deleted_after_a_while(home: CalendarHome) -> None:
    running = await home.start(event("Stays"), event("Goes"))
    await home.settle_in_time()
    del home.calendar.events[1]
    await running.compare()
    await home.settle_in_time()
    assert len(home.palabra.events) == 2

    await home.pass_time(minutes=5)
    await home.settle_in_time()
    assert home.live_events() == [("Stays", 24, 1)]

    await home.change(event("Stays"), event("Goes"))
    await home.settle_in_time()
    assert len(home.palabra.events) == 2


async def test_nothing_is_deleted_without_the_option(home: CalendarHome) -> None:
    await home.start(event("Stays"), event("Goes"), delete=False)
    await home.settle_in_time()
    del home.calendar.events[1]
    await home.pass_time(hours=2)
    assert len(home.palabra.events) == 2


@pytest.mark.parametrize("how", ["unavailable", "error", "nothing", "gone"])
async def test_unreadable_calendar_changes_nothing(
    home: CalendarHome, how: str
) -> None:
    home.calendar.events = events = [event("One"), event("Two")]
    running = await home.start()
    await home.settle_in_time()

    home.calendar.events = []
    hours = 5.0
    match how:
        case "unavailable":
            home.calendar.set_available(available=False)
        case "error":
            home.calendar.error = HomeAssistantError("no network")
        case "nothing":
            hours = 25 / 60
        case "gone":
            home.hass.states.async_remove(CALENDAR)
    await running.restart()
    await home.pass_time(hours=hours)
    assert len(home.palabra.events) == 2
    assert (home.issue("mirror_source") is not None) == (how == "gone")

    home.calendar.events, home.calendar.error = events, None
    home.calendar.set_available(available=True)
    await home.pass_time(minutes=15)
    await home.settle_in_time()
    assert len(home.palabra.events) == 2
    assert home.issue("mirror_source") is None
    assert len(await home.listed()) == 2


async def test_empty_calendar_is_trusted_after_a_longer_while(
    home: CalendarHome,
) -> None:
    await home.start(event())
    await home.settle_in_time()
    home.calendar.events = []
    await home.pass_time(minutes=50)
    await home.settle_in_time()
    assert home.palabra.events == []


async def test_events_added_late_are_created(home: CalendarHome) -> None:
    await home.start()
    home.calendar.events = [event(hours=0.1)]
    await home.pass_time(minutes=15)
    await home.settle_in_time()
    assert home.live_events() == [("Meeting", 0.1, 1)]


async def test_added_event_is_created_at_once_even_if_another_is_next(
    home: CalendarHome,
) -> None:
    await home.start(event(hours=1))
    home.calendar.events.append(event(hours=5, uid="later"))
    home.calendar.async_write_ha_state()
    await home.settle_in_time()
    assert len(home.live_events()) == 2

    read = len(home.calendar.read)
    for _ in range(5):
        home.calendar.async_write_ha_state()
        await home.hass.async_block_till_done()
    assert len(home.calendar.read) == read


async def test_past_events_stay_unchanged(home: CalendarHome) -> None:
    await home.start(event("Before", hours=-3), event("Soon", hours=1))
    await home.settle_in_time()
    assert home.live_events() == [("Soon", 1, 1)]

    await home.pass_time(hours=2, minutes=30)
    await home.change(event("Other title", hours=1, uid="soon"))
    home.calendar.events = []
    await home.pass_time(hours=2)
    await home.settle_in_time()
    assert home.live_events() == [("Soon", 1, 1)]


async def test_running_event_is_updated_but_not_deleted(home: CalendarHome) -> None:
    await home.start(event(hours=1, length=2), event("Other", hours=50))
    await home.settle_in_time()
    await home.pass_time(hours=2)
    home.calendar.events[0] = event(hours=1, length=3)
    await home.pass_time(minutes=15)
    await home.settle_in_time()
    assert home.live_events()[0] == ("Meeting", 1, 3)

    del home.calendar.events[0]
    await home.pass_time(hours=1)
    await home.settle_in_time()
    assert len(home.palabra.events) == 2


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
    home: CalendarHome, ids: bool
) -> None:
    home.calendar.events = daily_events(5, ids=ids)
    running = await home.start(ahead=3)
    await home.settle_in_time()
    assert home.starts() == [24, 48]
    made = {one.event_id for one in home.palabra.events}

    moved = home.calendar.events[1]
    home.calendar.events[1] = replace(
        moved,
        start=moved.start + timedelta(hours=5),
        end=moved.end + timedelta(hours=5),
    )
    await running.compare()
    await home.settle_in_time()
    assert home.starts() == [24, 53]
    assert {one.event_id for one in home.palabra.events} == made

    await home.pass_time(hours=1)
    await home.settle_in_time()
    assert home.starts() == [24, 53, 72]
    del home.calendar.events[0]
    await home.pass_time(minutes=30)
    await home.settle_in_time()
    assert home.starts() == [53, 72]


@pytest.mark.parametrize("ids", [True, False], ids=["recurrence ids", "none"])
async def test_moved_series_keeps_its_live_events(
    home: CalendarHome, ids: bool
) -> None:
    home.calendar.events = daily_events(4, ids=ids)
    running = await home.start()
    await home.settle()
    made = {one.event_id for one in home.palabra.events}
    home.calendar.events = [
        replace(one, recurrence_id=f"{one.recurrence_id}-new" if ids else None)
        for one in daily_events(4, hours=25, ids=ids)
    ]
    await running.compare()
    await home.settle()
    assert home.starts() == [25, 49, 73, 97]
    assert {one.event_id for one in home.palabra.events} == made


async def test_events_without_ids_are_identified_by_summary(home: CalendarHome) -> None:
    running = await home.start(event(uid=None), event(hours=48, uid=None))
    await home.settle()
    made = {one.event_id for one in home.palabra.events}
    home.calendar.events[0] = event(hours=26, uid=None)
    await running.compare()
    await home.settle()
    assert home.live_events() == [("Meeting", 26, 1), ("Meeting", 48, 1)]
    assert {one.event_id for one in home.palabra.events} == made


async def test_far_moved_events_are_not_deleted(home: CalendarHome) -> None:
    await home.start(event(uid="one"), event("Other"), ahead=3)
    await home.settle_in_time()
    (made, _) = home.palabra.events
    home.calendar.events[0] = event(hours=24 * 90, uid="one")
    await home.pass_time(minutes=30)
    await home.settle_in_time()
    assert made in home.palabra.events
    assert home.live_events()[0] == ("Meeting", 24 * 90, 1)


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
    home: CalendarHome, written: str, is_pattern: bool, wanted: list[str]
) -> None:
    await home.start(
        event("Translated talk"),
        event("TRANSLATION"),
        event("Other"),
        filter=written,
        filter_is_pattern=is_pattern,
    )
    await home.settle()
    assert home.titles() == sorted(wanted)


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
    home: CalendarHome, day: date, begin: str, length: float
) -> None:
    await home.start(
        CalendarEvent(
            start=day, end=day + timedelta(days=1), summary="Fair", uid="fair"
        ),
        ahead=365,
    )
    await home.settle()
    (made,) = home.palabra.events
    assert made.start == datetime.fromisoformat(begin)
    assert made.end - made.start == timedelta(hours=length)


async def test_nothing_is_requested_before_home_assistant_has_started(
    home: CalendarHome,
) -> None:
    home.hass.set_state(CoreState.starting)
    running = await home.start(event())
    await running.compare()
    assert home.calendar.read == []
    home.hass.set_state(CoreState.running)
    home.hass.bus.async_fire("homeassistant_started")
    await home.hass.async_block_till_done()
    await home.settle()
    assert len(home.palabra.events) == 1


async def test_restart_between_create_and_update(home: CalendarHome) -> None:
    running = await home.start(event(uid="one"))
    await home.settle()
    home.calendar.events = [event(hours=26, uid="one")]
    await running.restart()
    await home.settle()
    assert home.live_events() == [("Meeting", 26, 1)]


async def test_crash_between_commit_and_send(home: CalendarHome) -> None:
    """Nothing more is sent; the next run continues with the queue's file."""
    await home.entry.runtime_data.worker.stop()
    running = await home.start(event(uid="one"))
    assert home.palabra.events == []
    await running.stop()

    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    running.rule_context = await rule_context_of(home.hass, home.entry)
    home.calendar.events = [event(hours=26, uid="one")]
    await running.start()
    deliveries = await home.settle()
    assert home.live_events() == [("Meeting", 26, 1)]
    assert [one.operation for one in deliveries] == [
        "update_live_event",
        "create_live_event",
    ]


async def test_lost_response_duplicates_nothing(home: CalendarHome) -> None:
    home.palabra.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST"))
    await home.start(event())
    await wait_for_state(home.hass, (await home.listed())[0].id, "uncertain")
    await home.settle_in_time()
    (delivery,) = await home.listed()
    assert delivery.state is DeliveryState.DELIVERED
    assert len(home.palabra.events) == 1


async def test_mirror_continues_after_an_outage(home: CalendarHome) -> None:
    """A create that was never sent is not sent once its event is deleted."""
    await home.palabra.stop()
    await home.start(event("Stays"), event("Moves"), event("Goes"))
    await home.change(event("Stays"), event("Moves", hours=30))
    await home.pass_time(minutes=30)
    await home.palabra.start()
    await home.settle_in_time()
    assert home.live_events() == [("Moves", 30, 1), ("Stays", 24, 1)]


async def test_rejected_event_has_a_repair_and_is_retried_when_changed(
    home: CalendarHome,
) -> None:
    home.palabra.add_faults(REFUSAL)
    running = await home.start(event("First", uid="one"))
    await home.settle_in_time()
    await home.pass_time(hours=1)
    assert [one.kind for one in running.outcomes] == [OutcomeKind.FAILED]
    assert len(await home.listed()) == 1

    home.calendar.events = [event("Second", uid="one")]
    await running.restart()
    await home.settle_in_time()
    assert home.live_events() == [("Second", 24, 1)]


async def test_invalid_event_is_reported_once(home: CalendarHome) -> None:
    running = await home.start(event("AB", uid="one"), event("Good"))
    await home.pass_time(hours=1)
    await home.settle_in_time()
    failed = [one for one in running.outcomes if one.kind is OutcomeKind.FAILED]
    assert [one.reason for one in failed] == ["AB: title: too_short"]
    assert "AB (June 2, 2040, 10:00 AM): title: too_short" in names_in_repair(home)

    home.calendar.events[0] = event("ABC", uid="one")
    await running.compare()
    await home.settle_in_time()
    assert home.titles() == ["ABC", "Good"]
    assert home.issue("mirror_refused") is None


async def test_repair_names_rejected_events_after_a_restart(home: CalendarHome) -> None:
    running = await home.start(event("AB", uid="one"))
    await running.restart()
    assert "AB (June 2, 2040, 10:00 AM)" in names_in_repair(home)


async def test_description_and_location_are_included_by_option(
    home: CalendarHome,
) -> None:
    described = event(uid="one", description="Bring\r\nshoes", location=" Hall  2 ")
    await home.start(described, details=True)
    await home.settle_in_time()
    (made,) = home.palabra.events
    assert (made.content["description"], made.content["location"]) == (
        "Bring\nshoes",
        "Hall 2",
    )

    await home.change(event(uid="one"))
    await home.settle_in_time()
    (changed,) = home.palabra.events
    assert not changed.content["description"]
    assert not changed.content["location"]


async def test_description_and_location_are_left_out_by_default(
    home: CalendarHome,
) -> None:
    await home.start(event(description="Private", location="At home"))
    await home.settle()
    assert "Private" not in repr([one.content for one in home.palabra.events])
    assert "At home" not in repr([one.content for one in home.palabra.events])


async def test_changed_settings_update_existing_live_events(home: CalendarHome) -> None:
    running = await home.start(event(), access_code="1234", target_languages=["de"])
    await home.settle()
    running.subentry = replace(
        running.subentry,
        data=MappingProxyType({"calendar_entity": CALENDAR, "event_type": "in_person"}),
    )
    await running.restart()
    await home.settle()
    (made,) = home.palabra.events
    assert made.content["event_type"] == "in-person"
    assert made.content["access_code"] == ""
    assert made.content["target_languages"] == []


async def test_mirror_is_disabled_and_enabled(home: CalendarHome) -> None:
    running = await home.start()
    await running.mirror.async_disable()
    home.calendar.events = [event()]
    await home.pass_time(hours=1)
    await running.restart()
    assert await home.listed() == []
    await running.mirror.async_enable()
    await home.hass.async_block_till_done()
    await home.settle_in_time()
    assert len(home.palabra.events) == 1


@pytest.mark.parametrize("delete", [True, False])
async def test_removed_mirror(home: CalendarHome, delete: bool) -> None:
    home.calendar.events = [event("Goes on", hours=0), event("To come")]
    home.palabra.add(
        "Of somebody else", NOW + timedelta(days=1), NOW + timedelta(days=2)
    )
    running = await home.start(delete=delete)
    await home.settle()
    await running.mirror.async_remove()
    await home.settle()
    left = home.titles()
    assert left == ["Goes on", "Of somebody else", *([] if delete else ["To come"])]
    assert await home.rule_context.store.recall(home.rule_context.connection) == {}


async def test_live_events_are_found_after_the_file_was_replaced(
    home: CalendarHome,
) -> None:
    """The queue's file was damaged and set aside."""
    begin = NOW + timedelta(hours=24)
    made = home.palabra.add("Meeting", begin, begin + timedelta(hours=1))
    home.calendar.events = [event(), event("New")]
    running = await home.start(made=NOW - timedelta(days=30))
    await home.settle()
    assert home.live_events() == [("Meeting", 24, 1), ("New", 24, 1)]

    home.calendar.events[0] = event(hours=30)
    await running.compare()
    await home.settle()
    assert home.live_events() == [("Meeting", 30, 1), ("New", 24, 1)]
    assert made in home.palabra.events


async def test_long_text_is_cut_at_a_grapheme(home: CalendarHome) -> None:
    await home.start(event("Meeting " * 40))
    await home.settle()
    ((title, _, _),) = home.live_events()
    assert title.startswith("Meeting Meeting")
    assert title.endswith("…")
    (delivery,) = await home.listed()
    assert delivery.receipt is not None
    assert [warning.split()[0] for warning in delivery.receipt.warnings] == ["title"]


async def test_cut_live_events_are_found_after_the_file_was_replaced(
    home: CalendarHome,
) -> None:
    begin = NOW + timedelta(hours=24)
    home.calendar.events = [event("Meeting " * 40)]
    cut = home.rule_context.queue.fitting(
        "create_live_event", {"title": "Meeting " * 40}
    )
    made = home.palabra.add(str(cut["title"]), begin, begin + timedelta(hours=1))
    await home.start(made=NOW - timedelta(days=30))
    await home.settle()
    assert home.palabra.events == [made]


async def test_nothing_is_created_while_the_list_cannot_be_read(
    home: CalendarHome,
) -> None:
    home.calendar.events = [event()]
    await home.palabra.stop()
    await home.start(made=NOW - timedelta(days=30))
    assert await home.listed() == []
    await home.palabra.start()
    await home.pass_time(minutes=15)
    await home.settle_in_time()
    assert len(home.palabra.events) == 1


@pytest.mark.parametrize("written", DAMAGED)
async def test_live_events_are_recognised_despite_damaged_notes(
    home: CalendarHome, written: str
) -> None:
    running = await home.start(event(), event("Other"), event("Gone"))
    await home.settle()
    await running.stop()
    damage_notes(written, "bound/meeting%", "bound/gone%")
    home.calendar.events = [event(hours=30), event("Other"), event("New")]

    await running.start()
    await home.settle()

    # Nothing is known any more of the event deleted meanwhile.
    expected = [("Gone", 24, 1), ("Meeting", 30, 1), ("New", 24, 1), ("Other", 24, 1)]
    assert home.live_events() == expected
    assert damaged_bindings(running.mirror.notes) == {}
    await home.change(event(hours=31), event("Other"), event("New"))
    await home.settle()
    assert ("Meeting", 31, 1) in home.live_events()
    assert len(home.palabra.events) == 4


async def test_live_events_are_found_again_after_notes_are_damaged(
    home: CalendarHome,
) -> None:
    begin = NOW + timedelta(hours=24)
    home.palabra.add("Meeting", begin, begin + timedelta(hours=1))
    home.calendar.events = [event()]
    running = await home.start(made=NOW - timedelta(days=30))
    await home.settle()
    await running.stop()
    damage_notes("nothing", "bound/%")

    await running.start()
    await home.settle()
    await home.change(event(hours=30))
    await home.settle()

    assert home.live_events() == [("Meeting", 30, 1)]


async def test_store_fails_for_a_while(
    home: CalendarHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.calendar.events = [event()]
    with monkeypatch.context() as patch:
        patch.setattr(home.rule_context.store, "accept", disk_full)
        await home.start()
    assert home.palabra.events == []
    await home.pass_time(minutes=15)
    await home.settle_in_time()
    assert len(home.palabra.events) == 1


async def test_hundreds_of_events(home: CalendarHome) -> None:
    home.calendar.events = [
        event(f"Event {one}", hours=1 + one / 10) for one in range(300)
    ]
    running = await home.start()
    assert len(await home.listed()) == 300
    await running.compare()
    assert len(await home.listed()) == 300


async def test_no_canary_is_written(
    home: CalendarHome, caplog: pytest.LogCaptureFixture
) -> None:
    home.palabra.add_faults(REFUSAL)
    running = await home.start(
        event("canary-title", uid="canary-uid"),
        event("canary-other"),
        access_code="canary-code",
    )
    home.calendar.error = ValueError("canary-error")
    await running.compare()
    await home.settle()
    assert "canary-code" in str(home.palabra.stored_events())
    for text in [
        *written_texts(home.hass, caplog),
        *(one.reason for one in running.outcomes),
    ]:
        assert "canary" not in text


async def test_live_events_are_created_again_in_another_account(
    home: CalendarHome,
) -> None:
    running = await home.start(event("Meeting"), event("Concert", hours=48))
    await home.settle()
    async with PalabraSimulator() as other:
        other.settings.api_key = "plbr_other"
        await home.reconfigure(url=other.url, api_key=other.settings.api_key)

        assert len(live_events(other)) == len(home.live_events()) == 2
        moved = home.issue("mirror_moved")
        assert moved is not None
        ir.async_delete_issue(home.hass, DOMAIN, moved.issue_id)
        home.calendar.events = [event("Meeting", length=2), event("Concert", hours=48)]
        await running.restart()
        await home.settle()

        assert sorted(live_events(other)) == [("Concert", 48, 1), ("Meeting", 24, 2)]
        assert sorted(home.live_events()) == [("Concert", 48, 1), ("Meeting", 24, 1)]
        assert home.issue("mirror_moved") is None


async def test_live_events_are_kept_with_another_key_of_the_account(
    home: CalendarHome,
) -> None:
    running = await home.start(event("Meeting"))
    await home.settle()

    home.palabra.settings.api_key = "plbr_another"
    await home.reconfigure(url=home.palabra.url, api_key=home.palabra.settings.api_key)
    home.calendar.events = [event("Meeting", length=2)]
    await running.restart()
    await home.settle()

    assert home.live_events() == [("Meeting", 24, 2)]
    assert home.issue("mirror_moved") is None
