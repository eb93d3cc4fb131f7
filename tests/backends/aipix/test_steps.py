"""Tests of the steps of aipix's operations, and of their look-ups."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.event_relay.backends.aipix.api.client import AipixClient
from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.aipix.api.models import AipixCapabilities
from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.backends.base import (
    Absent,
    AnyOperation,
    Finding,
    Found,
    Receipt,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import OutcomeUnknown, Rejected
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind

from ..contexts import MakeContext
from .conftest import MakeClient
from .test_client import ALWAYS

CLIENT = AipixCapabilities(version="24.03", api=Api.CLIENT, lists_scripts=True)
CREATE = AIPIX.operation("create_script")
UPDATE = AIPIX.operation("update_script")
MARK = AIPIX.operation("create_camera_mark")
SCRIPT = {"event_id": 41, "title": "At night", "timetable": ALWAYS}


async def run(
    operation: AnyOperation,
    client: AipixClient,
    data: dict[str, Any],
    context: StepContext,
) -> Receipt:
    payload = operation.parse(data)
    (step,) = operation.steps(payload, CLIENT)
    result = await step.run(client, payload, context)
    return operation.receipt(payload, {step.name: result})


async def find(
    operation: AnyOperation,
    client: AipixClient,
    data: dict[str, Any],
    context: StepContext,
) -> Finding:
    payload = operation.parse(data)
    (step,) = operation.steps(payload, CLIENT)
    assert step.find is not None
    finding: Finding = await step.find(client, payload, context)
    return finding


async def test_look_up_requires_a_list() -> None:
    payload = CREATE.parse(SCRIPT)
    for api in Api:
        unlisted = AipixCapabilities(version="24.03", api=api)
        (step,) = CREATE.steps(payload, unlisted)
        assert step.find is None
        assert not step.repeatable


async def test_lost_response_has_the_newest_id_as_clue(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    first = await run(CREATE, client, SCRIPT, make_context())
    simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST"))
    with pytest.raises(OutcomeUnknown) as raised:
        await run(CREATE, client, SCRIPT, make_context())
    clue = raised.value.clue
    assert clue == {"newest": int(first.outside_id or 0)}

    found = await find(CREATE, client, SCRIPT, make_context(clue=clue))
    assert found == Found(result={"script_id": simulator.scripts[1]["id"]})
    taken = frozenset({str(simulator.scripts[1]["id"])})
    late = make_context(clue=clue, outside_ids=taken, late=60)
    assert await find(CREATE, client, SCRIPT, late) == Absent()


async def test_lost_request_is_missing(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    simulator.add_faults(Fault(kind=FaultKind.RESET_BEFORE, method="POST", skip=1))
    with pytest.raises(OutcomeUnknown) as raised:
        await run(CREATE, client, SCRIPT, make_context())
    clue = raised.value.clue
    assert await find(CREATE, client, SCRIPT, make_context(clue=clue)) == Absent()


async def test_two_equal_candidates_are_not_taken(
    client: AipixClient, make_context: MakeContext
) -> None:
    for _ in range(2):
        await run(CREATE, client, SCRIPT, make_context())
    for clue in ({"newest": 0}, None):
        context = make_context(clue=clue, late=60)
        assert await find(CREATE, client, SCRIPT, context) == Unclear()


async def test_without_a_clue_the_date_must_match(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    made = await run(CREATE, client, SCRIPT, make_context())
    found = await find(CREATE, client, SCRIPT, make_context(late=60))
    assert found == Found(result={"script_id": int(made.outside_id or 0)})
    for date in ("2026-01-01 00:00:00", "yesterday", None):
        simulator.scripts[0]["created_at"] = date
        assert await find(CREATE, client, SCRIPT, make_context(late=60)) == Unclear()
    other = SCRIPT | {"title": "Another"}
    assert await find(CREATE, client, other, make_context(late=60)) == Absent()


async def test_missing_list_proves_nothing(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    simulator.configure(lists_scripts=False)
    context = make_context(clue={"newest": 1}, late=60)
    assert await find(CREATE, client, SCRIPT, context) == Unclear()


async def test_script_is_created_although_the_list_cannot_be_read(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    simulator.add_faults(
        Fault(
            kind=FaultKind.STATUS,
            method="GET",
            path="*/scripts",
            status=200,
            body={"data": 5},
        )
    )
    await run(CREATE, client, SCRIPT, make_context())
    assert len(simulator.scripts) == 1


async def test_administrator_api_gets_no_other_request(
    make_client: MakeClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    data = {
        "event_id": 41,
        "schedule": [{"day": 0, "ranges": [{"from": "08:00", "to": "18:00"}]}],
    }
    await run(CREATE, make_client(Api.ADMINISTRATOR), data, make_context())
    assert [one.path for one in simulator.requests] == [
        "/api/admin/v1/auth/token",
        "/api/admin/v1/scripts",
    ]


async def test_update_is_repeatable(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    made = await run(CREATE, client, SCRIPT, make_context())
    change = {"delivery_id": "delivery-1", "reaction_id": 4}
    for _ in range(2):
        await run(UPDATE, client, change, make_context(followed=made))
    (script,) = simulator.scripts
    reaction: Any = script["reaction"]
    assert reaction["id"] == 4
    assert script["title"] == "At night"
    payload = UPDATE.parse(change)
    assert UPDATE.key(payload, "x") == CREATE.key(CREATE.parse(SCRIPT), "delivery-1")
    assert UPDATE.follows(payload) == "delivery-1"
    assert UPDATE.key(UPDATE.parse({"script_id": 5, "title": "x"}), "x") == "script:5"


async def test_update_of_an_unknown_script_is_refused(
    client: AipixClient, make_context: MakeContext
) -> None:
    change = {"delivery_id": "delivery-1", "reaction_id": 4}
    for followed in (None, Receipt(outside_id="mark/7")):
        with pytest.raises(Rejected):
            await run(UPDATE, client, change, make_context(followed=followed))


async def test_mark_is_created_at_its_time_and_found_again(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    data = {"camera_id": 12, "title": "Parcel"}
    context = make_context(late=600)
    assert await find(MARK, client, data, context) == Absent()
    receipt = await run(MARK, client, data, context)
    (mark,) = simulator.marks
    assert receipt.outside_id == f"mark/{mark['id']}"
    assert datetime.fromisoformat(str(mark["from"])) == context.occurred_at

    assert await find(MARK, client, data, context) == Found(
        result={"mark_id": mark["id"]}
    )
    taken = make_context(late=600, outside_ids=frozenset({receipt.outside_id}))
    assert await find(MARK, client, data, taken) == Absent()
    elsewhere = data | {"camera_id": 99}
    assert await find(MARK, client, elsewhere, context) == Unclear()
    other = data | {"title": "Other"}
    assert await find(MARK, client, other, context) == Absent()


async def test_mark_is_found_after_a_change_of_the_clock(
    client: AipixClient, make_context: MakeContext
) -> None:
    data = {"camera_id": 12, "title": "Parcel"}
    context = make_context()
    await run(MARK, client, data, context)
    moved = replace(context, occurred_at=context.occurred_at + timedelta(hours=2))
    assert isinstance(await find(MARK, client, data, moved), Found)


async def test_mark_that_ends_before_its_start_has_no_length(
    client: AipixClient, simulator: AipixSimulator, make_context: MakeContext
) -> None:
    end = datetime.now(UTC) - timedelta(hours=1)
    data = {"camera_id": 12, "title": "Parcel", "end": end}
    await run(MARK, client, data, make_context())
    (mark,) = simulator.marks
    assert datetime.fromisoformat(str(mark["from"])) == end
    assert mark["to"] is None
