"""Tests of health checks, which end an outage early."""

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
    """Return a world whose backend has a health check and is unreachable."""
    world = World(tmp_path, health_check=True)
    world.outside.default_fault = Fault.UNREACHABLE
    yield world
    assert not world.violations, world.violations
    world.close()


def accept(world: World, *names: str) -> None:
    """Accept deliveries."""
    for name in names:
        world.loop.now(world.pipeline.queue.submit(world.request(name)))


def states(world: World) -> set[str]:
    """Return the states of all deliveries."""
    world.check_commits()
    return {*world.states.values()}


@pytest.mark.parametrize(("outage", "late"), [(20, 3), (60, 7), (LONG, 31)])
def test_deliveries_are_sent_soon_after_an_outage(
    world: World, outage: int, late: int
) -> None:
    accept(world, "one", "two", "three", "four")
    world.loop.forward(seconds=outage)
    assert states(world) == {"pending"}

    world.outside.default_fault = Fault.FINE
    world.loop.forward(seconds=late)

    assert states(world) == {"delivered"}


def test_checks_are_rare_and_end_with_the_last_delivery(world: World) -> None:
    accept(world, "one", "two", "three")
    world.loop.forward(seconds=10)
    attempts, checks = world.outside.attempts.total(), world.outside.checks

    world.loop.forward(seconds=LONG)
    assert world.outside.checks - checks <= LONG / 30 + 40
    assert world.outside.attempts.total() - attempts <= LONG / PROBE_CAP.seconds + 6

    world.outside.default_fault = Fault.FINE
    world.loop.forward(seconds=31)
    assert states(world) == {"delivered"}
    checks = world.outside.checks
    world.loop.forward(seconds=LONG)
    assert world.outside.checks == checks


def test_no_check_without_waiting_deliveries(world: World) -> None:
    request = world.request("short", seconds=60)
    world.loop.now(world.pipeline.queue.submit(request))
    world.loop.forward(seconds=90)
    assert states(world) == {"expired"}
    checks = world.outside.checks
    world.loop.forward(seconds=LONG)
    assert world.outside.checks <= checks + 1

    # Later deliveries do not wait for an outage that may be over.
    world.outside.default_fault = Fault.FINE
    accept(world, "new")
    world.loop.forward(seconds=2)
    assert states(world) == {"expired", "delivered"}


def test_backend_that_only_responds_to_checks_gets_no_more_requests(
    world: World,
) -> None:
    world.outside.check_fails = Fault.FINE
    accept(world, "one", "two", "three")
    world.loop.forward(seconds=LONG)

    assert states(world) == {"pending"}
    assert world.outside.attempts.total() <= LONG / PROBE_CAP.seconds + 12


def test_deliveries_are_sent_although_checks_fail(world: World) -> None:
    world.outside.check_fails = Fault.BUSY
    accept(world, "one", "two", "three")
    world.loop.forward(seconds=LONG)
    world.outside.default_fault = Fault.FINE

    world.loop.forward(seconds=PROBE_CAP.seconds)

    assert states(world) == {"delivered"}


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.REFUSED])
def test_any_response_counts(world: World, fault: Fault) -> None:
    """The next attempt finds out what is wrong with it."""
    accept(world, "one", "two", "three")
    world.loop.forward(seconds=LONG)
    world.outside.check_fails = fault
    world.outside.default_fault = Fault.FINE

    world.loop.forward(seconds=31)

    assert states(world) == {"delivered"}


def test_unknown_outcomes_are_looked_up_soon_after_an_outage(world: World) -> None:
    """Until then they were looked up in vain, at growing intervals."""
    world.outside.default_fault = Fault.FINE
    world.outside.answers = [Fault.REPLY_LOST, Fault.REQUEST_LOST]
    accept(world, "happened", "lost")
    world.outside.default_fault = Fault.UNREACHABLE
    world.loop.forward(seconds=4 * LONG)
    assert states(world) == {"uncertain"}

    world.outside.default_fault = Fault.FINE
    world.loop.forward(seconds=35)
    assert "delivered" in states(world)
    world.loop.forward(seconds=WRITE_TIME + 5)

    assert states(world) == {"delivered"}


class SlowHealthCheck:
    """A backend whose health check waits for the test."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def health_check(self, client: object) -> None:
        self.started.set()
        await self.answer


async def test_check_in_progress_is_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled during name resolution, it would leave a traceback in the log."""
    monkeypatch.setattr(health_check, "SHORTEST", timedelta())
    backend, wake_up = SlowHealthCheck(), WakeUp()
    flow_control = SimpleNamespace(probing=True)
    checks = HealthChecks(
        cast("Connection", SimpleNamespace(backend=backend, client=None)),
        cast("FlowControl", flow_control),
        wake_up,
    )
    checks.follow()
    await backend.started.wait()

    flow_control.probing = False
    checks.follow()
    await asyncio.sleep(0)
    assert not backend.answer.cancelled()

    backend.answer.set_result(None)
    assert checks._checking is not None
    await asyncio.wait_for(checks._checking, 60)
