"""Fixtures for tests of triggers, schedules and calendars."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo

from homeassistant.util import dt as dt_util
import pytest

from tools.simulators.frigate import FrigateSimulator

from .mirror_home import Clock


@pytest.fixture
async def frigate(socket_enabled: None) -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator without login and without delays."""
    async with FrigateSimulator(async_delay=0) as simulator:
        yield simulator


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set Home Assistant's clock; servers and the event loop need the real one."""
    clock = Clock()

    def now(time_zone: tzinfo | None = None) -> datetime:
        return clock.now.astimezone(time_zone or dt_util.get_default_time_zone())

    monkeypatch.setattr(dt_util, "utcnow", lambda: clock.now)
    monkeypatch.setattr(dt_util, "now", now)
    return clock
