"""Tests of look-ups that find nothing, which prove absence only together."""

from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.event_relay.queue.absence import LOOKS, Absence

from .ledger import WRITE_TIME
from .world import Fault, World

DONE = ("d1", "write")


@pytest.fixture
def absence() -> Absence:
    """Return the proof of absence for a backend whose writes take half a minute."""
    return Absence(timedelta(seconds=30))


def test_single_response_proves_nothing(absence: Absence) -> None:
    assert not absence.proven("one", 1000, 1000)
    assert not absence.proven("other", 1001, 1001)


def test_two_responses_a_write_apart_prove_absence(absence: Absence) -> None:
    for second in (0, 10, 20):
        assert not absence.proven("one", second, second + 0.1)
    assert not absence.proven("one", 30, 30.1)
    assert absence.proven("one", 30.2, 30.3)


def test_longer_write_time_needs_no_more_look_ups(absence: Absence) -> None:
    takes = timedelta(minutes=2)
    assert absence.wait(takes) == absence.wait() == timedelta(seconds=30) / LOOKS
    for second in range(0, 120, 10):
        assert not absence.proven("one", second, second, takes)
    assert absence.proven("one", 121, 121, takes)


def test_shorter_write_time_proves_absence_sooner(absence: Absence) -> None:
    takes = timedelta(seconds=3)
    assert absence.wait(takes) == timedelta(seconds=1)
    assert not absence.proven("one", 0, 0, takes)
    assert not absence.proven("one", 2, 2, takes)
    assert absence.proven("one", 3, 3, takes)


def test_response_time_does_not_count_as_time_between_responses(
    absence: Absence,
) -> None:
    assert not absence.proven("one", 0, 9)
    assert not absence.proven("one", 19, 29)
    assert not absence.proven("one", 30, 40)
    assert absence.proven("one", 40, 40)


def test_responses_before_a_stall_do_not_count(absence: Absence) -> None:
    for second in (0, 10, 20):
        absence.proven("one", second, second)
    absence.stalled()
    for second in (29, 39, 49, 58):
        assert not absence.proven("one", second, second)
    assert absence.proven("one", 59, 59)


def test_responses_before_a_silence_do_not_count(absence: Absence) -> None:
    assert not absence.proven("one", 0, 0)
    assert not absence.proven("one", 100, 100)
    # Responses to other deliveries show that the backend is alive.
    for second in (110, 120):
        absence.alive(second, second)
    assert absence.proven("one", 130, 130)


def test_found_delivery_resets_the_proof(absence: Absence) -> None:
    for second in (0, 10, 20):
        absence.proven("one", second, second)
    absence.forget("one")
    assert not absence.proven("one", 30, 30)


@pytest.mark.parametrize("seconds", [5, 12, 36, 41, 50, 60])
@pytest.mark.parametrize("first", [0, 0.3, 2])
def test_stalled_backend_gets_nothing_twice(
    tmp_path: Path, seconds: float, first: float
) -> None:
    world = World(tmp_path)
    world.outside.stall()
    for number in range(4):
        _ = world.submit(f"d{number}", steps=("write",))
        world.loop.forward(seconds=first)
    world.loop.forward(seconds=seconds - 4 * first)
    world.outside.resume_responses()
    world.loop.forward(seconds=300)

    assert [*world.outside.done.values()] == [1, 1, 1, 1]
    assert set(world.stored_states().values()) == {"delivered"}
    assert not world.violations
    world.close()


@pytest.mark.parametrize(
    ("fault", "most"),
    [(Fault.REPLY_LOST, 2), (Fault.REQUEST_LOST, WRITE_TIME + 5)],
)
def test_healthy_backend_is_asked_no_longer_than_needed(
    tmp_path: Path, fault: Fault, most: float
) -> None:
    world = World(tmp_path)
    world.outside.answers.append(fault)
    _ = world.submit("d1", steps=("write",))
    world.loop.forward(seconds=most)

    assert world.outside.done == {DONE: 1}
    assert world.stored_states() == {"d1": "delivered"}
    world.close()
