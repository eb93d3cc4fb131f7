"""What nothing waits before is written as claimed at once: one commit less."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.in_flight import AHEAD_PATIENCE, AnswerPace
from custom_components.event_relay.queue.store.store import StoreUnavailable

from .ledger import LEDGER
from .world import Fault, World

SLOTS = LEDGER.concurrency
AHEAD = 2
"""What the world's backend claims beyond that."""
STAMP: dict[str, Any] = {"steps": ("stamp",)}
"""What can neither be looked up nor repeated."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    assert not world.wrongs, world.wrongs
    world.close()


def _commits(world: World) -> list[int]:
    """Return a list of the commits to come: of each the calls made before it."""
    seen: list[int] = []
    world.database.before = lambda _: seen.append(sum(world.outside.asked.values()))
    return seen


def _fill(world: World, number: int, **data: object) -> None:
    """Have so many accepted that hang in the backend, or wait for those."""
    world.outside.weather = Fault.HANGS
    for one in range(number):
        world.ask(f"d{one}", live=True, **data).result()


def _states(world: World) -> Counter[str]:
    return Counter(state.value for state in world.on_file().values())


def _answer_all(world: World) -> None:
    world.outside.weather = Fault.FINE
    world.outside.release()
    world.loop.settle()


def _all_are_sent_once_and_in_their_order(world: World, number: int) -> None:
    _answer_all(world)
    assert _states(world) == {"delivered": number}
    assert [one for one, _ in world.outside.asked] == [f"d{n}" for n in range(number)]
    assert {*world.outside.asked.values()} == {1}


@pytest.mark.parametrize("steps", [("stamp",), ("note", "stamp"), ("write", "stamp")])
def test_is_sent_as_soon_as_it_is_committed_without_a_turn(
    world: World, steps: tuple[str, ...]
) -> None:
    commits = _commits(world)
    world.ask("one", live=True, steps=steps).result()
    assert commits == [0, *range(1, len(steps) + 1)]
    assert world.on_file() == {"one": DeliveryState.DELIVERED}


def test_waits_for_a_slot_as_claimed_without_a_turn(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    assert _states(world) == {"sending": SLOTS + AHEAD}
    assert world.outside.in_flight == SLOTS
    commits = _commits(world)
    _all_are_sent_once_and_in_their_order(world, SLOTS + AHEAD)
    assert len(commits) <= SLOTS + AHEAD


def test_more_than_may_be_claimed_waits_in_the_file(world: World) -> None:
    _fill(world, SLOTS + AHEAD + 2)
    assert _states(world) == {"sending": SLOTS + AHEAD, "pending": 2}
    _all_are_sent_once_and_in_their_order(world, SLOTS + AHEAD + 2)


def test_what_cannot_be_asked_for_is_never_claimed_before_its_slot(
    world: World,
) -> None:
    _fill(world, SLOTS + 2, **STAMP)
    assert _states(world) == {"sending": SLOTS, "pending": 2}
    world.house.worker.wake()
    world.loop.settle()
    assert _states(world) == {"sending": SLOTS, "pending": 2}
    world.outside.weather = Fault.FINE
    world.outside.release()
    world.loop.settle()
    assert _states(world) == {"delivered": SLOTS + 2}


def test_what_cannot_be_asked_for_is_not_overtaken_for_want_of_a_slot(
    world: World,
) -> None:
    _fill(world, SLOTS)
    steps = [("stamp",), ("note",), ("stamp",), ("note",)]
    for number, one in enumerate(steps, SLOTS):
        world.ask(f"d{number}", live=True, steps=one).result()
    assert _states(world) == {"sending": SLOTS, "pending": 4}
    _all_are_sent_once_and_in_their_order(world, SLOTS + 4)


def test_crash_leaves_what_was_claimed_to_be_looked_up(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    world.kill()
    world.restart()
    world.heal()
    assert _states(world) == {"delivered": SLOTS + AHEAD}
    assert {*world.outside.asked.values()} == {1}


@pytest.mark.parametrize("known", [False, True], ids=["claimed", "with an id"])
def test_is_sent_although_nobody_waits_any_more_for_its_commit(
    world: World, *, known: bool
) -> None:
    request = world.request("one", **STAMP)
    if not known:
        request = replace(request, id=None)
    asking: list[asyncio.Task[object]] = []

    async def ask() -> None:
        await world.house.queue.submit(request)

    def cancel(number: int) -> None:
        if number == 1:
            asking[0].cancel()

    world.database.before = cancel
    asking.append(world.loop.create_task(ask()))
    world.loop.settle()
    assert asking[0].cancelled()
    assert [*world.on_file().values()] == [DeliveryState.DELIVERED]


@pytest.mark.parametrize("steps", [("stamp",), ("stamp", "note")])
def test_what_is_accepted_while_the_worker_stops_waits_again(
    world: World, steps: tuple[str, ...]
) -> None:
    _fill(world, SLOTS - 1)
    stopping: list[asyncio.Task[None]] = []

    def stop(_: int) -> None:
        if not stopping:
            stopping.append(world.loop.create_task(world.house.stop()))

    world.database.before = stop
    world.ask("last", live=True, steps=steps).result()
    assert world.on_file()["last"] is DeliveryState.PENDING
    assert world.row("last")["attempts"] == 0
    assert not world.outside.asked_for("last")


def test_what_waits_too_long_for_a_slot_is_claimed_anew(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    began = world.clock().timestamp()
    world.loop.forward(seconds=AHEAD_PATIENCE.total_seconds() + 1)
    claimed = [row["first_sent_at"] for row in world.rows()]
    assert claimed[:SLOTS] == [began] * SLOTS
    assert all(moment > began for moment in claimed[SLOTS:])
    _all_are_sent_once_and_in_their_order(world, SLOTS + AHEAD)


def test_what_expires_before_it_gets_a_slot_does_so_in_time(world: World) -> None:
    _fill(world, SLOTS + 1, seconds=AHEAD_PATIENCE.total_seconds() / 2)
    world.loop.forward(seconds=AHEAD_PATIENCE.total_seconds())
    assert world.on_file()[f"d{SLOTS}"] is DeliveryState.EXPIRED


def test_pause_lets_it_wait_again(world: World) -> None:
    _fill(world, SLOTS + AHEAD)
    world.house.worker.pause()
    world.loop.settle()
    assert _states(world) == {"sending": SLOTS, "pending": AHEAD}
    world.house.worker.resume()
    world.loop.settle()
    _all_are_sent_once_and_in_their_order(world, SLOTS + AHEAD)


def test_full_disk_keeps_no_slot(world: World) -> None:
    world.database.full = True
    for number in range(SLOTS + 1):
        with pytest.raises(StoreUnavailable):
            world.ask(f"n{number}", live=True, **STAMP).result()
    assert not world.outside.asked
    world.database.full = False
    world.ask("healthy").result()
    commits = _commits(world)
    world.ask("one", live=True, **STAMP).result()
    assert len(commits) == 2


def _answer(pace: AnswerPace, begin: float, *, seconds: float, number: int) -> None:
    for one in range(number):
        pace.answered(begin + seconds * one / number)


def test_pace_is_what_the_backend_answers_per_second() -> None:
    pace = AnswerPace()
    assert pace.per_second == 0
    _answer(pace, 100, seconds=1, number=400)
    assert 390 <= pace.per_second <= 410


def test_pace_of_a_burst_is_known_at_the_next_one() -> None:
    pace = AnswerPace()
    _answer(pace, 100, seconds=1, number=400)
    pace.answered(200.0)
    assert 195 <= pace.per_second <= 205


def test_pace_follows_a_backend_that_becomes_slow() -> None:
    pace = AnswerPace()
    _answer(pace, 100, seconds=1, number=400)
    _answer(pace, 101, seconds=3, number=60)
    assert pace.per_second <= 20


def test_pace_is_forgotten_once_the_backend_does_not_keep_up() -> None:
    pace = AnswerPace()
    _answer(pace, 100, seconds=1, number=400)
    pace.forget()
    assert pace.per_second == 0
    _answer(pace, 110, seconds=1, number=400)
    assert 390 <= pace.per_second <= 410


PACE = 20
"""Deliveries that the backend has answered per second."""


def _show_pace(world: World) -> None:
    """Let the backend answer some deliveries, one after the other."""
    world.outside.slowness = 1 / PACE
    for number in range(PACE):
        world.ask(f"before{number}", live=True).result()
        world.loop.forward(seconds=1 / PACE)
    world.outside.asked.clear()


def test_burst_is_claimed_as_far_as_the_backend_keeps_up(world: World) -> None:
    _show_pace(world)
    _fill(world, SLOTS + PACE + 5)
    states = _states(world)
    assert SLOTS + PACE / 2 <= states["sending"] <= SLOTS + PACE
    assert states["pending"] == SLOTS + PACE + 5 - states["sending"]
    _answer_all(world)


def test_what_waits_is_claimed_as_far_as_the_backend_keeps_up(world: World) -> None:
    _show_pace(world)
    world.house.worker.pause()
    _fill(world, SLOTS + PACE + 5)
    world.house.worker.resume()
    world.loop.settle()
    assert SLOTS + PACE / 2 <= _states(world)["sending"] <= SLOTS + PACE
    _answer_all(world)


def test_less_is_claimed_once_the_backend_does_not_keep_up(world: World) -> None:
    _show_pace(world)
    _fill(world, SLOTS + PACE + 5)
    world.loop.forward(seconds=AHEAD_PATIENCE.total_seconds() + 1)
    assert _states(world)["sending"] == SLOTS + AHEAD
    _answer_all(world)
