"""Tests of deliveries claimed beyond the free slots."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.event_relay.queue.worker import STOP_PATIENCE

from .ledger import LEDGER
from .world import Fault, World

SLOTS = LEDGER.concurrency
AHEAD = 2
"""Deliveries that the world's backend claims beyond its slots."""
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


def test_page_is_claimed_and_sent_in_order(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    assert world.count_states() == {"sending": SLOTS + AHEAD, "pending": 2}
    assert world.outside.in_flight == SLOTS
    world.assert_all_sent_once_in_order(ALL)


def test_slot_is_free_before_the_outcome_is_committed(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    asked: list[int] = []
    world.database.before = lambda _: asked.append(len(world.outside.attempts))
    world.assert_all_sent_once_in_order(ALL)
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
    assert world.count_states() == {"sending": SLOTS, "pending": ALL - SLOTS}
    for row in world.rows()[SLOTS:]:
        assert (row["attempts"], row["first_sent_at"]) == (0, None)
    if end == "pause":
        _resume(world)
        world.assert_all_sent_once_in_order(ALL)


def test_stale_claims_are_renewed(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.loop.forward(seconds=11)
    anew = world.clock().timestamp() - 1
    ahead = [row for row in world.rows() if row["state"] == "sending"][SLOTS:]
    assert {row["first_sent_at"] for row in ahead} == {anew}
    assert {row["attempts"] for row in ahead} == {1}
    world.assert_all_sent_once_in_order(ALL)


def test_unsent_claims_are_looked_up_after_a_crash(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.kill()
    world.restart()
    world.heal()
    assert world.count_states() == {"delivered": ALL}
    assert {*world.outside.attempts.values()} == {1}


def test_full_disk_keeps_claims(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.database.full = True
    world.pipeline.worker.pause()
    world.loop.settle()
    assert world.count_states() == {"sending": SLOTS + AHEAD, "pending": 2}
    world.database.full = False
    world.loop.forward(seconds=10)
    assert world.count_states() == {"sending": SLOTS, "pending": ALL - SLOTS}


def test_outcomes_that_a_full_disk_refuses_are_written_later(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.database.full = True
    world.respond_to_all()
    assert world.count_states() == {"sending": SLOTS + AHEAD, "pending": 2}
    world.database.full = False
    world.loop.forward(seconds=10)
    world.assert_all_sent_once_in_order(ALL)
    assert {one.levelname for one in caplog.records} == {"WARNING"}


def test_claims_lost_with_a_damaged_file_are_written_anew(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.check_commits()
    ahead = [row["id"] for row in world.rows()][SLOTS : SLOTS + AHEAD]
    world.database.raw.execute("DROP TRIGGER temp.removed")
    for one in ahead:
        world.database.raw.execute("DELETE FROM deliveries WHERE id = ?", (one,))
        del world.states[one]
    world.pipeline.worker.pause()
    world.loop.settle()
    assert {world.row(one)["state"] for one in ahead} == {"pending"}
    _resume(world)
    world.respond_to_all()
    assert world.count_states() == {"delivered": ALL}


def test_stop_waits_for_commits_that_begin_meanwhile(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    stopping = world.loop.create_task(world.pipeline.worker.stop())
    world.loop.settle()
    world.database.delay = STOP_PATIENCE / 2
    world.respond_to_all()
    assert not stopping.done()
    world.loop.forward(seconds=world.database.delay)
    assert stopping.done()
    assert world.count_states() == {"delivered": SLOTS, "pending": ALL - SLOTS}


def test_outcomes_that_cannot_be_written_do_not_outlive_the_worker(
    world: World,
) -> None:
    world.outside.default_fault = Fault.HANGS
    _resume(world)
    world.database.full = True
    stopping = world.loop.create_task(world.pipeline.stop())
    world.loop.settle()
    world.respond_to_all()
    world.loop.forward(seconds=10)
    assert stopping.done()
    assert asyncio.all_tasks(world.loop) == set()
