"""Guance: an alarm and its end."""

import asyncio
from time import time
from typing import override

from custom_components.event_relay.backends.guance.api.look_ups import OWN_TAG
from tools.demo.api import Api
from tools.demo.arrivals import clock, line
from tools.demo.home_setup import add_sensor, add_switch, turn
from tools.demo.screen import say
from tools.demo.subentries import Rule
from tools.demo.websocket import WebSocket
from tools.simulators.guance import GuanceSimulator
from tools.simulators.guance.store import StoredEvent
from tools.simulators.wire import Json

from .scene import TOLERANCE_SECONDS, Disproved, Scene

_SMOKE = "input_boolean.kitchen_smoke"
"""Stands for the smoke itself; its sensor is a binary sensor."""
_FRIDGE = "input_boolean.fridge_door"
_SMOKE_SECONDS = 2.0
"""Longer than the second that Event Relay leaves between two requests to Guance."""


class GuanceScene(Scene[GuanceSimulator]):
    """A smoke alarm."""

    backend = "guance"
    name = "Guance"
    adds = "a smoke alarm and a fridge"
    arrivals = 3

    @override
    def connection(self) -> dict[str, Json]:
        return {
            "url": self.simulator.url,
            "api_key": self.simulator.settings.api_key,
        }

    @override
    async def add(self, api: Api, socket: WebSocket) -> None:
        await add_switch(socket, "Kitchen smoke", "mdi:smoke")
        await add_sensor(api, "Kitchen smoke", "smoke", _SMOKE)
        await add_switch(socket, "Fridge door", "mdi:fridge-alert")

    @override
    async def play(self, socket: WebSocket) -> None:
        say("There is smoke in the kitchen, and soon none any more:")
        alarm = await self._smoke(socket, 1, "critical", on=True)
        await asyncio.sleep(_SMOKE_SECONDS)
        recovery = await self._smoke(socket, 2, "ok", on=False)
        if (tags := _tags(alarm)) != _tags(recovery):
            raise Disproved(f"the tags are {tags}, and then {_tags(recovery)}")
        shown = ", ".join(f"{name}={value}" for name, value in tags.items())
        say(f"  The tags of both tell that they belong together: {shown}")

    @override
    async def follow(self, socket: WebSocket) -> None:
        say("A rule is to warn of the fridge door:")
        fields: dict[str, Json] = {
            "status": "warning",
            "title": "{{ trigger.to_state.name }} is open",
        }
        await self.add_rule(Rule(name="Fridge door", switch=_FRIDGE, fields=fields))
        began = time()
        await turn(socket, _FRIDGE, on=True)
        event = await self.stored(lambda: self.simulator.events, 3)
        if event.title != "Fridge door is open":
            raise Disproved(f"the event is called {event.title}")
        self.tell(_line(event), event.stored_at - began)
        await turn(socket, _FRIDGE, on=False)

    @override
    def lines(self) -> list[str]:
        return [_line(event) for event in self.simulator.events]

    async def _smoke(
        self, socket: WebSocket, number: int, status: str, *, on: bool
    ) -> StoredEvent:
        """Start or stop the smoke, and return the event that arrived."""
        began = time()
        await turn(socket, _SMOKE, on=on)
        event = await self.stored(lambda: self.simulator.events, number)
        if event.status != status:
            raise Disproved(f"the status is {event.status}, not {status}")
        if abs(event.date / 1000 - began) > TOLERANCE_SECONDS:
            raise Disproved(f"the event is of {clock(event.date / 1000)}")
        self.tell(_line(event), event.stored_at - began)
        await self.check_delivered(socket, "create_custom_event", number, None)
        return event


def _tags(event: StoredEvent) -> dict[str, str]:
    """Return the tags except our own, which identifies the delivery."""
    return {name: value for name, value in event.tags.items() if name != OWN_TAG}


def _line(event: StoredEvent) -> str:
    what = f"{event.status}: {event.title}, {clock(event.date / 1000)}"
    return line("guance", what, "no id: Guance gives none")
