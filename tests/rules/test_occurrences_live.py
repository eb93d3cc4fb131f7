"""Tests that computed occurrences equal the firings of a running Home Assistant."""

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
from .live_triggers import LiveHome, comparable, look_ahead_in_real_time

BERLIN = ZoneInfo("Europe/Berlin")

type Span = tuple[datetime, datetime]


def two_days(year: int, month: int, yaml_blocks: int) -> Span:
    """Return a span that begins at an odd second.

    Home Assistant reads calendars a quarter of an hour ahead, and may miss an event
    that ends on the second at which a read begins. No event here does.
    """
    begin = datetime(year, month, yaml_blocks, 11, 52, 7, tzinfo=UTC)
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
async def live_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> LiveHome:
    """Return a Home Assistant in Berlin."""
    look_ahead_in_real_time(monkeypatch)
    await hass.config.async_set_time_zone("Europe/Berlin")
    return LiveHome(hass=hass, freezer=freezer)


def identity(occurrence: Occurrence) -> tuple[str, str]:
    """Return the values that must be equal."""
    return occurrence.instant.isoformat(), occurrence.mark


async def count_equal(
    live_home: LiveHome, *triggers: Mapping[str, Any], span: Span
) -> list[int]:
    """Return the number of occurrences of each trigger, if both ways are equal."""
    firings = await live_home.run(triggers, *span)
    for trigger, one in zip(triggers, firings, strict=True):
        fired = one.fired
        computed = await live_home.computed(one, *span)
        expected = list(map(identity, fired))
        assert list(map(identity, computed)) == expected, trigger
        assert [comparable(one) for one in computed] == [
            comparable(one) for one in fired
        ]
        ids = [one.delivery_id("rule") for one in fired]
        assert [one.delivery_id("rule") for one in computed] == ids
        assert len(set(ids)) == len(ids), trigger
    return [len(one.fired) for one in firings]


@pytest.mark.parametrize("span", SPANS)
async def test_times_of_day(live_home: LiveHome, span: Span) -> None:
    await count_equal(
        live_home,
        {"trigger": "time", "at": "02:30:00"},
        {"trigger": "time", "at": ["00:00", "01:55", "02:00", "03:00", "23:55"]},
        {"trigger": "time", "at": "02:15", "weekday": ["sun", "tue"]},
        {"trigger": "time", "at": "12:00", "weekday": "sun", "id": "noon"},
        {
            "trigger": "time",
            "at": "{{ '02:4' ~ 5 }}",
            "alias": "By template",
            "variables": {
                "hour": "{{ trigger.now.hour }}",
                "number": "{{ trigger.idx }}",
                "fixed": 7,
            },
        },
        {"trigger": "time_pattern", "minutes": "/15"},
        {"trigger": "time_pattern", "hours": 2},
        {"trigger": "time_pattern", "hours": "/2", "minutes": 30},
        {"trigger": "time_pattern", "hours": "*", "minutes": "5"},
        span=span,
    )


async def test_skipped_time_does_not_fire_and_repeated_one_fires_twice(
    live_home: LiveHome,
) -> None:
    trigger = {"trigger": "time", "at": "02:30"}
    assert await count_equal(live_home, trigger, span=SPRING) == [1]
    assert await count_equal(live_home, trigger, span=AUTUMN) == [3]


@pytest.mark.parametrize("hour", [0, 1, 2])
async def test_every_few_seconds_while_clocks_change(
    live_home: LiveHome, hour: int
) -> None:
    live_home.step = timedelta(seconds=5)
    since = datetime(2026, 10, 25, hour, 55, 7, tzinfo=UTC)
    trigger = {"trigger": "time_pattern", "seconds": "/20"}
    span = since, since + timedelta(minutes=10)
    assert await count_equal(live_home, trigger, span=span) == [30]


async def test_every_second(live_home: LiveHome) -> None:
    live_home.step = timedelta(seconds=1)
    since = datetime(2026, 10, 25, 0, 59, 57, tzinfo=UTC)
    trigger = {"trigger": "time_pattern", "seconds": "*"}
    (firings,) = await live_home.run([trigger], since, since + timedelta(seconds=6))
    fired = firings.fired
    # Home Assistant counts a plain interval from when it was armed.
    computed = await live_home.computed(firings, fired[0].instant, fired[-1].instant)
    assert [comparable(one) for one in computed] == [comparable(one) for one in fired]
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
async def test_times_in_helpers(live_home: LiveHome, span: Span) -> None:
    live_home.freezer.move_to(span[0])
    await async_setup_component(
        live_home.hass, "input_datetime", {"input_datetime": HELPERS}
    )
    triggers = ({"trigger": "time", "at": at} for at in TIMES_IN_HELPERS)
    await count_equal(live_home, *triggers, span=span)


async def test_times_in_sensors(live_home: LiveHome) -> None:
    timestamp = {"device_class": "timestamp"}
    set_state = live_home.hass.states.async_set
    set_state("sensor.alarm", "2026-10-25T00:40:00.5+00:00", timestamp)
    set_state("sensor.nothing", "unknown", timestamp)
    set_state("sensor.no_time", "2026-10-25T00:40:00+00:00")
    numbers = await count_equal(
        live_home,
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


def yaml_blocks(
    *blocks: tuple[str, str] | tuple[str, str, dict[str, Any]],
) -> list[Any]:
    """Return blocks in the form of YAML."""
    return [dict(zip(("from", "to", "data"), block, strict=False)) for block in blocks]


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKS = {
    "over_midnight": dict.fromkeys(
        DAYS,
        yaml_blocks(
            ("00:00", "01:00", {"level": 1}),
            ("20:00", "21:00", {"level": 2, "mode": "quiet"}),
            ("21:00", "24:00"),
        ),
    ),
    "always": dict.fromkeys(DAYS, yaml_blocks(("00:00", "24:00"))),
    "at_change": dict.fromkeys(DAYS, yaml_blocks(("02:15", "02:45"))),
    "into_change": dict.fromkeys(
        DAYS, yaml_blocks(("01:00", "02:30"), ("03:00", "04:00"))
    ),
    "out_of_change": dict.fromkeys(DAYS, yaml_blocks(("02:30", "04:00"))),
    "over_change": dict.fromkeys(
        DAYS, yaml_blocks(("01:45", "02:00"), ("02:45", "03:15"))
    ),
    "sundays": {"sunday": yaml_blocks(("02:00", "03:00"), ("10:00", "12:00"))},
    "never": {},
}
SCHEDULES = [f"schedule.{name}" for name in WEEKS]


@pytest.fixture
async def schedules(live_home: LiveHome) -> AsyncIterator[None]:
    """Set up schedules in spring, so that they exist during all spans."""
    live_home.freezer.move_to(SPRING[0])
    config = {name: {"name": name.title(), **week} for name, week in WEEKS.items()}
    assert await async_setup_component(live_home.hass, "schedule", {"schedule": config})
    yield
    for entity_id in SCHEDULES:
        await live_home.hass.data[DATA_INSTANCES]["schedule"].async_remove_entity(
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
async def test_schedules(live_home: LiveHome, schedules: None, span: Span) -> None:
    live_home.freezer.move_to(span[0])
    async_fire_time_changed(live_home.hass, span[0])
    await live_home.hass.async_block_till_done()
    entities = {"entity_id": SCHEDULES}
    triggers = (
        {**one, **(entities if one["trigger"] == "state" else {"target": entities})}
        for one in OF_SCHEDULES
    )
    assert min(await count_equal(live_home, *triggers, span=span)) > 6


def night_events(year: int, month: int, of_day: int) -> list[CalendarEvent]:
    """Return events around a night."""
    begin = datetime.combine(date(year, month, of_day), time(), tzinfo=BERLIN)
    all_day = begin.date()
    hours = [
        CalendarEvent(
            start=(start := begin.astimezone(UTC) + timedelta(minutes=30 * number)),
            # Home Assistant refuses shorter blocks across the repeated hour.
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
async def test_calendars(live_home: LiveHome, span: Span) -> None:
    live_home.freezer.move_to(span[0])
    assert await async_setup_component(live_home.hass, "calendar", {})
    night = span[0].date() + timedelta(days=1)
    calendar = Calendar(night_events(night.year, night.month, night.day))
    await live_home.hass.data[DATA_COMPONENT].async_add_entities([calendar])
    numbers = await count_equal(live_home, *OF_CALENDARS, span=span)
    assert numbers == [len(calendar.events)] * len(OF_CALENDARS)
