"""A calendar with created, moved and deleted events, mirrored as live events."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
import random
from typing import override
from urllib.parse import urlencode

from custom_components.event_relay.backends.palabra.mirror.calendar_plan import PATIENCE
from tools.demo.api import Api, member
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.targets.palabra import CREATE, PalabraTarget
from tools.torture.targets.target import now

from .mirror import MirrorFollower

_CALENDAR = "calendar.torture"
_AHEAD = timedelta(days=30)
_SECONDS = 1.0
_MOVE_SHARE = 0.3
_DELETE_SHARE = 0.2
_CARRIED_OUT_SECONDS = 60.0

type Span = tuple[datetime, datetime]


class CalendarMirror(MirrorFollower[Span]):
    """A mirror of Palabra; the mark is the summary.

    Each new or moved event comes before all others: only the next event changes the
    calendar's state, which the mirror follows.
    """

    kind = "calendar_mirror"
    thing = CREATE
    gone_after = PATIENCE.total_seconds() + _CARRIED_OUT_SECONDS

    def __init__(self, name: str, target: PalabraTarget) -> None:
        """Begin with the last event."""
        super().__init__(name, target)
        self._palabra = target
        self._last = now().replace(second=0, microsecond=0) + _AHEAD / 2
        self._minutes = count(1)
        self._first = self.mark()
        """The event that is never deleted: an empty calendar may not have loaded."""

    @property
    @override
    def title(self) -> str:
        return "Torture"

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        await api.add_entry("local_calendar", [{"calendar_name": self.title}])
        await self._create(socket, self._first)

    @override
    def steps(self) -> Sequence[Mapping[str, Json]]:
        return (
            {
                "calendar_entity": _CALENDAR,
                "ahead": _AHEAD.days,
                "filter_is_pattern": False,
                "event_type": "online",
                "delete": True,
            },
        )

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        while True:
            await asyncio.sleep(chance.expovariate(1 / _SECONDS))
            events = await self._events(api)
            events.pop(self._first, None)
            dice = chance.random()
            if not events or dice >= _MOVE_SHARE + _DELETE_SHARE:
                await self.change(self._create(socket, self.mark()))
                continue
            mark = chance.choice(sorted(events))
            uid = member(events[mark], "uid", str)
            if dice < _MOVE_SHARE:
                moved = socket.command(
                    "calendar/event/update",
                    entity_id=_CALENDAR,
                    uid=uid,
                    event=self._event(mark),
                )
                await self.change(moved)
            else:
                deleted = socket.command(
                    "calendar/event/delete", entity_id=_CALENDAR, uid=uid
                )
                await self.change(deleted)

    @override
    async def at_home(self, api: Api, socket: WebSocket) -> Mapping[str, Span]:
        return {
            mark: (_moment(event, "start"), _moment(event, "end"))
            for mark, event in (await self._events(api)).items()
        }

    @override
    def outside(self) -> Mapping[str, Span]:
        return {
            mark: (event.start, event.end)
            for event in self._palabra.simulator.events
            if self.is_own(mark := str(event.content["title"]))
        }

    @override
    def made(self) -> Mapping[str, Sequence[str]]:
        ids: dict[str, list[str]] = {}
        for event in (
            *self._palabra.simulator.events,
            *self._palabra.simulator.deleted,
        ):
            if self.is_own(mark := str(event.content["title"])):
                ids.setdefault(mark, []).append(event.event_id)
        return ids

    async def _create(self, socket: WebSocket, mark: str) -> None:
        await socket.command(
            "calendar/event/create", entity_id=_CALENDAR, event=self._event(mark)
        )

    def _event(self, mark: str) -> Json:
        """Return an event that comes before all others."""
        start = self._last - timedelta(minutes=next(self._minutes))
        end = start + timedelta(hours=1)
        return {"summary": mark, "dtstart": start.isoformat(), "dtend": end.isoformat()}

    async def _events(self, api: Api) -> dict[str, Json]:
        """Return the calendar's events, by mark."""
        span = {"start": now().isoformat(), "end": (now() + _AHEAD).isoformat()}
        listed = await api.get(f"/api/calendars/{_CALENDAR}?{urlencode(span)}")
        return {
            member(event, "summary", str): event
            for event in (listed if isinstance(listed, list) else ())
        }


def _moment(event: Json, name: str) -> datetime:
    written = member(member(event, name, dict), "dateTime", str)
    return datetime.fromisoformat(written)
