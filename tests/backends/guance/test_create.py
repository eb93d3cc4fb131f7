"""Tests of the creation of events, and of their look-ups."""

from datetime import UTC, datetime, timedelta, timezone
import json

import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    Finding,
    Found,
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
from custom_components.event_relay.backends.guance.api.client import GuanceClient
from custom_components.event_relay.backends.guance.api.failing_events import MOST
from custom_components.event_relay.backends.guance.api.models import GuanceCapabilities
from custom_components.event_relay.backends.guance.backend import (
    GUANCE,
    CreateCustomEvent,
)
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.guance import GuanceSimulator

from ..contexts import MakeContext
from .conftest import DELIVERY, Patience

CREATE = GUANCE.operation("create_custom_event")
(STEP,) = CREATE.steps(
    CreateCustomEvent(status="info", title="Hello"), GuanceCapabilities()
)
HELLO = CreateCustomEvent(status="info", title="Hello", tags={"floor": "ground"})


async def find(client: GuanceClient, context: StepContext) -> Finding:
    """Look the event up."""
    assert STEP.find is not None
    finding: Finding = await STEP.find(client, HELLO, context)
    return finding


async def test_event_has_the_tag_of_its_delivery(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    result = await STEP.run(client, HELLO, context)
    (event,) = simulator.events
    assert event.tags == {"floor": "ground", "ha_delivery_id": DELIVERY}
    assert event.date == round(context.occurred_at.timestamp() * 1000)
    assert CREATE.receipt(HELLO, {"create": result}) == Receipt(
        details={
            "date": context.occurred_at.astimezone(UTC).isoformat(),
            "ha_delivery_id": DELIVERY,
        }
    )
    json.dumps(result)


async def test_delayed_event_keeps_its_date(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    occurred = datetime(2026, 11, 20, 1, 2, 3, 456_000, timezone(timedelta(hours=-5)))
    await STEP.run(client, HELLO, make_context(occurred_at=occurred))
    payload = CreateCustomEvent(status="ok", title="Own", occurred_at=occurred)
    await STEP.run(client, payload, make_context())
    assert [event.date for event in simulator.events] == [1_795_154_523_456] * 2


def test_create_is_not_repeatable() -> None:
    assert not STEP.repeatable
    assert list(GUANCE.look_up_after) == [15, 45, 120]
    assert GUANCE.concurrency == 1


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.HALF_BODY])
async def test_event_with_a_lost_response_is_found(
    client: GuanceClient,
    simulator: GuanceSimulator,
    make_context: MakeContext,
    kind: FaultKind,
) -> None:
    simulator.add_faults(Fault(kind=kind, path="*/create"))
    context = make_context()
    with pytest.raises(OutcomeUnknown) as raised:
        await STEP.run(client, HELLO, context)
    finding = await find(client, make_context(clue=raised.value.clue))
    assert isinstance(finding, Found)
    receipt = CREATE.receipt(HELLO, {"create": finding.result})
    assert receipt.outside_id == simulator.events[0].document_id


async def test_event_that_only_fails_itself_is_rejected_in_the_end(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    async def break_on_it() -> None:
        simulator.add_faults(Fault(kind=FaultKind.STATUS, path="*/create", status=500))
        with pytest.raises(OutcomeUnknown):
            await STEP.run(client, HELLO, make_context())

    for number in range(MOST):
        await break_on_it()
        # Nothing was accepted in between: this may be an outage.
        await break_on_it()
        await STEP.run(client, HELLO, make_context(delivery_id=f"other-{number}"))

    with pytest.raises(Rejected, match="5 times"):
        await STEP.run(client, HELLO, make_context())
    assert len(simulator.events) == MOST
    # A user may resend it.
    await STEP.run(client, HELLO, make_context())
    assert len(simulator.events) == MOST + 1


async def test_event_is_retried_throughout_an_outage(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    simulator.add_faults(
        Fault(kind=FaultKind.STATUS, path="*/create", status=500, times=2 * MOST)
    )
    for _ in range(2 * MOST):
        with pytest.raises(OutcomeUnknown):
            await STEP.run(client, HELLO, make_context())

    await STEP.run(client, HELLO, make_context())

    assert len(simulator.events) == 1


async def test_time_of_the_unknown_outcome_is_stored(
    client: GuanceClient,
    simulator: GuanceSimulator,
    make_context: MakeContext,
    patience: Patience,
) -> None:
    """The wait for the rate limiter comes before the send, and does not count."""
    await client.workspace()
    simulator.add_faults(Fault(kind=FaultKind.RESET_BEFORE, path="*/create"))
    with pytest.raises(OutcomeUnknown):
        await STEP.run(client, HELLO, make_context())
    assert patience.slept == [1.0]


async def test_event_that_no_query_finds_is_missing(
    client: GuanceClient, make_context: MakeContext
) -> None:
    assert await find(client, make_context()) == Absent()


async def test_slowly_ingested_event_is_found(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    simulator.configure(ingest_lag=100)
    await STEP.run(client, HELLO, make_context())
    assert await find(client, make_context()) == Absent()
    simulator.clock.advance(101)
    assert isinstance(await find(client, make_context()), Found)


async def test_event_is_searched_around_its_date(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    occurred_at = datetime.now(UTC) - timedelta(days=10)
    await STEP.run(client, HELLO, make_context(occurred_at=occurred_at))
    finding = await find(client, make_context(occurred_at=occurred_at))
    assert isinstance(finding, Found)


@pytest.mark.parametrize("noted", [False, True])
async def test_event_is_found_after_a_change_of_the_clock(
    client: GuanceClient,
    simulator: GuanceSimulator,
    make_context: MakeContext,
    *,
    noted: bool,
) -> None:
    """An earlier version stored the date in its clue."""
    simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="*/create"))
    context = make_context()
    with pytest.raises(OutcomeUnknown):
        await STEP.run(client, HELLO, context)
    day = timedelta(days=1)
    moved = make_context(
        occurred_at=context.occurred_at + day,
        reported_time=context.occurred_at + (day if noted else timedelta()),
        now=context.now + day,
        first_sent_at=context.now + day,
        clue={"date": context.occurred_at.isoformat()} if noted else None,
    )
    assert isinstance(await find(client, moved), Found)


async def test_event_of_another_delivery_is_not_taken(
    client: GuanceClient, make_context: MakeContext
) -> None:
    await STEP.run(client, HELLO, make_context(delivery_id="another"))
    assert await find(client, long_ago(make_context)) == Absent()


def long_ago(make_context: MakeContext) -> StepContext:
    """Return the context of a send whose event should be visible by now."""
    return make_context(first_sent_at=datetime.now(UTC) - timedelta(minutes=10))


async def test_unfinished_query_proves_nothing(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    simulator.configure(queries_end=False)
    assert await find(client, long_ago(make_context)) == Unclear()


async def test_refused_query_proves_nothing(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    """The query is untested against the live service, so it is not repeated forever."""
    simulator.add_faults(
        Fault(
            kind=FaultKind.STATUS,
            status=400,
            body={"code": 400, "success": False, "errorCode": "ft.Syntax"},
        )
    )
    assert await find(client, long_ago(make_context)) == Unclear()


async def test_id_that_needs_quoting_is_not_queried(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    assert await find(client, make_context(delivery_id="a' OR '")) == Unclear()
    assert simulator.requests == []


async def test_missing_permission_to_look_up_is_named(
    client: GuanceClient, simulator: GuanceSimulator, make_context: MakeContext
) -> None:
    simulator.configure(may_query=False)
    with pytest.raises(PermissionDenied, match="event data query: No permission"):
        await find(client, long_ago(make_context))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind=FaultKind.RESET_BEFORE), CannotConnect),
        (Fault(kind=FaultKind.STATUS, status=502), Unavailable),
        (Fault(kind=FaultKind.STATUS, status=401), Unavailable),
        (Fault(kind=FaultKind.STATUS, status=403), PermissionDenied),
        (Fault(kind=FaultKind.STATUS, status=200, html="<html>"), InvalidResponse),
    ],
)
async def test_transport_error_proves_nothing(
    client: GuanceClient,
    simulator: GuanceSimulator,
    make_context: MakeContext,
    fault: Fault,
    error: type[Exception],
) -> None:
    fault.times = 1
    simulator.add_faults(fault)
    with pytest.raises(error):
        await find(client, long_ago(make_context))
