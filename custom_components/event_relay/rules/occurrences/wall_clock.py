"""Times of day in Home Assistant's time zone, and when its clocks showed them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from homeassistant.util import dt as dt_util

from .occurrence import whole_second

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class WallClock:
    """The seconds, minutes and hours that match in local time.

    As with `async_track_time_change`, a time that is skipped in spring does not match
    on that day, and one that is repeated in autumn matches twice.
    """

    hours: Collection[int]
    minutes: Collection[int]
    seconds: Collection[int]

    @classmethod
    def at(cls, time_of_day: time) -> Self:
        """Return the clock that matches one time a day."""
        return cls(
            hours=(time_of_day.hour,),
            minutes=(time_of_day.minute,),
            seconds=(time_of_day.second,),
        )

    def back(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the instants of matches, in UTC, latest first."""
        since, until = dt_util.as_utc(since), dt_util.as_utc(until)
        seconds = [timedelta(seconds=one) for one in sorted(self.seconds, reverse=True)]
        # Every UTC offset in use is a whole number of minutes, so the local hour and
        # minute are constant within a minute of UTC.
        minute = until.replace(second=0, microsecond=0)
        while minute + _MINUTE > since:
            local = dt_util.as_local(minute)
            if local.hour in self.hours and local.minute in self.minutes:
                for second in seconds:
                    if since <= minute + second <= until:
                        yield minute + second
            minute -= _MINUTE

    def latest(self, now: datetime) -> datetime | None:
        """Return the last match; None if it is more than a minute ago.

        A busy Home Assistant fires some seconds late.
        """
        now = dt_util.as_utc(now)
        return next(self.back(now - _MINUTE, now), None)


def latest_of(clocks: Collection[WallClock], now: datetime) -> datetime:
    """Return the second that a timer was for that fired on time or slightly late."""
    shown = [instant for clock in clocks if (instant := clock.latest(now))]
    return max(shown, default=whole_second(dt_util.as_utc(now)))
