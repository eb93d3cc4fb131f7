"""The connection leads to another system than the one that was asked before."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.event_relay.backends.base import Instance
from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    InvalidResponse,
    OutcomeUnknown,
)
from custom_components.event_relay.queue.delivery import (
    ELSEWHERE,
    SENT_ELSEWHERE,
    Delivery,
    DeliveryState,
    Failure,
)
from custom_components.event_relay.queue.queue import NotAllowed
from custom_components.event_relay.queue.store.store import Store

from .conftest import House
from .ledger import FOUND, LEDGER

OLD = Instance(id="old", address="http://old:5000")
NEW = Instance(id="new", address="http://new:5000")
ACCOUNT = Instance(id="account", address="http://old:5000")


def at(store: Store, instance: Instance, *, asks: bool = True) -> House:
    """Return a house whose connection leads to a system; its worker has not started."""
    backend = LEDGER if asks else replace(LEDGER, recognises=None)
    return House(store, instance=instance, backend=backend)


async def left(
    store: Store,
    troubles: Sequence[BackendError | None],
    **data: Any,  # noqa: ANN401 - as the operation has it
) -> Delivery:
    """Return what the old system leaves of a delivery."""
    old = at(store, OLD)
    old.client.troubles = [*troubles]
    old.start()
    delivery = await old.submit(**data)
    await old.stop()
    return await old.stored(delivery)


async def ends(house: House, delivery: Delivery) -> Delivery:
    """Return how a delivery ends, whatever time that takes."""
    house.start()
    async with asyncio.timeout(60):
        while not (stored := await house.stored(delivery)).state.settled:
            await house.later(seconds=5)
    await house.stop()
    return stored


def naming(start: Delivery, how: str) -> dict[str, Any]:
    """Return the field by which a change names what a delivery has made."""
    if how == "by its delivery":
        return {"after": start.id}
    assert start.receipt is not None
    return {"target": start.receipt.outside_id}


@pytest.mark.parametrize("instance", [NEW, ACCOUNT])
async def test_what_was_sent_with_no_answer_stays_unknown_and_names_its_system(
    store: Store, instance: Instance
) -> None:
    delivery = await left(store, [OutcomeUnknown()])
    assert delivery.state is DeliveryState.UNCERTAIN
    assert delivery.sent_to == OLD
    new = at(store, instance)
    ended = await ends(new, delivery)
    assert ended.state is DeliveryState.FAILED
    assert ended.unclear
    old = "http://old:5000" if instance is NEW else "another account of http://old:5000"
    assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=old)
    assert not new.client.written


async def test_what_is_found_under_another_address_has_arrived(store: Store) -> None:
    delivery = await left(store, [OutcomeUnknown()])
    new = at(store, NEW)
    new.client.findings = [FOUND]
    ended = await ends(new, delivery)
    assert ended.state is DeliveryState.DELIVERED
    assert ended.sent_to == NEW
    assert not new.client.written


async def test_what_nobody_can_be_asked_about_is_not_sent_to_the_new_system(
    store: Store,
) -> None:
    """Its worker was cut off, or it is only repeated."""
    for number, step in enumerate(("stamp", "note")):
        old = at(store, OLD)
        sent = await old.submit(wait=0, text=step, steps=(step,))
        taken = await store.take(
            sent.connection,
            old.clock(),
            most=1,
            look_ups=0,
            busy=(),
            instance=OLD,
        )
        assert [one.sent_to for one in taken.claimed] == [OLD]
        new = at(store, NEW)
        ended = await ends(new, sent)
        assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=OLD.address), number
        assert not new.client.written


async def test_what_may_have_arrived_is_not_repeated_in_another_system(
    store: Store,
) -> None:
    delivery = await left(store, [OutcomeUnknown(), CannotConnect()], steps=("note",))
    assert delivery.state is DeliveryState.PENDING
    again = at(store, OLD)
    again.client.troubles = [CannotConnect()]
    again.start()
    async with asyncio.timeout(60):
        while (await again.stored(delivery)).attempts < 2:
            await again.later(seconds=60)
    await again.stop()
    new = at(store, NEW)
    ended = await ends(new, delivery)
    assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=OLD.address)
    assert not new.client.written


@pytest.mark.parametrize("trouble", [CannotConnect(), None])
async def test_what_was_never_sent_goes_to_the_new_system(
    store: Store, trouble: BackendError | None
) -> None:
    if trouble:
        delivery = await left(store, [trouble])
    else:
        delivery = await at(store, OLD).submit(wait=0)
    assert delivery.state is DeliveryState.PENDING
    assert delivery.sent_to is None
    new = at(store, NEW)
    ended = await ends(new, delivery)
    assert ended.state is DeliveryState.DELIVERED
    assert ended.sent_to == NEW
    assert new.client.written == ["write hello"]


@pytest.mark.parametrize(
    ("known", "asks"), [(False, True), (False, False), (True, False)]
)
@pytest.mark.parametrize("named", ["by its delivery", "by its id"])
async def test_what_changes_something_in_the_old_system_ends_with_the_reason(
    store: Store, *, known: bool, asks: bool, named: str
) -> None:
    start = await left(store, [])
    assert start.receipt is not None
    data = (
        {"after": start.id} if named == "by its delivery" else {"target": "write-hello"}
    )
    change = await at(store, OLD).submit(wait=0, steps=("note",), **data)
    new = at(store, NEW, asks=asks)
    if known:
        new.client.known = {"write-hello"}
    ended = await ends(new, change)
    assert ended.state is DeliveryState.DISCARDED
    assert ended.failure == Failure(code=ELSEWHERE, reason=OLD.address)
    assert not new.client.written


@pytest.mark.parametrize("trouble", [None, OutcomeUnknown()])
@pytest.mark.parametrize("named", ["by its delivery", "by its id"])
async def test_what_changes_something_goes_on_where_the_new_system_knows_it(
    store: Store, trouble: BackendError | None, named: str
) -> None:
    start = await left(store, [])
    data = (
        {"after": start.id} if named == "by its delivery" else {"target": "write-hello"}
    )
    if trouble:
        change = await left(store, [trouble], steps=("note",), **data)
    else:
        change = await at(store, OLD).submit(wait=0, steps=("note",), **data)
    new = at(store, NEW)
    new.client.known = {"write-hello"}
    ended = await ends(new, change)
    assert ended.state is DeliveryState.DELIVERED
    assert new.client.written == ["note hello"]


async def test_a_system_that_does_not_answer_is_asked_again(store: Store) -> None:
    start = await left(store, [])
    change = await at(store, OLD).submit(wait=0, steps=("note",), after=start.id)
    new = at(store, NEW)
    new.client.known = {"write-hello"}
    asked = []

    async def recognises(outside_id: str) -> bool:
        asked.append(outside_id)
        if len(asked) < 3:
            raise InvalidResponse
        return True

    new.client.recognises = recognises  # type: ignore[method-assign]
    ended = await ends(new, change)
    assert ended.state is DeliveryState.DELIVERED
    assert len(asked) == 3


async def test_what_is_half_done_does_without_the_rest(store: Store) -> None:
    delivery = await left(store, [None, CannotConnect()], steps=("write", "note"))
    assert delivery.state is DeliveryState.PENDING
    new = at(store, NEW)
    ended = await ends(new, delivery)
    assert ended.state is DeliveryState.DELIVERED
    assert ended.receipt is not None
    assert ended.receipt.outside_id == "write-hello"
    (warning,) = ended.receipt.warnings
    assert OLD.address in warning
    assert not new.client.written


async def test_only_the_user_sends_to_the_new_system_what_the_old_one_may_have(
    store: Store,
) -> None:
    delivery = await left(store, [OutcomeUnknown()])
    new = at(store, NEW)
    ended = await ends(new, delivery)
    with pytest.raises(NotAllowed):
        await new.queue.retry(ended)
    again = at(store, NEW)
    opened = await again.queue.retry(ended, confirm=True)
    assert opened.state is DeliveryState.PENDING
    assert (await ends(again, opened)).state is DeliveryState.DELIVERED
    assert again.client.written == ["write hello"]


async def test_rows_of_earlier_versions_are_taken_for_those_of_this_system(
    store: Store,
) -> None:
    nameless = House(store)
    nameless.client.troubles = [OutcomeUnknown()]
    nameless.start()
    delivery = await nameless.submit()
    await nameless.stop()
    new = at(store, NEW)
    new.clock.forward(seconds=timedelta(minutes=1).total_seconds())
    assert (await ends(new, delivery)).state is DeliveryState.DELIVERED
    assert new.client.written == ["write hello"]
