"""Tests of deliveries while the system's clock is set."""

import asyncio
from datetime import timedelta
from typing import Any, get_args, get_type_hints

import pytest

from custom_components.event_relay.backends.base import Receipt
from custom_components.event_relay.backends.errors import CannotConnect, OutcomeUnknown
from custom_components.event_relay.queue.clock import SteadyClock
from custom_components.event_relay.queue.delivery import (
    MOMENTS,
    Delivery,
    DeliveryState,
    Failure,
    Origin,
)
from custom_components.event_relay.queue.store.rows import COLUMNS
from custom_components.event_relay.queue.store.store import Store

from .ledger import FOUND, START, Clock
from .pipeline import OWNER, Pipeline
from .test_store import pending_delivery


def test_small_steps_are_followed_only_forward() -> None:
    clock = Clock()
    before = clock()
    clock.set(seconds=30)
    assert clock() == before + timedelta(seconds=30)
    clock.set(seconds=-45)
    assert clock() == before + timedelta(seconds=30)
    assert clock.take_jump() == timedelta()
    assert clock.steady


@pytest.mark.parametrize("hours", [-24, 24, 24 * 365 * 30])
def test_jump_is_reported_once_and_distrusted_for_a_minute(hours: float) -> None:
    clock = Clock()
    clock.set(hours=hours)
    assert clock.take_jump() == timedelta(hours=hours)
    assert clock.take_jump() == timedelta()
    assert not clock.steady
    clock.forward(seconds=59)
    assert not clock.steady
    clock.forward(seconds=1)
    assert clock.steady


def test_clock_is_not_trusted_right_after_the_start() -> None:
    gone_by = 0.0
    clock = SteadyClock(lambda: START, lambda: gone_by)
    assert not clock.steady
    gone_by = 60.0
    assert clock.steady


async def test_run_goes_on_in_a_file_that_replaces_a_damaged_one(store: Store) -> None:
    await store.accept(pending_delivery(1))
    await store.recover(OWNER, START)
    await store.accept(pending_delivery(2))
    database = store._database
    await database.run(
        lambda _: database._begin_anew("damaged"), without_transaction=True
    )

    taken = await store.take(OWNER, START, most=0, look_ups=9, busy=())

    assert [one.older for one in taken.look_ups] == [True, False]


@pytest.mark.parametrize("hours", [-24, 24])
async def test_waiting_delivery_keeps_its_age_order_and_remaining_time(
    pipeline: Pipeline, hours: float
) -> None:
    pipeline.client.errors = [CannotConnect()]
    before = await pipeline.submit(seconds=3600)
    assert before.state is DeliveryState.PENDING

    pipeline.clock.set(hours=hours)
    while (after := await pipeline.stored(before)).due_at == before.due_at:
        await pipeline.pass_time()
    jump = timedelta(hours=hours)
    assert after.state is DeliveryState.PENDING
    assert after.occurred_at == before.occurred_at + jump
    assert before.due_at is not None
    assert after.due_at == before.due_at + jump
    assert before.expires_at is not None
    assert after.expires_at == before.expires_at + jump

    await pipeline.pass_time(seconds=5)
    await pipeline.wait_for(before, DeliveryState.DELIVERED)


async def test_delivery_accepted_before_the_worker_notices_has_the_new_time(
    idle: Pipeline,
) -> None:
    idle.worker.pause()
    idle.start()
    async with asyncio.timeout(60):
        while not idle.worker._begun:
            await asyncio.sleep(0.01)
    idle.worker._begun = False  # as between a read of the file and its result
    told: list[Delivery] = []
    idle.queue.listen(told.append)

    idle.clock.set(hours=2)
    request = idle.request()
    accepted = await idle.queue.submit(request)

    assert accepted.occurred_at == request.occurred_at
    assert [one.occurred_at for one in told] == [request.occurred_at]
    idle.worker._begun = True
    await idle.stop()


async def test_delivery_of_an_earlier_run_expires_only_by_a_steady_clock(
    idle: Pipeline, store: Store
) -> None:
    idle.worker.pause()
    delivery = await idle.submit(wait=0, seconds=60)
    later = Clock()
    later.forward(seconds=10)
    again = Pipeline(store, clock=later)
    later.set(days=365)
    again.worker.pause()
    again.start()
    await again.pass_time()
    other = await again.submit(wait=0, text="other", seconds=5)

    await again.pass_time(seconds=6)
    await again.wait_for(other, DeliveryState.EXPIRED)
    assert (await again.stored(delivery)).state is DeliveryState.PENDING
    await again.pass_time(seconds=60)
    await again.wait_for(delivery, DeliveryState.EXPIRED)
    await again.stop()


async def test_delivery_late_by_a_new_clock_waits_until_it_is_trusted(
    idle: Pipeline, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.worker.pause()
    delivery = await idle.submit(wait=0, seconds=60)
    later = Clock()
    later.forward(seconds=10)
    later.set(days=365)
    changed: list[str] = []
    update = store.update

    async def updated(delivery: Delivery, **rest: Any) -> Delivery:  # noqa: ANN401 - as the original
        changed.append(delivery.id)
        return await update(delivery, **rest)

    monkeypatch.setattr(store, "update", updated)
    again = Pipeline(store, clock=later)
    again.start()
    other = await again.submit(text="other")
    assert other.state is DeliveryState.DELIVERED
    for _ in range(3):
        await again.pass_time(seconds=1)
        await store.states(OWNER)  # which waits for the worker

    assert (await again.stored(delivery)).state is DeliveryState.PENDING
    assert again.client.written == ["write other"]
    assert delivery.id not in changed
    await again.pass_time(seconds=60)
    await again.wait_for(delivery, DeliveryState.EXPIRED)
    assert again.client.written == ["write other"]
    await again.stop()


@pytest.mark.parametrize("hours", [-24, 2, 72])
async def test_delivery_in_flight_keeps_its_times(
    pipeline: Pipeline, hours: float
) -> None:
    pipeline.client.gate = asyncio.Event()
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [FOUND]
    before = await pipeline.submit(wait=0, seconds=3600)
    async with asyncio.timeout(60):
        while not pipeline.client.calls:
            await pipeline.stored(before)
    sent = await pipeline.stored(before)

    jump = timedelta(hours=hours)
    pipeline.clock.set(hours=hours)
    await pipeline.pass_time()
    pipeline.client.gate.set()
    after = await pipeline.wait_for(before, DeliveryState.UNCERTAIN)

    assert before.expires_at is not None
    assert after.expires_at == before.expires_at + jump
    assert sent.first_sent_at is not None
    assert after.first_sent_at == sent.first_sent_at + jump
    assert after.due_at == pipeline.clock() + timedelta(seconds=1)
    await pipeline.advance_to_look_up(after)
    await pipeline.wait_for(before, DeliveryState.DELIVERED)
    assert pipeline.client.contexts[-1].first_sent_at == after.first_sent_at
    assert pipeline.client.contexts[-1].occurred_at == before.occurred_at + jump


def test_every_time_of_a_delivery_has_a_shift_rule() -> None:
    moments = {
        name
        for name, hint in get_type_hints(Delivery).items()
        if any(_is_moment(one) for one in get_args(hint) or (hint,))
    }
    assert moments == MOMENTS.keys()
    in_memory = {"claimed_at"}
    for nested in (Receipt, Failure, Origin):
        assert "datetime" not in repr(get_type_hints(nested))
    assert MOMENTS.keys() - in_memory == {
        column
        for column in COLUMNS
        if column.endswith(("_at", "_since", "_time"))
        and column != "target_at"  # where it is
    }


def _is_moment(hint: object) -> bool:
    """Return whether a type is a time, or an alias of one."""
    return "datetime.datetime" in repr(getattr(hint, "__value__", hint))


@pytest.mark.parametrize("days", [2, 60])
async def test_deliveries_are_sent_soon_after_a_slow_clock_is_corrected(
    idle: Pipeline, store: Store, days: float
) -> None:
    idle.client.errors = [CannotConnect()]
    idle.start()
    delivery = await idle.submit()
    await idle.stop()
    behind = Clock(idle.clock.now - timedelta(days=days))
    again = Pipeline(store, clock=behind)
    again.start()
    await again.pass_time()
    await store.states(OWNER)
    behind.set(days=days)
    await again.pass_time()
    await store.states(OWNER)
    await again.pass_time(seconds=60)
    await again.wait_for(delivery, DeliveryState.DELIVERED)
    stored = await again.stored(delivery)
    assert stored.occurred_at == delivery.occurred_at
    await again.stop()


async def test_deliveries_are_sent_soon_after_a_run_with_a_fast_clock(
    idle: Pipeline, store: Store
) -> None:
    idle.client.errors = [CannotConnect()]
    idle.start()
    delivery = await idle.submit()
    await idle.wait_for(delivery, DeliveryState.PENDING)
    await idle.stop()
    ahead = Pipeline(store, clock=Clock(idle.clock.now))
    ahead.client.errors = [CannotConnect()] * 20
    ahead.start()
    await store.states(OWNER)
    ahead.clock.set(hours=2)
    await ahead.pass_time()
    await store.states(OWNER)
    await ahead.stop()
    right = Pipeline(store, clock=Clock(idle.clock.now))
    right.start()
    await store.states(OWNER)
    await right.pass_time(seconds=61)
    await right.wait_for(delivery, DeliveryState.DELIVERED)
    await right.stop()
