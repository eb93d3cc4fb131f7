"""Live firings of triggers while a clock moves, and computed ones."""

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

from custom_components.event_relay.rules.firing import index_of
from custom_components.event_relay.rules.occurrences import (
    Occurrence,
    missed_occurrences,
    occurrence_of,
)
from custom_components.event_relay.rules.triggers import Triggers

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True)
class LiveFirings:
    """A trigger's firings while time passed, in order."""

    index: int
    """Index of the trigger in the list."""
    config: ConfigType
    """The trigger in Home Assistant's form."""
    fired: list[Occurrence]


@dataclass
class LiveHome:
    """A Home Assistant and its clock."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    step: timedelta = timedelta(minutes=5)

    async def run(
        self, triggers: Sequence[Mapping[str, Any]], since: datetime, until: datetime
    ) -> list[LiveFirings]:
        """Let time pass once, and return the firings of each trigger of a list."""
        self.freezer.move_to(since)
        fired: list[list[Occurrence]] = [[] for _ in triggers]

        async def triggered(
            variables: dict[str, Any], context: Context | None = None
        ) -> None:
            index = index_of(variables)
            occurrence = occurrence_of(attached.configs[index], index, variables)
            assert occurrence is not None
            fired[index].append(occurrence)

        attached = Triggers(self.hass, triggers, "test", triggered)
        await attached.async_attach()
        await self.hass.async_block_till_done()
        # On the step, like the windows of calendars, even after an odd start.
        now = since - (since - _EPOCH) % self.step
        while (now := now + self.step) <= until:
            self.freezer.move_to(now)
            if self._timer_is_due():
                async_fire_time_changed(self.hass, now)
                await self.hass.async_block_till_done()
        attached.detach()
        return [
            LiveFirings(
                index=index,
                config=attached.configs[index],
                fired=sorted(of_one, key=lambda one: (one.instant, one.mark)),
            )
            for index, of_one in enumerate(fired)
        ]

    def _timer_is_due(self) -> bool:
        """Return whether any timer would run now; steps without one are skipped.

        The jitter of Home Assistant's timers makes this early, which is harmless.
        """
        soon = self.hass.loop.time() + 1
        return any(
            handle.when() <= soon and not handle.cancelled()
            for handle in get_scheduled_timer_handles(self.hass.loop)
        )

    async def computed(
        self, firings: LiveFirings, since: datetime, until: datetime
    ) -> list[Occurrence]:
        """Return the occurrences computed afterwards for the same trigger."""
        missed = await missed_occurrences(
            self.hass, firings.config, firings.index, since, until
        )
        assert [one.instant for one in missed] == sorted(one.instant for one in missed)
        return sorted(missed, key=lambda one: (one.instant, one.mark))


def look_ahead_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search for the next time of day with a real datetime, not freezegun's.

    The search goes by seconds from now until after an hour that is skipped in spring:
    tens of thousands of datetimes. A fake one takes many times as long.
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


def comparable(occurrence: Occurrence) -> Occurrence:
    """Return an occurrence that can be compared with a computed one.

    A live one has fractions of seconds, and states as objects.
    """
    variables = dict(occurrence.variables)
    variables["trigger"] = {
        key: _comparable(value) for key, value in variables["trigger"].items()
    }
    return replace(occurrence, variables=variables)


def _comparable(value: object) -> object:
    match value:
        case State():
            return value.entity_id, value.state, dict(value.attributes)
        case datetime():
            # Its time zone matters, too: templates show it.
            return value.replace(microsecond=0).isoformat()
        case _:
            return value
