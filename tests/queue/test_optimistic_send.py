"""Tests of deliveries sent while their acceptance is being committed."""

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.optimistic_send import SentUnrecorded
from custom_components.event_relay.queue.store.store import StoreUnavailable

from .ledger import LEDGER
from .world import Fault, World


def _commits(world: World) -> list[tuple[int, bool]]:
    """Return a list that collects, for each later commit, whether `one` had arrived."""
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
def test_optimistic_send_is_used_only_if_safe(
    world: World, data: dict[str, object], *, before: bool
) -> None:
    commits = _commits(world)
    asked = world.submit("one", **{"live": True, **data})  # type: ignore[arg-type]
    assert asked.result().id == "one"
    assert commits[0] == (1, before)
    assert world.stored_states() == {"one": DeliveryState.DELIVERED}


def test_optimistic_send_needs_two_commits_and_no_claim(world: World) -> None:
    commits = _commits(world)
    world.submit("one", live=True).result()
    assert len(commits) == 2


def test_waiting_deliveries_go_first(world: World) -> None:
    world.outside.default_fault = Fault.HANGS
    for number in range(LEDGER.concurrency + world.backend.claims_ahead):
        world.submit(f"busy {number}", live=True).result()
    assert world.submit("waits", live=True).result().state is DeliveryState.PENDING
    assert not world.outside.was_called("waits")
    world.outside.default_fault = Fault.FINE
    world.outside.release()
    world.loop.settle()
    assert set(world.stored_states().values()) == {DeliveryState.DELIVERED}


def test_paused_connection_sends_nothing(world: World) -> None:
    world.pipeline.worker.pause()
    assert world.submit("one", live=True).result().state is DeliveryState.PENDING
    assert not world.outside.was_called("one")


@pytest.mark.parametrize("fault", [Fault.FINE, Fault.REPLY_LOST, Fault.REQUEST_LOST])
def test_possibly_sent_delivery_is_reported_and_stored_later(
    world: World, fault: Fault
) -> None:
    world.database.full = True
    world.outside.answers = [fault]
    with pytest.raises(SentUnrecorded):
        world.submit("one", live=True).result()
    assert world.stored_states() == {}
    world.heal()
    assert world.stored_states() == {"one": DeliveryState.DELIVERED}
    assert world.outside.done["one", "write"] == 1


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.REFUSED, Fault.BUSY])
def test_certainly_unsent_delivery_is_not_accepted(world: World, fault: Fault) -> None:
    world.database.full = True
    world.outside.answers = [fault]
    with pytest.raises(StoreUnavailable) as refused:
        world.submit("one", live=True).result()
    assert not isinstance(refused.value, SentUnrecorded)
    world.heal()
    assert world.stored_states() == {}
    assert not world.outside.may_have_happened("one")


def test_caller_waits_until_the_outcome_is_known(world: World) -> None:
    world.database.full = True
    world.outside.answers = [Fault.HANGS]
    asked = world.submit("one", live=True)
    assert not asked.done()
    world.outside.release()
    world.loop.settle()
    assert isinstance(asked.exception(), SentUnrecorded)


def test_file_error_is_discovered_by_a_single_delivery(world: World) -> None:
    world.database.full = True
    with pytest.raises(SentUnrecorded):
        world.submit("one", live=True).result()
    with pytest.raises(StoreUnavailable) as refused:
        world.submit("two", live=True).result()
    assert not isinstance(refused.value, SentUnrecorded)
    assert not world.outside.was_called("two")
    world.heal()
    world.submit("three", live=True).result()
    commits = _commits(world)
    world.submit("four", live=True).result()
    assert len(commits) == 2
