"""Tests of the steps of Palabra's operations, and of their look-ups."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    Found,
    JsonObject,
    Receipt,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import InvalidResponse, Rejected
from custom_components.event_relay.backends.palabra.api import client as client_module
from tools.simulators.faults import Fault, FaultKind

from ...responses import respond
from .conftest import PalabraSteps
from .test_fields import CREATE, DELETE, EVENT, NOBODY, NOTHING, UPDATE, WHOLE

START = datetime(2030, 5, 1, 18, tzinfo=UTC)
END = START + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("older", [False, True])
async def test_create(steps: PalabraSteps, *, older: bool) -> None:
    steps.simulator.configure(older=older)
    receipt = await steps.run(CREATE, WHOLE)
    (event,) = steps.simulator.events
    assert receipt.outside_id == event.event_id
    assert receipt.details == {
        "start": "2030-05-01T18:00:00Z",
        "end": "2030-05-01T20:00:00Z",
        "event_type": "in-person",
        "status": "upcoming" if older else "setup_required",
    }
    assert receipt.warnings == ()
    assert ("qr_code" in receipt.links) is not older
    assert "4711" not in repr(receipt)
    assert event.content["access_code"] == "4711"


async def test_start_in_the_past_is_a_warning(steps: PalabraSteps) -> None:
    receipt = await steps.run(CREATE, EVENT, steps.context(now=START + MINUTE))
    assert receipt.warnings == ("The start was over when the event was made.",)


async def test_update_sends_only_changed_fields(steps: PalabraSteps) -> None:
    event = steps.simulator.add("Town meeting", START, END)
    data = {"event_id": event.event_id, "title": "Other", "location": ""}
    receipt = await steps.run(UPDATE, data)
    assert receipt.outside_id == event.event_id
    assert receipt.details["start"] == "2030-05-01T18:00:00Z"
    assert event.content == {
        "title": "Other",
        "event_type": "online",
        "location": "",
    }


@pytest.mark.parametrize(
    ("change", "field"), [({"start": END}, "start"), ({"end": START}, "end")]
)
async def test_update_with_an_end_before_the_start_is_refused(
    steps: PalabraSteps, change: dict[str, object], field: str
) -> None:
    event = steps.simulator.add("Town meeting", START, END)
    with pytest.raises(Rejected) as caught:
        await steps.run(UPDATE, {"event_id": event.event_id, **change})
    assert field in caught.value.fields
    assert {seen.method for seen in steps.simulator.requests} == {"GET"}


async def test_update_moves_one_end_or_both(steps: PalabraSteps) -> None:
    event = steps.simulator.add("Town meeting", START, END)
    one = {"event_id": event.event_id, "end": END + MINUTE}
    await steps.run(UPDATE, one)
    assert event.end == END + MINUTE
    both = {"event_id": event.event_id, "start": END, "end": END + 2 * MINUTE}
    await steps.run(UPDATE, both)
    assert (event.start, event.end) == (END, END + 2 * MINUTE)


@pytest.mark.parametrize("change", [{"title": "Other"}, {"end": END}])
async def test_update_of_a_missing_event_is_refused(
    steps: PalabraSteps, change: dict[str, object]
) -> None:
    with pytest.raises(Rejected) as caught:
        await steps.run(UPDATE, {"event_id": NOBODY, **change})
    assert caught.value.code == "unknown_event"


async def test_update_of_a_delivery_uses_its_event(steps: PalabraSteps) -> None:
    event = steps.simulator.add("Town meeting", START, END)
    context = steps.context(followed=Receipt(outside_id=event.event_id))
    data = {"delivery_id": "d", "title": "Other"}
    await steps.run(UPDATE, data, context)
    assert event.content["title"] == "Other"
    receipt = await steps.run(DELETE, {"delivery_id": "d"}, context)
    assert receipt.outside_id == event.event_id
    assert steps.simulator.events == []
    with pytest.raises(Rejected) as caught:
        await steps.run(DELETE, {"delivery_id": "d"})
    assert caught.value.code == "unknown_event"


async def test_delete_is_repeatable(steps: PalabraSteps) -> None:
    receipt = await steps.run(DELETE, {"event_id": NOBODY})
    assert receipt.outside_id == NOBODY
    for operation, data in (
        (UPDATE, {"event_id": NOBODY, "title": "Other"}),
        (DELETE, {"event_id": NOBODY}),
    ):
        (step,) = operation.steps(operation.parse(data), NOTHING)
        assert step.repeatable
    (step,) = CREATE.steps(CREATE.parse(EVENT), NOTHING)
    assert not step.repeatable


@pytest.mark.parametrize("setting", ["older", "sparse", "neither"])
@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.HALF_BODY, FaultKind.GARBAGE]
)
async def test_event_with_a_lost_response_is_found(
    steps: PalabraSteps, kind: FaultKind, setting: str
) -> None:
    if setting != "neither":
        steps.simulator.configure(**{setting: True})
    steps.simulator.configure(page_limit=1)
    clue = await steps.lose(CREATE, EVENT, kind=kind)
    steps.simulator.add("Town meeting", START, END)  # online, so another one
    found = await steps.look_up(CREATE, EVENT, steps.context(clue=clue))
    assert isinstance(found, Found)
    assert found.result["event_id"] == steps.simulator.events[0].event_id


async def test_lost_request_is_missing_from_a_complete_list(
    steps: PalabraSteps,
) -> None:
    clue = await steps.lose(CREATE, EVENT, kind=FaultKind.RESET_BEFORE)
    assert await steps.look_up(CREATE, EVENT, steps.context(clue=clue)) == Absent()


async def test_event_sent_by_a_clock_that_was_ahead_is_found(
    steps: PalabraSteps,
) -> None:
    context = steps.context()
    await steps.lose(CREATE, EVENT, context)
    ahead = steps.context(
        first_sent_at=context.now + timedelta(hours=8),
        sent_after=context.now - timedelta(days=1),
    )
    assert isinstance(await steps.look_up(CREATE, EVENT, ahead), Found)


async def test_request_that_was_never_sent_is_absent(steps: PalabraSteps) -> None:
    assert (
        await steps.look_up(CREATE, EVENT, steps.context(first_sent_at=None))
        == Absent()
    )


async def test_interrupted_list_proves_nothing(steps: PalabraSteps) -> None:
    steps.simulator.configure(page_limit=1)
    steps.simulator.add("One", START, END)
    steps.simulator.add("Two", START, END)
    steps.simulator.add_faults(Fault(kind=FaultKind.GARBAGE, method="GET", skip=1))
    with pytest.raises(InvalidResponse):
        await steps.look_up(CREATE, EVENT, late(steps))


async def test_too_long_list_never_proves_anything(
    steps: PalabraSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGES", 1)
    steps.simulator.configure(page_limit=1)
    steps.simulator.add("One", START, END)
    steps.simulator.add("Two", START, END)
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Unclear()


def late(steps: PalabraSteps, **changes: object) -> StepContext:
    """Return the context of a look-up that would prove an absence."""
    now = datetime.now(UTC)
    return steps.context(**{"now": now + MINUTE, **changes})


async def make(steps: PalabraSteps, **changes: object) -> str:
    """Create an event, and return its id."""
    body = CREATE.parse({**EVENT, **changes}).content.body()
    return (await steps.client.create_event(body)).id


async def test_two_matching_events_are_left_to_the_user(steps: PalabraSteps) -> None:
    first = await make(steps)
    await make(steps)
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Unclear()
    bound = late(steps, outside_ids=frozenset({first}))
    assert isinstance(await steps.look_up(CREATE, EVENT, bound), Found)


async def test_event_of_another_delivery_is_not_taken(steps: PalabraSteps) -> None:
    bound = late(steps, outside_ids=frozenset({await make(steps)}))
    assert await steps.look_up(CREATE, EVENT, bound) == Absent()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Town Meeting"},
        {"event_type": "online"},
        {"start": START + timedelta(seconds=1)},
        {"end": END + timedelta(seconds=1)},
    ],
)
async def test_event_with_other_contents_is_not_taken(
    steps: PalabraSteps, change: dict[str, object]
) -> None:
    await make(steps, **change)
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Absent()


async def test_earlier_event_is_not_taken(steps: PalabraSteps) -> None:
    steps.simulator.clock.advance(-400)
    await make(steps)
    steps.simulator.clock.advance(400)
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Absent()


async def test_clocks_may_differ_a_little(steps: PalabraSteps) -> None:
    steps.simulator.clock.advance(-200)
    await make(steps)
    steps.simulator.clock.advance(200)
    assert isinstance(await steps.look_up(CREATE, EVENT, late(steps)), Found)


@pytest.mark.parametrize("seconds", [-90_000, 90_000])
async def test_clock_of_palabra_may_be_wrong(steps: PalabraSteps, seconds: int) -> None:
    steps.simulator.clock.advance(-400 + seconds)
    await make(steps)
    steps.simulator.clock.advance(400)
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Absent()
    made = await make(steps)
    found = await steps.look_up(CREATE, EVENT, late(steps))
    assert isinstance(found, Found)
    assert found.result["event_id"] == made


async def test_event_without_details_proves_nothing(steps: PalabraSteps) -> None:
    event: JsonObject = {"event_id": NOBODY, "title": "Town meeting"}
    answers: dict[str, JsonObject] = {
        "*/events": {"items": [event]},
        "*/event/*": event,
    }
    for path, data in answers.items():
        steps.simulator.add_faults(respond(200, {"ok": True, "data": data}, path=path))
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Unclear()


async def test_event_deleted_meanwhile(steps: PalabraSteps) -> None:
    event: JsonObject = {"event_id": NOBODY, "title": "Town meeting"}
    steps.simulator.add_faults(
        respond(200, {"ok": True, "data": {"items": [event]}}, path="*/events")
    )
    assert await steps.look_up(CREATE, EVENT, late(steps)) == Absent()
