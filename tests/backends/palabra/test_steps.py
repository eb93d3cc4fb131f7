"""Tests of the steps of Palabra's operations, and of their look-ups."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    AnyOperation,
    Finding,
    Found,
    JsonObject,
    Receipt,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import (
    InvalidResponse,
    OutcomeUnknown,
    Rejected,
)
from custom_components.event_relay.backends.palabra.api import client as client_module
from custom_components.event_relay.backends.palabra.api.client import PalabraClient
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator

from ..contexts import MakeContext
from .test_fields import CREATE, DELETE, EVENT, NOBODY, NOTHING, UPDATE, WHOLE

START = datetime(2030, 5, 1, 18, tzinfo=UTC)
END = START + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


async def run(
    operation: AnyOperation,
    client: PalabraClient,
    data: Mapping[str, object],
    context: StepContext,
) -> Receipt:
    """Run the only step of an operation, and return the receipt."""
    payload = operation.parse(data)
    (step,) = operation.steps(payload, NOTHING)
    result = await step.run(client, payload, context)
    receipt: Receipt = operation.receipt(payload, {step.name: result})
    return receipt


async def look_up(client: PalabraClient, context: StepContext) -> Finding:
    """Look up whether the event was created."""
    payload = CREATE.parse(EVENT)
    (step,) = CREATE.steps(payload, NOTHING)
    assert step.find is not None
    return await step.find(client, payload, context)


async def lose(
    client: PalabraClient,
    simulator: PalabraSimulator,
    context: StepContext,
    kind: FaultKind = FaultKind.RESET_AFTER,
) -> Mapping[str, object] | None:
    """Create an event whose response is lost; return its clue."""
    simulator.add_faults(Fault(kind=kind, method="POST"))
    with pytest.raises(OutcomeUnknown) as caught:
        await run(CREATE, client, EVENT, context)
    return caught.value.clue


@pytest.mark.parametrize("older", [False, True])
async def test_create(
    client: PalabraClient,
    simulator: PalabraSimulator,
    make_context: MakeContext,
    *,
    older: bool,
) -> None:
    simulator.configure(older=older)
    receipt = await run(CREATE, client, WHOLE, make_context())
    (event,) = simulator.events
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


async def test_start_in_the_past_is_a_warning(
    client: PalabraClient, make_context: MakeContext
) -> None:
    receipt = await run(CREATE, client, EVENT, make_context(now=START + MINUTE))
    assert receipt.warnings == ("The start was over when the event was made.",)


async def test_update_sends_only_changed_fields(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    event = simulator.add("Town meeting", START, END)
    data = {"event_id": event.event_id, "title": "Other", "location": ""}
    receipt = await run(UPDATE, client, data, make_context())
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
    client: PalabraClient,
    simulator: PalabraSimulator,
    make_context: MakeContext,
    change: dict[str, object],
    field: str,
) -> None:
    event = simulator.add("Town meeting", START, END)
    with pytest.raises(Rejected) as caught:
        await run(
            UPDATE, client, {"event_id": event.event_id, **change}, make_context()
        )
    assert field in caught.value.fields
    assert {seen.method for seen in simulator.requests} == {"GET"}


async def test_update_moves_one_end_or_both(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    event = simulator.add("Town meeting", START, END)
    one = {"event_id": event.event_id, "end": END + MINUTE}
    await run(UPDATE, client, one, make_context())
    assert event.end == END + MINUTE
    both = {"event_id": event.event_id, "start": END, "end": END + 2 * MINUTE}
    await run(UPDATE, client, both, make_context())
    assert (event.start, event.end) == (END, END + 2 * MINUTE)


@pytest.mark.parametrize("change", [{"title": "Other"}, {"end": END}])
async def test_update_of_a_missing_event_is_refused(
    client: PalabraClient, make_context: MakeContext, change: dict[str, object]
) -> None:
    with pytest.raises(Rejected) as caught:
        await run(UPDATE, client, {"event_id": NOBODY, **change}, make_context())
    assert caught.value.code == "unknown_event"


async def test_update_of_a_delivery_uses_its_event(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    event = simulator.add("Town meeting", START, END)
    context = make_context(followed=Receipt(outside_id=event.event_id))
    data = {"delivery_id": "d", "title": "Other"}
    await run(UPDATE, client, data, context)
    assert event.content["title"] == "Other"
    receipt = await run(DELETE, client, {"delivery_id": "d"}, context)
    assert receipt.outside_id == event.event_id
    assert simulator.events == []
    with pytest.raises(Rejected) as caught:
        await run(DELETE, client, {"delivery_id": "d"}, make_context())
    assert caught.value.code == "unknown_event"


async def test_delete_is_repeatable(
    client: PalabraClient, make_context: MakeContext
) -> None:
    receipt = await run(DELETE, client, {"event_id": NOBODY}, make_context())
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
    client: PalabraClient,
    simulator: PalabraSimulator,
    make_context: MakeContext,
    kind: FaultKind,
    setting: str,
) -> None:
    if setting != "neither":
        simulator.configure(**{setting: True})
    simulator.configure(page_limit=1)
    clue = await lose(client, simulator, make_context(), kind)
    simulator.add("Town meeting", START, END)  # online, so another one
    found = await look_up(client, make_context(clue=clue))
    assert isinstance(found, Found)
    assert found.result["event_id"] == simulator.events[0].event_id


async def test_lost_request_is_missing_from_a_complete_list(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    clue = await lose(client, simulator, make_context(), FaultKind.RESET_BEFORE)
    assert await look_up(client, make_context(clue=clue)) == Absent()


async def test_event_sent_by_a_clock_that_was_ahead_is_found(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    await lose(client, simulator, context)
    ahead = make_context(
        first_sent_at=context.now + timedelta(hours=8),
        sent_after=context.now - timedelta(days=1),
    )
    assert isinstance(await look_up(client, ahead), Found)


async def test_request_that_was_never_sent_is_absent(
    client: PalabraClient, make_context: MakeContext
) -> None:
    assert await look_up(client, make_context(first_sent_at=None)) == Absent()


async def test_interrupted_list_proves_nothing(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    simulator.configure(page_limit=1)
    simulator.add("One", START, END)
    simulator.add("Two", START, END)
    simulator.add_faults(Fault(kind=FaultKind.GARBAGE, method="GET", skip=1))
    with pytest.raises(InvalidResponse):
        await look_up(client, late(make_context))


async def test_too_long_list_never_proves_anything(
    client: PalabraClient,
    simulator: PalabraSimulator,
    make_context: MakeContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "PAGES", 1)
    simulator.configure(page_limit=1)
    simulator.add("One", START, END)
    simulator.add("Two", START, END)
    assert await look_up(client, late(make_context)) == Unclear()


def late(make_context: MakeContext, **changes: object) -> StepContext:
    """Return the context of a look-up that would prove an absence."""
    now = datetime.now(UTC)
    return make_context(**{"now": now + MINUTE, **changes})


async def make(client: PalabraClient, **changes: object) -> str:
    """Create an event, and return its id."""
    body = CREATE.parse({**EVENT, **changes}).content.body()
    return (await client.create_event(body)).id


async def test_two_matching_events_are_left_to_the_user(
    client: PalabraClient, make_context: MakeContext
) -> None:
    first = await make(client)
    await make(client)
    assert await look_up(client, late(make_context)) == Unclear()
    bound = late(make_context, outside_ids=frozenset({first}))
    assert isinstance(await look_up(client, bound), Found)


async def test_event_of_another_delivery_is_not_taken(
    client: PalabraClient, make_context: MakeContext
) -> None:
    bound = late(make_context, outside_ids=frozenset({await make(client)}))
    assert await look_up(client, bound) == Absent()


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
    client: PalabraClient, make_context: MakeContext, change: dict[str, object]
) -> None:
    await make(client, **change)
    assert await look_up(client, late(make_context)) == Absent()


async def test_earlier_event_is_not_taken(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    simulator.clock.advance(-400)
    await make(client)
    simulator.clock.advance(400)
    assert await look_up(client, late(make_context)) == Absent()


async def test_clocks_may_differ_a_little(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    simulator.clock.advance(-200)
    await make(client)
    simulator.clock.advance(200)
    assert isinstance(await look_up(client, late(make_context)), Found)


@pytest.mark.parametrize("seconds", [-90_000, 90_000])
async def test_clock_of_palabra_may_be_wrong(
    client: PalabraClient,
    simulator: PalabraSimulator,
    make_context: MakeContext,
    seconds: int,
) -> None:
    simulator.clock.advance(-400 + seconds)
    await make(client)
    simulator.clock.advance(400)
    assert await look_up(client, late(make_context)) == Absent()
    made = await make(client)
    found = await look_up(client, late(make_context))
    assert isinstance(found, Found)
    assert found.result["event_id"] == made


async def test_event_without_details_proves_nothing(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    event: JsonObject = {"event_id": NOBODY, "title": "Town meeting"}
    answers: dict[str, JsonObject] = {
        "*/events": {"items": [event]},
        "*/event/*": event,
    }
    for path, data in answers.items():
        simulator.add_faults(
            Fault(
                kind=FaultKind.STATUS,
                path=path,
                status=200,
                body={"ok": True, "data": data},
            )
        )
    assert await look_up(client, late(make_context)) == Unclear()


async def test_event_deleted_meanwhile(
    client: PalabraClient, simulator: PalabraSimulator, make_context: MakeContext
) -> None:
    event: JsonObject = {"event_id": NOBODY, "title": "Town meeting"}
    simulator.add_faults(
        Fault(
            kind=FaultKind.STATUS,
            path="*/events",
            status=200,
            body={"ok": True, "data": {"items": [event]}},
        )
    )
    assert await look_up(client, late(make_context)) == Absent()
