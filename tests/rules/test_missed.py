"""Tests of occurrences missed while Home Assistant was off."""

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import sqlite3
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay import storage
from custom_components.event_relay.queue import executor
from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.queue.store import file
from custom_components.event_relay.queue.store.rule_state import Memory, Notes
from custom_components.event_relay.rules.attachment import Armed
from custom_components.event_relay.rules.delivering import Delivering
from custom_components.event_relay.rules.firing import Cause
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from custom_components.event_relay.rules.rule_runner import AGAIN, RuleRunner
from custom_components.event_relay.rules.subentry_runner import SubentryRunner
from custom_components.event_relay.storage import async_get_store
from tools.simulators.frigate import FrigateSimulator

from ..home import coordinator, switch_off
from .calendar import Calendar
from .home import (
    DAMAGED,
    DOORBELL,
    OPENED,
    RULE_ID,
    damage_notes,
    entry_with_rules,
    rule_subentry,
    runner_of,
)

BEGIN = datetime(2026, 11, 22, 11, 52, 7, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LUNCH = CalendarEvent(start=NOON, end=NOON + timedelta(hours=1), summary="Lunch")

AT_NOON: dict[str, Any] = {"trigger": "time", "at": "12:00:00"}
BY_CALENDAR = {"trigger": "calendar", "entity_id": "calendar.test", "event": "start"}
BY_SCHEDULE = {
    "trigger": "schedule.block_started",
    "target": {"entity_id": "schedule.quiet"},
}


@dataclass
class IntermittentHome:
    """A connection with a rule in a Home Assistant that is off at times."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    entry: MockConfigEntry

    async def begin(self, rule: dict[str, Any], now: datetime = BEGIN) -> None:
        """Set up the rule for the first time."""
        self.freezer.move_to(now)
        self.hass.config_entries.async_update_subentry(
            self.entry, self.entry.subentries[RULE_ID], data=rule
        )
        await self.switch_on()

    async def switch_on(self) -> None:
        """Set up the connection."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        coordinator(self.entry).worker.pause()
        await self.hass.async_block_till_done()

    async def switch_off_until(self, until: datetime) -> None:
        """Unload the connection, and move the clock."""
        await switch_off(self.hass, self.entry)
        self.freezer.move_to(until)

    async def restart_at(self, until: datetime) -> list[Delivery]:
        """Be off until a time, and return all deliveries afterwards."""
        await self.switch_off_until(until)
        await self.switch_on()
        return await self.accepted()

    async def crash_until(
        self, notes: dict[str, Any], until: datetime
    ) -> list[Delivery]:
        """Be off until a time as after a crash, with the notes of an earlier time."""
        await self.switch_off_until(until)
        store = await async_get_store(self.hass)
        await store.forget(self.entry.entry_id, RULE_ID)
        await store.remember(
            Memory(connection=self.entry.entry_id, subject=RULE_ID, notes=notes)
        )
        await self.switch_on()
        return await self.accepted()

    async def run_until(self, until: datetime) -> None:
        """Let time pass."""
        self.freezer.move_to(until)
        async_fire_time_changed(self.hass, until)
        await self.hass.async_block_till_done()

    async def accepted(self) -> list[Delivery]:
        """Return all deliveries, the first accepted first."""
        store = await async_get_store(self.hass)
        return (await store.listing())[::-1]

    async def times(self) -> list[datetime]:
        """Return when the deliveries occurred."""
        return [one.occurred_at for one in await self.accepted()]


@pytest.fixture
async def home(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> IntermittentHome:
    """Return a connection in London, not yet set up, whose Frigate is down."""
    freezer.move_to(BEGIN)
    await hass.config.async_set_time_zone("Europe/London")
    entry = entry_with_rules(frigate.url, rule_subentry(DOORBELL))
    await frigate.stop()
    entry.add_to_hass(hass)
    return IntermittentHome(hass=hass, freezer=freezer, entry=entry)


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """Return a list that collects the outcomes of rules."""
    outcomes: list[Outcome] = []
    tell: Callable[[SubentryRunner, Outcome], None] = SubentryRunner.tell

    def keep(runner: SubentryRunner, outcome: Outcome) -> None:
        outcomes.append(outcome)
        tell(runner, outcome)

    monkeypatch.setattr(SubentryRunner, "tell", keep)
    return outcomes


@pytest.fixture
async def calendar(hass: HomeAssistant, home: IntermittentHome) -> Calendar:
    """Add a calendar with a lunch."""
    assert await async_setup_component(hass, "calendar", {})
    calendar = UnreliableCalendar([LUNCH])
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])
    return calendar


@pytest.fixture
async def schedule(hass: HomeAssistant, home: IntermittentHome) -> AsyncIterator[None]:
    """Add a schedule for Sundays."""
    quiet = {"name": "Quiet", "sunday": [{"from": "12:00:00", "to": "13:00:00"}]}
    assert await async_setup_component(hass, "schedule", {"schedule": {"quiet": quiet}})
    yield
    await hass.data[DATA_INSTANCES]["schedule"].async_remove_entity("schedule.quiet")


class UnreliableCalendar(Calendar):
    """A calendar that does not always respond."""

    answers = 1000
    """How often it still responds."""

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        self.answers -= 1
        if self.answers < 0:
            message = "not now"
            raise HomeAssistantError(message)
        return await super().async_get_events(hass, start_date, end_date)


def rule(*triggers: dict[str, Any], **data: object) -> dict[str, Any]:
    """Return a rule with triggers."""
    return {**DOORBELL, "triggers": [*triggers], **data}


@pytest.mark.usefixtures("calendar", "schedule")
@pytest.mark.parametrize(
    "trigger", [AT_NOON, BY_CALENDAR, BY_SCHEDULE], ids=lambda one: one["trigger"]
)
class TestMissed:
    """Tests of each kind of trigger that fires by time."""

    async def test_missed_occurrence_is_delivered_once_with_its_time(
        self, home: IntermittentHome, trigger: dict[str, Any]
    ) -> None:
        await home.begin(rule(trigger))

        (delivery,) = await home.restart_at(NOON + timedelta(minutes=30))

        assert delivery.occurred_at == NOON
        assert delivery.accepted_at == NOON + timedelta(minutes=30)
        await home.restart_at(NOON + timedelta(minutes=31))
        assert await home.times() == [NOON]

    async def test_missed_occurrence_is_skipped_if_too_late(
        self, home: IntermittentHome, outcomes: list[Outcome], trigger: dict[str, Any]
    ) -> None:
        await home.begin(rule(trigger))

        assert not await home.restart_at(NOON + timedelta(hours=2))

        (outcome,) = outcomes
        assert (outcome.kind, outcome.occurred_at) == (OutcomeKind.SKIPPED, NOON)
        assert not await home.restart_at(NOON + timedelta(hours=3))
        assert len(outcomes) == 1

    async def test_missed_occurrence_is_skipped_by_option(
        self, home: IntermittentHome, outcomes: list[Outcome], trigger: dict[str, Any]
    ) -> None:
        await home.begin(rule(trigger, missed={"deliver": False}))

        assert not await home.restart_at(NOON + timedelta(minutes=1))

        assert [one.kind for one in outcomes] == [OutcomeKind.SKIPPED]

    async def test_firing_before_a_crash_is_not_missed(
        self, home: IntermittentHome, trigger: dict[str, Any]
    ) -> None:
        await home.begin(rule(trigger))
        noted = dict(runner_of(home.entry).notes)
        await home.run_until(NOON + timedelta(seconds=1))
        assert await home.times() == [NOON]

        await home.crash_until(noted, NOON + timedelta(minutes=30))

        assert await home.times() == [NOON]

    async def test_caught_up_occurrence_is_not_missed(
        self, home: IntermittentHome, trigger: dict[str, Any]
    ) -> None:
        await home.begin(rule(trigger))
        noted = dict(runner_of(home.entry).notes)
        await home.restart_at(NOON + timedelta(minutes=10))

        await home.crash_until(noted, NOON + timedelta(minutes=30))

        assert await home.times() == [NOON]

    async def test_disabled_rule_misses_nothing(
        self, home: IntermittentHome, outcomes: list[Outcome], trigger: dict[str, Any]
    ) -> None:
        await home.begin(rule(trigger))
        await runner_of(home.entry).async_disable()
        await home.restart_at(NOON + timedelta(minutes=30))

        await runner_of(home.entry).async_enable()
        await home.hass.async_block_till_done()
        await home.restart_at(NOON + timedelta(minutes=31))

        assert not await home.accepted()
        assert not outcomes


async def test_ended_event_is_not_opened_again(home: IntermittentHome) -> None:
    until = {"triggers": [{"trigger": "event", "event_type": "over"}]}
    await home.begin({**OPENED, "triggers": [AT_NOON], "until": until})
    noted = dict(runner_of(home.entry).notes)
    await home.run_until(NOON + timedelta(seconds=1))
    home.hass.bus.async_fire("over")
    await home.hass.async_block_till_done()
    assert len(await home.accepted()) == 2

    await home.crash_until(noted, NOON + timedelta(minutes=30))

    assert len(await home.accepted()) == 2
    assert not [name for name in runner_of(home.entry).notes if "open" in name]


@pytest.mark.parametrize("answers", [0, 1], ids=["to arm", "to look back"])
async def test_calendar_without_a_response_is_read_again(
    home: IntermittentHome, calendar: UnreliableCalendar, answers: int
) -> None:
    await home.begin(rule(BY_CALENDAR))
    calendar.answers = answers
    assert not await home.restart_at(NOON + timedelta(minutes=30))

    calendar.answers = 1000
    await home.run_until(NOON + timedelta(minutes=30) + AGAIN)

    assert await home.times() == [NOON]


async def test_late_trigger_catches_up_and_delays_no_other(
    home: IntermittentHome, calendar: UnreliableCalendar
) -> None:
    await home.begin(rule(BY_CALENDAR, {"trigger": "time", "at": "12:31:00"}))
    calendar.answers = 0
    await home.restart_at(NOON + timedelta(minutes=30))
    await home.run_until(NOON + timedelta(minutes=31, seconds=1))
    assert await home.times() == [NOON + timedelta(minutes=31)]
    calendar.answers = 1000

    await home.run_until(NOON + timedelta(minutes=30) + AGAIN)
    # The other one was shifted with the clock, which was set.
    assert (await home.times())[1:] == [NOON]
    await home.restart_at(NOON + timedelta(minutes=36))
    assert len(await home.accepted()) == 2


async def test_live_firing_during_catch_up_hides_no_missed_occurrence(
    home: IntermittentHome, calendar: UnreliableCalendar
) -> None:
    await home.begin(rule(BY_CALENDAR, {"trigger": "time", "at": "12:31:00"}))
    calendar.answers = 1
    await home.restart_at(NOON + timedelta(minutes=30))
    await home.run_until(NOON + timedelta(minutes=31, seconds=1))
    assert len(await home.accepted()) == 1
    calendar.answers = 1000

    await home.restart_at(NOON + timedelta(minutes=32))

    assert await home.times() == [NOON + timedelta(minutes=31), NOON]


async def test_cursor_stays_during_catch_up(
    home: IntermittentHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.begin(rule(AT_NOON))
    noted: list[Notes] = []
    fire = Delivering.async_fire

    async def look(
        delivering: Delivering, cause: Cause, armed: Armed, notes: Notes
    ) -> bool:
        runner = runner_of(home.entry)
        assert isinstance(runner, RuleRunner)
        noted.append(runner._catching_up.notes_for(cause.occurrence))
        return await fire(delivering, cause, armed, notes)

    monkeypatch.setattr(Delivering, "async_fire", look)
    await home.restart_at(NOON + timedelta(minutes=30))

    assert noted == [{}]
    assert await home.times() == [NOON]


@pytest.mark.parametrize("written", DAMAGED)
async def test_rule_with_a_damaged_cursor_starts_over(
    home: IntermittentHome, outcomes: list[Outcome], written: str
) -> None:
    await home.begin(rule(AT_NOON))
    await home.switch_off_until(NOON + timedelta(minutes=30))
    damage_notes(written, "%")

    await home.switch_on()

    assert not await home.accepted()
    assert not outcomes
    assert await home.restart_at(NOON + timedelta(days=1, minutes=30))
    assert await home.times() == [NOON + timedelta(days=1)]


async def test_changed_rule_starts_over(
    home: IntermittentHome, outcomes: list[Outcome]
) -> None:
    await home.begin(rule({"trigger": "time", "at": "18:00"}))
    await home.run_until(NOON + timedelta(minutes=30))
    home.hass.config_entries.async_update_subentry(
        home.entry, home.entry.subentries[RULE_ID], data=rule(AT_NOON)
    )
    await home.hass.async_block_till_done()

    assert not await home.restart_at(NOON + timedelta(minutes=31))
    assert not outcomes


async def test_rule_changed_while_its_connection_is_off_starts_over(
    home: IntermittentHome, outcomes: list[Outcome]
) -> None:
    await home.begin(rule({"trigger": "time", "at": "18:00"}))
    await home.switch_off_until(NOON + timedelta(minutes=30))
    home.hass.config_entries.async_update_subentry(
        home.entry, home.entry.subentries[RULE_ID], data=rule(AT_NOON)
    )

    await home.switch_on()

    assert not await home.accepted()
    assert not outcomes


@pytest.mark.parametrize(("away", "number"), [("on", 1), ("off", 0)])
async def test_conditions_are_checked_with_current_states(
    home: IntermittentHome, away: str, number: int
) -> None:
    condition = {"condition": "state", "entity_id": "input_boolean.away", "state": "on"}
    home.hass.states.async_set("input_boolean.away", "off" if number else "on")
    await home.begin(rule(AT_NOON, conditions=[condition]))
    home.hass.states.async_set("input_boolean.away", away)

    assert len(await home.restart_at(NOON + timedelta(minutes=1))) == number


LONG = {"grace": 7 * 86400}


@pytest.mark.parametrize(
    ("at", "since", "until", "expected"),
    [
        pytest.param(
            "01:30",
            datetime(2026, 10, 24, 23, tzinfo=UTC),
            datetime(2026, 10, 25, 9, tzinfo=UTC),
            [
                datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
                datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            ],
            id="an hour twice",
        ),
        pytest.param(
            "01:30",
            datetime(2026, 3, 28, 23, tzinfo=UTC),
            datetime(2026, 3, 29, 9, tzinfo=UTC),
            [],
            id="an hour less",
        ),
        pytest.param(
            "00:00",
            datetime(2028, 2, 28, 12, tzinfo=UTC),
            datetime(2028, 3, 1, 12, tzinfo=UTC),
            [datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)],
            id="midnights about a leap day",
        ),
    ],
)
async def test_days_of_clock_changes_and_leap_days(
    home: IntermittentHome,
    at: str,
    since: datetime,
    until: datetime,
    expected: list[datetime],
) -> None:
    await home.begin(rule({"trigger": "time", "at": at}, missed=LONG), since)

    await home.restart_at(until)

    assert await home.times() == expected


@pytest.mark.parametrize(
    ("time_zone", "expected"),
    [
        ("Europe/Berlin", []),
        ("Atlantic/Azores", [NOON + timedelta(hours=1)]),
    ],
)
async def test_changed_time_zone_applies(
    home: IntermittentHome, time_zone: str, expected: list[datetime]
) -> None:
    await home.begin(rule(AT_NOON, missed=LONG))
    await home.switch_off_until(NOON + timedelta(hours=4))
    await home.hass.config.async_set_time_zone(time_zone)

    await home.switch_on()

    assert await home.times() == expected


async def test_missed_occurrence_waits_for_the_start_of_home_assistant(
    home: IntermittentHome,
) -> None:
    await home.begin(rule(AT_NOON))
    await home.switch_off_until(NOON + timedelta(minutes=30))
    home.hass.set_state(CoreState.not_running)
    await home.switch_on()
    assert not await home.accepted()

    await home.hass.async_start()
    await home.hass.async_block_till_done()

    assert await home.times() == [NOON]


async def test_firing_before_the_start_of_home_assistant_is_delivered_once(
    home: IntermittentHome,
) -> None:
    await home.begin(rule(AT_NOON))
    await home.switch_off_until(NOON - timedelta(minutes=1))
    home.hass.set_state(CoreState.not_running)
    await home.switch_on()
    await home.run_until(NOON + timedelta(seconds=1))
    assert not await home.accepted()

    await home.hass.async_start()
    await home.hass.async_block_till_done()

    assert await home.times() == [NOON]


async def test_occurrence_rejected_by_a_full_queue_is_reported_and_retried(
    home: IntermittentHome, outcomes: list[Outcome]
) -> None:
    await home.begin(rule(AT_NOON))
    before = dict(runner_of(home.entry).notes)
    coordinator(home.entry).queue.limit = 0

    await home.run_until(NOON + timedelta(seconds=1))

    (outcome,) = outcomes
    assert (outcome.kind, outcome.occurred_at) == (OutcomeKind.FAILED, NOON)
    assert runner_of(home.entry).notes == before
    await home.restart_at(NOON + timedelta(seconds=2))
    assert await home.times() == [NOON]


async def test_occurrence_rejected_by_a_locked_file_is_retried(
    home: IntermittentHome, outcomes: list[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_BUSY", 0.1)
    monkeypatch.setattr(executor, "STORE_PATIENCE", 0)  # no timer of the loop ends here
    await home.begin(rule(AT_NOON))
    before = dict(runner_of(home.entry).notes)

    with closing(sqlite3.connect(storage.FILE_NAME, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        await home.run_until(NOON + timedelta(seconds=1))
        holder.execute("ROLLBACK")

    assert [one.kind for one in outcomes] == [OutcomeKind.FAILED]
    assert runner_of(home.entry).notes == before
    await home.restart_at(NOON + timedelta(seconds=2))
    assert await home.times() == [NOON]


class TestRejectedByFullQueue:
    """Tests of occurrences that a full queue rejected."""

    async def test_rejected_occurrence_is_retried_and_reported_once(
        self, home: IntermittentHome, outcomes: list[Outcome]
    ) -> None:
        await home.begin(rule(AT_NOON))
        queue = coordinator(home.entry).queue
        limit, queue.limit = queue.limit, 0
        await home.run_until(NOON + timedelta(seconds=1))
        await home.run_until(NOON + timedelta(seconds=2) + AGAIN)
        assert not await home.accepted()

        queue.limit = limit
        await home.run_until(NOON + timedelta(seconds=3) + 2 * AGAIN)

        assert await home.times() == [NOON]
        assert [one.kind for one in outcomes] == [OutcomeKind.FAILED]
        noted = dict(runner_of(home.entry).notes)
        await home.run_until(NOON + timedelta(seconds=4) + 3 * AGAIN)
        assert len(await home.accepted()) == 1
        assert runner_of(home.entry).notes == noted

    async def test_rejected_occurrence_is_given_up_if_too_late(
        self, home: IntermittentHome, outcomes: list[Outcome]
    ) -> None:
        await home.begin(rule(AT_NOON, missed={"grace": 600}))
        queue = coordinator(home.entry).queue
        limit, queue.limit = queue.limit, 0
        await home.run_until(NOON + timedelta(seconds=1))
        await home.run_until(NOON + timedelta(seconds=2) + AGAIN)
        await home.run_until(NOON + timedelta(seconds=3) + 2 * AGAIN)

        queue.limit = limit
        await home.run_until(NOON + timedelta(seconds=4) + 3 * AGAIN)

        assert not await home.restart_at(NOON + timedelta(seconds=5) + 3 * AGAIN)
        assert [one.kind for one in outcomes] == [OutcomeKind.FAILED]

    async def test_rejected_occurrence_is_not_retried_if_missed_ones_are_skipped(
        self, home: IntermittentHome
    ) -> None:
        await home.begin(rule(AT_NOON, missed={"deliver": False}))
        queue = coordinator(home.entry).queue
        limit, queue.limit = queue.limit, 0
        await home.run_until(NOON + timedelta(seconds=1))
        queue.limit = limit

        await home.run_until(NOON + timedelta(seconds=2) + AGAIN)

        assert not await home.accepted()

    async def test_later_firing_does_not_hide_a_rejected_occurrence(
        self, home: IntermittentHome
    ) -> None:
        await home.begin(rule({"trigger": "time", "at": ["12:00:00", "12:01:00"]}))
        queue = coordinator(home.entry).queue
        limit, queue.limit = queue.limit, 0
        await home.run_until(NOON + timedelta(seconds=1))
        queue.limit = limit
        await home.run_until(NOON + timedelta(seconds=61))
        await runner_of(home.entry).async_save_progress()
        assert len(await home.accepted()) == 1

        await home.restart_at(NOON + timedelta(seconds=90))

        assert (await home.times())[1:] == [NOON]

    async def test_missed_and_then_rejected_occurrence_is_retried(
        self, home: IntermittentHome
    ) -> None:
        times = {"trigger": "time", "at": ["12:00:00", "12:01:00"]}
        await home.begin(rule(times))
        await home.switch_off_until(NOON + timedelta(minutes=30))
        home.hass.set_state(CoreState.not_running)
        await home.switch_on()
        queue = coordinator(home.entry).queue
        limit, queue.limit = queue.limit, 0
        before = dict(runner_of(home.entry).notes)
        await home.hass.async_start()
        await home.hass.async_block_till_done()
        assert not await home.accepted()
        assert runner_of(home.entry).notes == before

        queue.limit = limit
        await home.run_until(NOON + timedelta(minutes=30, seconds=1) + AGAIN)

        assert await home.times() == [NOON, NOON + timedelta(minutes=1)]


async def test_missed_occurrence_is_delivered_after_a_clock_that_was_ahead(
    home: IntermittentHome, outcomes: list[Outcome]
) -> None:
    await home.begin(rule(AT_NOON, missed={"grace": 600}), BEGIN + timedelta(days=3))
    assert await home.restart_at(BEGIN) == []
    assert await home.restart_at(NOON + timedelta(minutes=1)) != []
    assert await home.times() == [NOON]

    assert await home.restart_at(NOON + timedelta(minutes=5)) != []
    assert await home.times() == [NOON]
    assert outcomes == []
