"""Tests that a simulated home sends at the same times as a real worker."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import override

import pytest

from custom_components.event_relay.backends.base import Backend, JsonObject, StepContext
from custom_components.event_relay.backends.errors import (
    RATE_LIMITED,
    BackendError,
    CannotConnect,
    Unavailable,
)
from custom_components.event_relay.queue.flow_control import FlowControl
from tools.fleet import simulation
from tools.fleet.home import NEVER
from tools.fleet.simulation import Fleet, Simulation

from ..queue import world
from ..queue.ledger import LEDGER
from ..queue.world import OutsideSystem, World

DELIVERIES = 12
HOURS = 3
CHANCE = 1.0
"""The chance of both, so that all decisions are the same."""
LATENCY = 0.2
"""Seconds until a response; concurrent requests have none before."""

type Weather = Callable[[float], BackendError | None]


@dataclass
class TimedOutside(OutsideSystem):
    """Responds by the state of the backend, and records the times of requests."""

    weather_at: Weather = field(default=lambda _: None)
    now: Callable[[], float] = field(default=lambda: 0.0)
    asked_at: list[float] = field(default_factory=list)

    @override
    async def write(self, step: str, text: str, context: StepContext) -> JsonObject:
        self.asked_at.append(self.now())
        error = self.weather_at(self.now())
        await asyncio.sleep(LATENCY)
        if error is not None:
            raise error
        return {"id": text}


def _outage(seconds: float) -> BackendError | None:
    return CannotConnect() if seconds < 1800 else None


def _bare_limit(seconds: float) -> BackendError | None:
    return Unavailable(code=RATE_LIMITED) if seconds < 900 else None


def _limit_that_tells(seconds: float) -> BackendError | None:
    limited = Unavailable(code=RATE_LIMITED, retry_after=60 - seconds % 60)
    return limited if seconds < 300 else None


def _outage_then_limit(seconds: float) -> BackendError | None:
    if seconds < 2000:
        return _outage(seconds)
    return Unavailable(code=RATE_LIMITED) if seconds % 120 < 60 else None


def _asked_by_worker(
    folder: Path, backend: Backend, weather: Weather, patch: pytest.MonkeyPatch
) -> list[float]:
    """Return when a real worker sends, with SQLite and its loop in virtual time."""
    patch.setattr(world, "LEDGER", backend)
    patch.setattr(world, "OutsideSystem", TimedOutside)
    home = World(folder)
    began = home.clock.elapsed
    outside = home.outside
    assert isinstance(outside, TimedOutside)
    outside.weather_at = weather
    outside.now = lambda: home.clock.elapsed - began

    async def fill() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(DELIVERIES):
                request = home.request(f"d{number}")
                group.create_task(home.pipeline.queue.submit(request))

    home.loop.now(fill())
    home.loop.forward(hours=HOURS)
    assert {*home.stored_states().values()} == {"delivered"}
    home.close()
    return outside.asked_at


class _SameChance(Random):
    """Chance without randomness."""

    @override
    def random(self) -> float:
        return CHANCE


def _asked_by_simulated(
    backend: Backend, weather: Weather, patch: pytest.MonkeyPatch
) -> list[float]:
    """Return when a simulated home sends."""
    patch.setattr(simulation, "LATENCY", (LATENCY, LATENCY))
    simulated = Simulation(Fleet(homes=1, per_hour=0, backend=backend), tells=False)
    (home,) = simulated.homes
    home.flow_control = FlowControl(backend, lambda: CHANCE)
    home._chance = _SameChance()
    home.read_at = NEVER
    asked_at = []

    def ask(now: float) -> BackendError | None:
        asked_at.append(now)
        return weather(now)

    patch.setattr(simulated.backend, "ask", ask)
    for _ in range(DELIVERIES):
        home.line.accept(0.0)
    simulated.wake()
    simulated.run(HOURS * 3600)
    assert not home.waiting
    return asked_at


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    "weather", [_outage, _bare_limit, _limit_that_tells, _outage_then_limit]
)
def test_simulated_home_sends_when_a_worker_would(
    tmp_path: Path, weather: Weather, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    backend = replace(LEDGER, shared=shared)
    real = _asked_by_worker(tmp_path, backend, weather, monkeypatch)
    simulated = _asked_by_simulated(backend, weather, monkeypatch)

    assert len(real) > DELIVERIES
    assert simulated == pytest.approx(real, abs=0.001)
