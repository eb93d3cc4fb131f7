"""Move a test's clock without firing the timeouts of real work."""

import asyncio
from datetime import datetime
import time
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import event
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component import common

_RESOLUTION = time.get_clock_info("monotonic").resolution
LIMITS = ("asyncio.timeouts", "aiohttp.")
"""Modules whose timers limit the duration of real work."""


def product_timers(loop: asyncio.AbstractEventLoop) -> list[asyncio.TimerHandle]:
    """Return the timers of a loop that do not limit real work."""
    return [
        handle
        for handle in get_scheduled_timer_handles(loop)
        if not _module(handle).startswith(LIMITS)
    ]


def skip_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the harness move time for all timers except timeouts."""
    monkeypatch.setattr(common, "_async_fire_time_changed", _run_due_timers)


def _run_due_timers(
    hass: HomeAssistant, utc_datetime: datetime, fire_all: bool
) -> None:
    """Run timers as the harness does."""
    timestamp = utc_datetime.timestamp()
    with (
        patch.object(event, "time_tracker_utcnow", lambda: utc_datetime),
        patch.object(event, "time_tracker_timestamp", lambda: timestamp),
    ):
        for handle in product_timers(hass.loop):
            if handle.cancelled():
                continue
            ahead = timestamp - time.time()
            left = handle.when() - (hass.loop.time() + _RESOLUTION)
            if fire_all or ahead >= left:
                handle._run()
                handle.cancel()


def _module(handle: asyncio.TimerHandle) -> str:
    """Return the module of a timer's callback; empty for a cancelled one."""
    called = handle._callback  # type: ignore[attr-defined]
    owner = getattr(called, "__self__", None)
    named = called if owner is None else type(owner)
    return getattr(named, "__module__", None) or ""
