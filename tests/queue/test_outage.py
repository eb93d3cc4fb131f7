"""A long outage with much in the outbox, and what comes after it, in virtual time."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.event_relay.queue import backoff, circuit_breaker
from custom_components.event_relay.queue.store.store import UNSETTLED_LIMIT, QueueFull

from ..search_effort import THOROUGH
from .ledger import LEDGER
from .world import Fault, World

OUTAGE = timedelta(hours=24 if THOROUGH else 4).total_seconds()
EXPIRY = 10_000
SOME = 120
"""Deliveries where it does not matter how many there are."""
MANY = UNSETTLED_LIMIT if THOROUGH else 400
RETRY_AFTER = 120
"""Seconds that the outside asks for when it is limited."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a house beside an outside system."""
    world = World(tmp_path)
    yield world
    world.close()


def _fill(world: World, size: int, **data: object) -> None:
    """Accept many deliveries in one turn of the loop."""

    async def fill() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(size):
                request = world.request(f"d{number:05}", **data)
                group.create_task(world.house.queue.submit(request))

    world.loop.now(fill())


def _states(world: World) -> set[str]:
    world.look()
    assert not world.wrongs, world.wrongs
    return {*world.states.values()}


def _probes(seconds: float) -> int:
    """Return how many attempts an open breaker makes when chance is at its longest."""
    count, gone_by = 0, 0.0
    while gone_by <= seconds:
        wait = backoff.back_off(count + 1, 1.0)
        gone_by += min(wait, circuit_breaker.PROBE_CAP).total_seconds()
        count += 1
    return count


@pytest.mark.parametrize(
    ("fault", "size"), [(Fault.UNREACHABLE, MANY), (Fault.BUSY, SOME)]
)
def test_outage_costs_a_probe_a_minute_and_loses_nothing(
    world: World, fault: Fault, size: int
) -> None:
    world.outside.weather = fault
    _fill(world, size)
    world.loop.forward(seconds=OUTAGE)

    outage = world.outside.asked.total()
    first = circuit_breaker.THRESHOLD + LEDGER.concurrency - 1
    assert _probes(OUTAGE) - 1 <= outage <= _probes(OUTAGE) + first
    assert world.outside.most_under_way <= LEDGER.concurrency
    assert _states(world) == {"pending"}

    world.outside.weather = Fault.FINE
    world.loop.forward(seconds=circuit_breaker.PROBE_CAP.total_seconds())

    assert _states(world) == {"delivered"}
    assert world.outside.asked.total() == outage + size
    assert [*world.outside.done.values()] == [1] * size


def test_drains_in_the_order_of_acceptance_as_many_at_once_as_may_be(
    world: World,
) -> None:
    world.outside.weather = Fault.UNREACHABLE
    _fill(world, SOME)
    world.loop.forward(hours=1)
    tried = {one for one, _ in world.outside.asked}
    world.outside.weather = Fault.HANGS_FIRST

    # One probe, then all places are taken, and taken again as they become free.
    world.loop.forward(minutes=1)
    assert world.outside.in_flight == 1
    for _ in range(50):
        world.outside.release()
        world.loop.settle()
        assert world.outside.in_flight <= LEDGER.concurrency
    assert world.outside.most_under_way == LEDGER.concurrency
    world.outside.weather = Fault.FINE
    world.outside.release()
    world.loop.settle()

    assert _states(world) == {"delivered"}
    untried = [one for one, _ in world.outside.asked if one not in tried]
    assert untried == sorted(untried)


def test_what_was_tried_in_vain_comes_first_after_the_outage(world: World) -> None:
    world.outside.weather = Fault.UNREACHABLE
    _fill(world, SOME)
    world.loop.forward(hours=1)
    tried = {one for one, _ in world.outside.asked}
    assert len(tried) > 10
    world.outside.weather = Fault.FINE
    world.loop.forward(minutes=1)

    assert _states(world) == {"delivered"}
    done = [one for one, _ in world.outside.done]
    # The probe that got through may be any of them.
    assert done[1:] == sorted(done[1:])


def test_backend_that_names_a_time_is_left_alone_until_then(world: World) -> None:
    world.outside.weather = Fault.LIMITED
    _fill(world, SOME)
    world.loop.forward(seconds=OUTAGE)

    rounds = OUTAGE / RETRY_AFTER + 1
    outage = world.outside.asked.total()
    assert rounds - 1 <= outage <= rounds * LEDGER.concurrency
    assert _states(world) == {"pending"}

    world.outside.weather = Fault.FINE
    # Nothing has to wait longer than what it was told to wait itself.
    world.loop.forward(seconds=RETRY_AFTER)
    assert _states(world) == {"delivered"}
    assert world.outside.asked.total() == outage + SOME


def test_what_has_no_use_after_the_outage_expires_and_is_told_of(
    world: World,
) -> None:
    world.outside.weather = Fault.UNREACHABLE
    _fill(world, SOME, seconds=EXPIRY)
    world.loop.forward(seconds=EXPIRY - 1)
    assert _states(world) == {"pending"}

    world.loop.forward(seconds=2)
    assert _states(world) == {"expired"}
    told = [one.id for one in world.house.changes if one.state.settled]
    assert sorted(told) == sorted(world.states)
    assert len(told) == SOME

    asked = world.outside.asked.total()
    world.outside.weather = Fault.FINE
    world.loop.forward(hours=1)
    assert world.outside.asked.total() == asked


def test_full_outbox_takes_no_more_than_it_has_room_for(world: World) -> None:
    world.house.worker.pause()
    _fill(world, UNSETTLED_LIMIT)

    with pytest.raises(QueueFull):
        world.loop.now(world.house.queue.submit(world.request("one too many")))

    assert _states(world) == {"pending"}
    assert len(world.states) == UNSETTLED_LIMIT


def test_attempt_costs_the_same_however_many_wait(tmp_path: Path) -> None:
    costs = []
    for size in (100, 2000):
        folder = tmp_path / str(size)
        folder.mkdir()
        world = World(folder)
        world.outside.weather = Fault.UNREACHABLE
        _fill(world, size, seconds=EXPIRY)
        world.loop.forward(minutes=10)
        costs.append(_instructions(world, minutes=10))
        world.close()

    few, many = costs
    assert few > 0
    assert many < few * 1.5


def _instructions(world: World, **parts: float) -> int:
    """Count the instructions, in tens, that SQLite carries out in some time."""
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
