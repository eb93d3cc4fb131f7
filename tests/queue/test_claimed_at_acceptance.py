"""Tests of deliveries stored as claimed at once, which saves a commit."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.in_flight import AHEAD_PATIENCE, AnswerPace
from custom_components.event_relay.queue.store.store import StoreUnavailable
from custom_components.event_relay.queue.worker import STOP_PATIENCE

from .ledger import LEDGER
from .world import Fault, World

SLOTS = LEDGER.concurrency
AHEAD = 2
"""Deliveries that the world's backend claims beyond its slots."""
STAMP: dict[str, Any] = {"steps": ("stamp",)}
"""A step that can be neither looked up nor repeated."""


def _commits(world: World) -> list[int]:
    """Return a list that collects, for each later commit, the calls before it."""
    seen: list[int] = []
    world.database.before = lambda _: seen.append(sum(world.outside.attempts.values()))
    return seen


def _fill(world: World, number: int, **data: object) -> None:
    """Accept a number of deliveries that hang in the backend or wait for those."""
    world.outside.default_fault = Fault.HANGS
    for one in range(number):
        world.submit(f"d{one}", live=True, **data).result()


@pytest.mark.parametrize("steps", [("stamp",), ("note", "stamp"), ("write", "stamp")])
def test_delivery_is_sent_once_committed_without_a_claim(
    world: World, steps: tuple[str, ...]
) -> None:
    commits = _commits(world)
    world.submit("one", live=True, steps=steps).result()
    assert commits == [0, *range(1, len(steps) + 1)]
    assert world.stored_states() == {"one": DeliveryState.DELIVERED}


def test_delivery_waits_for_a_slot_as_claimed(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    assert world.count_states() == {"sending": SLOTS + AHEAD}
    assert world.outside.in_flight == SLOTS
    commits = _commits(world)
    world.assert_all_sent_once_in_order(SLOTS + AHEAD)
    assert len(commits) <= SLOTS + AHEAD


def test_deliveries_beyond_the_claim_limit_wait_in_the_file(world: World) -> None:
    _fill(world, SLOTS + AHEAD + 2)
    assert world.count_states() == {"sending": SLOTS + AHEAD, "pending": 2}
    world.assert_all_sent_once_in_order(SLOTS + AHEAD + 2)


def test_delivery_without_a_look_up_is_not_claimed_before_its_slot(
    world: World,
) -> None:
    _fill(world, SLOTS + 2, **STAMP)
    assert world.count_states() == {"sending": SLOTS, "pending": 2}
    world.pipeline.worker.wake()
    world.loop.settle()
    assert world.count_states() == {"sending": SLOTS, "pending": 2}
    world.outside.default_fault = Fault.FINE
    world.outside.release()
    world.loop.settle()
    assert world.count_states() == {"delivered": SLOTS + 2}


def test_delivery_without_a_look_up_is_not_overtaken(world: World) -> None:
    _fill(world, SLOTS)
    steps = [("stamp",), ("note",), ("stamp",), ("note",)]
    for number, one in enumerate(steps, SLOTS):
        world.submit(f"d{number}", live=True, steps=one).result()
    assert world.count_states() == {"sending": SLOTS, "pending": 4}
    world.assert_all_sent_once_in_order(SLOTS + 4)


def test_claimed_deliveries_are_looked_up_after_a_crash(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    world.kill()
    world.restart()
    world.heal()
    assert world.count_states() == {"delivered": SLOTS + AHEAD}
    assert {*world.outside.attempts.values()} == {1}


@pytest.mark.parametrize("known", [False, True], ids=["claimed", "with an id"])
def test_delivery_is_sent_after_its_caller_was_cancelled(
    world: World, *, known: bool
) -> None:
    request = world.request("one", **STAMP)
    if not known:
        request = replace(request, id=None)
    asking: list[asyncio.Task[object]] = []

    async def ask() -> None:
        await world.pipeline.queue.submit(request)

    def cancel(number: int) -> None:
        if number == 1:
            asking[0].cancel()

    world.database.before = cancel
    asking.append(world.loop.create_task(ask()))
    world.loop.settle()
    assert asking[0].cancelled()
    assert [*world.stored_states().values()] == [DeliveryState.DELIVERED]


@pytest.mark.parametrize("steps", [("stamp",), ("stamp", "note")])
def test_delivery_accepted_while_the_worker_stops_becomes_pending(
    world: World, steps: tuple[str, ...]
) -> None:
    _fill(world, SLOTS - 1)
    stopping: list[asyncio.Task[None]] = []

    def stop(_: int) -> None:
        if not stopping:
            stopping.append(world.loop.create_task(world.pipeline.stop()))

    world.database.before = stop
    world.submit("last", live=True, steps=steps).result()
    assert world.stored_states()["last"] is DeliveryState.PENDING
    assert world.row("last")["attempts"] == 0
    assert not world.outside.was_called("last")


def test_caller_learns_of_an_acceptance_committed_after_the_stop(world: World) -> None:
    world.database.delay = 2 * STOP_PATIENCE
    caller = world.submit("one", live=True, **STAMP)
    stopping = world.loop.create_task(world.pipeline.worker.stop())
    world.loop.forward(seconds=STOP_PATIENCE)
    assert stopping.done()
    assert not caller.done()
    world.loop.forward(seconds=STOP_PATIENCE)
    assert caller.result().id == "one"


def test_stale_claim_is_renewed(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    began = world.clock().timestamp()
    world.loop.forward(seconds=AHEAD_PATIENCE.total_seconds() + 1)
    claimed = [row["first_sent_at"] for row in world.rows()]
    assert claimed[:SLOTS] == [began] * SLOTS
    assert all(moment > began for moment in claimed[SLOTS:])
    world.assert_all_sent_once_in_order(SLOTS + AHEAD)


def test_claimed_delivery_expires_in_time(world: World) -> None:
    _fill(world, SLOTS + 1, seconds=AHEAD_PATIENCE.total_seconds() / 2)
    world.loop.forward(seconds=AHEAD_PATIENCE.total_seconds())
    assert world.stored_states()[f"d{SLOTS}"] is DeliveryState.EXPIRED


def test_pause_returns_claims(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    world.pipeline.worker.pause()
    world.loop.settle()
    assert world.count_states() == {"sending": SLOTS, "pending": AHEAD}
    world.pipeline.worker.resume()
    world.loop.settle()
    world.assert_all_sent_once_in_order(SLOTS + AHEAD)


def test_full_disk_frees_the_slot(world: World) -> None:
    world.database.full = True
    for number in range(SLOTS + 1):
        with pytest.raises(StoreUnavailable):
            world.submit(f"n{number}", live=True, **STAMP).result()
    assert not world.outside.attempts
    world.database.full = False
    world.submit("healthy").result()
    commits = _commits(world)
    world.submit("one", live=True, **STAMP).result()
    assert len(commits) == 2


def _responses_at(
    pace: AnswerPace, begin: float, *, seconds: float, number: int
) -> None:
    for one in range(number):
        pace.answered(begin + seconds * one / number)


def test_pace_is_responses_per_second() -> None:
    pace = AnswerPace()
    assert pace.per_second == 0
    _responses_at(pace, 100, seconds=1, number=400)
    assert 390 <= pace.per_second <= 410


def test_pace_of_a_burst_applies_to_the_next_one() -> None:
    pace = AnswerPace()
    _responses_at(pace, 100, seconds=1, number=400)
    pace.answered(200.0)
    assert 195 <= pace.per_second <= 205


def test_pace_follows_a_backend_that_slows_down() -> None:
    pace = AnswerPace()
    _responses_at(pace, 100, seconds=1, number=400)
    _responses_at(pace, 101, seconds=3, number=60)
    assert pace.per_second <= 20


def test_pace_is_reset_when_the_backend_falls_behind() -> None:
    pace = AnswerPace()
    _responses_at(pace, 100, seconds=1, number=400)
    pace.forget()
    assert pace.per_second == 0
    _responses_at(pace, 110, seconds=1, number=400)
    assert 390 <= pace.per_second <= 410


PACE = 20
"""Responses of the backend per second."""


def _establish_pace(world: World) -> None:
    """Let the backend respond to some deliveries, one after the other."""
    world.outside.slowness = 1 / PACE
    for number in range(PACE):
        world.submit(f"before{number}", live=True).result()
        world.loop.forward(seconds=1 / PACE)
    world.outside.attempts.clear()


def test_burst_is_claimed_by_the_backends_pace(world: World) -> None:
    _establish_pace(world)
    _fill(world, SLOTS + PACE + 5)
    states = world.count_states()
    assert SLOTS + PACE / 2 <= states["sending"] <= SLOTS + PACE
    assert states["pending"] == SLOTS + PACE + 5 - states["sending"]
    world.respond_to_all()


def test_waiting_deliveries_are_claimed_by_the_backends_pace(world: World) -> None:
    _establish_pace(world)
    world.pipeline.worker.pause()
    _fill(world, SLOTS + PACE + 5)
    world.pipeline.worker.resume()
    world.loop.settle()
    assert SLOTS + PACE / 2 <= world.count_states()["sending"] <= SLOTS + PACE
    world.respond_to_all()


def test_fewer_deliveries_are_claimed_when_the_backend_falls_behind(
    world: World,
) -> None:
    _establish_pace(world)
    _fill(world, SLOTS + PACE + 5)
    world.loop.forward(seconds=AHEAD_PATIENCE.total_seconds() + 1)
    assert world.count_states()["sending"] == SLOTS + AHEAD
    world.respond_to_all()
