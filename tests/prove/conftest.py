"""Fixtures for tests of the proofs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.event_relay.queue import backoff

from .bench import Bench, make_bench


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests connect to 127.0.0.1, and retry without waiting."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    monkeypatch.setattr(backoff, "BACK_OFF_CAP", 0.02)


@pytest.fixture
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """Run a simulator; parametrise it by kind."""
    bench = make_bench(request.param, tmp_path)
    async with bench.simulator:
        bench.data["url"] = bench.simulator.url
        yield bench
