"""The system's clock is set while deliveries wait."""

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

from .conftest import OWNER, House
from .ledger import FOUND, START, Clock


def test_small_steps_are_followed_but_never_back() -> None:
    clock = Clock()
    before = clock()
    clock.set(seconds=30)
    assert clock() == before + timedelta(seconds=30)
    clock.set(seconds=-45)
    assert clock() == before + timedelta(seconds=30)
    assert clock.take_jump() == timedelta()
    assert clock.steady


@pytest.mark.parametrize("hours", [-24, 24, 24 * 365 * 30])
def test_jump_is_told_once_and_unsettles_for_a_minute(hours: float) -> None:
    clock = Clock()
    clock.set(hours=hours)
    assert clock.take_jump() == timedelta(hours=hours)
    assert clock.take_jump() == timedelta()
    assert not clock.steady
    clock.forward(seconds=59)
    assert not clock.steady
    clock.forward(seconds=1)
    assert clock.steady


def test_is_not_believed_right_after_the_start() -> None:
    gone_by = 0.0
    clock = SteadyClock(lambda: START, lambda: gone_by)
    assert not clock.steady
    gone_by = 60.0
    assert clock.steady


@pytest.mark.parametrize("hours", [-24, 24])
async def test_what_waits_keeps_its_age_its_turn_and_its_time_left(
    house: House, hours: float
) -> None:
    house.client.troubles = [CannotConnect()]
    before = await house.submit(seconds=3600)
    assert before.state is DeliveryState.PENDING

    house.clock.set(hours=hours)
    while (after := await house.stored(before)).due_at == before.due_at:
        await house.later()
    jump = timedelta(hours=hours)
    assert after.state is DeliveryState.PENDING
    assert after.occurred_at == before.occurred_at + jump
    assert before.due_at is not None
    assert after.due_at == before.due_at + jump
    assert before.expires_at is not None
    assert after.expires_at == before.expires_at + jump

    await house.later(seconds=5)
    await house.until(before, DeliveryState.DELIVERED)


async def test_what_comes_before_the_worker_knows_of_a_new_clock_is_told_by_that(
    idle: House,
) -> None:
    idle.worker.pause()
    idle.start()
    async with asyncio.timeout(60):
        while not idle.worker._begun:
            await asyncio.sleep(0.01)
    idle.worker._begun = False  # as between its look at the file and that it has it
    told: list[Delivery] = []
    idle.queue.listen(told.append)

    idle.clock.set(hours=2)
    request = idle.request()
    accepted = await idle.queue.submit(request)

    assert accepted.occurred_at == request.occurred_at
    assert [one.occurred_at for one in told] == [request.occurred_at]
    idle.worker._begun = True
    await idle.stop()


async def test_what_is_older_than_the_run_expires_only_by_a_steady_clock(
    idle: House, store: Store
) -> None:
    idle.worker.pause()
    delivery = await idle.submit(wait=0, seconds=60)
    later = Clock()
    later.forward(seconds=10)
    again = House(store, clock=later)
    later.set(days=365)
    again.worker.pause()
    again.start()
    await again.later()
    other = await again.submit(wait=0, text="other", seconds=5)

    await again.later(seconds=6)
    await again.until(other, DeliveryState.EXPIRED)
    assert (await again.stored(delivery)).state is DeliveryState.PENDING
    await again.later(seconds=60)
    await again.until(delivery, DeliveryState.EXPIRED)
    await again.stop()


async def test_what_seems_late_by_a_new_clock_waits_until_that_is_believed(
    idle: House, store: Store, monkeypatch: pytest.MonkeyPatch
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
    again = House(store, clock=later)
    again.start()
    other = await again.submit(text="other")
    assert other.state is DeliveryState.DELIVERED
    for _ in range(3):
        await again.later(seconds=1)
        await store.states(OWNER)  # which waits for the worker's turn

    assert (await again.stored(delivery)).state is DeliveryState.PENDING
    assert again.client.written == ["write other"]
    assert delivery.id not in changed
    await again.later(seconds=60)
    await again.until(delivery, DeliveryState.EXPIRED)
    assert again.client.written == ["write other"]
    await again.stop()


@pytest.mark.parametrize("hours", [-24, 2, 72])
async def test_what_is_in_flight_keeps_its_times_when_the_clock_is_set(
    house: House, hours: float
) -> None:
    house.client.gate = asyncio.Event()
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [FOUND]
    before = await house.submit(wait=0, seconds=3600)
    async with asyncio.timeout(60):
        while not house.client.calls:
            await house.stored(before)
    sent = await house.stored(before)

    jump = timedelta(hours=hours)
    house.clock.set(hours=hours)
    await house.later()
    house.client.gate.set()
    after = await house.until(before, DeliveryState.UNCERTAIN)

    assert before.expires_at is not None
    assert after.expires_at == before.expires_at + jump
    assert sent.first_sent_at is not None
    assert after.first_sent_at == sent.first_sent_at + jump
    assert after.due_at == house.clock() + timedelta(seconds=1)
    await house.look_again(after)
    await house.until(before, DeliveryState.DELIVERED)
    assert house.client.contexts[-1].first_sent_at == after.first_sent_at
    assert house.client.contexts[-1].occurred_at == before.occurred_at + jump


def test_every_moment_of_a_delivery_says_how_it_is_moved() -> None:
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
        if column.endswith(("_at", "_since")) and column != "target_at"  # where it is
    }


def _is_moment(hint: object) -> bool:
    """Say whether a type is a moment, or an alias of one."""
    return "datetime.datetime" in repr(getattr(hint, "__value__", hint))


@pytest.mark.parametrize("days", [2, 60])
async def test_what_waits_goes_out_soon_once_a_clock_that_was_behind_is_right(
    idle: House, store: Store, days: float
) -> None:
    idle.client.troubles = [CannotConnect()]
    idle.start()
    delivery = await idle.submit()
    await idle.stop()
    behind = Clock(idle.clock.now - timedelta(days=days))
    again = House(store, clock=behind)
    again.start()
    await again.later()
    await store.states(OWNER)
    behind.set(days=days)
    await again.later()
    await store.states(OWNER)
    await again.later(seconds=60)
    await again.until(delivery, DeliveryState.DELIVERED)
    stored = await again.stored(delivery)
    assert stored.occurred_at == delivery.occurred_at
    await again.stop()


async def test_what_waits_goes_out_soon_after_a_run_whose_clock_was_ahead(
    idle: House, store: Store
) -> None:
    idle.client.troubles = [CannotConnect()]
    idle.start()
    delivery = await idle.submit()
    await idle.until(delivery, DeliveryState.PENDING)
    await idle.stop()
    ahead = House(store, clock=Clock(idle.clock.now))
    ahead.client.troubles = [CannotConnect()] * 20
    ahead.start()
    await store.states(OWNER)
    ahead.clock.set(hours=2)
    await ahead.later()
    await store.states(OWNER)
    await ahead.stop()
    right = House(store, clock=Clock(idle.clock.now))
    right.start()
    await store.states(OWNER)
    await right.later(seconds=61)
    await right.until(delivery, DeliveryState.DELIVERED)
    await right.stop()
