"""Tests of a script in a simulated aipix that follows a schedule helper."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

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
from custom_components.event_relay.rules.mirrors.question_issue import (
    Question,
    answer,
    open_question,
)
from tools.simulators.aipix import AipixSimulator
from tools.simulators.wire import Json

from ..home_aipix import connect_aipix
from ..responses import respond
from .home import DAMAGED, damage_notes
from .mirror_home import (
    NOW,
    Clock,
    MirrorHome,
    SourceHome,
    mirror_subentry,
    rule_context_of,
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


@dataclass(kw_only=True)
class ScriptHome(SourceHome[ScriptMirror]):
    """A schedule helper, a simulated aipix, and mirrors between them."""

    aipix: AipixSimulator

    async def start(
        self, api: str = "client", *, made: datetime | None = None
    ) -> MirrorHome[ScriptMirror]:
        """Start a mirror of the helper."""
        entry: MockConfigEntry = await connect_aipix(self.hass, self.aipix, api)
        self.clock.control(entry)
        fields = CLIENT if api == "client" else ADMINISTRATOR
        subentry = mirror_subentry(
            "script_mirror", made=made, schedule_entity=HELPER, **fields
        )
        context = await rule_context_of(self.hass, entry)
        self.mirrors.append(MirrorHome(context, ScriptMirror, subentry))
        await self.running.start()
        return self.running

    async def start_and_settle(
        self, api: str = "client", *, made: datetime | None = None
    ) -> MirrorHome[ScriptMirror]:
        """Start a mirror of the helper, and wait until its script is made."""
        running = await self.start(api, made=made)
        await self.settle()
        return running

    async def write_helper(self, **days: Any) -> None:  # noqa: ANN401 - YAML
        """Store the helper's week, as an edit by the user does."""
        component = self.hass.data[DATA_INSTANCES]["schedule"]
        entity = component.get_entity(HELPER)
        assert entity is not None
        await entity.async_update_config({"id": "office", "name": "Office", **days})  # type: ignore[attr-defined]
        await self.hass.async_block_till_done()

    async def change_helper(self, **days: Any) -> None:  # noqa: ANN401 - YAML
        """Store the helper's week, and wait until the mirror has followed."""
        await self.write_helper(**days)
        await self.settle()

    def question(self, kind: str) -> Question:
        """Return the question of a repair."""
        asked = self.issue(kind)
        assert asked is not None
        question = open_question(self.hass, asked.issue_id)
        assert question is not None
        return question

    def add_script(self) -> None:
        """Add the script of an earlier mirror."""
        timetable: dict[str, Json] = {"days": [], "intervals": []}
        made: dict[str, Json] = {**CLIENT, "status": "active", "timetable": timetable}
        self.aipix.store.add_script(made, "client")


@pytest.fixture
async def home(
    hass: HomeAssistant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ScriptHome]:
    """Set up a schedule helper with office hours on Mondays."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    await hass.config.async_set_time_zone("Europe/Berlin")
    async with AipixSimulator() as aipix:
        assert await async_setup_component(
            hass,
            "schedule",
            {"schedule": {"office": {"name": "Office", "monday": HOURS}}},
        )
        await hass.async_block_till_done()
        home = ScriptHome(hass=hass, clock=clock, aipix=aipix)
        yield home
        for mirror in home.mirrors:
            await mirror.stop()
        for entity in list(hass.data[DATA_INSTANCES]["schedule"].entities):
            await entity.async_remove()


def script_hours(aipix: AipixSimulator, day: str = "monday") -> tuple[Any, Any]:
    """Return the hours of the only script on a day."""
    (script,) = aipix.scripts
    timetable: Any = script["timetable"]
    (one,) = [one for one in timetable["days"] if one["type"] == day]
    return one["from"], one["to"]


async def test_script_is_created_once_and_updated_with_the_helper(
    home: ScriptHome,
) -> None:
    running = await home.start_and_settle()
    assert script_hours(home.aipix) == ("08:00:00+02:00", "12:00:00+02:00")
    await running.restart()
    await running.compare()
    assert len(await home.listed()) == 1

    await home.change_helper(monday=LATER)
    assert script_hours(home.aipix) == ("09:00:00+02:00", "12:00:00+02:00")
    (script,) = home.aipix.scripts
    assert script["title"] == "At night"
    assert script["extra"] == {"chat_id": 5}


async def test_change_of_another_day_is_noticed_without_a_new_state(
    home: ScriptHome,
) -> None:
    """On a Friday, state and next event stay the same."""
    await home.start_and_settle()
    before = home.hass.states.get(HELPER)
    await home.write_helper(monday=HOURS, thursday=HOURS)
    assert home.hass.states.get(HELPER) is before
    await home.settle()
    assert script_hours(home.aipix, "thursday") == ("08:00:00+02:00", "12:00:00+02:00")


async def test_changes_in_aipix_are_kept(home: ScriptHome) -> None:
    await home.start_and_settle()
    home.aipix.scripts[0]["title"] = "Their title"
    await home.change_helper(monday=LATER)
    (script,) = home.aipix.scripts
    assert script["title"] == "Their title"


async def test_clock_change_updates_the_script(home: ScriptHome) -> None:
    home.clock.now = datetime(2040, 10, 27, 12, tzinfo=UTC)
    await home.start_and_settle()
    await home.clock.move_to(home.hass, datetime(2040, 10, 27, 22, tzinfo=UTC))
    assert len(await home.listed()) == 1
    await home.clock.move_to(home.hass, datetime(2040, 10, 28, 1, tzinfo=UTC))
    await home.settle()
    assert script_hours(home.aipix) == ("08:00:00+01:00", "12:00:00+01:00")


async def test_helper_changed_while_home_assistant_is_off(home: ScriptHome) -> None:
    running = await home.start_and_settle()
    await running.stop()
    await home.write_helper(monday=LATER)
    await running.start()
    await home.settle()
    assert script_hours(home.aipix)[0] == "09:00:00+02:00"


async def test_helper_without_times_has_a_repair(home: ScriptHome) -> None:
    running = await home.start_and_settle()
    await home.write_helper()
    stuck = home.issue("script_stuck")
    assert stuck is not None
    form = {
        "entry_id": running.rule_context.connection,
        "subentry_id": running.mirror.id,
    }
    reason = "schedule_entity: empty_schedule"
    assert (stuck.is_fixable, stuck.data) == (True, {**form, "reason": reason})
    await home.write_helper(monday=LATER)
    assert home.issue("script_stuck") is None
    await home.settle()
    assert script_hours(home.aipix)[0] == "09:00:00+02:00"


async def test_missing_helper_has_a_repair(home: ScriptHome) -> None:
    running = await home.start()
    home.hass.states.async_remove(HELPER)
    await home.hass.async_block_till_done()
    assert home.issue("mirror_source") is not None
    await running.stop()
    assert home.issue("mirror_source") is None
    await running.start()


async def test_administrator_api_asks_for_manual_changes(home: ScriptHome) -> None:
    running = await home.start_and_settle("administrator")
    (script,) = home.aipix.scripts
    home.hass.config.language = "de"
    await async_load_integrations(home.hass, {DOMAIN})
    await home.write_helper(monday=LATER)
    asked = home.issue("script_by_hand")
    assert asked is not None
    # The list of repairs does not show the contents of the script.
    assert asked.translation_placeholders == {"mirror": "Mirror"}
    question = open_question(home.hass, asked.issue_id)
    assert question is not None
    assert question.placeholders == {
        "script": str(script["id"]),
        "old": "Ereignis 41, Reaktion -, Benutzer 7; Montag: 08:00-12:00",
        "new": "Ereignis 41, Reaktion -, Benutzer 7; Montag: 09:00-12:00",
    }
    await running.restart()
    assert home.issue("script_by_hand") is not None

    await home.write_helper(monday=HOURS)
    assert home.issue("script_by_hand") is None
    assert len(home.aipix.scripts) == 1


async def test_confirmed_manual_change_is_trusted(home: ScriptHome) -> None:
    running = await home.start_and_settle("administrator")
    await home.write_helper(monday=LATER)
    question = home.question("script_by_hand")
    await answer(home.hass, question, None)
    ir.async_delete_issue(home.hass, DOMAIN, question.issue_id)
    await running.restart()
    assert home.issue("script_by_hand") is None
    assert len(home.aipix.scripts) == 1


@pytest.mark.parametrize("api", ["client", "administrator"])
async def test_rejected_script_is_retried_when_changed(
    home: ScriptHome, api: str
) -> None:
    home.aipix.add_faults(
        respond(
            422,
            {"message": "no", "errors": {"event_id": ["no"]}},
            method="POST",
            path="*/scripts",
        )
    )
    running = await home.start(api)
    (failed,) = await home.settle()
    assert failed.state is DeliveryState.FAILED
    await running.restart()
    assert len(await home.listed()) == 1
    await home.change_helper(monday=LATER)
    assert len(home.aipix.scripts) == 1


async def test_changed_settings_update_the_script(home: ScriptHome) -> None:
    running = await home.start_and_settle()
    running.subentry = replace(
        running.subentry,
        data=MappingProxyType(
            {"schedule_entity": HELPER, **CLIENT, "title": "Other", "users": []}
        ),
    )
    await running.restart()
    await home.settle()
    (script,) = home.aipix.scripts
    assert script["title"] == "Other"
    assert script["users"] == []


async def test_script_is_found_after_the_file_was_replaced(home: ScriptHome) -> None:
    home.add_script()
    await home.start_and_settle(made=NOW - timedelta(days=30))
    assert script_hours(home.aipix)[0] == "08:00:00+02:00"


@pytest.mark.parametrize("written", DAMAGED)
async def test_script_is_recognised_despite_a_damaged_note(
    home: ScriptHome, written: str
) -> None:
    running = await home.start_and_settle()
    await home.write_helper(monday=HOURS)
    await running.stop()
    damage_notes(written, "script")
    await home.write_helper(monday=LATER)

    await running.start()
    await home.settle()

    assert script_hours(home.aipix)[0] == "09:00:00+02:00"
    await home.change_helper(monday=HOURS)
    assert script_hours(home.aipix)[0] == "08:00:00+02:00"


async def test_script_is_found_again_after_its_note_is_damaged(
    home: ScriptHome,
) -> None:
    home.add_script()
    running = await home.start_and_settle(made=NOW - timedelta(days=30))
    await running.stop()
    home.clock.now += timedelta(hours=1)
    damage_notes("nothing", "script")
    await home.write_helper(monday=LATER)

    await running.start()
    await home.settle()

    assert script_hours(home.aipix)[0] == "09:00:00+02:00"


@pytest.mark.parametrize("known", [True, False])
async def test_user_is_asked_if_aipix_cannot_list_scripts(
    home: ScriptHome, known: bool
) -> None:
    await home.start("administrator", made=NOW - timedelta(days=30))
    assert home.aipix.scripts == []
    question = home.question("script_lost")
    assert question.asks_id
    await answer(home.hass, question, 902 if known else None)
    await home.settle()
    assert len(home.aipix.scripts) == (0 if known else 1)
    assert (home.issue("script_by_hand") is not None) == known


async def test_removed_mirror_leaves_the_script(home: ScriptHome) -> None:
    running = await home.start_and_settle()
    await running.mirror.async_remove()
    assert len(home.aipix.scripts) == 1
    assert await home.context.store.recall(home.context.connection) == {}


async def test_script_is_created_again_in_another_system(home: ScriptHome) -> None:
    running = await home.start_and_settle()
    async with AipixSimulator() as other:
        await home.reconfigure(url=other.url)

        assert len(other.scripts) == len(home.aipix.scripts) == 1
        moved_issue = home.issue("mirror_moved")
        assert moved_issue is not None
        assert moved_issue.data is not None
        assert home.aipix.url.rpartition(":")[2] in str(moved_issue.data["address"])
        flow = await async_create_fix_flow(
            home.hass, moved_issue.issue_id, moved_issue.data
        )
        assert isinstance(flow, SeenFlow)
        flow.hass, flow.handler, flow.issue_id = home.hass, DOMAIN, moved_issue.issue_id
        form = await flow.async_step_confirm()
        assert (form["description_placeholders"] or {})["mirror"] == "Mirror"
        ir.async_delete_issue(home.hass, DOMAIN, moved_issue.issue_id)
        await home.change_helper(monday=LATER)
        await running.restart()

        assert script_hours(other)[0] == "09:00:00+02:00"
        assert script_hours(home.aipix)[0] == "08:00:00+02:00"
        assert home.issue("mirror_moved") is None


async def test_script_is_kept_at_another_address_of_the_system(
    home: ScriptHome,
) -> None:
    await home.start_and_settle()

    async with AipixSimulator() as moved:
        moved.store.scripts.update(home.aipix.store.scripts)
        await home.reconfigure(url=moved.url)
        await home.change_helper(monday=LATER)

        assert len(moved.scripts) == 1
        assert script_hours(moved)[0] == "09:00:00+02:00"
        assert home.issue("mirror_moved") is None
