"""Palabra: an entry of a calendar that becomes a live event."""

from datetime import UTC, datetime, timedelta
from time import time
from typing import override

from demo.api import Api
from demo.arrivals import line
from demo.screen import say
from demo.websocket import WebSocket
from simulators.palabra import PalabraSimulator
from simulators.palabra.events import StoredEvent
from simulators.wire import Json

from .scene import Disproved, Scene

_CALENDAR = "calendar.town_hall"
_ANNOUNCE = "script.announce_meeting"
_TITLE = "Town meeting"


class PalabraScene(Scene[PalabraSimulator]):
    """A calendar, and a meeting in it."""

    backend = "palabra"
    name = "Palabra"
    adds = "a calendar"
    arrivals = 1

    @override
    def connection(self) -> dict[str, Json]:
        return {
            "url": self.simulator.url,
            "api_key": self.simulator.settings.api_key,
        }

    @override
    async def add(self, api: Api, socket: WebSocket) -> None:
        await api.add_entry("local_calendar", [{"calendar_name": "Town hall"}])

    @override
    async def play(self, socket: WebSocket) -> None:
        say("The calendar gets an entry, which is announced:")
        today = datetime.now(UTC).astimezone()
        start = today.replace(hour=19, minute=0, second=0, microsecond=0)
        start += timedelta(days=1)
        end = start + timedelta(hours=2)
        await socket.act(
            "calendar.create_event",
            entity_id=_CALENDAR,
            summary=_TITLE,
            location="Town hall",
            start_date_time=start.isoformat(),
            end_date_time=end.isoformat(),
        )
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
    def lines(self) -> list[str]:
        return [_line(event) for event in self.simulator.events]


def _line(event: StoredEvent) -> str:
    start, end = event.start.astimezone(), event.end.astimezone()
    what = f"{event.content['title']} at {event.content.get('location', 'no place')}"
    span = f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
    return line("palabra", f"{what}, {span}", event.event_id)
