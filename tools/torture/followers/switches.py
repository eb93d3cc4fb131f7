"""Rules that begin an event when a switch goes on, and end it when it goes off."""

import asyncio
from collections.abc import Mapping, Sequence
import random
from typing import override

from tools.demo.api import Api, member
from tools.demo.home_setup import turn
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.targets import AnyTarget, http
from tools.torture.targets.frigate import CREATE

from .opening import LOOKS_BACK_SECONDS, OpeningRule

_MARK = "{{ trigger.to_state.name }}"
_SWITCHES = 3
_SECONDS = 1.5
"""Mean time that a switch is on, and off."""


class SwitchRule(OpeningRule):
    """A rule of Frigate; the mark is the switch's name when it goes on.

    A kill loses the states of the switches: their events are then ended when Home
    Assistant starts.
    """

    operation = CREATE
    longest_open = 20

    def __init__(self, name: str, target: AnyTarget) -> None:
        """Begin without switches."""
        super().__init__(name, target)
        self._switches: list[str] = []

    @property
    def _entities(self) -> list[Json]:
        return [f"input_boolean.{switch}" for switch in self._switches]

    @property
    @override
    def triggers(self) -> Sequence[Json]:
        return [{"trigger": "state", "entity_id": self._entities, "to": "on"}]

    @property
    @override
    def ends(self) -> Mapping[str, Json]:
        return {"trigger": "state", "entity_id": self._entities, "to": "off"}

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        return {
            "camera": "garden",
            "label": "door_open",
            "sub_label": _MARK,
        }

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        for _ in range(_SWITCHES):
            made = await socket.command("input_boolean/create", name=self.mark())
            self._switches.append(member(made, "id", str))

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        await asyncio.sleep(LOOKS_BACK_SECONDS)
        async with asyncio.TaskGroup() as turning:
            for switch in self._switches:
                turning.create_task(self._turn(socket, switch, chance))

    async def _turn(
        self, socket: WebSocket, switch: str, chance: random.Random
    ) -> None:
        """Turn one switch off and on; what is restored may be on."""
        entity_id = f"input_boolean.{switch}"
        while True:
            await turn(socket, entity_id, on=False)
            await asyncio.sleep(chance.expovariate(1 / _SECONDS))
            mark = self.mark()
            await socket.command(
                "input_boolean/update", input_boolean_id=switch, name=mark
            )
            await self.fire(socket, mark, turn(socket, entity_id, on=True))
            await asyncio.sleep(chance.expovariate(1 / _SECONDS))


class AlarmRule(SwitchRule):
    """The same with alarms of an HTTP API."""

    operation = http.SEND
    folded = False

    @property
    @override
    def fields(self) -> Mapping[str, Json]:
        return {"request": http.ALARM, "data": {"text": _MARK}}
