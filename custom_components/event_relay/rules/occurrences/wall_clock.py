"""Times of day in Home Assistant's zone, and when its clocks showed them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from homeassistant.util import dt as dt_util

from .occurrence import whole_second

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class WallClock:
    """The seconds, minutes and hours that a clock on the wall is to show.

    A time that clocks skip in spring is not shown on that day, and one that they
    show twice in autumn comes twice, as `async_track_time_change` has it.
    """

    hours: Collection[int]
    minutes: Collection[int]
    seconds: Collection[int]

    @classmethod
    def at(cls, time_of_day: time) -> Self:
        """Return the clock that shows one time a day."""
        return cls(
            hours=(time_of_day.hour,),
            minutes=(time_of_day.minute,),
            seconds=(time_of_day.second,),
        )

    def back(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Yield when it was shown, in UTC, from the latest back to the earliest."""
        since, until = dt_util.as_utc(since), dt_util.as_utc(until)
        seconds = [timedelta(seconds=one) for one in sorted(self.seconds, reverse=True)]
        # Every offset from UTC in use is a whole number of minutes, so within a
        # minute of UTC the hour and the minute on the wall stay the same.
        minute = until.replace(second=0, microsecond=0)
        while minute + _MINUTE > since:
            local = dt_util.as_local(minute)
            if local.hour in self.hours and local.minute in self.minutes:
                for second in seconds:
                    if since <= minute + second <= until:
                        yield minute + second
            minute -= _MINUTE

    def latest(self, now: datetime) -> datetime | None:
        """Return when it was shown last, None if that is more than a minute ago.

        A busy Home Assistant fires some seconds late.
        """
        now = dt_util.as_utc(now)
        return next(self.back(now - _MINUTE, now), None)


def latest_of(clocks: Collection[WallClock], now: datetime) -> datetime:
    """Return which second a timer meant that fired now, on time or a little late."""
    shown = [instant for clock in clocks if (instant := clock.latest(now))]
    return max(shown, default=whole_second(dt_util.as_utc(now)))
