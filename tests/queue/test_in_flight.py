"""Tests of deliveries claimed beyond the free slots."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .ledger import LEDGER
from .world import Fault, World

SLOTS = LEDGER.concurrency
AHEAD = 2
"""What the world's backend claims beyond that."""
ALL = SLOTS + AHEAD + 2


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a world with more waiting deliveries than can be claimed."""
    world = World(tmp_path)
    world.pipeline.worker.pause()
    world.loop.settle()
    for number in range(ALL):
        world.submit(f"d{number}").result()
    yield world
    assert not world.violations, world.violations
    world.close()


def _resume(world: World) -> None:
    world.pipeline.worker.resume()
    world.loop.settle()


def _states(world: World) -> Counter[str]:
    return Counter(state.value for state in world.stored_states().values())


def _assert_all_sent_once_in_order(world: World) -> None:
    world.outside.default_fault = Fault.FINE
    world.outside.release()
    world.loop.settle()
    assert _states(world) == {"delivered": ALL}
    assert [one for one, _ in world.outside.attempts] == [f"d{n}" for n in range(ALL)]
    assert {*world.outside.attempts.values()} == {1}


def test_page_is_claimed_and_sent_in_order(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    assert _states(world) == {"sending": SLOTS + AHEAD, "pending": 2}
    assert world.outside.in_flight == SLOTS
    _assert_all_sent_once_in_order(world)


def test_slot_is_free_before_the_outcome_is_committed(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    asked: list[int] = []
    world.database.before = lambda _: asked.append(len(world.outside.attempts))
    _assert_all_sent_once_in_order(world)
    assert asked[0] > SLOTS


@pytest.mark.parametrize("end", ["pause", "stop"])
def test_unsent_claims_become_pending_again(world: World, end: str) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    if end == "pause":
        world.pipeline.worker.pause()
        world.loop.settle()
    else:
        stopping = world.loop.create_task(world.pipeline.stop())
        world.loop.settle()
        assert not stopping.done()
    assert _states(world) == {"sending": SLOTS, "pending": ALL - SLOTS}
    for row in world.rows()[SLOTS:]:
        assert (row["attempts"], row["first_sent_at"]) == (0, None)
    if end == "pause":
        _resume(world)
        _assert_all_sent_once_in_order(world)


def test_stale_claims_are_renewed(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.loop.forward(seconds=11)
    anew = world.clock().timestamp() - 1
    ahead = [row for row in world.rows() if row["state"] == "sending"][SLOTS:]
    assert {row["first_sent_at"] for row in ahead} == {anew}
    assert {row["attempts"] for row in ahead} == {1}
    _assert_all_sent_once_in_order(world)


def test_unsent_claims_are_looked_up_after_a_crash(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.kill()
    world.restart()
    world.heal()
    assert _states(world) == {"delivered": ALL}
    assert {*world.outside.attempts.values()} == {1}


def test_full_disk_keeps_claims(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.database.full = True
    world.pipeline.worker.pause()
    world.loop.settle()
    assert _states(world) == {"sending": SLOTS + AHEAD, "pending": 2}
    world.database.full = False
    world.loop.forward(seconds=10)
    assert _states(world) == {"sending": SLOTS, "pending": ALL - SLOTS}
