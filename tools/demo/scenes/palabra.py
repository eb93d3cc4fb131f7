"""Palabra: a calendar entry that becomes a live event."""

from datetime import UTC, datetime, timedelta
from time import time
from typing import override

from tools.demo.api import Api
from tools.demo.arrivals import line
from tools.demo.home_setup import add_switch, turn
from tools.demo.screen import say
from tools.demo.subentries import Rule
from tools.demo.websocket import WebSocket
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.palabra.events import StoredEvent
from tools.simulators.wire import Json

from .scene import Disproved, Scene

_CALENDAR = "calendar.town_hall"
_ANNOUNCE = "script.announce_meeting"
_TITLE = "Town meeting"
_LECTURE = "Lecture"
_TOUR = "input_boolean.guided_tour"
_MIRROR_SECONDS = 60.0


class PalabraScene(Scene[PalabraSimulator]):
    """A calendar, and a meeting in it."""

    backend = "palabra"
    name = "Palabra"
    adds = "a calendar and a guided tour"
    arrivals = 3

    @override
    def connection(self) -> dict[str, Json]:
        return {
            "url": self.simulator.url,
            "api_key": self.simulator.settings.api_key,
        }

    @override
    async def add(self, api: Api, socket: WebSocket) -> None:
        await api.add_entry("local_calendar", [{"calendar_name": "Town hall"}])
        await add_switch(socket, "Guided tour", "mdi:account-voice")

    @override
    async def play(self, socket: WebSocket) -> None:
        say("The calendar gets an entry, which is announced:")
        start, end = await _add_to_calendar(socket, _TITLE, days=1)
        announced = time()
        await socket.act("script.turn_on", entity_id=_ANNOUNCE)
        event = await self.stored(lambda: self.simulator.events, 1)
        if event.content["title"] != _TITLE:
            raise Disproved(f"the event is called {event.content['title']}")
        if (event.start, event.end) != (start, end):
            raise Disproved(f"the event is from {event.start} to {event.end}")
        self.tell(_line(event), event.created.timestamp() - announced)
        await self.check_delivered(socket, "create_live_event", 1, event.event_id)

    @override
    async def follow(self, socket: WebSocket) -> None:
        say("A rule is to announce a guided tour:")
        fields: dict[str, Json] = {
            "title": "{{ trigger.to_state.name }}",
            "event_type": "in_person",
            "start": "{{ now() + timedelta(minutes=15) }}",
            "end": "{{ now() + timedelta(minutes=75) }}",
        }
        await self.add_rule(Rule(name="Guided tour", switch=_TOUR, fields=fields))
        began = time()
        await turn(socket, _TOUR, on=True)
        tour = await self.stored(lambda: self.simulator.events, 2)
        self.tell(_line(tour), tour.created.timestamp() - began)
        await turn(socket, _TOUR, on=False)
        await self._mirror(socket)

    async def _mirror(self, socket: WebSocket) -> None:
        """Mirror the lectures of the calendar as live events."""
        say("A mirror is to announce every lecture in the calendar:")
        settings: dict[str, Json] = {
            "calendar_entity": _CALENDAR,
            "ahead": 14,
            "filter": _LECTURE,
            "filter_is_pattern": False,
            "event_type": "online",
            "delete": True,
        }
        await self.add_mirror("calendar", "Town hall", settings)
        began = time()
        start, end = await _add_to_calendar(socket, f"{_LECTURE} on bees", days=2)
        event = await self.stored(lambda: self.simulator.events, 3, _MIRROR_SECONDS)
        if (event.start, event.end) != (start, end):
            raise Disproved(f"the lecture is from {event.start} to {event.end}")
        self.tell(_line(event), event.created.timestamp() - began)

    @override
    def lines(self) -> list[str]:
        return [_line(event) for event in self.simulator.events]


async def _add_to_calendar(
    socket: WebSocket, title: str, *, days: int
) -> tuple[datetime, datetime]:
    """Add an evening event in so many days, and return its start and end."""
    today = datetime.now(UTC).astimezone()
    start = today.replace(hour=19, minute=0, second=0, microsecond=0)
    start += timedelta(days=days)
    end = start + timedelta(hours=2)
    await socket.act(
        "calendar.create_event",
        entity_id=_CALENDAR,
        summary=title,
        location="Town hall",
        start_date_time=start.isoformat(),
        end_date_time=end.isoformat(),
    )
    return start, end


def _line(event: StoredEvent) -> str:
    start, end = event.start.astimezone(), event.end.astimezone()
    what = f"{event.content['title']} at {event.content.get('location', 'no place')}"
    span = f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
    return line("palabra", f"{what}, {span}", event.event_id)
