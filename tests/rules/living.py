"""Triggers that fire by themselves in a Home Assistant whose time is moved on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay.rules.occurrences import (
    Occurrence,
    missed_occurrences,
    occurrence_of,
)
from custom_components.event_relay.rules.triggers import Triggers

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True)
class Lived:
    """What a trigger has fired while time passed, in the order of time."""

    config: ConfigType
    """The trigger as Home Assistant has it."""
    fired: list[Occurrence]


@dataclass(frozen=True, kw_only=True)
class _Armed:
    """A trigger that waits, and what it has fired."""

    triggers: Triggers
    fired: list[Occurrence]


@dataclass
class Living:
    """A Home Assistant and its clock."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    step: timedelta = timedelta(minutes=5)

    async def through(
        self, triggers: Sequence[Mapping[str, Any]], since: datetime, until: datetime
    ) -> list[Lived]:
        """Let time pass once, and return what each of some triggers has fired."""
        self.freezer.move_to(since)
        armed = [self._armed(trigger) for trigger in triggers]
        for one in armed:
            await one.triggers.async_attach()
        await self.hass.async_block_till_done()
        # On the step, whatever odd second it began at, as windows of calendars do.
        now = since - (since - _EPOCH) % self.step
        while (now := now + self.step) <= until:
            self.freezer.move_to(now)
            if self._something_is_due():
                async_fire_time_changed(self.hass, now)
                await self.hass.async_block_till_done()
        for one in armed:
            one.triggers.detach()
        return [
            Lived(
                config=one.triggers.configs[0],
                fired=sorted(one.fired, key=lambda one: (one.instant, one.mark)),
            )
            for one in armed
        ]

    def _armed(self, trigger: Mapping[str, Any]) -> _Armed:
        fired: list[Occurrence] = []

        async def triggered(
            variables: dict[str, Any], context: Context | None = None
        ) -> None:
            occurrence = occurrence_of(triggers.configs[0], 0, variables)
            assert occurrence is not None
            fired.append(occurrence)

        triggers = Triggers(self.hass, [trigger], "test", triggered)
        return _Armed(triggers=triggers, fired=fired)

    def _something_is_due(self) -> bool:
        """Say whether any timer would run now; steps without one are gone through fast.

        Harmlessly early by what Home Assistant spreads its timers over.
        """
        soon = self.hass.loop.time() + 1
        return any(
            handle.when() <= soon and not handle.cancelled()
            for handle in get_scheduled_timer_handles(self.hass.loop)
        )

    async def worked_out(
        self, config: ConfigType, since: datetime, until: datetime
    ) -> list[Occurrence]:
        """Return what is worked out afterwards for the same trigger."""
        missed = await missed_occurrences(self.hass, config, 0, since, until)
        assert [one.instant for one in missed] == sorted(one.instant for one in missed)
        return sorted(missed, key=lambda one: (one.instant, one.mark))


def look_ahead_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give what looks for the next time of day a real datetime, not freezegun's.

    It goes on by seconds from now to what comes after an hour that spring skips: tens
    of thousands of datetimes, of which each fake takes many times as long.
    """
    find = dt_util.find_next_time_expression_time

    def found(
        now: datetime, seconds: list[int], minutes: list[int], hours: list[int]
    ) -> datetime:
        real = type(_EPOCH)(
            *(now.year, now.month, now.day),
            *(now.hour, now.minute, now.second, now.microsecond),
            tzinfo=now.tzinfo,
            fold=now.fold,
        )
        return find(real, seconds, minutes, hours)

    monkeypatch.setattr(dt_util, "find_next_time_expression_time", found)


def plain(occurrence: Occurrence) -> Occurrence:
    """Return an occurrence that may be compared with one that was worked out.

    A live one has fractions of seconds, and states that are the machine's own.
    """
    variables = dict(occurrence.variables)
    variables["trigger"] = {
        key: _plain(value) for key, value in variables["trigger"].items()
    }
    return replace(occurrence, variables=variables)


def _plain(value: object) -> object:
    match value:
        case State():
            return value.entity_id, value.state, dict(value.attributes)
        case datetime():
            # Its zone counts, too: templates show it.
            return value.replace(microsecond=0).isoformat()
        case _:
            return value
