"""Tests of the steps of aipix's operations, and of their look-ups."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.aipix.api.models import AipixCapabilities
from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.backends.base import Absent, Found, Receipt, Unclear
from custom_components.event_relay.backends.errors import Rejected
from tools.simulators.faults import FaultKind

from ...responses import respond
from .conftest import AipixSteps, MakeClient
from .test_client import ALWAYS

CLIENT = AipixCapabilities(version="24.03", api=Api.CLIENT, lists_scripts=True)
CREATE = AIPIX.operation("create_script")
UPDATE = AIPIX.operation("update_script")
MARK = AIPIX.operation("create_camera_mark")
SCRIPT = {"event_id": 41, "title": "At night", "timetable": ALWAYS}


async def test_look_up_requires_a_list() -> None:
    payload = CREATE.parse(SCRIPT)
    for api in Api:
        unlisted = AipixCapabilities(version="24.03", api=api)
        (step,) = CREATE.steps(payload, unlisted)
        assert step.find is None
        assert not step.repeatable


async def test_lost_response_has_the_newest_id_as_clue(steps: AipixSteps) -> None:
    first = await steps.run(CREATE, SCRIPT)
    clue = await steps.lose(CREATE, SCRIPT)
    assert clue == {"newest": int(first.outside_id or 0)}

    found = await steps.look_up(CREATE, SCRIPT, steps.context(clue=clue))
    assert found == Found(result={"script_id": steps.simulator.scripts[1]["id"]})
    taken = frozenset({str(steps.simulator.scripts[1]["id"])})
    late = steps.context(clue=clue, outside_ids=taken, late=60)
    assert await steps.look_up(CREATE, SCRIPT, late) == Absent()


async def test_lost_request_is_missing(steps: AipixSteps) -> None:
    clue = await steps.lose(CREATE, SCRIPT, kind=FaultKind.RESET_BEFORE, skip=1)
    assert await steps.look_up(CREATE, SCRIPT, steps.context(clue=clue)) == Absent()


async def test_two_equal_candidates_are_not_taken(steps: AipixSteps) -> None:
    for _ in range(2):
        await steps.run(CREATE, SCRIPT)
    for clue in ({"newest": 0}, None):
        context = steps.context(clue=clue, late=60)
        assert await steps.look_up(CREATE, SCRIPT, context) == Unclear()


async def test_without_a_clue_the_date_must_match(steps: AipixSteps) -> None:
    made = await steps.run(CREATE, SCRIPT)
    found = await steps.look_up(CREATE, SCRIPT, steps.context(late=60))
    assert found == Found(result={"script_id": int(made.outside_id or 0)})
    for date in ("2026-01-01 00:00:00", "yesterday", None):
        steps.simulator.scripts[0]["created_at"] = date
        assert await steps.look_up(CREATE, SCRIPT, steps.context(late=60)) == Unclear()
    other = SCRIPT | {"title": "Another"}
    assert await steps.look_up(CREATE, other, steps.context(late=60)) == Absent()


async def test_missing_list_proves_nothing(steps: AipixSteps) -> None:
    steps.simulator.configure(lists_scripts=False)
    context = steps.context(clue={"newest": 1}, late=60)
    assert await steps.look_up(CREATE, SCRIPT, context) == Unclear()


async def test_script_is_created_although_the_list_cannot_be_read(
    steps: AipixSteps,
) -> None:
    steps.simulator.add_faults(
        respond(200, {"data": 5}, method="GET", path="*/scripts")
    )
    await steps.run(CREATE, SCRIPT)
    assert len(steps.simulator.scripts) == 1


async def test_administrator_api_gets_no_other_request(
    steps: AipixSteps, make_client: MakeClient
) -> None:
    data = {
        "event_id": 41,
        "schedule": [{"day": 0, "ranges": [{"from": "08:00", "to": "18:00"}]}],
    }
    await replace(steps, client=make_client(Api.ADMINISTRATOR)).run(CREATE, data)
    assert [one.path for one in steps.simulator.requests] == [
        "/api/admin/v1/auth/token",
        "/api/admin/v1/scripts",
    ]


async def test_update_is_repeatable(steps: AipixSteps) -> None:
    made = await steps.run(CREATE, SCRIPT)
    change = {"delivery_id": "delivery-1", "reaction_id": 4}
    for _ in range(2):
        await steps.run(UPDATE, change, steps.context(followed=made))
    (script,) = steps.simulator.scripts
    reaction: Any = script["reaction"]
    assert reaction["id"] == 4
    assert script["title"] == "At night"
    payload = UPDATE.parse(change)
    assert UPDATE.key(payload, "x") == CREATE.key(CREATE.parse(SCRIPT), "delivery-1")
    assert UPDATE.follows(payload) == "delivery-1"
    assert UPDATE.key(UPDATE.parse({"script_id": 5, "title": "x"}), "x") == "script:5"


async def test_update_of_an_unknown_script_is_refused(steps: AipixSteps) -> None:
    change = {"delivery_id": "delivery-1", "reaction_id": 4}
    for followed in (None, Receipt(outside_id="mark/7")):
        with pytest.raises(Rejected):
            await steps.run(UPDATE, change, steps.context(followed=followed))


async def test_mark_is_created_at_its_time_and_found_again(steps: AipixSteps) -> None:
    data = {"camera_id": 12, "title": "Parcel"}
    context = steps.context(late=600)
    assert await steps.look_up(MARK, data, context) == Absent()
    receipt = await steps.run(MARK, data, context)
    (mark,) = steps.simulator.marks
    assert receipt.outside_id == f"mark/{mark['id']}"
    assert datetime.fromisoformat(str(mark["from"])) == context.occurred_at

    assert await steps.look_up(MARK, data, context) == Found(
        result={"mark_id": mark["id"]}
    )
    taken = steps.context(late=600, outside_ids=frozenset({receipt.outside_id}))
    assert await steps.look_up(MARK, data, taken) == Absent()
    elsewhere = data | {"camera_id": 99}
    assert await steps.look_up(MARK, elsewhere, context) == Unclear()
    other = data | {"title": "Other"}
    assert await steps.look_up(MARK, other, context) == Absent()


async def test_mark_is_found_after_a_change_of_the_clock(steps: AipixSteps) -> None:
    data = {"camera_id": 12, "title": "Parcel"}
    context = steps.context()
    await steps.run(MARK, data, context)
    moved = replace(context, occurred_at=context.occurred_at + timedelta(hours=2))
    assert isinstance(await steps.look_up(MARK, data, moved), Found)


async def test_mark_that_ends_before_its_start_has_no_length(steps: AipixSteps) -> None:
    end = datetime.now(UTC) - timedelta(hours=1)
    data = {"camera_id": 12, "title": "Parcel", "end": end}
    await steps.run(MARK, data)
    (mark,) = steps.simulator.marks
    assert datetime.fromisoformat(str(mark["from"])) == end
    assert mark["to"] is None
