"""Watches for midnight and for changes of the UTC offset."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .clock_changes import next_offset_change


class DayWatch:
    """Calls back at local midnight, and when the UTC offset changes."""

    def __init__(self, hass: HomeAssistant, call: Callable[[], None]) -> None:
        """Initialize with the callback, without starting."""
        self._hass = hass
        self._call = call
        self._cancel: Callable[[], None] | None = None

    @callback
    def start(self) -> None:
        """Start, or restart after a change of the time zone."""
        self.stop()
        now = dt_util.utcnow()
        midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
        change = next_offset_change(dt_util.get_default_time_zone(), now, midnight)
        self._cancel = async_track_point_in_utc_time(
            self._hass, self._fired, change or dt_util.as_utc(midnight)
        )

    @callback
    def stop(self) -> None:
        """Stop."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _fired(self, _: datetime) -> None:
        """Call back, and schedule the next call."""
        self._cancel = None
        self.start()
        self._call()
