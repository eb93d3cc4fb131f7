"""A step that is repeatable for two hours is not repeated later without a user."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.event_relay.backends.base import Absent, JsonObject, Step
from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    OutcomeUnknown,
    Unavailable,
)
from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.delivery import DeliveryState, Failure
from custom_components.event_relay.queue.store.store import Store

from .conftest import House
from .ledger import FOUND, REPEATABLE_FOR, START, LedgerClient
from .test_store import a_delivery

LOST = Unavailable("cut off", unknown=True)


@pytest.mark.parametrize("step", ["ticket", "pledge"])
async def test_within_that_time_it_is_repeated(house: House, step: str) -> None:
    house.client.troubles = [OutcomeUnknown()]
    delivery = await house.submit(steps=(step,))
    assert delivery.state is DeliveryState.PENDING
    await house.later(minutes=119)
    await house.until(delivery, DeliveryState.DELIVERED)
    assert house.client.calls == [step] * 2


@pytest.mark.parametrize("error", [OutcomeUnknown(), LOST])
async def test_later_it_fails_and_only_the_user_sends_it_again(
    house: House, error: BackendError
) -> None:
    house.client.troubles = [error]
    delivery = await house.submit(steps=("ticket",))
    await house.later(minutes=121)
    failed = await house.until(delivery, DeliveryState.FAILED)
    assert failed.failure == Failure(code="outcome_unknown")
    assert failed.unclear
    assert house.client.calls == ["ticket"]

    again = await house.queue.retry(failed, confirm=True, wait=60)
    assert again.state is DeliveryState.DELIVERED
    assert house.client.calls == ["ticket"] * 2


async def test_later_it_is_looked_up_where_that_is_possible(house: House) -> None:
    house.client.troubles = [LOST]
    house.client.findings = [FOUND]
    delivery = await house.submit(steps=("pledge",))
    await house.later(minutes=121)
    await house.until(delivery, DeliveryState.DELIVERED)
    assert house.client.calls == ["pledge"]


async def test_what_a_look_up_misses_is_sent_anew(house: House) -> None:
    house.client.troubles = [LOST]
    house.client.findings = [Absent()] * 9
    delivery = await house.submit(steps=("pledge",))
    await house.later(minutes=121)
    await house.until(delivery, DeliveryState.UNCERTAIN)
    await house.until_sent_again(delivery)
    await house.until(delivery, DeliveryState.DELIVERED)
    assert house.client.calls == ["pledge"] * 2


async def test_time_counts_from_the_first_attempt_that_may_have_arrived(
    house: House,
) -> None:
    house.client.troubles = [CannotConnect(), LOST, CannotConnect(), LOST]
    delivery = await house.submit(steps=("ticket",))
    waits = {"hours": 5}, {"minutes": 75}, {"minutes": 40}
    for calls, wait in enumerate(waits, start=2):
        await house.later(**wait)
        while (await house.stored(delivery)).attempts < calls:
            house.worker.wake()
    assert house.client.calls == ["ticket"] * 4
    await house.later(minutes=6)
    await house.until(delivery, DeliveryState.FAILED)
    assert house.client.calls == ["ticket"] * 4


async def test_a_step_that_surely_did_not_arrive_is_sent_however_late(
    house: House,
) -> None:
    house.client.troubles = [LOST, None, CannotConnect(), CannotConnect()]
    delivery = await house.submit(steps=("note", "ticket"))
    for calls in (3, 4, 5):
        await house.later(minutes=121 if calls > 3 else 1)
        while len(house.client.calls) < calls:
            await house.stored(delivery)
    await house.until(delivery, DeliveryState.DELIVERED)
    assert house.client.calls == ["note", "note", "ticket", "ticket", "ticket"]


@pytest.mark.parametrize(
    ("minutes", "state", "calls"),
    [(58, DeliveryState.DELIVERED, 1), (62, DeliveryState.FAILED, 0)],
)
@pytest.mark.parametrize("sending", [True, False])
async def test_time_goes_on_while_home_assistant_is_off(
    idle: House,
    store: Store,
    minutes: float,
    state: DeliveryState,
    calls: int,
    *,
    sending: bool,
) -> None:
    idle.client.troubles = [LOST]
    if sending:  # and cut off by a crash
        delivery = await idle.submit(steps=("ticket",), wait=0)
        await store.take(delivery.connection, idle.clock(), most=1, look_ups=0, busy=())
    else:
        idle.start()
        delivery = await idle.submit(steps=("ticket",))
        await idle.stop()
    clock = idle.clock.restarted()  # an hour later, so that it is steady
    clock.forward(minutes=minutes)
    after = House(store, clock=clock, client=LedgerClient())
    after.start()
    await after.until(delivery, state)
    assert len(after.client.calls) == calls
    await after.stop()


@pytest.mark.parametrize(
    ("days", "state", "calls"),
    [(2, DeliveryState.FAILED, 0), (0, DeliveryState.DELIVERED, 1)],
)
@pytest.mark.parametrize("sending", [True, False])
async def test_clock_that_is_behind_after_a_power_cut_is_not_believed(
    idle: House,
    store: Store,
    days: float,
    state: DeliveryState,
    calls: int,
    *,
    sending: bool,
) -> None:
    idle.client.troubles = [LOST]
    if sending:
        delivery = await idle.submit(steps=("ticket",), wait=0)
        await store.take(delivery.connection, idle.clock(), most=1, look_ups=0, busy=())
    else:
        idle.start()
        delivery = await idle.submit(steps=("ticket",))
        await idle.stop()
    clock = idle.clock.restarted()
    clock.forward(seconds=-3590)  # ten seconds after it was sent: not yet steady
    after = House(store, clock=clock, client=LedgerClient())
    after.start()
    waiting = DeliveryState.UNCERTAIN if sending else DeliveryState.PENDING
    while (await after.stored(delivery)).due_at in (None, delivery.due_at):
        after.worker.wake()
    assert (await after.stored(delivery)).state is waiting
    assert after.client.calls == []
    after.clock.set(days=days)  # now it gets the time
    await after.later(seconds=1)
    await after.later(seconds=100)
    await after.until(delivery, state)
    assert len(after.client.calls) == calls
    await after.stop()


def test_what_seems_to_lie_ahead_is_not_repeated() -> None:
    step = Step(name="a", run=_never, repeatable=True, repeatable_for=REPEATABLE_FOR)
    sent = replace(a_delivery(), first_sent_at=START)
    for ahead, repeats in ((timedelta(minutes=1), True), (timedelta(days=1), False)):
        assert transitions.repeats(sent, step, START - ahead) is repeats
        assert transitions.repeats(sent, step, START + ahead) is repeats


async def _never(*_: object) -> JsonObject:
    raise AssertionError
