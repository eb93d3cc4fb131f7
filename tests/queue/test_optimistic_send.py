"""What goes out while it is being committed, and what is told when that fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.optimistic_send import SentUnrecorded
from custom_components.event_relay.queue.store.store import StoreUnavailable

from .ledger import LEDGER
from .world import Fault, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    assert not world.wrongs, world.wrongs
    world.close()


def _commits(world: World) -> list[tuple[int, bool]]:
    """Return a list of the commits to come, each with whether `one` had arrived."""
    seen: list[tuple[int, bool]] = []
    world.database.before = lambda number: seen.append(
        (number, any(world.outside.done.values()))
    )
    return seen


@pytest.mark.parametrize(
    ("data", "before"),
    [
        ({}, True),
        ({"steps": ("write", "note")}, True),
        ({"steps": ("note",)}, True),
        ({"live": False}, False),
        ({"steps": ("write", "stamp")}, False),
        ({"lane": "door"}, False),
    ],
    ids=[
        "live",
        "several steps",
        "repeatable",
        "with an id",
        "not allowed",
        "in a lane",
    ],
)
def test_is_sent_before_its_commit_only_where_nothing_can_go_wrong(
    world: World, data: dict[str, object], *, before: bool
) -> None:
    commits = _commits(world)
    asked = world.ask("one", **{"live": True, **data})  # type: ignore[arg-type]
    assert asked.result().id == "one"
    assert commits[0] == (1, before)
    assert world.on_file() == {"one": DeliveryState.DELIVERED}


def test_needs_two_commits_and_no_turn(world: World) -> None:
    commits = _commits(world)
    world.ask("one", live=True).result()
    assert len(commits) == 2


def test_what_waits_goes_first(world: World) -> None:
    world.outside.weather = Fault.HANGS
    for number in range(LEDGER.concurrency + world.backend.claims_ahead):
        world.ask(f"busy {number}", live=True).result()
    assert world.ask("waits", live=True).result().state is DeliveryState.PENDING
    assert not world.outside.asked_for("waits")
    world.outside.weather = Fault.FINE
    world.outside.release()
    world.loop.settle()
    assert set(world.on_file().values()) == {DeliveryState.DELIVERED}


def test_paused_connection_sends_nothing_at_once(world: World) -> None:
    world.house.worker.pause()
    assert world.ask("one", live=True).result().state is DeliveryState.PENDING
    assert not world.outside.asked_for("one")


@pytest.mark.parametrize("fault", [Fault.FINE, Fault.REPLY_LOST, Fault.REQUEST_LOST])
def test_what_may_have_arrived_unrecorded_is_told_and_written_down_later(
    world: World, fault: Fault
) -> None:
    world.database.full = True
    world.outside.answers = [fault]
    with pytest.raises(SentUnrecorded):
        world.ask("one", live=True).result()
    assert world.on_file() == {}
    world.heal()
    assert world.on_file() == {"one": DeliveryState.DELIVERED}
    assert world.outside.done["one", "write"] == 1


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.REFUSED, Fault.BUSY])
def test_what_surely_did_not_arrive_was_not_accepted(
    world: World, fault: Fault
) -> None:
    world.database.full = True
    world.outside.answers = [fault]
    with pytest.raises(StoreUnavailable) as refused:
        world.ask("one", live=True).result()
    assert not isinstance(refused.value, SentUnrecorded)
    world.heal()
    assert world.on_file() == {}
    assert not world.outside.has_or_may_have("one")


def test_nothing_is_told_while_nobody_knows_whether_it_arrives(world: World) -> None:
    world.database.full = True
    world.outside.answers = [Fault.HANGS]
    asked = world.ask("one", live=True)
    assert not asked.done()
    world.outside.release()
    world.loop.settle()
    assert isinstance(asked.exception(), SentUnrecorded)


def test_broken_file_is_found_out_by_one_alone(world: World) -> None:
    world.database.full = True
    with pytest.raises(SentUnrecorded):
        world.ask("one", live=True).result()
    with pytest.raises(StoreUnavailable) as refused:
        world.ask("two", live=True).result()
    assert not isinstance(refused.value, SentUnrecorded)
    assert not world.outside.asked_for("two")
    world.heal()
    world.ask("three", live=True).result()
    commits = _commits(world)
    world.ask("four", live=True).result()
    assert len(commits) == 2
