"""aipix: office hours that become the timetable of a script."""

from collections.abc import Mapping, Sequence
from time import time
from typing import override

from tools.demo.api import Api, ApiError, member
from tools.demo.arrivals import line
from tools.demo.home_setup import add_switch, turn
from tools.demo.polling import eventually
from tools.demo.screen import say
from tools.demo.subentries import Rule
from tools.demo.websocket import WebSocket
from tools.simulators.aipix import AipixSimulator
from tools.simulators.wire import Json

from .scene import ARRIVAL_SECONDS, Disproved, Scene

_ANNOUNCE = "script.announce_visitors"
_VISITOR = "input_boolean.visitor"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_HOURS = (("08:30:00", "12:00:00"), ("12:30:00", "17:00:00"))
_WEEK = [(day, hours) for day in _DAYS for hours in _HOURS]

type Week = Sequence[tuple[str, tuple[str, str]]]
"""Days with start and end; a day with a break is listed twice."""


class AipixScene(Scene[AipixSimulator]):
    """A schedule helper, and a script that follows it."""

    backend = "aipix"
    name = "aipix"
    adds = "office hours and a reception"
    arrivals = 3

    @override
    def connection(self) -> dict[str, Json]:
        return {
            "url": self.simulator.url,
            "api": "client",
            "username": self.simulator.settings.user,
            "password": self.simulator.settings.password,
            "verify_ssl": True,
        }

    @override
    async def add(self, api: Api, socket: WebSocket) -> None:
        ranges: list[Json] = [{"from": start, "to": end} for start, end in _HOURS]
        made = await socket.command(
            "schedule/create",
            name="Office hours",
            icon="mdi:briefcase-clock",
            **dict.fromkeys(_DAYS, ranges),
        )
        self._schedule = member(made, "id", str)
        await add_switch(socket, "Visitor", "mdi:account-check")

    @override
    async def play(self, socket: WebSocket) -> None:
        say("Visitors are to be announced in office hours, which a helper holds:")
        asked = time()
        await socket.act("script.turn_on", entity_id=_ANNOUNCE)
        script = await self.stored(lambda: self.simulator.scripts, 1)
        if (week := _week(script)) != _WEEK:
            raise Disproved(f"the script keeps to other hours: {week}")
        stored_at = self.simulator.store.stored_at[f"script/{script['id']}"]
        self.tell(_line(script), stored_at - asked)
        await self.check_delivered(socket, "create_script", 1, str(script["id"]))

    @override
    async def follow(self, socket: WebSocket) -> None:
        say("A rule is to mark the recording when a visitor comes:")
        fields: dict[str, Json] = {
            "camera_id": "12",
            "title": "{{ trigger.to_state.name }}",
        }
        rule = Rule(
            name="Visitor",
            switch=_VISITOR,
            fields=fields,
            operation="create_camera_mark",
        )
        await self.add_rule(rule)
        began = time()
        await turn(socket, _VISITOR, on=True)
        mark = await self.stored(lambda: self.simulator.marks, 1)
        stored_at = self.simulator.store.stored_at[f"mark/{mark['id']}"]
        self.tell(_mark_line(mark), stored_at - began)
        await turn(socket, _VISITOR, on=False)
        await self._mirror(socket)

    async def _mirror(self, socket: WebSocket) -> None:
        """Add a mirror of the office hours, and change these."""
        say("A mirror is to keep a script to the office hours, which then change:")
        began = time()
        settings: dict[str, Json] = {
            "title": "Reception",
            "schedule_entity": "schedule.office_hours",
            "event_id": "41",
            "reaction_id": "3",
            "users": ["7"],
        }
        await self.add_mirror("script", "Reception", settings)
        script = await self.stored(lambda: self.simulator.scripts, 2)
        stored_at = self.simulator.store.stored_at[f"script/{script['id']}"]
        self.tell(_line(script), stored_at - began)
        changed = time()
        ranges: list[Json] = [{"from": start, "to": end} for start, end in _HOURS[:1]]
        await socket.command(
            "schedule/update",
            schedule_id=self._schedule,
            name="Office hours",
            **dict.fromkeys(_DAYS, ranges),
        )

        async def followed() -> float | None:
            """Return when the script has the new hours."""
            now = _week(self.simulator.scripts[1])
            return time() if now == [(day, _HOURS[0]) for day in _DAYS] else None

        arrived = await eventually(followed, "the new hours", ARRIVAL_SECONDS)
        self.tell(_line(self.simulator.scripts[1]), arrived - changed)

    @override
    def lines(self) -> list[str]:
        scripts = [_line(script) for script in self.simulator.scripts]
        return [*scripts, *(_mark_line(mark) for mark in self.simulator.marks)]


def _week(script: dict[str, Json]) -> Week:
    """Return the times of a script, which stores them as days with breaks."""
    match script:
        case {"timetable": {"days": [*days]}}:
            return [one for day in days for one in _ranges(day)]
    raise ApiError(f"aipix has a script without a timetable: {script}")


def _ranges(day: Json) -> Week:
    """Return the times of a day, without their offset from UTC."""
    match day:
        case {"type": str(name), "from": str(start), "to": str(end), "breaks": [*gaps]}:
            pass
        case _:
            raise ApiError(f"aipix has a day of another shape: {day}")
    moments = [start]
    for gap in gaps:
        match gap:
            case {"from": str(begin), "to": str(stop)}:
                moments += [begin, stop]
    moments.append(end)
    local = [moment[:8] for moment in moments]
    return [
        (name, (begin, stop))
        for begin, stop in zip(local[::2], local[1::2], strict=True)
    ]


def _line(script: dict[str, Json]) -> str:
    week = _week(script)
    days = " ".join(dict.fromkeys(day[:3] for day, _ in week))
    hours = dict.fromkeys(f"{start[:5]} to {end[:5]}" for _, (start, end) in week)
    what = f"{script['title']}, {days} {' and '.join(hours)}"
    return line("aipix", what, f"script {script['id']}")


def _mark_line(mark: Mapping[str, Json]) -> str:
    return line("aipix", f"{mark['title']}, on camera 12", f"mark {mark['id']}")
