"""Occurrences of schedule triggers: start and end of blocks, and state changes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_ATTRIBUTE,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
    CONF_PLATFORM,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .occurrence import CannotTell, Identity, Moment, Source, whole_second
from .targets import targeted
from .timetable import ScheduleState, Week, changes, read_week

_DOMAIN = "schedule"
_NEXT_EVENT = "next_event"
_FROM, _TO = "from", "to"
_HARD_TO_TELL = {CONF_ATTRIBUTE, "not_from", "not_to"}


@dataclass(frozen=True, kw_only=True)
class _Schedule:
    """The present configuration of a schedule."""

    entity_id: str
    week: Week
    attributes: Mapping[str, Any]
    """Attributes that are the same in every block."""

    def state(self, scheduled: ScheduleState) -> State:
        """Return its state at that time."""
        block = scheduled.block
        return State(
            self.entity_id,
            scheduled.state,
            {
                **self.attributes,
                _NEXT_EVENT: scheduled.next_event,
                **(block.data if block else {}),
            },
            last_changed=dt_util.as_utc(scheduled.changed),
            last_updated=dt_util.as_utc(scheduled.since),
        )


def _identify(config: ConfigType, trigger: Mapping[str, Any]) -> Identity | None:
    """Identify the occurrence of a live firing.

    The previous state names the boundary. If that is in the future, the schedule was
    changed.
    """
    before, after = trigger["from_state"], trigger["to_state"]
    if before is None or after is None:
        return None
    boundary = before.attributes.get(_NEXT_EVENT)
    if not isinstance(boundary, datetime):
        return None
    instant = whole_second(dt_util.as_utc(boundary))
    if instant > after.last_updated:
        return None
    return Identity(instant=instant, mark=trigger[ATTR_ENTITY_ID])


async def _look_back_at_blocks(
    hass: HomeAssistant, config: ConfigType, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield occurrences of a trigger with a target, latest first."""
    schedules = await _read(hass, targeted(hass, config, _DOMAIN))
    gives = {CONF_FOR: (config.get(CONF_OPTIONS) or {}).get(CONF_FOR)}
    return _moments(schedules, config, gives, since, until)


async def _look_back_at_states(
    hass: HomeAssistant, config: ConfigType, since: datetime, until: datetime
) -> Iterator[Moment]:
    """Yield occurrences of a `state` trigger, latest first."""
    schedules = await _read(hass, config[CONF_ENTITY_ID])
    gives = {CONF_FOR: config.get(CONF_FOR), CONF_ATTRIBUTE: None}
    return _moments(schedules, config, gives, since, until)


def _moments(
    schedules: Collection[_Schedule],
    config: ConfigType,
    gives: Mapping[str, Any],
    since: datetime,
    until: datetime,
) -> Iterator[Moment]:
    """Yield when a trigger was due, latest first."""
    found = [
        Moment(
            identity=Identity(
                instant=whole_second(dt_util.as_utc(after.since)),
                mark=schedule.entity_id,
            ),
            description=f"state of {schedule.entity_id}",
            gives={
                ATTR_ENTITY_ID: schedule.entity_id,
                "from_state": schedule.state(before),
                "to_state": schedule.state(after),
                **gives,
            },
        )
        for schedule in schedules
        for before, after in changes(schedule.week, since, until)
        if _fires(config, before.state, after.state)
    ]
    return iter(sorted(found, key=lambda one: one.identity.instant, reverse=True))


def _fires(config: ConfigType, before: str, after: str) -> bool:
    """Return whether a trigger fires at a boundary between two states."""
    match config[CONF_PLATFORM]:
        case "schedule.block_started":
            return after == STATE_ON
        case "schedule.block_ended":
            return before == STATE_ON and after == STATE_OFF
        case _:
            return (
                before != after
                and _is_one_of(before, config.get(_FROM))
                and _is_one_of(after, config.get(_TO))
            )


def _is_one_of(state: str, wanted: str | list[str] | None) -> bool:
    """Return whether a state is wanted; None matches all."""
    return wanted is None or state in ([wanted] if isinstance(wanted, str) else wanted)


async def _read(hass: HomeAssistant, entity_ids: Collection[str]) -> list[_Schedule]:
    """Return the configurations of schedules; raises CannotTell."""
    if not entity_ids:
        return []
    try:
        answer = await hass.services.async_call(
            _DOMAIN,
            "get_schedule",
            {ATTR_ENTITY_ID: list(entity_ids)},
            blocking=True,
            return_response=True,
        )
    except HomeAssistantError as error:
        raise CannotTell(f"schedules cannot be read: {error}") from error
    return [_schedule(hass, one, (answer or {}).get(one)) for one in entity_ids]


def _schedule(hass: HomeAssistant, entity_id: str, answer: object) -> _Schedule:
    """Return the configuration of a schedule; raises CannotTell."""
    state = hass.states.get(entity_id)
    if state is None or not isinstance(answer, Mapping):
        raise CannotTell(f"{entity_id} is not available")
    week = read_week(answer)
    passing = {key for day in week for block in day for key in block.data}
    return _Schedule(
        entity_id=entity_id,
        week=week,
        attributes={
            name: value
            for name, value in state.attributes.items()
            if name not in passing | {_NEXT_EVENT}
        },
    )


def _is_plain(config: ConfigType) -> bool:
    """Return whether a trigger checks each entity alone and has no duration."""
    options = config.get(CONF_OPTIONS) or {}
    return not options.get(CONF_FOR) and options.get("behavior", "each") == "each"


def _is_of_schedules(config: ConfigType) -> bool:
    """Return whether a state trigger is for schedules turning on or off."""
    return (
        all(split_entity_id(one)[0] == _DOMAIN for one in config[CONF_ENTITY_ID])
        and not config.get(CONF_FOR)
        and not _HARD_TO_TELL & config.keys()
        and bool({_FROM, _TO} & config.keys())
    )


BLOCKS = Source(recurs=_is_plain, identify=_identify, look_back=_look_back_at_blocks)
STATES = Source(
    recurs=_is_of_schedules, identify=_identify, look_back=_look_back_at_states
)
