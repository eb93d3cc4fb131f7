"""Tests of a long outage with many deliveries, in virtual time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.event_relay.queue import backoff, circuit_breaker
from custom_components.event_relay.queue.store.store import UNSETTLED_LIMIT, QueueFull

from ..search_effort import THOROUGH
from .ledger import LEDGER
from .world import PATIENCE, Fault, World

OUTAGE = timedelta(hours=24 if THOROUGH else 4).total_seconds()
EXPIRY = 10_000
SOME = 120
"""A number of deliveries where any number would do."""
MANY = UNSETTLED_LIMIT if THOROUGH else 400
RETRY_AFTER = 120
"""The outside system's retry-after, in seconds."""


def _fill(world: World, size: int, **data: object) -> None:
    """Accept many deliveries in one iteration of the loop."""

    async def fill() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(size):
                request = world.request(f"d{number:05}", **data)
                group.create_task(world.pipeline.queue.submit(request))

    world.loop.now(fill())


def _states(world: World) -> set[str]:
    world.check_commits()
    assert not world.violations, world.violations
    return {*world.states.values()}


def _probes(seconds: float) -> int:
    """Return the number of attempts of an open breaker with maximal waits."""
    count, gone_by = 0, 0.0
    while gone_by <= seconds:
        wait = backoff.back_off(count + 1, 1.0)
        gone_by += min(wait, circuit_breaker.PROBE_CAP).total_seconds()
        count += 1
    return count


@pytest.mark.parametrize(
    ("fault", "size"), [(Fault.UNREACHABLE, MANY), (Fault.BUSY, SOME)]
)
def test_outage_costs_one_probe_a_minute_and_loses_nothing(
    world: World, fault: Fault, size: int
) -> None:
    world.outside.default_fault = fault
    _fill(world, size)
    world.loop.forward(seconds=OUTAGE)

    outage = world.outside.attempts.total()
    first = circuit_breaker.THRESHOLD + LEDGER.concurrency - 1
    assert _probes(OUTAGE) - 1 <= outage <= _probes(OUTAGE) + first
    assert world.outside.most_in_flight <= LEDGER.concurrency
    assert _states(world) == {"pending"}

    world.outside.default_fault = Fault.FINE
    world.loop.forward(seconds=circuit_breaker.PROBE_CAP.total_seconds())

    assert _states(world) == {"delivered"}
    assert world.outside.attempts.total() == outage + size
    assert [*world.outside.done.values()] == [1] * size


def test_backend_that_does_not_respond_gets_no_more_than_one_that_is_out(
    world: World,
) -> None:
    world.outside.stall()
    _fill(world, SOME)
    # Two requests at a time: the breaker opens once the third has had no response.
    world.loop.forward(seconds=2 * PATIENCE + 0.5)
    first = circuit_breaker.THRESHOLD + LEDGER.concurrency - 1
    assert world.outside.attempts.total() == first

    world.outside.resume_responses()
    world.loop.forward(seconds=300)
    assert _states(world) == {"delivered"}
    assert [*world.outside.done.values()] == [1] * SOME


def test_queue_drains_in_order_with_full_concurrency(world: World) -> None:
    world.outside.default_fault = Fault.UNREACHABLE
    _fill(world, SOME)
    world.loop.forward(hours=1)
    tried = {one for one, _ in world.outside.attempts}
    world.outside.default_fault = Fault.HANGS_FIRST

    # One probe, then all slots are used, and used again as they become free.
    world.loop.forward(minutes=1)
    assert world.outside.in_flight == 1
    for _ in range(50):
        world.outside.release()
        world.loop.settle()
        assert world.outside.in_flight <= LEDGER.concurrency
    assert world.outside.most_in_flight == LEDGER.concurrency
    world.outside.default_fault = Fault.FINE
    world.outside.release()
    world.loop.settle()

    assert _states(world) == {"delivered"}
    untried = [one for one, _ in world.outside.attempts if one not in tried]
    assert untried == sorted(untried)


def test_attempted_deliveries_go_first_after_an_outage(world: World) -> None:
    world.outside.default_fault = Fault.UNREACHABLE
    _fill(world, SOME)
    world.loop.forward(hours=1)
    tried = {one for one, _ in world.outside.attempts}
    assert len(tried) > 10
    world.outside.default_fault = Fault.FINE
    world.loop.forward(minutes=1)

    assert _states(world) == {"delivered"}
    done = [one for one, _ in world.outside.done]
    # Any of them may be the successful probe.
    assert done[1:] == sorted(done[1:])


def test_retry_after_is_obeyed(world: World) -> None:
    world.outside.default_fault = Fault.LIMITED
    _fill(world, SOME)
    world.loop.forward(seconds=OUTAGE)

    rounds = OUTAGE / RETRY_AFTER + 1
    outage = world.outside.attempts.total()
    assert rounds - 1 <= outage <= rounds * LEDGER.concurrency
    assert _states(world) == {"pending"}

    world.outside.default_fault = Fault.FINE
    # No delivery waits longer than its own retry-after.
    world.loop.forward(seconds=RETRY_AFTER)
    assert _states(world) == {"delivered"}
    assert world.outside.attempts.total() == outage + SOME


def test_expired_deliveries_are_reported_after_the_outage(world: World) -> None:
    world.outside.default_fault = Fault.UNREACHABLE
    _fill(world, SOME, seconds=EXPIRY)
    world.loop.forward(seconds=EXPIRY - 1)
    assert _states(world) == {"pending"}

    world.loop.forward(seconds=2)
    assert _states(world) == {"expired"}
    told = [one.id for one in world.pipeline.changes if one.state.settled]
    assert sorted(told) == sorted(world.states)
    assert len(told) == SOME

    asked = world.outside.attempts.total()
    world.outside.default_fault = Fault.FINE
    world.loop.forward(hours=1)
    assert world.outside.attempts.total() == asked


def test_full_queue_rejects_deliveries(world: World) -> None:
    world.pipeline.worker.pause()
    _fill(world, UNSETTLED_LIMIT)

    with pytest.raises(QueueFull):
        world.loop.now(world.pipeline.queue.submit(world.request("one too many")))

    assert _states(world) == {"pending"}
    assert len(world.states) == UNSETTLED_LIMIT


def test_cost_of_an_attempt_does_not_grow_with_the_queue(tmp_path: Path) -> None:
    costs = []
    for size in (100, 2000):
        folder = tmp_path / str(size)
        folder.mkdir()
        world = World(folder)
        world.outside.default_fault = Fault.UNREACHABLE
        _fill(world, size, seconds=EXPIRY)
        world.loop.forward(minutes=10)
        costs.append(_instructions(world, minutes=10))
        world.close()

    few, many = costs
    assert few > 0
    assert many < few * 1.5


def _instructions(world: World, **parts: float) -> int:
    """Count SQLite's instructions during a time, in tens."""
    count = 0

    def carried_out() -> int:
        nonlocal count
        count += 1
        return 0

    world.outside.judges = False
    world.database.raw.set_progress_handler(carried_out, 10)
    world.loop.forward(**parts)
    world.database.raw.set_progress_handler(None, 0)
    return count
