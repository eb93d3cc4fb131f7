"""Tests of the creation of events, and of their look-ups."""

from datetime import UTC, datetime, timedelta, timezone
import json

import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    Finding,
    Found,
    JsonObject,
    Receipt,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import (
    CannotConnect,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.backends.guance.api.failing_events import MOST
from custom_components.event_relay.backends.guance.api.models import GuanceCapabilities
from custom_components.event_relay.backends.guance.backend import (
    GUANCE,
    CreateCustomEvent,
)
from tools.simulators.faults import Fault, FaultKind

from ...responses import respond
from .conftest import DELIVERY, GuanceSteps, Patience

CREATE = GUANCE.operation("create_custom_event")
(STEP,) = CREATE.steps(
    CreateCustomEvent(status="info", title="Hello"), GuanceCapabilities()
)
HELLO = CreateCustomEvent(status="info", title="Hello", tags={"floor": "ground"})


async def create(steps: GuanceSteps, context: StepContext | None = None) -> JsonObject:
    """Create the event."""
    return await STEP.run(steps.client, HELLO, context or steps.context())


async def find(steps: GuanceSteps, context: StepContext | None = None) -> Finding:
    """Look the event up."""
    return await steps.find(CREATE, HELLO, context)


async def test_event_has_the_tag_of_its_delivery(steps: GuanceSteps) -> None:
    context = steps.context()
    result = await create(steps, context)
    (event,) = steps.simulator.events
    assert event.tags == {"floor": "ground", "ha_delivery_id": DELIVERY}
    assert event.date == round(context.occurred_at.timestamp() * 1000)
    assert CREATE.receipt(HELLO, {"create": result}) == Receipt(
        details={
            "date": context.occurred_at.astimezone(UTC).isoformat(),
            "ha_delivery_id": DELIVERY,
        }
    )
    json.dumps(result)


async def test_delayed_event_keeps_its_date(steps: GuanceSteps) -> None:
    occurred = datetime(2026, 11, 20, 1, 2, 3, 456_000, timezone(timedelta(hours=-5)))
    await create(steps, steps.context(occurred_at=occurred))
    payload = CreateCustomEvent(status="ok", title="Own", occurred_at=occurred)
    await STEP.run(steps.client, payload, steps.context())
    assert [event.date for event in steps.simulator.events] == [1_795_154_523_456] * 2


def test_create_is_not_repeatable() -> None:
    assert not STEP.repeatable
    assert list(GUANCE.look_up_after) == [15, 45, 120]
    assert GUANCE.concurrency == 1


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.HALF_BODY])
async def test_event_with_a_lost_response_is_found(
    steps: GuanceSteps, kind: FaultKind
) -> None:
    steps.simulator.add_faults(Fault(kind=kind, path="*/create"))
    context = steps.context()
    with pytest.raises(OutcomeUnknown) as raised:
        await create(steps, context)
    finding = await find(steps, steps.context(clue=raised.value.clue))
    assert isinstance(finding, Found)
    receipt = CREATE.receipt(HELLO, {"create": finding.result})
    assert receipt.outside_id == steps.simulator.events[0].document_id


async def test_event_that_only_fails_itself_is_rejected_in_the_end(
    steps: GuanceSteps,
) -> None:
    async def break_on_it() -> None:
        steps.simulator.add_faults(respond(500, path="*/create"))
        with pytest.raises(OutcomeUnknown):
            await create(steps)

    for number in range(MOST):
        await break_on_it()
        # Nothing was accepted in between: this may be an outage.
        await break_on_it()
        await create(steps, steps.context(delivery_id=f"other-{number}"))

    with pytest.raises(Rejected, match="5 times"):
        await create(steps)
    assert len(steps.simulator.events) == MOST
    # A user may resend it.
    await create(steps)
    assert len(steps.simulator.events) == MOST + 1


async def test_event_is_retried_throughout_an_outage(steps: GuanceSteps) -> None:
    steps.simulator.add_faults(respond(500, path="*/create", times=2 * MOST))
    for _ in range(2 * MOST):
        with pytest.raises(OutcomeUnknown):
            await create(steps)

    await create(steps)

    assert len(steps.simulator.events) == 1


async def test_time_of_the_unknown_outcome_is_stored(
    steps: GuanceSteps, patience: Patience
) -> None:
    """The wait for the rate limiter comes before the send, and does not count."""
    await steps.client.workspace()
    steps.simulator.add_faults(Fault(kind=FaultKind.RESET_BEFORE, path="*/create"))
    with pytest.raises(OutcomeUnknown):
        await create(steps)
    assert patience.slept == [1.0]


async def test_event_that_no_query_finds_is_missing(steps: GuanceSteps) -> None:
    assert await find(steps) == Absent()


async def test_slowly_ingested_event_is_found(steps: GuanceSteps) -> None:
    steps.simulator.configure(ingest_lag=100)
    await create(steps)
    assert await find(steps) == Absent()
    steps.simulator.clock.advance(101)
    assert isinstance(await find(steps), Found)


async def test_event_is_searched_around_its_date(steps: GuanceSteps) -> None:
    occurred_at = datetime.now(UTC) - timedelta(days=10)
    await create(steps, steps.context(occurred_at=occurred_at))
    finding = await find(steps, steps.context(occurred_at=occurred_at))
    assert isinstance(finding, Found)


@pytest.mark.parametrize("noted", [False, True])
async def test_event_is_found_after_a_change_of_the_clock(
    steps: GuanceSteps, *, noted: bool
) -> None:
    """An earlier version stored the date in its clue."""
    steps.simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="*/create"))
    context = steps.context()
    with pytest.raises(OutcomeUnknown):
        await create(steps, context)
    day = timedelta(days=1)
    moved = steps.context(
        occurred_at=context.occurred_at + day,
        reported_time=context.occurred_at + (day if noted else timedelta()),
        now=context.now + day,
        first_sent_at=context.now + day,
        clue={"date": context.occurred_at.isoformat()} if noted else None,
    )
    assert isinstance(await find(steps, moved), Found)


async def test_event_of_another_delivery_is_not_taken(steps: GuanceSteps) -> None:
    await create(steps, steps.context(delivery_id="another"))
    assert await find(steps, long_ago(steps)) == Absent()


def long_ago(steps: GuanceSteps) -> StepContext:
    """Return the context of a send whose event should be visible by now."""
    return steps.context(first_sent_at=datetime.now(UTC) - timedelta(minutes=10))


async def test_unfinished_query_proves_nothing(steps: GuanceSteps) -> None:
    steps.simulator.configure(queries_end=False)
    assert await find(steps, long_ago(steps)) == Unclear()


async def test_refused_query_proves_nothing(steps: GuanceSteps) -> None:
    """The query is untested against the live service, so it is not repeated forever."""
    steps.simulator.add_faults(
        respond(400, {"code": 400, "success": False, "errorCode": "ft.Syntax"})
    )
    assert await find(steps, long_ago(steps)) == Unclear()


async def test_id_that_needs_quoting_is_not_queried(steps: GuanceSteps) -> None:
    assert await find(steps, steps.context(delivery_id="a' OR '")) == Unclear()
    assert steps.simulator.requests == []


async def test_missing_permission_to_look_up_is_named(steps: GuanceSteps) -> None:
    steps.simulator.configure(may_query=False)
    with pytest.raises(PermissionDenied, match="event data query: No permission"):
        await find(steps, long_ago(steps))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind=FaultKind.RESET_BEFORE), CannotConnect),
        (respond(502), Unavailable),
        (respond(401), Unavailable),
        (respond(403), PermissionDenied),
        (respond(200, html="<html>"), InvalidResponse),
    ],
)
async def test_transport_error_proves_nothing(
    steps: GuanceSteps, fault: Fault, error: type[Exception]
) -> None:
    fault.times = 1
    steps.simulator.add_faults(fault)
    with pytest.raises(error):
        await find(steps, long_ago(steps))
