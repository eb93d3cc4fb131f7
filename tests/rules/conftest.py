"""Fixtures for what follows triggers, schedules and calendars."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo

from homeassistant.util import dt as dt_util
import pytest

from simulators.frigate import Camera, FrigateSimulator

from .mirror_home import Clock


@pytest.fixture
async def frigate(socket_enabled: None) -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate that needs no login."""
    async with FrigateSimulator() as simulator:
        yield simulator


@pytest.fixture
def brisk(frigate: FrigateSimulator) -> None:
    """Let nothing take time at Frigate, and let it make no review items to look for."""
    frigate.configure(async_delay=0)
    frigate.settings.cameras = [
        Camera(name=camera.name, record_enabled=False)
        for camera in frigate.settings.cameras
    ]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set Home Assistant's clock; servers and the event loop need the real one."""
    clock = Clock()

    def now(time_zone: tzinfo | None = None) -> datetime:
        return clock.now.astimezone(time_zone or dt_util.get_default_time_zone())

    monkeypatch.setattr(dt_util, "utcnow", lambda: clock.now)
    monkeypatch.setattr(dt_util, "now", now)
    return clock
