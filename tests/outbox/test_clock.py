"""The system's clock is set while deliveries wait."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.outbox.clock import SteadyClock
from custom_components.event_relay.outbox.delivery import Delivery, DeliveryState
from custom_components.event_relay.outbox.store import Store

from .conftest import OWNER, House
from .ledger import START, Clock


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
