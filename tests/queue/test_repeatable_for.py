"""Tests of steps that may be repeated for two hours, and later only by the user."""

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
from custom_components.event_relay.queue.clock import JUMP
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
)
from custom_components.event_relay.queue.store.store import Store

from .ledger import FOUND, REPEATABLE_FOR, START, LedgerClient
from .pipeline import Pipeline
from .test_store import pending_delivery

LOST = Unavailable("cut off", unknown=True)


@pytest.mark.parametrize("step", ["ticket", "pledge"])
async def test_step_is_repeated_within_the_time(pipeline: Pipeline, step: str) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    delivery = await pipeline.submit(steps=(step,))
    assert delivery.state is DeliveryState.PENDING
    await pipeline.pass_time(minutes=119)
    await pipeline.wait_for(delivery, DeliveryState.DELIVERED)
    assert pipeline.client.calls == [step] * 2


@pytest.mark.parametrize("error", [OutcomeUnknown(), LOST])
async def test_step_fails_later_and_only_the_user_resends_it(
    pipeline: Pipeline, error: BackendError
) -> None:
    pipeline.client.errors = [error]
    delivery = await pipeline.submit(steps=("ticket",))
    await pipeline.pass_time(minutes=121)
    failed = await pipeline.wait_for(delivery, DeliveryState.FAILED)
    assert failed.failure == Failure(code="outcome_unknown")
    assert failed.outcome_unknown
    assert pipeline.client.calls == ["ticket"]

    again = await pipeline.queue.retry(failed, confirm=True, wait=60)
    assert again.state is DeliveryState.DELIVERED
    assert pipeline.client.calls == ["ticket"] * 2


async def test_step_is_looked_up_later_if_possible(pipeline: Pipeline) -> None:
    pipeline.client.errors = [LOST]
    pipeline.client.findings = [FOUND]
    delivery = await pipeline.submit(steps=("pledge",))
    await pipeline.pass_time(minutes=121)
    await pipeline.wait_for(delivery, DeliveryState.DELIVERED)
    assert pipeline.client.calls == ["pledge"]


async def test_absent_step_is_sent_again(pipeline: Pipeline) -> None:
    pipeline.client.errors = [LOST]
    pipeline.client.findings = [Absent()] * 9
    delivery = await pipeline.submit(steps=("pledge",))
    await pipeline.pass_time(minutes=121)
    await pipeline.wait_for(delivery, DeliveryState.UNCERTAIN)
    await pipeline.wait_until_known(delivery)
    await pipeline.wait_for(delivery, DeliveryState.DELIVERED)
    assert pipeline.client.calls == ["pledge"] * 2


async def test_time_starts_with_the_first_attempt_that_may_have_arrived(
    pipeline: Pipeline,
) -> None:
    pipeline.client.errors = [CannotConnect(), LOST, CannotConnect(), LOST]
    delivery = await pipeline.submit(steps=("ticket",))
    waits = {"hours": 5}, {"minutes": 75}, {"minutes": 40}
    for calls, wait in enumerate(waits, start=2):
        await pipeline.pass_time(**wait)
        while (await pipeline.stored(delivery)).attempts < calls:
            pipeline.worker.wake()
    assert pipeline.client.calls == ["ticket"] * 4
    await pipeline.pass_time(minutes=6)
    await pipeline.wait_for(delivery, DeliveryState.FAILED)
    assert pipeline.client.calls == ["ticket"] * 4


async def test_certainly_absent_step_is_sent_at_any_time(pipeline: Pipeline) -> None:
    pipeline.client.errors = [LOST, None, CannotConnect(), CannotConnect()]
    delivery = await pipeline.submit(steps=("note", "ticket"))
    for calls in (3, 4, 5):
        await pipeline.pass_time(minutes=121 if calls > 3 else 1)
        while len(pipeline.client.calls) < calls:
            await pipeline.stored(delivery)
    await pipeline.wait_for(delivery, DeliveryState.DELIVERED)
    assert pipeline.client.calls == ["note", "note", "ticket", "ticket", "ticket"]


async def _submit_and_end_run(
    idle: Pipeline, store: Store, *, sending: bool
) -> Delivery:
    """End a run after an attempt without a response, or kill it while sending."""
    idle.client.errors = [LOST]
    if sending:
        delivery = await idle.submit(steps=("ticket",), wait=0)
        await store.take(delivery.connection, idle.clock(), most=1, look_ups=0, busy=())
    else:
        idle.start()
        delivery = await idle.submit(steps=("ticket",))
        await idle.stop()
    return delivery


@pytest.mark.parametrize(
    ("minutes", "state", "calls"),
    [(58, DeliveryState.DELIVERED, 1), (62, DeliveryState.FAILED, 0)],
)
@pytest.mark.parametrize("sending", [True, False])
async def test_time_passes_while_home_assistant_is_off(
    idle: Pipeline,
    store: Store,
    minutes: float,
    state: DeliveryState,
    calls: int,
    *,
    sending: bool,
) -> None:
    delivery = await _submit_and_end_run(idle, store, sending=sending)
    clock = idle.clock.restarted()  # an hour later, so that it is steady
    clock.forward(minutes=minutes)
    after = Pipeline(store, clock=clock, client=LedgerClient())
    after.start()
    await after.wait_for(delivery, state)
    assert len(after.client.calls) == calls
    await after.stop()


@pytest.mark.parametrize(
    ("days", "state", "calls"),
    [(2, DeliveryState.FAILED, 0), (0, DeliveryState.DELIVERED, 1)],
)
@pytest.mark.parametrize("sending", [True, False])
async def test_slow_clock_after_a_power_cut_is_not_trusted(
    idle: Pipeline,
    store: Store,
    days: float,
    state: DeliveryState,
    calls: int,
    *,
    sending: bool,
) -> None:
    delivery = await _submit_and_end_run(idle, store, sending=sending)
    clock = idle.clock.restarted()
    clock.forward(seconds=-3590)  # ten seconds after it was sent: not yet steady
    after = Pipeline(store, clock=clock, client=LedgerClient())
    after.start()
    waiting = DeliveryState.UNCERTAIN if sending else DeliveryState.PENDING
    while (await after.stored(delivery)).due_at in (None, delivery.due_at):
        after.worker.wake()
    assert (await after.stored(delivery)).state is waiting
    assert after.client.calls == []
    after.clock.set(days=days)  # now the time is corrected
    await after.pass_time(seconds=1)
    await after.pass_time(seconds=100)
    await after.wait_for(delivery, state)
    assert len(after.client.calls) == calls
    await after.stop()


def test_attempt_in_the_future_is_not_repeated() -> None:
    step = Step(name="a", run=_never, repeatable=True, repeatable_for=REPEATABLE_FOR)
    sent = replace(pending_delivery(), first_sent_at=START)
    for ahead, repeats in ((timedelta(minutes=1), True), (timedelta(days=1), False)):
        assert transitions.repeats(sent, step, START - ahead) is repeats
        assert transitions.repeats(sent, step, START + ahead) is repeats


@pytest.mark.parametrize("older", [False, True])
def test_age_of_an_attempt_of_an_earlier_run_is_not_exact(older: bool) -> None:
    step = Step(name="a", run=_never, repeatable=True, repeatable_for=REPEATABLE_FOR)
    sent = replace(pending_delivery(), first_sent_at=START, older=older)
    end = START + REPEATABLE_FOR
    assert transitions.repeats(sent, step, end - JUMP / 2) is not older
    assert transitions.repeats(sent, step, end - JUMP * 2)


async def _never(*_: object) -> JsonObject:
    raise AssertionError
