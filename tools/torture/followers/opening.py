"""The base of rules that begin something outside, and end it."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import override

from custom_components.event_relay.queue.delivery import Delivery
from tools.demo.api import Api
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.calls import Thing
from tools.torture.ledger import Kind, Offence, Row

from .rule import FiredRule

LOOKS_BACK_SECONDS = 1.0
"""Time in which a rule ends the events that were over when Home Assistant started."""


class OpeningRule(FiredRule):
    """A rule whose events must all be closed in the end."""

    @property
    @abstractmethod
    def ends(self) -> Mapping[str, Json]:
        """Return the triggers that end its events."""

    @property
    @abstractmethod
    def longest_open(self) -> int:
        """Return the longest time in seconds that they are open."""

    @property
    @override
    def until(self) -> Mapping[str, Json]:
        return {
            "triggers": [dict(self.ends)],
            "longest_open": {"seconds": self.longest_open},
        }

    @override
    async def left(self, api: Api, socket: WebSocket, patience: float) -> int:
        return len(self._open())

    @override
    def account(self, deliveries: Sequence[Delivery], told: Mapping[str, str]) -> Row:
        row = super().account(deliveries, told)
        waiting = {left.thing.mark for left in row.waiting}
        row.offences += (
            Offence(kind=Kind.OPEN, thing=thing, delivery_id=None, why="has no end")
            for thing in self._open()
            if thing.mark not in waiting
        )
        return row

    def _open(self) -> Sequence[Thing]:
        """Return the events that are open outside."""
        return [
            Thing(self.operation, mark)
            for mark in self.target.going_on()
            if self.is_own(mark)
        ]
