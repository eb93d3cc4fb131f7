"""A cheap read lets what waits go out as soon as the backend is back."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from custom_components.event_relay.queue import health_check
from custom_components.event_relay.queue.circuit_breaker import PROBE_CAP
from custom_components.event_relay.queue.connection import Connection
from custom_components.event_relay.queue.flow_control import FlowControl
from custom_components.event_relay.queue.health_check import HealthChecks
from custom_components.event_relay.queue.wake_up import WakeUp

from .ledger import WRITE_TIME
from .world import Fault, World

LONG = 1230


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a house whose backend has a health check, and is away."""
    world = World(tmp_path, health_check=True)
    world.outside.weather = Fault.UNREACHABLE
    yield world
    assert not world.wrongs, world.wrongs
    world.close()


def waits(world: World, *names: str) -> None:
    """Accept deliveries."""
    for name in names:
        world.loop.now(world.house.queue.submit(world.request(name)))


def states(world: World) -> set[str]:
    """Return the states of all deliveries."""
    world.look()
    return {*world.states.values()}


@pytest.mark.parametrize(("outage", "late"), [(20, 3), (60, 7), (LONG, 31)])
def test_what_waits_goes_out_soon_after_the_backend_is_back(
    world: World, outage: int, late: int
) -> None:
    waits(world, "one", "two", "three", "four")
    world.loop.forward(seconds=outage)
    assert states(world) == {"pending"}

    world.outside.weather = Fault.FINE
    world.loop.forward(seconds=late)

    assert states(world) == {"delivered"}


def test_checks_cost_little_and_end_with_what_waits(world: World) -> None:
    waits(world, "one", "two", "three")
    world.loop.forward(seconds=10)
    attempts, checks = world.outside.asked.total(), world.outside.checks

    world.loop.forward(seconds=LONG)
    assert world.outside.checks - checks <= LONG / 30 + 40
    assert world.outside.asked.total() - attempts <= LONG / PROBE_CAP.seconds + 6

    world.outside.weather = Fault.FINE
    world.loop.forward(seconds=31)
    assert states(world) == {"delivered"}
    checks = world.outside.checks
    world.loop.forward(seconds=LONG)
    assert world.outside.checks == checks


def test_nothing_is_checked_while_nothing_waits(world: World) -> None:
    request = world.request("short", seconds=60)
    world.loop.now(world.house.queue.submit(request))
    world.loop.forward(seconds=90)
    assert states(world) == {"expired"}
    checks = world.outside.checks
    world.loop.forward(seconds=LONG)
    assert world.outside.checks <= checks + 1

    # What comes then is not kept waiting by an outage that may be over.
    world.outside.weather = Fault.FINE
    waits(world, "new")
    world.loop.forward(seconds=2)
    assert states(world) == {"expired", "delivered"}


def test_a_backend_that_answers_checks_only_is_not_asked_more(world: World) -> None:
    world.outside.check_fails = Fault.FINE
    waits(world, "one", "two", "three")
    world.loop.forward(seconds=LONG)

    assert states(world) == {"pending"}
    assert world.outside.asked.total() <= LONG / PROBE_CAP.seconds + 12


def test_a_backend_that_answers_no_check_gets_what_waits_all_the_same(
    world: World,
) -> None:
    world.outside.check_fails = Fault.BUSY
    waits(world, "one", "two", "three")
    world.loop.forward(seconds=LONG)
    world.outside.weather = Fault.FINE

    world.loop.forward(seconds=PROBE_CAP.seconds)

    assert states(world) == {"delivered"}


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.REFUSED])
def test_any_answer_counts_as_one(world: World, fault: Fault) -> None:
    """What is wrong with it, the attempt that follows finds out."""
    waits(world, "one", "two", "three")
    world.loop.forward(seconds=LONG)
    world.outside.check_fails = fault
    world.outside.weather = Fault.FINE

    world.loop.forward(seconds=31)

    assert states(world) == {"delivered"}


def test_unknown_outcomes_are_asked_for_as_soon_as_the_backend_is_back(
    world: World,
) -> None:
    """They were asked for in vain all the while, ever less often."""
    world.outside.weather = Fault.FINE
    world.outside.answers = [Fault.REPLY_LOST, Fault.REQUEST_LOST]
    waits(world, "happened", "lost")
    world.outside.weather = Fault.UNREACHABLE
    world.loop.forward(seconds=4 * LONG)
    assert states(world) == {"uncertain"}

    world.outside.weather = Fault.FINE
    world.loop.forward(seconds=35)
    assert "delivered" in states(world)
    world.loop.forward(seconds=WRITE_TIME + 5)

    assert states(world) == {"delivered"}


class Asked:
    """A backend whose health check takes as long as it is told."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def health_check(self, client: object) -> None:
        self.asked.set()
        await self.answer


async def test_a_check_that_has_begun_comes_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given up while a name is looked up, it would leave a traceback in the log."""
    monkeypatch.setattr(health_check, "SHORTEST", timedelta())
    backend, wake_up = Asked(), WakeUp()
    flow_control = SimpleNamespace(probing=True)
    checks = HealthChecks(
        cast("Connection", SimpleNamespace(backend=backend, client=None)),
        cast("FlowControl", flow_control),
        wake_up,
    )
    checks.follow()
    await backend.asked.wait()

    flow_control.probing = False
    checks.follow()
    await asyncio.sleep(0)
    assert not backend.answer.cancelled()

    backend.answer.set_result(None)
    assert checks._checking is not None
    await asyncio.wait_for(checks._checking, 60)
