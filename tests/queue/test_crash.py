"""Tests of a crash before and after every commit of a delivery."""

from collections.abc import Callable
import json
import multiprocessing
from pathlib import Path
import signal
import sqlite3

import pytest
import pytest_socket

from custom_components.event_relay.queue.delivery import SETTLED, Delivery
from custom_components.event_relay.queue.queue import NotAllowed

from . import dying
from .virtual import Killed
from .world import Fault, World

PROCESSES = multiprocessing.get_context("forkserver")
"""One process imports everything; each process to be killed is a copy of it."""
PROCESSES.set_forkserver_preload(["tests.queue.dying"])
MOST_COMMITS = 60
"""More than any flow makes; a loop that reaches it never ends."""


def _accept(
    world: World, delivery_id: str, *, live: bool = False, **data: object
) -> None:
    world.submit(delivery_id, live=live, **data).result()


def _stored(world: World, delivery_id: str) -> Delivery:
    delivery = world.loop.now(world.store.get(delivery_id))
    assert delivery is not None
    return delivery


def single(world: World) -> None:
    _accept(world, "one", steps=("write",))


def optimistic(world: World) -> None:
    _accept(world, "one", live=True, steps=("write",))
    assert world.outside.done["one", "write"]


def optimistic_in_several_steps(world: World) -> None:
    _accept(world, "one", live=True, steps=("write", "note"))


def optimistic_and_retried(world: World) -> None:
    world.outside.answers = [Fault.UNREACHABLE, Fault.BUSY]
    _accept(world, "one", live=True, steps=("write",))
    world.loop.forward(seconds=60)


def optimistic_and_found(world: World) -> None:
    world.outside.answers = [Fault.REPLY_LOST, Fault.CANNOT_TELL]
    _accept(world, "one", live=True, steps=("write",))
    world.loop.forward(seconds=60)


def repeated(world: World) -> None:
    _accept(world, "one", steps=("note",))


def several(world: World) -> None:
    _accept(world, "one", steps=("write", "note"))


def without_look_up(world: World) -> None:
    _accept(world, "one", steps=("stamp",))


def last_step_without_look_up(world: World) -> None:
    _accept(world, "one", steps=("note", "write", "stamp"))


def start_and_end(world: World) -> None:
    _accept(world, "one", steps=("write",))
    _accept(world, "two", steps=("write",), after="one")


def failed_start(world: World) -> None:
    world.outside.answers = [Fault.UNREACHABLE, Fault.REFUSED]
    _accept(world, "one", steps=("write",))
    _accept(world, "two", steps=("write",), after="one")
    world.loop.forward(seconds=10)


def attempted_again(world: World) -> None:
    world.outside.answers = [Fault.UNREACHABLE, Fault.BUSY]
    _accept(world, "one", steps=("write",))
    world.loop.forward(seconds=60)


def found(world: World) -> None:
    world.outside.answers = [Fault.REPLY_LOST, Fault.CANNOT_TELL]
    _accept(world, "one", steps=("write",))
    world.loop.forward(seconds=60)


def absent(world: World) -> None:
    world.outside.answers = [Fault.REQUEST_LOST]
    _accept(world, "one", steps=("write", "note"))
    world.loop.forward(seconds=60)


def response_lost_without_look_up(world: World) -> None:
    world.outside.answers = [Fault.REPLY_LOST]
    _accept(world, "one", steps=("stamp",))
    world.loop.forward(seconds=60)


def retried(world: World) -> None:
    world.outside.answers = [Fault.REFUSED]
    _accept(world, "one", steps=("write",))
    world.loop.now(world.pipeline.queue.retry(_stored(world, "one")))


def discarded(world: World) -> None:
    world.pipeline.worker.pause()
    _accept(world, "one", steps=("write",))
    _accept(world, "two", steps=("write",), after="one")
    world.loop.now(world.pipeline.queue.discard(_stored(world, "one")))


def expired(world: World) -> None:
    world.pipeline.worker.pause()
    _accept(world, "one", steps=("write",), seconds=60)
    world.loop.forward(seconds=61)


FLOWS: dict[Callable[[World], None], int] = {
    single: 3,
    optimistic: 2,
    optimistic_in_several_steps: 3,
    optimistic_and_retried: 6,
    optimistic_and_found: 4,
    repeated: 3,
    several: 4,
    without_look_up: 3,
    last_step_without_look_up: 5,
    start_and_end: 6,
    failed_start: 7,
    attempted_again: 7,
    found: 5,
    absent: 7,
    response_lost_without_look_up: 4,
    retried: 6,
    discarded: 4,
    expired: 2,
}
"""Each with its known number of commits; some may be combined."""


def _die_at(world: World, number: int, when: str) -> None:
    def die(reached: int) -> None:
        if reached == number:
            raise Killed

    setattr(world.database, when, die)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_crash_at_every_commit_keeps_the_promise(
    tmp_path: Path, flow: Callable[[World], None], when: str
) -> None:
    for number in range(1, MOST_COMMITS):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = World(folder)
        _die_at(world, number, when)
        try:
            flow(world)
        except Killed:
            world.kill()
        else:
            world.close()
            break
        _continue(world, accepted=when == "after" or number > 1)
        world.close()
    else:
        pytest.fail("never came to its end")
    assert number - 1 >= FLOWS[flow] - 1


def _continue(world: World, *, accepted: bool) -> None:
    """Restart with the file, and assert that all accepted deliveries end well."""
    world.outside.answers.clear()
    world.restart()
    world.heal()
    assert not world.violations, world.violations
    assert ("one" in world.states) is accepted
    for row in world.rows():
        assert row["state"] in SETTLED
        steps = [step for one, step in world.outside.done if one == row["id"]]
        if row["state"] == "delivered":
            assert set(json.loads(row["payload"])["steps"]) == set(steps)
        elif row["state"] == "failed":
            assert row["failure_code"] in {"outcome_unknown", "rejected"}
            _assert_retry_needs_confirmation(world, row)
        else:
            assert steps == []
    for (_, step), times in world.outside.done.items():
        assert times == 1 or step == "note"


def _assert_retry_needs_confirmation(world: World, row: sqlite3.Row) -> None:
    if row["failure_code"] != "outcome_unknown":
        return
    with pytest.raises(NotAllowed, match="confirmation_needed"):
        world.loop.now(world.pipeline.queue.retry(_stored(world, row["id"])))


@pytest.fixture
def forking(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow starting processes over a local socket, which has no host."""
    monkeypatch.setattr("socket.socket.connect", pytest_socket._true_connect)


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize(
    ("number", "when", "steps", "live"),
    [
        (1, "before", "write", False),
        (1, "after", "write", False),
        (2, "after", "write", False),
        (2, "after", "stamp", False),
        (3, "before", "write", False),
        (3, "before", "stamp", False),
        (3, "after", "write,note", False),
        (1, "before", "write", True),
        (1, "after", "write", True),
        (2, "before", "write", True),
        (2, "after", "write", True),
        (2, "after", "write,note", True),
    ],
)
def test_next_process_continues_after_a_kill(
    tmp_path: Path, *, number: int, when: str, steps: str, live: bool
) -> None:
    path = tmp_path / "outbox-0.db"
    told = tmp_path / "told"
    child = PROCESSES.Process(
        target=dying.run_until_commit,
        args=(path, told, number, when, steps.split(","), live),
    )
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL

    world = World(tmp_path, started=False)
    for line in told.read_text().splitlines():
        delivery_id, step = line.split()
        world.outside.done[delivery_id, step] += 1
        world.outside.unknown.add((delivery_id, step))
    for row in world.rows():
        for step in json.loads(row["results"]):
            world.outside.unknown.discard((row["id"], step))
    world.start()
    world.heal()

    assert not [wrong for wrong in world.violations if "sent" in wrong], (
        world.violations
    )
    states = [row["state"] for row in world.rows()]
    if number == 1 and when == "before":
        assert states == []
    elif steps == "stamp" and (number, when) in {(2, "after"), (3, "before")}:
        assert states == ["failed"]
        assert world.rows()[0]["failure_code"] == "outcome_unknown"
    else:
        assert states == ["delivered"]
    assert set(world.outside.done.values()) <= {1}
    world.close()
