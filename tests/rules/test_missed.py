"""What was to fire while Home Assistant was off comes once, or is told as skipped."""

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
    a_rule,
    an_entry,
    damage_notes,
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
class Life:
    """A rule whose home is off now and then."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    entry: MockConfigEntry

    async def begin(self, rule: dict[str, Any], now: datetime = BEGIN) -> None:
        """Set the rule up for the first time."""
        self.freezer.move_to(now)
        self.hass.config_entries.async_update_subentry(
            self.entry, self.entry.subentries[RULE_ID], data=rule
        )
        await self.on()

    async def on(self) -> None:
        """Switch on."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        coordinator(self.entry).worker.pause()
        await self.hass.async_block_till_done()

    async def off(self, until: datetime) -> None:
        """Switch off in good order, for some time."""
        await switch_off(self.hass, self.entry)
        self.freezer.move_to(until)

    async def off_and_on(self, until: datetime) -> list[Delivery]:
        """Be off for some time, and return all that is accepted then."""
        await self.off(until)
        await self.on()
        return await self.accepted()

    async def crash(self, notes: dict[str, Any], until: datetime) -> list[Delivery]:
        """Be off as after a crash at a time when only so much had been noted."""
        await self.off(until)
        store = await async_get_store(self.hass)
        await store.forget(self.entry.entry_id, RULE_ID)
        await store.remember(
            Memory(connection=self.entry.entry_id, subject=RULE_ID, notes=notes)
        )
        await self.on()
        return await self.accepted()

    async def live(self, until: datetime) -> None:
        """Let time pass."""
        self.freezer.move_to(until)
        async_fire_time_changed(self.hass, until)
        await self.hass.async_block_till_done()

    async def accepted(self) -> list[Delivery]:
        """Return all deliveries, the first accepted first."""
        store = await async_get_store(self.hass)
        return (await store.listing())[::-1]

    async def times(self) -> list[datetime]:
        """Return when they occurred."""
        return [one.occurred_at for one in await self.accepted()]


@pytest.fixture
async def life(
    hass: HomeAssistant, frigate: FrigateSimulator, freezer: FrozenDateTimeFactory
) -> Life:
    """Return a connection in London, not yet set up, whose Frigate is away."""
    freezer.move_to(BEGIN)
    await hass.config.async_set_time_zone("Europe/London")
    entry = an_entry(frigate.url, a_rule(DOORBELL))
    await frigate.stop()
    entry.add_to_hass(hass)
    return Life(hass=hass, freezer=freezer, entry=entry)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """Return a list of what rules tell."""
    outcomes: list[Outcome] = []
    tell: Callable[[SubentryRunner, Outcome], None] = SubentryRunner.tell

    def keep(runner: SubentryRunner, outcome: Outcome) -> None:
        outcomes.append(outcome)
        tell(runner, outcome)

    monkeypatch.setattr(SubentryRunner, "tell", keep)
    return outcomes


@pytest.fixture
async def calendar(hass: HomeAssistant, life: Life) -> Calendar:
    """Have lunch in a calendar."""
    assert await async_setup_component(hass, "calendar", {})
    calendar = Unreliable([LUNCH])
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])
    return calendar


@pytest.fixture
async def schedule(hass: HomeAssistant, life: Life) -> AsyncIterator[None]:
    """Have a schedule for Sundays."""
    quiet = {"name": "Quiet", "sunday": [{"from": "12:00:00", "to": "13:00:00"}]}
    assert await async_setup_component(hass, "schedule", {"schedule": {"quiet": quiet}})
    yield
    await hass.data[DATA_INSTANCES]["schedule"].async_remove_entity("schedule.quiet")


class Unreliable(Calendar):
    """A calendar that does not always answer."""

    answers = 1000
    """How often it still answers."""

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
    """Each kind of trigger that fires by itself."""

    async def test_it_comes_with_its_own_time_and_once(
        self, life: Life, trigger: dict[str, Any]
    ) -> None:
        await life.begin(rule(trigger))

        (delivery,) = await life.off_and_on(NOON + timedelta(minutes=30))

        assert delivery.occurred_at == NOON
        assert delivery.accepted_at == NOON + timedelta(minutes=30)
        await life.off_and_on(NOON + timedelta(minutes=31))
        assert await life.times() == [NOON]

    async def test_it_is_skipped_when_it_is_too_late(
        self, life: Life, told: list[Outcome], trigger: dict[str, Any]
    ) -> None:
        await life.begin(rule(trigger))

        assert not await life.off_and_on(NOON + timedelta(hours=2))

        (outcome,) = told
        assert (outcome.kind, outcome.occurred_at) == (OutcomeKind.SKIPPED, NOON)
        assert not await life.off_and_on(NOON + timedelta(hours=3))
        assert len(told) == 1

    async def test_it_is_skipped_when_the_rule_says_so(
        self, life: Life, told: list[Outcome], trigger: dict[str, Any]
    ) -> None:
        await life.begin(rule(trigger, missed={"deliver": False}))

        assert not await life.off_and_on(NOON + timedelta(minutes=1))

        assert [one.kind for one in told] == [OutcomeKind.SKIPPED]

    async def test_one_that_fired_by_itself_before_a_crash_is_not_missed(
        self, life: Life, trigger: dict[str, Any]
    ) -> None:
        await life.begin(rule(trigger))
        noted = dict(runner_of(life.entry).notes)
        await life.live(NOON + timedelta(seconds=1))
        assert await life.times() == [NOON]

        await life.crash(noted, NOON + timedelta(minutes=30))

        assert await life.times() == [NOON]

    async def test_nor_one_that_had_been_caught_up_with(
        self, life: Life, trigger: dict[str, Any]
    ) -> None:
        await life.begin(rule(trigger))
        noted = dict(runner_of(life.entry).notes)
        await life.off_and_on(NOON + timedelta(minutes=10))

        await life.crash(noted, NOON + timedelta(minutes=30))

        assert await life.times() == [NOON]

    async def test_a_rule_that_is_switched_off_misses_nothing(
        self, life: Life, told: list[Outcome], trigger: dict[str, Any]
    ) -> None:
        await life.begin(rule(trigger))
        await runner_of(life.entry).async_disable()
        await life.off_and_on(NOON + timedelta(minutes=30))

        await runner_of(life.entry).async_enable()
        await life.hass.async_block_till_done()
        await life.off_and_on(NOON + timedelta(minutes=31))

        assert not await life.accepted()
        assert not told


async def test_what_began_open_and_was_ended_is_not_opened_again(life: Life) -> None:
    until = {"triggers": [{"trigger": "event", "event_type": "over"}]}
    await life.begin({**OPENED, "triggers": [AT_NOON], "until": until})
    noted = dict(runner_of(life.entry).notes)
    await life.live(NOON + timedelta(seconds=1))
    life.hass.bus.async_fire("over")
    await life.hass.async_block_till_done()
    assert len(await life.accepted()) == 2

    await life.crash(noted, NOON + timedelta(minutes=30))

    assert len(await life.accepted()) == 2
    assert not [name for name in runner_of(life.entry).notes if "open" in name]


@pytest.mark.parametrize("answers", [0, 1], ids=["to arm", "to look back"])
async def test_a_calendar_that_does_not_answer_is_asked_again(
    life: Life, calendar: Unreliable, answers: int
) -> None:
    await life.begin(rule(BY_CALENDAR))
    calendar.answers = answers
    assert not await life.off_and_on(NOON + timedelta(minutes=30))

    calendar.answers = 1000
    await life.live(NOON + timedelta(minutes=30) + AGAIN)

    assert await life.times() == [NOON]


async def test_a_trigger_that_is_attached_late_catches_up_and_hinders_no_other(
    life: Life, calendar: Unreliable
) -> None:
    await life.begin(rule(BY_CALENDAR, {"trigger": "time", "at": "12:31:00"}))
    calendar.answers = 0
    await life.off_and_on(NOON + timedelta(minutes=30))
    await life.live(NOON + timedelta(minutes=31, seconds=1))
    assert await life.times() == [NOON + timedelta(minutes=31)]
    calendar.answers = 1000

    await life.live(NOON + timedelta(minutes=30) + AGAIN)
    # The other has been moved along with the clock, which was set.
    assert (await life.times())[1:] == [NOON]
    await life.off_and_on(NOON + timedelta(minutes=36))
    assert len(await life.accepted()) == 2


async def test_a_live_one_before_all_is_caught_up_does_not_hide_what_was_missed(
    life: Life, calendar: Unreliable
) -> None:
    await life.begin(rule(BY_CALENDAR, {"trigger": "time", "at": "12:31:00"}))
    calendar.answers = 1
    await life.off_and_on(NOON + timedelta(minutes=30))
    await life.live(NOON + timedelta(minutes=31, seconds=1))
    assert len(await life.accepted()) == 1
    calendar.answers = 1000

    await life.off_and_on(NOON + timedelta(minutes=32))

    assert await life.times() == [NOON + timedelta(minutes=31), NOON]


async def test_while_catching_up_nothing_that_fires_by_itself_moves_on(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.begin(rule(AT_NOON))
    noted: list[Notes] = []
    fire = Delivering.async_fire

    async def look(
        delivering: Delivering, cause: Cause, armed: Armed, notes: Notes
    ) -> bool:
        runner = runner_of(life.entry)
        assert isinstance(runner, RuleRunner)
        noted.append(runner._catching_up.notes_for(cause.occurrence))
        return await fire(delivering, cause, armed, notes)

    monkeypatch.setattr(Delivering, "async_fire", look)
    await life.off_and_on(NOON + timedelta(minutes=30))

    assert noted == [{}]
    assert await life.times() == [NOON]


@pytest.mark.parametrize("written", DAMAGED)
async def test_a_rule_whose_cursor_is_damaged_begins_anew(
    life: Life, told: list[Outcome], written: str
) -> None:
    await life.begin(rule(AT_NOON))
    await life.off(NOON + timedelta(minutes=30))
    damage_notes(written, "%")

    await life.on()

    assert not await life.accepted()
    assert not told
    assert await life.off_and_on(NOON + timedelta(days=1, minutes=30))
    assert await life.times() == [NOON + timedelta(days=1)]


async def test_a_rule_that_is_changed_begins_anew(
    life: Life, told: list[Outcome]
) -> None:
    await life.begin(rule({"trigger": "time", "at": "18:00"}))
    await life.live(NOON + timedelta(minutes=30))
    life.hass.config_entries.async_update_subentry(
        life.entry, life.entry.subentries[RULE_ID], data=rule(AT_NOON)
    )
    await life.hass.async_block_till_done()

    assert not await life.off_and_on(NOON + timedelta(minutes=31))
    assert not told


async def test_also_one_that_is_changed_while_its_connection_is_off(
    life: Life, told: list[Outcome]
) -> None:
    await life.begin(rule({"trigger": "time", "at": "18:00"}))
    await life.off(NOON + timedelta(minutes=30))
    life.hass.config_entries.async_update_subentry(
        life.entry, life.entry.subentries[RULE_ID], data=rule(AT_NOON)
    )

    await life.on()

    assert not await life.accepted()
    assert not told


@pytest.mark.parametrize(("away", "number"), [("on", 1), ("off", 0)])
async def test_conditions_are_those_of_now(life: Life, away: str, number: int) -> None:
    condition = {"condition": "state", "entity_id": "input_boolean.away", "state": "on"}
    life.hass.states.async_set("input_boolean.away", "off" if number else "on")
    await life.begin(rule(AT_NOON, conditions=[condition]))
    life.hass.states.async_set("input_boolean.away", away)

    assert len(await life.off_and_on(NOON + timedelta(minutes=1))) == number


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
async def test_odd_days(
    life: Life, at: str, since: datetime, until: datetime, expected: list[datetime]
) -> None:
    await life.begin(rule({"trigger": "time", "at": at}, missed=LONG), since)

    await life.off_and_on(until)

    assert await life.times() == expected


@pytest.mark.parametrize(
    ("time_zone", "expected"),
    [
        ("Europe/Berlin", []),
        ("Atlantic/Azores", [NOON + timedelta(hours=1)]),
    ],
)
async def test_a_time_zone_that_changed_meanwhile_counts(
    life: Life, time_zone: str, expected: list[datetime]
) -> None:
    await life.begin(rule(AT_NOON, missed=LONG))
    await life.off(NOON + timedelta(hours=4))
    await life.hass.config.async_set_time_zone(time_zone)

    await life.on()

    assert await life.times() == expected


async def test_it_comes_once_home_assistant_has_started(life: Life) -> None:
    await life.begin(rule(AT_NOON))
    await life.off(NOON + timedelta(minutes=30))
    life.hass.set_state(CoreState.not_running)
    await life.on()
    assert not await life.accepted()

    await life.hass.async_start()
    await life.hass.async_block_till_done()

    assert await life.times() == [NOON]


async def test_one_that_fires_before_home_assistant_has_started_comes_once(
    life: Life,
) -> None:
    await life.begin(rule(AT_NOON))
    await life.off(NOON - timedelta(minutes=1))
    life.hass.set_state(CoreState.not_running)
    await life.on()
    await life.live(NOON + timedelta(seconds=1))
    assert not await life.accepted()

    await life.hass.async_start()
    await life.hass.async_block_till_done()

    assert await life.times() == [NOON]


async def test_one_that_a_full_outbox_refused_is_told_and_looked_back_at(
    life: Life, told: list[Outcome]
) -> None:
    await life.begin(rule(AT_NOON))
    before = dict(runner_of(life.entry).notes)
    coordinator(life.entry).queue.limit = 0

    await life.live(NOON + timedelta(seconds=1))

    (outcome,) = told
    assert (outcome.kind, outcome.occurred_at) == (OutcomeKind.FAILED, NOON)
    assert runner_of(life.entry).notes == before
    await life.off_and_on(NOON + timedelta(seconds=2))
    assert await life.times() == [NOON]


async def test_also_one_that_a_locked_file_refused(
    life: Life, told: list[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_BUSY", 0.1)
    monkeypatch.setattr(executor, "STORE_PATIENCE", 0)  # no timer of the loop ends here
    await life.begin(rule(AT_NOON))
    before = dict(runner_of(life.entry).notes)

    with closing(sqlite3.connect(storage.FILE_NAME, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        await life.live(NOON + timedelta(seconds=1))
        holder.execute("ROLLBACK")

    assert [one.kind for one in told] == [OutcomeKind.FAILED]
    assert runner_of(life.entry).notes == before
    await life.off_and_on(NOON + timedelta(seconds=2))
    assert await life.times() == [NOON]


class TestRefused:
    """What a full outbox did not take comes once there is room, if not too late."""

    async def test_it_is_tried_again_and_told_once(
        self, life: Life, told: list[Outcome]
    ) -> None:
        await life.begin(rule(AT_NOON))
        queue = coordinator(life.entry).queue
        limit, queue.limit = queue.limit, 0
        await life.live(NOON + timedelta(seconds=1))
        await life.live(NOON + timedelta(seconds=2) + AGAIN)
        assert not await life.accepted()

        queue.limit = limit
        await life.live(NOON + timedelta(seconds=3) + 2 * AGAIN)

        assert await life.times() == [NOON]
        assert [one.kind for one in told] == [OutcomeKind.FAILED]
        noted = dict(runner_of(life.entry).notes)
        await life.live(NOON + timedelta(seconds=4) + 3 * AGAIN)
        assert len(await life.accepted()) == 1
        assert runner_of(life.entry).notes == noted

    async def test_it_is_given_up_when_it_is_too_late(
        self, life: Life, told: list[Outcome]
    ) -> None:
        await life.begin(rule(AT_NOON, missed={"grace": 600}))
        queue = coordinator(life.entry).queue
        limit, queue.limit = queue.limit, 0
        await life.live(NOON + timedelta(seconds=1))
        await life.live(NOON + timedelta(seconds=2) + AGAIN)
        await life.live(NOON + timedelta(seconds=3) + 2 * AGAIN)

        queue.limit = limit
        await life.live(NOON + timedelta(seconds=4) + 3 * AGAIN)

        assert not await life.off_and_on(NOON + timedelta(seconds=5) + 3 * AGAIN)
        assert [one.kind for one in told] == [OutcomeKind.FAILED]

    async def test_it_is_not_tried_again_if_what_is_missed_is_skipped(
        self, life: Life
    ) -> None:
        await life.begin(rule(AT_NOON, missed={"deliver": False}))
        queue = coordinator(life.entry).queue
        limit, queue.limit = queue.limit, 0
        await life.live(NOON + timedelta(seconds=1))
        queue.limit = limit

        await life.live(NOON + timedelta(seconds=2) + AGAIN)

        assert not await life.accepted()

    async def test_what_fires_and_is_noted_meanwhile_does_not_hide_it(
        self, life: Life
    ) -> None:
        await life.begin(rule({"trigger": "time", "at": ["12:00:00", "12:01:00"]}))
        queue = coordinator(life.entry).queue
        limit, queue.limit = queue.limit, 0
        await life.live(NOON + timedelta(seconds=1))
        queue.limit = limit
        await life.live(NOON + timedelta(seconds=61))
        await runner_of(life.entry).async_keep_up()
        assert len(await life.accepted()) == 1

        await life.off_and_on(NOON + timedelta(seconds=90))

        assert (await life.times())[1:] == [NOON]

    async def test_also_what_was_missed_and_then_refused(self, life: Life) -> None:
        times = {"trigger": "time", "at": ["12:00:00", "12:01:00"]}
        await life.begin(rule(times))
        await life.off(NOON + timedelta(minutes=30))
        life.hass.set_state(CoreState.not_running)
        await life.on()
        queue = coordinator(life.entry).queue
        limit, queue.limit = queue.limit, 0
        before = dict(runner_of(life.entry).notes)
        await life.hass.async_start()
        await life.hass.async_block_till_done()
        assert not await life.accepted()
        assert runner_of(life.entry).notes == before

        queue.limit = limit
        await life.live(NOON + timedelta(minutes=30, seconds=1) + AGAIN)

        assert await life.times() == [NOON, NOON + timedelta(minutes=1)]


async def test_what_is_missed_comes_also_after_a_clock_that_was_ahead(
    life: Life, told: list[Outcome]
) -> None:
    await life.begin(rule(AT_NOON, missed={"grace": 600}), BEGIN + timedelta(days=3))
    assert await life.off_and_on(BEGIN) == []
    assert await life.off_and_on(NOON + timedelta(minutes=1)) != []
    assert await life.times() == [NOON]

    assert await life.off_and_on(NOON + timedelta(minutes=5)) != []
    assert await life.times() == [NOON]
    assert told == []
