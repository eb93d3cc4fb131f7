"""Times in entities: date and time helpers, and timestamp sensors."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from .occurrence import CannotTell
from .wall_clock import WallClock

_HELPER = "input_datetime"


def instants_of_entity(
    hass: HomeAssistant,
    entity_id: str,
    offset: timedelta,
    since: datetime,
    until: datetime,
) -> Iterator[datetime]:
    """Yield the instants of the time that an entity holds now, latest first.

    Its earlier values are not known. Raises CannotTell.
    """
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise CannotTell(f"{entity_id} is not available")
    if state.domain == _HELPER and not state.attributes["has_date"]:
        moved = datetime.combine(dt_util.now(), _time_of(state)) + offset
        return WallClock.at(moved.time()).back(since, until)
    point = _date_of(state) if state.domain == _HELPER else _point_of(state)
    if point is None:
        return iter(())
    # In local time for a helper, as Home Assistant adds it.
    instant = dt_util.as_utc(point + offset)
    return iter((instant,) if since <= instant <= until else ())


def _time_of(state: State) -> time:
    """Return the time of day of a helper; midnight if it has only a date."""
    if not state.attributes["has_time"]:
        return time()
    hour, minute, second = (
        state.attributes[part] for part in ("hour", "minute", "second")
    )
    return time(hour, minute, second)


def _date_of(state: State) -> datetime:
    """Return the date and time of a helper, in Home Assistant's time zone."""
    year, month, day = (state.attributes[part] for part in ("year", "month", "day"))
    zone = dt_util.get_default_time_zone()
    return datetime.combine(date(year, month, day), _time_of(state), tzinfo=zone)


def _point_of(state: State) -> datetime | None:
    """Return the timestamp of a sensor; None without one.

    Sensors of the class `uptime` are excluded: their past time is set only now.
    """
    if state.attributes.get(ATTR_DEVICE_CLASS) != SensorDeviceClass.TIMESTAMP:
        return None
    point = dt_util.parse_datetime(state.state)
    return point if point is not None and point.tzinfo else None
