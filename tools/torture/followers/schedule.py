"""A schedule helper whose hours change, and a script that follows it."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count
import random
from typing import override

from tools.demo.api import Api, ApiError, member
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.targets.aipix import CREATE_SCRIPT, EVENT, REACTION, AipixTarget

from .mirror import MirrorFollower

_SECONDS = 2.0
_NAME = "Torture hours"
_END = "23:00:00"


class ScriptMirror(MirrorFollower[str]):
    """A mirror of aipix; its only mark is the title, its content the start time."""

    kind = "script_mirror"
    thing = CREATE_SCRIPT

    def __init__(self, name: str, target: AipixTarget) -> None:
        """Begin without a helper."""
        super().__init__(name, target)
        self._aipix = target
        self._helper = ""
        self._minutes = count()
        self._mark = self.mark()

    @property
    @override
    def title(self) -> str:
        return self._mark

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        made = await socket.command(
            "schedule/create", name=_NAME, monday=[self._hours()]
        )
        self._helper = member(made, "id", str)

    @override
    def steps(self) -> Sequence[Mapping[str, Json]]:
        return (
            {
                "title": self.title,
                "schedule_entity": f"schedule.{self._helper}",
                "event_id": str(EVENT),
                "reaction_id": str(REACTION),
            },
        )

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        while True:
            await asyncio.sleep(chance.expovariate(1 / _SECONDS))
            changed = socket.command(
                "schedule/update",
                schedule_id=self._helper,
                name=_NAME,
                monday=[self._hours()],
            )
            await self.change(changed)

    @override
    async def at_home(self, api: Api, socket: WebSocket) -> Mapping[str, str]:
        match await socket.command("schedule/list"):
            case [{"monday": [{"from": str(begin)}]}]:
                return {self._mark: begin}
            case listed:
                raise ApiError(f"not the helper that was made: {listed}")

    @override
    def outside(self) -> Mapping[str, str]:
        begins = [_begin(script) for script in self._scripts()]
        return {self._mark: begins[0]} if begins else {}

    @override
    def made(self) -> Mapping[str, Sequence[str]]:
        return {self._mark: [str(script["id"]) for script in self._scripts()]}

    def _scripts(self) -> Sequence[dict[str, Json]]:
        return [
            one for one in self._aipix.simulator.scripts if one["title"] == self._mark
        ]

    def _hours(self) -> Json:
        """Return hours that the helper has not had."""
        hours, minutes = divmod(next(self._minutes), 60)
        return {"from": f"{hours % 22:02}:{minutes:02}:00", "to": _END}


def _begin(script: dict[str, Json]) -> str:
    """Return the start of a script's only range, without the offset from UTC."""
    match script:
        case {"timetable": {"days": [{"from": str(begin)}]}}:
            return begin[:8]
    return f"another shape: {script.get('timetable')}"
