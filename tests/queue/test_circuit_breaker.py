"""Tests of the circuit breaker."""

from datetime import timedelta

from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.queue.circuit_breaker import CircuitBreaker
from custom_components.event_relay.queue.delivery import DeliveryState

from .ledger import START
from .pipeline import Pipeline


def test_breaker_opens_after_three_failures_and_waits_longer_each_time() -> None:
    breaker = CircuitBreaker()
    for _ in range(2):
        breaker.failed(START, 1.0)
        assert not breaker.open
    waits = []
    for _ in range(6):
        breaker.failed(START, 1.0)
        assert breaker.probe_at is not None
        waits.append((breaker.probe_at - START).total_seconds())
    assert waits == [5, 10, 20, 40, 60, 60]
    assert not breaker.probes(START + timedelta(seconds=59))
    assert breaker.probes(START + timedelta(seconds=60))
    assert breaker.succeeded(START) == timedelta()
    assert not breaker.open


def test_success_resets_the_count() -> None:
    breaker = CircuitBreaker()
    for _ in range(5):
        breaker.failed(START, 1.0)
        breaker.failed(START, 1.0)
        assert breaker.succeeded(START) is None


async def _open_breaker(pipeline: Pipeline, deliveries: int) -> None:
    """Fail until the breaker is open, with a number of deliveries waiting."""
    pipeline.client.errors = [CannotConnect()] * 3
    for number in range(deliveries):
        await pipeline.submit(wait=0.05, text=f"line {number}")
    while len(pipeline.client.calls) < 3:
        await pipeline.pass_time(seconds=10)
        await pipeline.submit(wait=0, text="more")
    while pipeline.worker._in_flight.sending or pipeline.worker._in_flight.looking_up:
        await pipeline.pass_time()


async def test_open_breaker_lets_one_at_a_time_through(pipeline: Pipeline) -> None:
    await _open_breaker(pipeline, 8)
    calls = len(pipeline.client.calls)
    assert calls == 3
    assert pipeline.worker.held
    waiting = await pipeline.submit(wait=300, text="late")
    assert waiting.state is DeliveryState.PENDING
    assert waiting.attempts == 0

    pipeline.client.errors = [CannotConnect()]
    await pipeline.pass_time(seconds=5)
    while len(pipeline.client.calls) < 4:
        await pipeline.pass_time()
    while pipeline.worker._in_flight.sending or pipeline.worker._in_flight.looking_up:
        await pipeline.pass_time()
    await pipeline.submit(wait=0, text="later still")
    assert len(pipeline.client.calls) == 4


async def test_success_closes_the_breaker_for_all(pipeline: Pipeline) -> None:
    await _open_breaker(pipeline, 8)
    await pipeline.submit(wait=0, text="last")

    await pipeline.pass_time(seconds=5)
    for waiting in await pipeline.store.listing(limit=None):
        await pipeline.wait_for(waiting, DeliveryState.DELIVERED)

    assert not pipeline.worker.held
