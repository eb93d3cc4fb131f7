"""Tests that the ledger finds every error, and nothing else."""

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from tools.torture.calls import Answer, Call, Thing
from tools.torture.ledger import Kept, Kind, Row, audit
from tools.torture.table import lines

BELL = Thing("create_camera_event", "torture 1")
OTHER = Thing("create_camera_event", "torture 2")
STATES = DeliveryState


def accepted(thing: Thing = BELL, delivery_id: str = "d1") -> Call:
    return Call(thing=thing, answer=Answer.ACCEPTED, delivery_id=delivery_id)


def cut(thing: Thing = BELL) -> Call:
    return Call(thing=thing, answer=Answer.CUT)


def refused(thing: Thing = BELL) -> Call:
    return Call(thing=thing, answer=Answer.REFUSED, key="outcome_unknown")


def delivery(
    state: DeliveryState = STATES.DELIVERED,
    *,
    failure: str | None = None,
    outside_id: str | None = None,
    told: bool = True,
    delivery_id: str = "d1",
) -> Kept:
    return Kept(
        id=delivery_id,
        thing=BELL,
        state=state,
        failure=failure,
        outside_id=outside_id,
        told=told,
    )


def account(call: Call, *kept: Kept, there: tuple[str, ...] = ()) -> Row:
    return audit("frigate", [call], kept, {call.thing: there} if there else {})


def kinds(row: Row) -> list[Kind]:
    return [offence.kind for offence in row.offences]


@pytest.mark.parametrize("call", [accepted(), cut(), refused()])
def test_delivered_and_stored_once_is_correct(call: Call) -> None:
    row = account(call, delivery(outside_id="e1"), there=("e1",))
    assert row.offences == []
    assert (row.called, row.stored) == (1, 1)


@pytest.mark.parametrize("call", [cut(), refused()])
def test_unaccepted_call_may_be_missing(call: Call) -> None:
    row = account(call)
    assert row.offences == []
    assert row.stored == 0


@pytest.mark.parametrize(
    ("seconds", "at_once", "there", "found"),
    [
        (2.0, {BELL.action}, ("e1",), []),
        (2.1, {BELL.action}, ("e1",), [Kind.STRAY]),
        (0.1, {"another_action"}, ("e1",), [Kind.STRAY]),
        (0.1, {BELL.action}, ("e1", "e2"), [Kind.DOUBLED, Kind.STRAY]),
    ],
)
def test_optimistic_send_may_be_stored_after_a_kill(
    seconds: float, at_once: set[str], there: tuple[str, ...], found: list[Kind]
) -> None:
    call = Call(thing=BELL, answer=Answer.CUT, seconds=seconds)
    row = audit("frigate", [call], [], {BELL: there}, at_once)
    assert kinds(row) == found
    assert (row.perhaps, row.stored) == (1, 1)


def test_accepted_but_unknown_to_the_queue_is_lost() -> None:
    row = account(accepted())
    assert kinds(row) == [Kind.LOST]
    assert row.offences[0].delivery_id == "d1"
    assert row.offences[0].thing == BELL


@pytest.mark.parametrize("call", [accepted(), cut(), refused()])
def test_delivered_but_not_stored_is_lost(call: Call) -> None:
    assert kinds(account(call, delivery(outside_id="e1"))) == [Kind.LOST]


@pytest.mark.parametrize("call", [accepted(), cut(), refused()])
def test_stored_twice_is_a_duplicate(call: Call) -> None:
    row = account(call, delivery(outside_id="e1"), there=("e1", "e2"))
    assert kinds(row) == [Kind.DOUBLED]
    assert "e1, e2" in row.offences[0].why


def test_allowed_duplicate_is_only_counted() -> None:
    deliveries = [delivery(outside_id="e2")]
    there = {BELL: ("e1", "e2")}
    row = audit("http", [accepted()], deliveries, there, may_double=True)
    assert (row.offences, row.stored, row.twice) == ([], 1, 1)
    row = audit("http", [accepted()], deliveries, {BELL: ("e1",)}, may_double=True)
    assert (kinds(row), row.twice) == ([Kind.STRAY], 0)


def test_two_deliveries_of_one_call_are_a_duplicate() -> None:
    row = account(
        cut(), delivery(), delivery(STATES.PENDING, delivery_id="d2"), there=("e1",)
    )
    assert kinds(row) == [Kind.DOUBLED]


def test_unexpected_failure_is_a_loss() -> None:
    row = account(accepted(), delivery(STATES.FAILED, failure="rejected"))
    assert kinds(row) == [Kind.LOST]


@pytest.mark.parametrize("there", [(), ("e1",)])
def test_unknown_outcome_may_be_stored_or_not(there: tuple[str, ...]) -> None:
    told = delivery(STATES.FAILED, failure="outcome_unknown")
    row = account(refused(), told, there=there)
    assert row.offences == []
    assert (row.unknown, row.stored) == (int(not there), int(bool(there)))


@pytest.mark.parametrize("state", [STATES.EXPIRED, STATES.DISCARDED])
def test_reported_expiry_is_no_loss(state: DeliveryState) -> None:
    row = account(accepted(), delivery(state))
    assert row.offences == []
    assert row.expired == 1


@pytest.mark.parametrize(
    ("state", "failure"),
    [
        (STATES.EXPIRED, None),
        (STATES.DISCARDED, None),
        (STATES.FAILED, "outcome_unknown"),
    ],
)
def test_unreported_expiry_is_a_loss(state: DeliveryState, failure: str | None) -> None:
    row = account(accepted(), delivery(state, failure=failure, told=False))
    assert kinds(row) == [Kind.LOST]


@pytest.mark.parametrize("state", [STATES.EXPIRED, STATES.DISCARDED, STATES.FAILED])
def test_stored_but_reported_as_missing_is_stray(state: DeliveryState) -> None:
    row = account(accepted(), delivery(state, failure="rejected"), there=("e1",))
    assert kinds(row) == [Kind.STRAY]


def test_receipt_of_another_item_is_stray() -> None:
    row = account(accepted(), delivery(outside_id="e2"), there=("e1",))
    assert kinds(row) == [Kind.STRAY]


def test_stored_without_a_delivery_is_stray() -> None:
    assert kinds(account(cut(), there=("e1",))) == [Kind.STRAY]


def test_stored_without_a_call_is_stray() -> None:
    row = audit("frigate", [accepted()], [delivery()], {BELL: ["e1"], OTHER: ["e2"]})
    assert kinds(row) == [Kind.STRAY]
    assert row.offences[0].thing == OTHER


@pytest.mark.parametrize("state", [STATES.PENDING, STATES.SENDING, STATES.UNCERTAIN])
def test_unsettled_delivery_waits(state: DeliveryState) -> None:
    waiting = delivery(state, failure="timeout")
    row = account(accepted(), waiting)
    assert row.offences == []
    assert row.waiting == [waiting]


def test_other_delivery_with_the_mark_does_not_count() -> None:
    row = account(accepted(delivery_id="d9"), delivery())
    assert kinds(row) == [Kind.LOST]


def test_table_has_totals_and_names_offending_deliveries() -> None:
    rows = [
        account(accepted(), delivery(outside_id="e1"), there=("e1",)),
        account(accepted(), delivery(STATES.UNCERTAIN, failure="timeout")),
        account(accepted()),
    ]

    names, *figures, total, waiting, offender = lines(rows)

    assert len(figures) == len(rows)
    sums = dict(zip(names.split(), total.split(), strict=True))
    assert sums == {
        "connection": "all",
        "called": "3",
        "accepted": "3",
        "perhaps": "0",
        "refused": "0",
        "stored": "1",
        "lost": "1",
        "doubled": "0",
        "stray": "0",
        "open": "0",
        "twice": "0",
        "unknown": "0",
        "expired": "0",
        "told": "0",
        "waiting": "1",
    }
    assert waiting == (
        "waiting  frigate  create_camera_event  torture 1  delivery d1: uncertain"
        " (timeout)"
    )
    assert offender == (
        "LOST  frigate  create_camera_event  torture 1  delivery d1:"
        " the outbox does not know it"
    )
