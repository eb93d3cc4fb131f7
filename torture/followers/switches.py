"""Rules that begin an event when a switch goes on, and end it when it goes off."""

import asyncio
from collections.abc import Mapping, Sequence
import random
from typing import override

from custom_components.event_relay.outbox.delivery import Delivery
from demo.api import Api, member
from demo.household import turn
from demo.websocket import WebSocket
from simulators.wire import Json
from torture.calls import Thing
from torture.ledger import Kind, Offence, Row
from torture.targets.frigate import CREATE, FrigateTarget

from .rule import FiredRule

_SWITCHES = 3
_SECONDS = 1.5
"""Mean time that a switch is on, and off."""
_LONGEST_OPEN = 20
_LOOKS_BACK_SECONDS = 1.0
"""Within which a rule has ended what was over when Home Assistant had started."""


class SwitchRule(FiredRule):
    """A rule of Frigate; the mark is what the switch is called when it goes on."""

    operation = CREATE

    def __init__(self, name: str, target: FrigateTarget) -> None:
        """Begin without switches."""
        super().__init__(name, target)
        self._frigate = target.simulator
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
    def fields(self) -> Mapping[str, Json]:
        return {
            "camera": "garden",
            "label": "door_open",
            "sub_label": "{{ trigger.to_state.name }}",
        }

    @property
    @override
    def until(self) -> Mapping[str, Json]:
        off: Json = {"trigger": "state", "entity_id": self._entities, "to": "off"}
        return {"triggers": [off], "longest_open": {"seconds": _LONGEST_OPEN}}

    @override
    async def furnish(self, api: Api, socket: WebSocket) -> None:
        for _ in range(_SWITCHES):
            made = await socket.command("input_boolean/create", name=self.mark())
            self._switches.append(member(made, "id", str))

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        await asyncio.sleep(_LOOKS_BACK_SECONDS)
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

    @override
    async def left(self, api: Api, socket: WebSocket) -> int:
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
        """Return what goes on at Frigate."""
        return [
            Thing(CREATE, event.sub_label)
            for event in self._frigate.events
            if event.end_time is None
            and event.sub_label is not None
            and self.is_own(event.sub_label)
        ]
