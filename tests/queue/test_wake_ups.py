"""Tests that a sleeping worker has nothing to do, or a timer for the next task."""

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
    """Return a world that claims many deliveries ahead of the slots."""
    world = World(tmp_path, claims_ahead=AHEAD)
    yield world
    assert not world.violations, world.violations
    world.close()


@pytest.mark.parametrize("slowness", [0.3, 1.5, 4, 9, 30])
def test_burst_takes_no_longer_than_the_slow_backend(
    world: World, slowness: float
) -> None:
    world.outside.slowness = slowness
    for number in range(BURST):
        world.submit(f"d{number}").result()

    world.loop.forward(seconds=BURST / LEDGER.concurrency * slowness + 1)

    assert {*world.stored_states().values()} == {DELIVERED}
    assert {*world.outside.attempts.values()} == {1}


def test_claims_expire_in_time(world: World) -> None:
    world.outside.slowness = 30
    for number in range(6):
        world.submit(f"d{number}", seconds=5).result()

    world.loop.forward(seconds=6)

    states = [*world.stored_states().values()]
    assert states[2:] == [DeliveryState.EXPIRED] * 4


def test_claim_that_becomes_stale_meanwhile_is_renewed_at_once(world: World) -> None:
    world.outside.slowness = 60
    for number in range(6):
        world.submit(f"d{number}").result()
    nothing = Taken(
        ended=(),
        more_expire=False,
        claimed=(),
        look_ups=(),
        waiting=False,
        next_at=None,
    )

    pause = world.pipeline.worker._pause_after(nothing, world.clock() + AHEAD_PATIENCE)

    assert pause == 0


def test_caller_keeps_waiting_when_a_claim_is_returned(world: World) -> None:
    world.outside.slowness = 8
    for number in range(4):
        world.submit(f"d{number}").result()
    request = world.request("last")
    waiting = world.loop.create_task(world.pipeline.queue.submit(request, wait=60))

    world.loop.forward(seconds=30)

    assert waiting.result().state is DELIVERED


def test_delivery_with_an_unexpected_error_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as the original
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(
            "custom_components.event_relay.queue.transitions.step_done", breaks
        )
        world.submit("d").result()
    world.loop.forward(seconds=1)

    assert world.stored_states() == {"d": DeliveryState.FAILED}
    assert world.pipeline.changes[-1].outcome_unknown


def test_worker_continues_after_an_unexpected_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as the original
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(world.store, "take", breaks)
        world.submit("d").result()
    world.loop.forward(seconds=10)

    assert world.stored_states() == {"d": DELIVERED}
