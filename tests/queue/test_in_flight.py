"""More is claimed than there are slots, and nothing of it is lost or sent too late."""

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
    """Return a world in which more waits than can be claimed."""
    world = World(tmp_path)
    world.house.worker.pause()
    world.loop.settle()
    for number in range(ALL):
        world.ask(f"d{number}").result()
    yield world
    assert not world.wrongs, world.wrongs
    world.close()


def _resume(world: World) -> None:
    world.house.worker.resume()
    world.loop.settle()


def _states(world: World) -> Counter[str]:
    return Counter(state.value for state in world.on_file().values())


def _all_are_sent_once_and_in_their_order(world: World) -> None:
    world.outside.weather = Fault.FINE
    world.outside.release()
    world.loop.settle()
    assert _states(world) == {"delivered": ALL}
    assert [one for one, _ in world.outside.asked] == [f"d{n}" for n in range(ALL)]
    assert {*world.outside.asked.values()} == {1}


def test_claims_a_page_and_sends_it_in_its_order(world: World) -> None:
    world.outside.weather = Fault.HANGS
    _resume(world)
    assert _states(world) == {"sending": SLOTS + AHEAD, "pending": 2}
    assert world.outside.in_flight == SLOTS
    _all_are_sent_once_and_in_their_order(world)


def test_slot_is_free_before_the_outcome_is_committed(world: World) -> None:
    world.outside.weather = Fault.HANGS
    _resume(world)
    asked: list[int] = []
    world.database.before = lambda _: asked.append(len(world.outside.asked))
    _all_are_sent_once_and_in_their_order(world)
    assert asked[0] > SLOTS


@pytest.mark.parametrize("end", ["pause", "stop"])
def test_what_was_only_claimed_waits_again(world: World, end: str) -> None:
    world.outside.weather = Fault.HANGS
    _resume(world)
    if end == "pause":
        world.house.worker.pause()
        world.loop.settle()
    else:
        stopping = world.loop.create_task(world.house.stop())
        world.loop.settle()
        assert not stopping.done()
    assert _states(world) == {"sending": SLOTS, "pending": ALL - SLOTS}
    for row in world.rows()[SLOTS:]:
        assert (row["attempts"], row["first_sent_at"]) == (0, None)
    if end == "pause":
        _resume(world)
        _all_are_sent_once_and_in_their_order(world)


def test_what_was_claimed_too_long_ago_is_claimed_anew(world: World) -> None:
    world.outside.weather = Fault.HANGS
    _resume(world)
    world.loop.forward(seconds=11)
    anew = world.clock().timestamp() - 1
    ahead = [row for row in world.rows() if row["state"] == "sending"][SLOTS:]
    assert {row["first_sent_at"] for row in ahead} == {anew}
    assert {row["attempts"] for row in ahead} == {1}
    _all_are_sent_once_and_in_their_order(world)


def test_crash_leaves_what_was_only_claimed_to_be_looked_up(world: World) -> None:
    world.outside.weather = Fault.HANGS
    _resume(world)
    world.kill()
    world.restart()
    world.heal()
    assert _states(world) == {"delivered": ALL}
    assert {*world.outside.asked.values()} == {1}


def test_full_disk_keeps_what_was_claimed(world: World) -> None:
    world.outside.weather = Fault.HANGS
    _resume(world)
    world.database.full = True
    world.house.worker.pause()
    world.loop.settle()
    assert _states(world) == {"sending": SLOTS + AHEAD, "pending": 2}
    world.database.full = False
    world.loop.forward(seconds=10)
    assert _states(world) == {"sending": SLOTS, "pending": ALL - SLOTS}
