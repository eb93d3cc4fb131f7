"""Tests of deliveries whose connection has since been changed to another system."""

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

from .ledger import FOUND, LEDGER
from .pipeline import Pipeline

OLD = Instance(id="old", address="http://old:5000")
NEW = Instance(id="new", address="http://new:5000")
ACCOUNT = Instance(id="account", address="http://old:5000")


def pipeline_to(store: Store, instance: Instance, *, asks: bool = True) -> Pipeline:
    """Return a pipeline to a system; its worker has not started."""
    backend = LEDGER if asks else replace(LEDGER, recognises=None)
    return Pipeline(store, instance=instance, backend=backend)


async def sent_to_old_system(
    store: Store,
    troubles: Sequence[BackendError | None],
    **data: Any,  # noqa: ANN401 - as the operation has it
) -> Delivery:
    """Return a delivery after its attempts in the old system."""
    old = pipeline_to(store, OLD)
    old.client.errors = [*troubles]
    old.start()
    delivery = await old.submit(**data)
    await old.stop()
    return await old.stored(delivery)


async def run_until_settled(pipeline: Pipeline, delivery: Delivery) -> Delivery:
    """Run until a delivery is settled, and return it."""
    pipeline.start()
    async with asyncio.timeout(60):
        while not (stored := await pipeline.stored(delivery)).state.settled:
            await pipeline.pass_time(seconds=5)
    await pipeline.stop()
    return stored


def reference_to(start: Delivery, how: str) -> dict[str, Any]:
    """Return the field by which an update refers to the result of a delivery."""
    if how == "by its delivery":
        return {"after": start.id}
    assert start.receipt is not None
    return {"target": start.receipt.outside_id}


@pytest.mark.parametrize("instance", [NEW, ACCOUNT])
async def test_unknown_outcome_stays_unknown_and_names_its_system(
    store: Store, instance: Instance
) -> None:
    delivery = await sent_to_old_system(store, [OutcomeUnknown()])
    assert delivery.state is DeliveryState.UNCERTAIN
    assert delivery.sent_to == OLD
    new = pipeline_to(store, instance)
    ended = await run_until_settled(new, delivery)
    assert ended.state is DeliveryState.FAILED
    assert ended.outcome_unknown
    old = "http://old:5000" if instance is NEW else "another account of http://old:5000"
    assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=old)
    assert not new.client.written


async def test_delivery_found_at_another_address_is_delivered(store: Store) -> None:
    delivery = await sent_to_old_system(store, [OutcomeUnknown()])
    new = pipeline_to(store, NEW)
    new.client.findings = [FOUND]
    ended = await run_until_settled(new, delivery)
    assert ended.state is DeliveryState.DELIVERED
    assert ended.sent_to == NEW
    assert not new.client.written


async def test_delivery_without_a_look_up_is_not_sent_to_the_new_system(
    store: Store,
) -> None:
    """Its worker was killed, or it is only repeatable."""
    for number, step in enumerate(("stamp", "note")):
        old = pipeline_to(store, OLD)
        sent = await old.submit(wait=0, text=step, steps=(step,))
        taken = await store.take(
            sent.connection, old.clock(), most=1, look_ups=0, busy=(), instance=OLD
        )
        assert [one.sent_to for one in taken.claimed] == [OLD]
        new = pipeline_to(store, NEW)
        ended = await run_until_settled(new, sent)
        assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=OLD.address), number
        assert not new.client.written


async def test_delivery_that_may_have_arrived_is_not_repeated_in_another_system(
    store: Store,
) -> None:
    delivery = await sent_to_old_system(
        store, [OutcomeUnknown(), CannotConnect()], steps=("note",)
    )
    assert delivery.state is DeliveryState.PENDING
    again = pipeline_to(store, OLD)
    again.client.errors = [CannotConnect()]
    again.start()
    async with asyncio.timeout(60):
        while (await again.stored(delivery)).attempts < 2:
            await again.pass_time(seconds=60)
    await again.stop()
    new = pipeline_to(store, NEW)
    ended = await run_until_settled(new, delivery)
    assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=OLD.address)
    assert not new.client.written


@pytest.mark.parametrize("trouble", [CannotConnect(), None])
async def test_unsent_delivery_is_sent_to_the_new_system(
    store: Store, trouble: BackendError | None
) -> None:
    if trouble:
        delivery = await sent_to_old_system(store, [trouble])
    else:
        delivery = await pipeline_to(store, OLD).submit(wait=0)
    assert delivery.state is DeliveryState.PENDING
    assert delivery.sent_to is None
    new = pipeline_to(store, NEW)
    ended = await run_until_settled(new, delivery)
    assert ended.state is DeliveryState.DELIVERED
    assert ended.sent_to == NEW
    assert new.client.written == ["write hello"]


@pytest.mark.parametrize(
    ("known", "asks"), [(False, True), (False, False), (True, False)]
)
@pytest.mark.parametrize("named", ["by its delivery", "by its id"])
async def test_update_of_the_old_system_fails_with_the_reason(
    store: Store, *, known: bool, asks: bool, named: str
) -> None:
    start = await sent_to_old_system(store, [])
    assert start.receipt is not None
    data = (
        {"after": start.id} if named == "by its delivery" else {"target": "write-hello"}
    )
    change = await pipeline_to(store, OLD).submit(wait=0, steps=("note",), **data)
    new = pipeline_to(store, NEW, asks=asks)
    if known:
        new.client.known = {"write-hello"}
    ended = await run_until_settled(new, change)
    assert ended.state is DeliveryState.DISCARDED
    assert ended.failure == Failure(code=ELSEWHERE, reason=OLD.address)
    assert not new.client.written


@pytest.mark.parametrize("trouble", [None, OutcomeUnknown()])
@pytest.mark.parametrize("named", ["by its delivery", "by its id"])
async def test_update_is_sent_if_the_new_system_knows_its_target(
    store: Store, trouble: BackendError | None, named: str
) -> None:
    start = await sent_to_old_system(store, [])
    data = (
        {"after": start.id} if named == "by its delivery" else {"target": "write-hello"}
    )
    if trouble:
        change = await sent_to_old_system(store, [trouble], steps=("note",), **data)
    else:
        change = await pipeline_to(store, OLD).submit(wait=0, steps=("note",), **data)
    new = pipeline_to(store, NEW)
    new.client.known = {"write-hello"}
    ended = await run_until_settled(new, change)
    assert ended.state is DeliveryState.DELIVERED
    assert new.client.written == ["note hello"]


async def test_unreachable_system_is_asked_again(store: Store) -> None:
    start = await sent_to_old_system(store, [])
    change = await pipeline_to(store, OLD).submit(
        wait=0, steps=("note",), after=start.id
    )
    new = pipeline_to(store, NEW)
    new.client.known = {"write-hello"}
    asked = []

    async def recognises(outside_id: str) -> bool:
        asked.append(outside_id)
        if len(asked) < 3:
            raise InvalidResponse
        return True

    new.client.recognises = recognises  # type: ignore[method-assign]
    ended = await run_until_settled(new, change)
    assert ended.state is DeliveryState.DELIVERED
    assert len(asked) == 3


async def test_partly_executed_delivery_skips_the_remaining_steps(store: Store) -> None:
    delivery = await sent_to_old_system(
        store, [None, CannotConnect()], steps=("write", "note")
    )
    assert delivery.state is DeliveryState.PENDING
    new = pipeline_to(store, NEW)
    ended = await run_until_settled(new, delivery)
    assert ended.state is DeliveryState.DELIVERED
    assert ended.receipt is not None
    assert ended.receipt.outside_id == "write-hello"
    (warning,) = ended.receipt.warnings
    assert OLD.address in warning
    assert not new.client.written


async def test_only_the_user_resends_to_the_new_system(store: Store) -> None:
    delivery = await sent_to_old_system(store, [OutcomeUnknown()])
    new = pipeline_to(store, NEW)
    ended = await run_until_settled(new, delivery)
    with pytest.raises(NotAllowed):
        await new.queue.retry(ended)
    again = pipeline_to(store, NEW)
    opened = await again.queue.retry(ended, confirm=True)
    assert opened.state is DeliveryState.PENDING
    assert (await run_until_settled(again, opened)).state is DeliveryState.DELIVERED
    assert again.client.written == ["write hello"]


async def test_rows_of_earlier_versions_belong_to_the_current_system(
    store: Store,
) -> None:
    nameless = Pipeline(store)
    nameless.client.errors = [OutcomeUnknown()]
    nameless.start()
    delivery = await nameless.submit()
    await nameless.stop()
    new = pipeline_to(store, NEW)
    new.clock.forward(seconds=timedelta(minutes=1).total_seconds())
    assert (await run_until_settled(new, delivery)).state is DeliveryState.DELIVERED
    assert new.client.written == ["write hello"]
