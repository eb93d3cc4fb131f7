"""A rule whose events end by another trigger, or when their time is up."""

import asyncio
from collections.abc import Mapping, Sequence
import random
from time import monotonic
from typing import override

from tools.demo.api import Api
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.targets.frigate import CREATE, FrigateTarget

from .opening import LOOKS_BACK_SECONDS, OpeningRule

_END_SHARE = 0.5
_SECONDS = 0.5
"""Mean time until a visit ends, and from there until the next."""


class VisitRule(OpeningRule):
    """A rule of Frigate; the mark is in the data of the event that fires it.

    Only one event is open at a time, since no entity distinguishes visits: the next one
    comes after the former is over. An event that was open at a kill only ends by its
    time.
    """

    operation = CREATE
    longest_open = 3

    def __init__(self, name: str, target: FrigateTarget) -> None:
        """Begin without a visit."""
        super().__init__(name, target)
        self._over_at = 0.0

    @property
    @override
    def triggers(self) -> Sequence[Json]:
        return [{"trigger": "event", "event_type": self._event_type("begins")}]

    @property
    @override
    def ends(self) -> Mapping[str, Json]:
        return {"trigger": "event", "event_type": self._event_type("ends")}

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        return {
            "camera": "front_door",
            "label": "visitor",
            "sub_label": "{{ trigger.event.data.mark }}",
        }

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        """Add nothing: events need nothing."""

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        # After a clock change, an open event may last this long from the start.
        self._over_at = max(self._over_at, monotonic() + self.longest_open)
        while True:
            await asyncio.sleep(
                max(0, self._over_at - monotonic()) + LOOKS_BACK_SECONDS
            )
            mark = self.mark()
            begin = socket.command(
                "fire_event",
                event_type=self._event_type("begins"),
                event_data={"mark": mark},
            )
            try:
                await self.fire(socket, mark, begin)
            finally:
                # Even if it was interrupted: then it may have begun.
                self._over_at = monotonic() + self.longest_open
            if chance.random() < _END_SHARE:
                await asyncio.sleep(chance.expovariate(1 / _SECONDS))
                await socket.command("fire_event", event_type=self._event_type("ends"))
                self._over_at = 0

    def _event_type(self, what: str) -> str:
        return f"{self.name} {what}"
