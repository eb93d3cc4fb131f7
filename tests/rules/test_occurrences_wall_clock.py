"""Tests that wall clock times are those at which Home Assistant's timers fire."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.event_relay.rules.occurrences.timetable import Block, changes
from custom_components.event_relay.rules.occurrences.wall_clock import WallClock

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "UTC",
)
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def restore_time_zone() -> Iterator[None]:
    before = dt_util.get_default_time_zone()
    yield
    dt_util.set_default_time_zone(before)


def short_lists(most: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, most), min_size=1, max_size=4, unique=True).map(
        sorted
    )


def timer_firing(
    since: datetime,
    until: datetime,
    seconds: list[int],
    minutes: list[int],
    hours: list[int],
) -> Iterator[datetime]:
    """Yield the times at which `async_track_time_change` fires."""
    now = since
    while True:
        local = dt_util.as_local(now)
        found = dt_util.find_next_time_expression_time(local, seconds, minutes, hours)
        now = dt_util.as_utc(found)
        if now > until:
            return
        yield now
        now += timedelta(seconds=1)


WHOLE_HOURS = tuple(zone for zone in ZONES if zone != "Australia/Lord_Howe")
"""Where clocks change by a whole hour. By half an hour, Home Assistant's own timers
leave out times that come twice."""


@given(
    zone=st.sampled_from(WHOLE_HOURS),
    change=st.sampled_from(CHANGES),
    begin=st.integers(-86_400, 3_600),
    seconds=short_lists(59),
    minutes=short_lists(59),
    hours=short_lists(23) | st.just(list(range(24))),
)
@example("Europe/Berlin", CHANGES[1], -7200, [0], [30], [2])
@example("Europe/Berlin", CHANGES[0], -7200, [0], [30], [2])
@settings(max_examples=150)
def test_times_equal_those_of_home_assistants_timers(
    zone: str,
    change: datetime,
    begin: int,
    seconds: list[int],
    minutes: list[int],
    hours: list[int],
) -> None:
    dt_util.set_default_time_zone(ZoneInfo(zone))
    since = change + timedelta(seconds=begin)
    until = since + timedelta(days=1, hours=6)
    clock = WallClock(hours=hours, minutes=minutes, seconds=seconds)
    shown = [*clock.back(since, until)][::-1]
    assert shown == [*timer_firing(since, until, seconds, minutes, hours)]


EDGES = st.lists(
    st.times(max_value=time(23, 59)).map(
        lambda one: one.replace(second=0, microsecond=0)
    ),
    max_size=6,
    unique=True,
).map(sorted)


@given(
    zone=st.sampled_from(ZONES),
    change=st.sampled_from(CHANGES),
    begin=st.integers(-2 * 86_400, 3_600),
    week=st.lists(EDGES, min_size=7, max_size=7),
    to_midnight=st.booleans(),
)
def test_schedule_times_ascend(
    zone: str, change: datetime, begin: int, week: list[list[time]], to_midnight: bool
) -> None:
    dt_util.set_default_time_zone(ZoneInfo(zone))
    since = change + timedelta(seconds=begin)
    blocks = [
        [
            Block(start=start, end=end, data={})
            for start, end in zip(
                day[::2],
                [*day[1::2], *([time.max] if to_midnight else [])],
                strict=False,
            )
        ]
        for day in week
    ]
    boundaries = [*changes(blocks, since, since + timedelta(days=3))]
    instants = [dt_util.as_utc(after.since) for _, after in boundaries]
    assert instants == sorted(set(instants))
    assert all(before.since < after.since for before, after in boundaries)
    assert all(since <= one <= since + timedelta(days=3) for one in instants)


@pytest.mark.timeout(20)
def test_edge_in_a_repeated_hour_is_in_the_first_one() -> None:
    """In a skipped hour, it would come before itself, again and again."""
    dt_util.set_default_time_zone(ZoneInfo("Asia/Beirut"))
    day = [Block(start=time(0, 32, fold=1), end=time(4, 11, fold=1), data={})]
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    boundaries = [*changes([day] * 7, since, since + timedelta(days=1))]
    assert [dt_util.as_utc(after.since) for _, after in boundaries] == [
        datetime(2026, 3, 28, 22, 32, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 11, tzinfo=UTC),
    ]
