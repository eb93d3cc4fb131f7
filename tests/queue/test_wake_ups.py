"""A worker that sleeps has nothing to do, or a timer for the earliest thing to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.in_flight import AHEAD_PATIENCE
from custom_components.event_relay.queue.store.store import Taken

from .ledger import LEDGER
from .world import World

BURST = 24
AHEAD = 16
DELIVERED = DeliveryState.DELIVERED


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a world in which much is claimed ahead of the slots."""
    world = World(tmp_path, claims_ahead=AHEAD)
    yield world
    assert not world.wrongs, world.wrongs
    world.close()


@pytest.mark.parametrize("slowness", [0.3, 1.5, 4, 9, 30])
def test_a_burst_ends_in_the_time_that_a_slow_backend_takes(
    world: World, slowness: float
) -> None:
    world.outside.slowness = slowness
    for number in range(BURST):
        world.ask(f"d{number}").result()

    world.loop.forward(seconds=BURST / LEDGER.concurrency * slowness + 1)

    assert {*world.on_file().values()} == {DELIVERED}
    assert {*world.outside.asked.values()} == {1}


def test_what_is_claimed_ahead_expires_in_time(world: World) -> None:
    world.outside.slowness = 30
    for number in range(6):
        world.ask(f"d{number}", seconds=5).result()

    world.loop.forward(seconds=6)

    states = [*world.on_file().values()]
    assert states[2:] == [DeliveryState.EXPIRED] * 4


def test_a_claim_that_becomes_stale_during_a_turn_is_seen_to_at_once(
    world: World,
) -> None:
    world.outside.slowness = 60
    for number in range(6):
        world.ask(f"d{number}").result()
    nothing = Taken(
        ended=(),
        more_expire=False,
        claimed=(),
        look_ups=(),
        waiting=False,
        next_at=None,
    )

    pause = world.house.worker._pause_after(nothing, world.clock() + AHEAD_PATIENCE)

    assert pause == 0


def test_a_caller_waits_on_when_a_claim_is_put_back(world: World) -> None:
    world.outside.slowness = 8
    for number in range(4):
        world.ask(f"d{number}").result()
    request = world.request("last")
    waiting = world.loop.create_task(world.house.queue.submit(request, wait=60))

    world.loop.forward(seconds=30)

    assert waiting.result().state is DELIVERED


def test_a_delivery_whose_work_breaks_ends_and_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as the original
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(
            "custom_components.event_relay.queue.transitions.step_done", breaks
        )
        world.ask("d").result()
    world.loop.forward(seconds=1)

    assert world.on_file() == {"d": DeliveryState.FAILED}
    assert world.house.changes[-1].unclear


def test_a_worker_goes_on_after_a_turn_that_broke(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as the original
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(world.store, "take", breaks)
        world.ask("d").result()
    world.loop.forward(seconds=10)

    assert world.on_file() == {"d": DELIVERED}
