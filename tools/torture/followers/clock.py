"""A rule that fires every few seconds, and later for the seconds while it was off."""

from collections.abc import Mapping, Sequence
from itertools import count, takewhile
from math import ceil
import random
from time import time
from typing import override

from custom_components.event_relay.queue.delivery import Delivery
from tools.demo.api import Api
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.calls import Answer, Call, Thing
from tools.torture.targets import AnyTarget, aipix
from tools.torture.wall_clock import Span

from .rule import RuleFollower

_PERIOD = 5
_MARGIN_SECONDS = 3.0
"""Time to arm the rule, and for a due delivery to arrive if nothing fails."""


class ClockRule(RuleFollower):
    """A rule with a time pattern; the mark is the instant.

    Every instant from its creation until the end of the drain must have one mark,
    whether Home Assistant ran or not.
    """

    operation = aipix.CREATE_MARK
    chosen = True
    missable = True
    first = 0.0
    """First required instant, unix seconds."""
    last = 0.0
    """Last required instant."""

    def __init__(self, name: str, target: AnyTarget, off: Sequence[Span] = ()) -> None:
        """Take the times of a wrong clock, whose instants are not required."""
        super().__init__(name, target)
        self._off = off

    @property
    @override
    def triggers(self) -> Sequence[Json]:
        return [{"trigger": "time_pattern", "seconds": f"/{_PERIOD}"}]

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        at = f"(as_timestamp(trigger.now) // {_PERIOD} * {_PERIOD}) | int"
        return {
            "camera_id": str(aipix.CAMERA),
            "title": f"{self.name} {{{{ {at} }}}}",
        }

    @override
    async def add(self, api: Api, socket: WebSocket, entry_id: str) -> None:
        await super().add(api, socket, entry_id)
        self.first = time() + _MARGIN_SECONDS

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        """Add nothing: time passes by itself."""

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        """Do nothing: time passes by itself."""

    @override
    async def left(self, api: Api, socket: WebSocket, patience: float) -> int:
        self.last = time() - _MARGIN_SECONDS
        return len(self._due() - {thing.mark for thing in self.stored()})

    @override
    def firings(self, deliveries: Sequence[Delivery]) -> Sequence[Call]:
        due = self._due()
        others = {
            mark
            for one in deliveries
            # Optional: the rule was just being added, or the run was over.
            if not self.first <= _instant(mark := self.target.mark_of(one.payload))
            or _instant(mark) > self.last
            or self._doubtful(_instant(mark))
        }
        return [
            Call(
                thing=Thing(self.operation, mark),
                answer=answer,
                at=_instant(mark),
            )
            for marks, answer in ((due, Answer.ACCEPTED), (others - due, Answer.CUT))
            for mark in sorted(marks)
        ]

    def _due(self) -> set[str]:
        """Return the marks of all required instants."""
        instants = count(ceil(self.first / _PERIOD) * _PERIOD, _PERIOD)
        due = takewhile(lambda instant: instant <= self.last, instants)
        return {
            f"{self.name} {instant}" for instant in due if not self._doubtful(instant)
        }

    def _doubtful(self, instant: float) -> bool:
        """Return whether the clock was wrong about then, or was just being set."""
        margin = _PERIOD + _MARGIN_SECONDS
        return any(
            begin - margin <= instant <= end + margin for begin, end in self._off
        )


def _instant(mark: str) -> float:
    """Return the unix seconds in a mark, whatever the state of its delivery."""
    return float(mark.rpartition(" ")[2])
