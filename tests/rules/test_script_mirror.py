"""Tests of a script in a simulated aipix that follows a schedule helper."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.aipix.mirror.script_mirror import (
    ScriptMirror,
)
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.repairs import SeenFlow, async_create_fix_flow
from custom_components.event_relay.rules.mirrors.questions import answer, open_question
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.wire import Json

from ..home_aipix import connect_aipix
from .home import DAMAGED, damage_notes
from .mirror_home import (
    NOW,
    Clock,
    MirrorHome,
    issue,
    mirror_subentry,
    rule_context_of,
    settled,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

HELPER = "schedule.office"
HOURS = [{"from": "08:00:00", "to": "12:00:00"}]
LATER = [{"from": "09:00:00", "to": "12:00:00"}]
CLIENT: dict[str, Json] = {
    "title": "At night",
    "event_id": 41,
    "reaction_id": 3,
    "users": [7, 8],
    "extra": {"chat_id": 5},
}
ADMINISTRATOR = {"event_id": 41, "users": [7]}

type Start = Callable[..., Awaitable[MirrorHome[ScriptMirror]]]


@pytest.fixture
async def aipix(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> AsyncIterator[AipixSimulator]:
    """Run an aipix simulator."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    async with AipixSimulator() as simulator:
        yield simulator


async def write_helper(hass: HomeAssistant, **days: Any) -> None:  # noqa: ANN401 - YAML
    """Store the helper's week, as an edit by the user does."""
    component = hass.data[DATA_INSTANCES]["schedule"]
    entity = component.get_entity(HELPER)
    assert entity is not None
    await entity.async_update_config({"id": "office", "name": "Office", **days})  # type: ignore[attr-defined]
    await hass.async_block_till_done()


@pytest.fixture
async def helper(hass: HomeAssistant, clock: Clock) -> AsyncIterator[None]:
    """Set up a schedule helper with office hours on Mondays."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await async_setup_component(
        hass, "schedule", {"schedule": {"office": {"name": "Office", "monday": HOURS}}}
    )
    await hass.async_block_till_done()
    yield
    for entity in list(hass.data[DATA_INSTANCES]["schedule"].entities):
        await entity.async_remove()


@pytest.fixture
async def start(
    hass: HomeAssistant, aipix: AipixSimulator, helper: None, clock: Clock
) -> AsyncIterator[Start]:
    """Start mirrors of the helper, and stop them at the end."""
    running: list[MirrorHome[ScriptMirror]] = []

    async def start(
        api: str = "client", *, made: datetime | None = None
    ) -> MirrorHome[ScriptMirror]:
        entry: MockConfigEntry = await connect_aipix(hass, aipix, api)
        clock.control(entry)
        fields = CLIENT if api == "client" else ADMINISTRATOR
        subentry = mirror_subentry(
            "script_mirror", made=made, schedule_entity=HELPER, **fields
        )
        one = MirrorHome(await rule_context_of(hass, entry), ScriptMirror, subentry)
        running.append(one)
        await one.start()
        return one

    yield start
    for one in running:
        await one.stop()


def script_hours(aipix: AipixSimulator, day: str = "monday") -> tuple[Any, Any]:
    """Return the hours of the only script on a day."""
    (script,) = aipix.scripts
    timetable: Any = script["timetable"]
    (one,) = [one for one in timetable["days"] if one["type"] == day]
    return one["from"], one["to"]


async def test_script_is_created_once_and_updated_with_the_helper(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    assert script_hours(aipix) == ("08:00:00+02:00", "12:00:00+02:00")
    await running.restart()
    await running.compare()
    assert len(await running.rule_context.store.listing()) == 1

    await write_helper(hass, monday=LATER)
    await settled(running.rule_context.store)
    assert script_hours(aipix) == ("09:00:00+02:00", "12:00:00+02:00")
    (script,) = aipix.scripts
    assert script["title"] == "At night"
    assert script["extra"] == {"chat_id": 5}


async def test_change_of_another_day_is_noticed_without_a_new_state(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    """On a Friday, state and next event stay the same."""
    running = await start()
    await settled(running.rule_context.store)
    before = hass.states.get(HELPER)
    await write_helper(hass, monday=HOURS, thursday=HOURS)
    assert hass.states.get(HELPER) is before
    await settled(running.rule_context.store)
    assert script_hours(aipix, "thursday") == ("08:00:00+02:00", "12:00:00+02:00")


async def test_changes_in_aipix_are_kept(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    aipix.scripts[0]["title"] = "Their title"
    await write_helper(hass, monday=LATER)
    await settled(running.rule_context.store)
    (script,) = aipix.scripts
    assert script["title"] == "Their title"


async def test_clock_change_updates_the_script(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start, clock: Clock
) -> None:
    clock.now = datetime(2040, 10, 27, 12, tzinfo=UTC)
    running = await start()
    await settled(running.rule_context.store)
    await clock.move_to(hass, datetime(2040, 10, 27, 22, tzinfo=UTC))
    assert len(await running.rule_context.store.listing()) == 1
    await clock.move_to(hass, datetime(2040, 10, 28, 1, tzinfo=UTC))
    await settled(running.rule_context.store)
    assert script_hours(aipix) == ("08:00:00+01:00", "12:00:00+01:00")


async def test_helper_changed_while_home_assistant_is_off(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    await running.stop()
    await write_helper(hass, monday=LATER)
    await running.start()
    await settled(running.rule_context.store)
    assert script_hours(aipix)[0] == "09:00:00+02:00"


async def test_helper_without_times_has_a_repair(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    await write_helper(hass)
    stuck = issue(hass, "script_stuck", running)
    assert stuck is not None
    form = {
        "entry_id": running.rule_context.connection,
        "subentry_id": running.mirror.id,
    }
    reason = "schedule_entity: empty_schedule"
    assert (stuck.is_fixable, stuck.data) == (True, {**form, "reason": reason})
    await write_helper(hass, monday=LATER)
    assert issue(hass, "script_stuck", running) is None
    await settled(running.rule_context.store)
    assert script_hours(aipix)[0] == "09:00:00+02:00"


async def test_missing_helper_has_a_repair(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    hass.states.async_remove(HELPER)
    await hass.async_block_till_done()
    assert issue(hass, "mirror_source", running) is not None
    await running.stop()
    assert issue(hass, "mirror_source", running) is None
    await running.start()


async def test_administrator_api_asks_for_manual_changes(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start("administrator")
    await settled(running.rule_context.store)
    (script,) = aipix.scripts
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    await write_helper(hass, monday=LATER)
    asked = issue(hass, "script_by_hand", running)
    assert asked is not None
    # Who only lists repairs is not told what the script is about.
    assert asked.translation_placeholders == {"mirror": "Mirror"}
    question = open_question(hass, asked.issue_id)
    assert question is not None
    assert question.placeholders == {
        "script": str(script["id"]),
        "old": "Ereignis 41, Reaktion -, Benutzer 7; Montag: 08:00-12:00",
        "new": "Ereignis 41, Reaktion -, Benutzer 7; Montag: 09:00-12:00",
    }
    await running.restart()
    assert issue(hass, "script_by_hand", running) is not None

    await write_helper(hass, monday=HOURS)
    assert issue(hass, "script_by_hand", running) is None
    assert len(aipix.scripts) == 1


async def test_confirmed_manual_change_is_trusted(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start("administrator")
    await settled(running.rule_context.store)
    await write_helper(hass, monday=LATER)
    asked = issue(hass, "script_by_hand", running)
    assert asked is not None
    question = open_question(hass, asked.issue_id)
    assert question is not None
    await answer(hass, question, None)
    ir.async_delete_issue(hass, DOMAIN, asked.issue_id)
    await running.restart()
    assert issue(hass, "script_by_hand", running) is None
    assert len(aipix.scripts) == 1


@pytest.mark.parametrize("api", ["client", "administrator"])
async def test_rejected_script_is_retried_when_changed(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start, api: str
) -> None:
    aipix.add_faults(
        Fault(
            kind=FaultKind.STATUS,
            method="POST",
            path="*/scripts",
            status=422,
            body={"message": "no", "errors": {"event_id": ["no"]}},
        )
    )
    running = await start(api)
    (failed,) = await settled(running.rule_context.store)
    assert failed.state is DeliveryState.FAILED
    await running.restart()
    assert len(await running.rule_context.store.listing()) == 1
    await write_helper(hass, monday=LATER)
    await settled(running.rule_context.store)
    assert len(aipix.scripts) == 1


async def test_changed_settings_update_the_script(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    running.subentry = replace(
        running.subentry,
        data=MappingProxyType(
            {"schedule_entity": HELPER, **CLIENT, "title": "Other", "users": []}
        ),
    )
    await running.restart()
    await settled(running.rule_context.store)
    (script,) = aipix.scripts
    assert script["title"] == "Other"
    assert script["users"] == []


async def test_script_is_found_after_the_file_was_replaced(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    timetable: dict[str, Json] = {"days": [], "intervals": []}
    made: dict[str, Json] = {**CLIENT, "status": "active", "timetable": timetable}
    aipix.store.add_script(made, "client")
    running = await start(made=NOW - timedelta(days=30))
    await settled(running.rule_context.store)
    assert script_hours(aipix)[0] == "08:00:00+02:00"


@pytest.mark.parametrize("written", DAMAGED)
async def test_script_is_recognised_despite_a_damaged_note(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start, written: str
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    await write_helper(hass, monday=HOURS)
    await running.stop()
    damage_notes(written, "script")
    await write_helper(hass, monday=LATER)

    await running.start()
    await settled(running.rule_context.store)

    assert script_hours(aipix)[0] == "09:00:00+02:00"
    await write_helper(hass, monday=HOURS)
    await settled(running.rule_context.store)
    assert script_hours(aipix)[0] == "08:00:00+02:00"


async def test_script_is_found_again_after_its_note_is_damaged(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start, clock: Clock
) -> None:
    timetable: dict[str, Json] = {"days": [], "intervals": []}
    made: dict[str, Json] = {**CLIENT, "status": "active", "timetable": timetable}
    aipix.store.add_script(made, "client")
    running = await start(made=NOW - timedelta(days=30))
    await settled(running.rule_context.store)
    await running.stop()
    clock.now += timedelta(hours=1)
    damage_notes("nothing", "script")
    await write_helper(hass, monday=LATER)

    await running.start()
    await settled(running.rule_context.store)

    assert script_hours(aipix)[0] == "09:00:00+02:00"


@pytest.mark.parametrize("known", [True, False])
async def test_user_is_asked_if_aipix_cannot_list_scripts(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start, known: bool
) -> None:
    running = await start("administrator", made=NOW - timedelta(days=30))
    assert aipix.scripts == []
    asked = issue(hass, "script_lost", running)
    assert asked is not None
    question = open_question(hass, asked.issue_id)
    assert question is not None
    assert question.asks_id
    await answer(hass, question, 902 if known else None)
    await settled(running.rule_context.store)
    assert len(aipix.scripts) == (0 if known else 1)
    assert (issue(hass, "script_by_hand", running) is not None) == known


async def test_removed_mirror_leaves_the_script(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    await running.mirror.async_remove()
    assert len(aipix.scripts) == 1
    assert (
        await running.rule_context.store.recall(running.rule_context.connection) == {}
    )


async def switch_address(
    hass: HomeAssistant, running: MirrorHome[ScriptMirror], url: str
) -> None:
    """Let the connection lead to another address, as its reconfiguration does."""
    await running.stop()
    entry = hass.config_entries.async_get_entry(running.rule_context.connection)
    assert isinstance(entry, MockConfigEntry)
    data = {**entry.data, CONF_URL: url}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    running.rule_context = await rule_context_of(hass, entry)
    await running.start()
    await settled(running.rule_context.store)


async def test_script_is_created_anew_in_another_system(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)
    async with AipixSimulator() as other:
        await switch_address(hass, running, other.url)

        assert len(other.scripts) == len(aipix.scripts) == 1
        told = issue(hass, "mirror_moved", running)
        assert told is not None
        assert told.data is not None
        assert aipix.url.rpartition(":")[2] in str(told.data["address"])
        flow = await async_create_fix_flow(hass, told.issue_id, told.data)
        assert isinstance(flow, SeenFlow)
        flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, told.issue_id
        form = await flow.async_step_confirm()
        assert (form["description_placeholders"] or {})["mirror"] == "Mirror"
        ir.async_delete_issue(hass, DOMAIN, told.issue_id)
        await write_helper(hass, monday=LATER)
        await settled(running.rule_context.store)
        await running.restart()

        assert script_hours(other)[0] == "09:00:00+02:00"
        assert script_hours(aipix)[0] == "08:00:00+02:00"
        assert issue(hass, "mirror_moved", running) is None


async def test_script_is_kept_at_another_address_of_the_system(
    hass: HomeAssistant, aipix: AipixSimulator, start: Start
) -> None:
    running = await start()
    await settled(running.rule_context.store)

    async with AipixSimulator() as moved:
        moved.store.scripts.update(aipix.store.scripts)
        await switch_address(hass, running, moved.url)
        await write_helper(hass, monday=LATER)
        await settled(running.rule_context.store)

        assert len(moved.scripts) == 1
        assert script_hours(moved)[0] == "09:00:00+02:00"
        assert issue(hass, "mirror_moved", running) is None
