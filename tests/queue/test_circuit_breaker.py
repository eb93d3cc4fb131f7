"""What happens while nothing gets through."""

from datetime import timedelta

from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.queue.circuit_breaker import CircuitBreaker
from custom_components.event_relay.queue.delivery import DeliveryState

from .conftest import House
from .ledger import START


def test_opens_with_the_third_failure_and_waits_longer_each_time() -> None:
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
    assert breaker.got_through(START) == timedelta()
    assert not breaker.open


def test_one_that_gets_through_begins_the_count_anew() -> None:
    breaker = CircuitBreaker()
    for _ in range(5):
        breaker.failed(START, 1.0)
        breaker.failed(START, 1.0)
        assert breaker.got_through(START) is None


async def _broken(house: House, deliveries: int) -> None:
    """Fail to get through until the breaker is open, with so many waiting."""
    house.client.troubles = [CannotConnect()] * 3
    for number in range(deliveries):
        await house.submit(wait=0.05, text=f"line {number}")
    while len(house.client.calls) < 3:
        await house.later(seconds=10)
        await house.submit(wait=0, text="more")
    while house.worker._in_flight.sending or house.worker._in_flight.looking_up:
        await house.later()


async def test_open_breaker_lets_one_at_a_time_through(house: House) -> None:
    await _broken(house, 8)
    calls = len(house.client.calls)
    assert calls == 3
    assert house.worker.held
    waiting = await house.submit(wait=300, text="late")
    assert waiting.state is DeliveryState.PENDING
    assert waiting.attempts == 0

    house.client.troubles = [CannotConnect()]
    await house.later(seconds=5)
    while len(house.client.calls) < 4:
        await house.later()
    while house.worker._in_flight.sending or house.worker._in_flight.looking_up:
        await house.later()
    await house.submit(wait=0, text="later still")
    assert len(house.client.calls) == 4


async def test_all_go_on_at_once_when_one_gets_through(house: House) -> None:
    await _broken(house, 8)
    await house.submit(wait=0, text="last")

    await house.later(seconds=5)
    for waiting in await house.store.listing(limit=None):
        await house.until(waiting, DeliveryState.DELIVERED)

    assert not house.worker.held
