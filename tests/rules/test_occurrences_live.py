"""What is worked out afterwards is what fires when Home Assistant is there."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay.rules.occurrences import Occurrence

from .calendar import Calendar
from .live_triggers import Living, look_ahead_in_real_time, plain

BERLIN = ZoneInfo("Europe/Berlin")

type Span = tuple[datetime, datetime]


def two_days(year: int, month: int, day: int) -> Span:
    """Return a span that begins at an odd second.

    Home Assistant looks ahead in calendars a quarter of an hour at a time, and may
    miss an event that ends on the very second at which it begins to look. No event
    here does.
    """
    begin = datetime(year, month, day, 11, 52, 7, tzinfo=UTC)
    return begin, begin + timedelta(days=2)


SPRING = two_days(2026, 3, 28)
AUTUMN = two_days(2026, 10, 24)
LEAP_DAY = two_days(2028, 2, 28)
SPANS = [
    pytest.param(SPRING, id="spring"),
    pytest.param(AUTUMN, id="autumn"),
    pytest.param(LEAP_DAY, id="leap day"),
]


@pytest.fixture
async def living(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> Living:
    """Return a Home Assistant in Berlin."""
    look_ahead_in_real_time(monkeypatch)
    await hass.config.async_set_time_zone("Europe/Berlin")
    return Living(hass=hass, freezer=freezer)


def identity(occurrence: Occurrence) -> tuple[str, str]:
    """Return what must be the same, in few words."""
    return occurrence.instant.isoformat(), occurrence.mark


async def compare(
    living: Living, *triggers: Mapping[str, Any], span: Span
) -> list[int]:
    """Return how many occurrences of each there were, if both ways give the same."""
    lived = await living.through(triggers, *span)
    for trigger, one in zip(triggers, lived, strict=True):
        fired = one.fired
        worked_out = await living.worked_out(one.config, *span)
        expected = list(map(identity, fired))
        assert list(map(identity, worked_out)) == expected, trigger
        assert [plain(one) for one in worked_out] == [plain(one) for one in fired]
        ids = [one.delivery_id("rule") for one in fired]
        assert [one.delivery_id("rule") for one in worked_out] == ids
        assert len(set(ids)) == len(ids), trigger
    return [len(one.fired) for one in lived]


@pytest.mark.parametrize("span", SPANS)
async def test_times_of_day(living: Living, span: Span) -> None:
    await compare(
        living,
        {"trigger": "time", "at": "02:30:00"},
        {"trigger": "time", "at": ["00:00", "01:55", "02:00", "03:00", "23:55"]},
        {"trigger": "time", "at": "02:15", "weekday": ["sun", "tue"]},
        {"trigger": "time", "at": "12:00", "weekday": "sun", "id": "noon"},
        {
            "trigger": "time",
            "at": "{{ '02:4' ~ 5 }}",
            "alias": "By template",
            "variables": {"hour": "{{ trigger.now.hour }}", "fixed": 7},
        },
        {"trigger": "time_pattern", "minutes": "/15"},
        {"trigger": "time_pattern", "hours": 2},
        {"trigger": "time_pattern", "hours": "/2", "minutes": 30},
        {"trigger": "time_pattern", "hours": "*", "minutes": "5"},
        span=span,
    )


async def test_a_skipped_time_does_not_come_and_a_doubled_one_comes_twice(
    living: Living,
) -> None:
    trigger = {"trigger": "time", "at": "02:30"}
    assert await compare(living, trigger, span=SPRING) == [1]
    assert await compare(living, trigger, span=AUTUMN) == [3]


@pytest.mark.parametrize("hour", [0, 1, 2])
async def test_each_few_seconds_while_clocks_change(living: Living, hour: int) -> None:
    living.step = timedelta(seconds=5)
    since = datetime(2026, 10, 25, hour, 55, 7, tzinfo=UTC)
    trigger = {"trigger": "time_pattern", "seconds": "/20"}
    span = since, since + timedelta(minutes=10)
    assert await compare(living, trigger, span=span) == [30]


async def test_each_second(living: Living) -> None:
    living.step = timedelta(seconds=1)
    since = datetime(2026, 10, 25, 0, 59, 57, tzinfo=UTC)
    trigger = {"trigger": "time_pattern", "seconds": "*"}
    (lived,) = await living.through([trigger], since, since + timedelta(seconds=6))
    fired = lived.fired
    # Home Assistant counts a plain interval from when it was armed.
    worked_out = await living.worked_out(
        lived.config, fired[0].instant, fired[-1].instant
    )
    assert [plain(one) for one in worked_out] == [plain(one) for one in fired]
    assert len(fired) == 6


HELPERS = {
    "time_only": {"has_time": True, "has_date": False, "initial": "02:30:00"},
    "date_only": {"has_time": False, "has_date": True, "initial": "2026-10-25"},
    "both": {"has_time": True, "has_date": True, "initial": "2026-10-25 02:30:00"},
    "skipped": {"has_time": True, "has_date": True, "initial": "2026-03-29 02:30:00"},
}


TIMES_IN_HELPERS: list[object] = [
    *(f"input_datetime.{name}" for name in HELPERS),
    {"entity_id": "input_datetime.time_only", "offset": "-03:00:00"},
    {"entity_id": "input_datetime.both", "offset": "01:00:00"},
    {"entity_id": "input_datetime.skipped", "offset": "-01:00:00"},
    [f"input_datetime.{name}" for name in HELPERS],
    ["02:30", "input_datetime.time_only"],
]


@pytest.mark.parametrize("span", SPANS)
async def test_times_in_helpers(living: Living, span: Span) -> None:
    living.freezer.move_to(span[0])
    await async_setup_component(
        living.hass, "input_datetime", {"input_datetime": HELPERS}
    )
    triggers = ({"trigger": "time", "at": at} for at in TIMES_IN_HELPERS)
    await compare(living, *triggers, span=span)


async def test_times_in_sensors(living: Living) -> None:
    timestamp = {"device_class": "timestamp"}
    set_state = living.hass.states.async_set
    set_state("sensor.alarm", "2026-10-25T00:40:00.5+00:00", timestamp)
    set_state("sensor.nothing", "unknown", timestamp)
    set_state("sensor.no_time", "2026-10-25T00:40:00+00:00")
    numbers = await compare(
        living,
        {"trigger": "time", "at": "sensor.alarm"},
        {
            "trigger": "time",
            "at": {"entity_id": "sensor.alarm", "offset": "-00:30:00"},
        },
        {
            "trigger": "time",
            "at": {"entity_id": "sensor.alarm", "offset": "-30:00:00"},
        },
        {"trigger": "time", "at": "sensor.nothing"},
        {"trigger": "time", "at": "sensor.no_time"},
        span=AUTUMN,
    )
    assert numbers == [1, 1, 0, 0, 0]


def day(*blocks: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> list[Any]:
    """Return blocks as YAML has them."""
    return [dict(zip(("from", "to", "data"), block, strict=False)) for block in blocks]


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKS = {
    "over_midnight": dict.fromkeys(
        DAYS,
        day(
            ("00:00", "01:00", {"level": 1}),
            ("20:00", "21:00", {"level": 2, "mode": "quiet"}),
            ("21:00", "24:00"),
        ),
    ),
    "always": dict.fromkeys(DAYS, day(("00:00", "24:00"))),
    "at_change": dict.fromkeys(DAYS, day(("02:15", "02:45"))),
    "into_change": dict.fromkeys(DAYS, day(("01:00", "02:30"), ("03:00", "04:00"))),
    "out_of_change": dict.fromkeys(DAYS, day(("02:30", "04:00"))),
    "over_change": dict.fromkeys(DAYS, day(("01:45", "02:00"), ("02:45", "03:15"))),
    "sundays": {"sunday": day(("02:00", "03:00"), ("10:00", "12:00"))},
    "never": {},
}
SCHEDULES = [f"schedule.{name}" for name in WEEKS]


@pytest.fixture
async def schedules(living: Living) -> AsyncIterator[None]:
    """Set up schedules, in a spring so that they live through all the spans."""
    living.freezer.move_to(SPRING[0])
    config = {name: {"name": name.title(), **week} for name, week in WEEKS.items()}
    assert await async_setup_component(living.hass, "schedule", {"schedule": config})
    yield
    for entity_id in SCHEDULES:
        await living.hass.data[DATA_INSTANCES]["schedule"].async_remove_entity(
            entity_id
        )


OF_SCHEDULES: list[dict[str, Any]] = [
    {"trigger": "schedule.block_started"},
    {"trigger": "schedule.block_ended", "variables": {"x": "{{ trigger.id }}"}},
    {"trigger": "schedule.block_started", "options": {"for": "00:00:00"}},
    {"trigger": "state", "to": "on", "for": {"minutes": 0}},
    {"trigger": "state", "from": ["on"], "to": ["off", "unavailable"]},
    {"trigger": "state", "from": None},
]


@pytest.mark.parametrize("span", SPANS)
async def test_schedules(living: Living, schedules: None, span: Span) -> None:
    living.freezer.move_to(span[0])
    async_fire_time_changed(living.hass, span[0])
    await living.hass.async_block_till_done()
    entities = {"entity_id": SCHEDULES}
    triggers = (
        {**one, **(entities if one["trigger"] == "state" else {"target": entities})}
        for one in OF_SCHEDULES
    )
    assert min(await compare(living, *triggers, span=span)) > 6


def events_of(year: int, month: int, of_day: int) -> list[CalendarEvent]:
    """Return events about a night."""
    begin = datetime.combine(date(year, month, of_day), time(), tzinfo=BERLIN)
    all_day = begin.date()
    hours = [
        CalendarEvent(
            start=(start := begin.astimezone(UTC) + timedelta(minutes=30 * number)),
            # Shorter ones over the hour that comes twice Home Assistant refuses.
            end=start + timedelta(hours=2),
            summary=f"{number}",
            uid="one" if number % 2 else None,
            recurrence_id=f"{number}" if number % 2 else None,
        )
        for number in range(-8, 12)
    ]
    return [
        *hours,
        CalendarEvent(start=all_day, end=all_day, summary="All day", uid="day"),
        CalendarEvent(start=all_day, end=all_day, summary="Another", location="Here"),
        CalendarEvent(
            start=begin,
            end=begin + timedelta(hours=5),
            summary="Lange",
            description="é",
        ),
    ]


OF_CALENDARS: list[dict[str, Any]] = [
    {"trigger": "calendar", "entity_id": "calendar.test", "event": event, **offset}
    for event in ("start", "end")
    for offset in ({}, {"offset": "-01:30:00"}, {"offset": "02:30:00"})
] + [
    {
        "trigger": f"calendar.event_{event}",
        "target": {"entity_id": "calendar.test"},
        "options": {"offset": {"minutes": 45}, "offset_type": offset_type},
        "variables": {"title": "{{ trigger.calendar_event.summary }}"},
    }
    for event in ("started", "ended")
    for offset_type in ("before", "after")
]


@pytest.mark.parametrize("span", SPANS)
async def test_calendars(living: Living, span: Span) -> None:
    living.freezer.move_to(span[0])
    assert await async_setup_component(living.hass, "calendar", {})
    night = span[0].date() + timedelta(days=1)
    calendar = Calendar(events_of(night.year, night.month, night.day))
    await living.hass.data[DATA_COMPONENT].async_add_entities([calendar])
    numbers = await compare(living, *OF_CALENDARS, span=span)
    assert numbers == [len(calendar.events)] * len(OF_CALENDARS)
