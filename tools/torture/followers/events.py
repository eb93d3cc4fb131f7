"""Rules that fire on Home Assistant's own events."""

import asyncio
from collections.abc import Mapping, Sequence
import random
from typing import ClassVar, override

from tools.demo.api import Api
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.targets import aipix, guance, http

from .rule import FiredRule

_MARK = "{{ trigger.event.data.mark }}"


class EventRule(FiredRule):
    """A rule with an event trigger; the mark is in the event's data."""

    seconds: ClassVar[float]
    """Mean time between two firings."""

    @property
    @override
    def triggers(self) -> Sequence[Json]:
        return [{"trigger": "event", "event_type": self.name}]

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        """Add nothing: events need nothing."""

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        async with asyncio.TaskGroup() as firings:
            while True:
                firings.create_task(self._cause(socket, self.mark()))
                await asyncio.sleep(chance.expovariate(1 / self.seconds))

    async def _cause(self, socket: WebSocket, mark: str) -> None:
        event = socket.command(
            "fire_event", event_type=self.name, event_data={"mark": mark}
        )
        await self.fire(socket, mark, event)


class GuanceRule(EventRule):
    """A rule that creates events of Guance."""

    operation = guance.CREATE
    seconds = 3.0

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        return {"status": "info", "title": _MARK}


class MarkRule(EventRule):
    """A rule that creates marks of aipix."""

    operation = aipix.CREATE_MARK
    chosen = True
    seconds = 1.0

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        return {"camera_id": str(aipix.CAMERA), "title": _MARK}


class NoteRule(EventRule):
    """A rule that creates notes of an HTTP API with look-ups."""

    operation = http.SEND
    folded = False
    seconds = 3.0

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        return {"request": http.LOOKED_UP, "data": {"text": _MARK}}

    @property
    @override
    def until(self) -> Mapping[str, Json]:
        """Nothing: the form asks, since some requests have an end."""
        return {}
