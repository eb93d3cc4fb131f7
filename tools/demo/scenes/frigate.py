"""Frigate: a bell, a door, and a power cut."""

import asyncio
from time import time
from typing import override

from tools.demo.api import Api, member
from tools.demo.arrivals import clock, line
from tools.demo.deliveries import deliveries
from tools.demo.home_setup import add_sensor, add_switch, turn
from tools.demo.polling import eventually
from tools.demo.screen import progress, say
from tools.demo.subentries import Rule
from tools.demo.websocket import WebSocket
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.delays import longest
from tools.simulators.frigate.store import StoredEvent
from tools.simulators.wire import Json

from .scene import ARRIVAL_SECONDS, TOLERANCE_SECONDS, Disproved, Scene

BELL = "input_boolean.doorbell"
_DOOR = "input_boolean.garden_door"
"""Stands for the door itself; its contact is a binary sensor."""
_WINDOW = "input_boolean.cellar_window"
_CATCH_UP_SECONDS = 60.0
_OPEN_SECONDS = 2.0
_OUTAGE_SECONDS = 3.0


class FrigateScene(Scene[FrigateSimulator]):
    """A bell, a door and a power cut, one after the other."""

    backend = "frigate"
    name = "Frigate"
    adds = "a bell, a door and a window"
    arrivals = 4

    @override
    def connection(self) -> dict[str, Json]:
        return {
            "url": self.simulator.url,
            "username": self.simulator.settings.user,
            "password": self.simulator.settings.password,
            "verify_ssl": True,
        }

    @override
    async def add(self, api: Api, socket: WebSocket) -> None:
        await add_switch(socket, "Doorbell", "mdi:doorbell")
        await add_switch(socket, "Garden door", "mdi:door")
        await add_sensor(api, "Garden door", "door", _DOOR)
        await add_switch(socket, "Cellar window", "mdi:window-open")

    @override
    async def play(self, socket: WebSocket) -> None:
        own = longest(self.simulator.settings.async_delay or 0) * 1000
        say(
            f"Of the times shown, Frigate itself takes up to {own:.0f} ms to store an"
            " event; the other simulators take next to none."
        )
        await self._ring(socket)
        say("The garden door opens, and closes a little later:")
        await self._open_and_close(socket, _DOOR, 2)
        await self._ring_during_outage(socket)

    @override
    async def follow(self, socket: WebSocket) -> None:
        say("A rule is to show the garden while the cellar window is open:")
        fields: dict[str, Json] = {
            "camera": "garden",
            "label": "window_open",
            "sub_label": "{{ trigger.to_state.name }}",
        }
        rule = Rule(name="Cellar window", switch=_WINDOW, fields=fields, until_off=True)
        await self.add_rule(rule)
        await self._open_and_close(socket, _WINDOW, 4)

    @override
    def lines(self) -> list[str]:
        return [_line(event) for event in self.simulator.events]

    async def _ring(self, socket: WebSocket) -> None:
        say("The doorbell rings:")
        rung = time()
        await turn(socket, BELL, on=True)
        event = await self._event(1)
        self._check_start(event, rung)
        self.tell(_line(event), event.stored_at - rung)

    async def _open_and_close(
        self, socket: WebSocket, switch: str, number: int
    ) -> None:
        """Open the door that a switch stands for, and close it; so does its event."""
        opened = time()
        await turn(socket, switch, on=True)
        event = await self._event(number)
        self._check_start(event, opened)
        if event.end_time is not None:
            raise Disproved("the event has an end while what it is about is open")
        self.tell(_line(event), event.stored_at - opened)
        await asyncio.sleep(_OPEN_SECONDS)
        closed = time()
        await turn(socket, switch, on=False)
        arrived = await self._end(event, closed)
        await self._short_event_deleted(number)
        self.tell(_line(event), arrived - closed)

    async def _ring_during_outage(self, socket: WebSocket) -> None:
        say("Frigate is stopped, and the doorbell rings:")
        await self.simulator.stop()
        rung = time()
        await turn(socket, BELL, on=True)
        waiting = await eventually(
            lambda: _waiting(socket), "the delivery", ARRIVAL_SECONDS
        )
        delivery_id = member(waiting, "delivery_id", str)
        state = member(waiting, "state", str)
        say(f"  event_relay  keeps it: delivery {delivery_id} is {state}")
        await asyncio.sleep(_OUTAGE_SECONDS)
        await self.simulator.start()
        async with progress("Frigate is there again, and Event Relay will try"):
            event = await self._event(3, _CATCH_UP_SECONDS)
        self._check_start(event, rung)
        self.tell(_line(event), event.stored_at - rung)
        await self.check_delivered(socket, "create_camera_event", 3, event.id)
        say(
            f"  Rung at {clock(rung)}, kept at {clock(event.stored_at)}, once, and"
            f" with its own time: it begins {rung - event.start_time:.0f} s before"
            " the ring, as every event of this camera does"
        )

    async def _event(
        self, number: int, seconds: float = ARRIVAL_SECONDS
    ) -> StoredEvent:
        return await self.stored(lambda: self.simulator.events, number, seconds)

    async def _end(self, event: StoredEvent, closed: float) -> float:
        """Return when the end of an event arrived."""

        async def look() -> float | None:
            return event.end_time

        end = await eventually(look, "the end of the event", ARRIVAL_SECONDS)
        if abs(end - closed) > TOLERANCE_SECONDS:
            raise Disproved(f"the event ends at {clock(end)}, not {clock(closed)}")
        return next(
            request.time
            for request in self.simulator.requests
            if request.path.endswith(f"/{event.id}/end")
        )

    async def _short_event_deleted(self, number: int) -> None:
        """Wait until so many events are left: an end briefly creates another one."""

        async def look() -> bool | None:
            return len(self.simulator.events) == number or None

        await eventually(look, "the end of the short event", ARRIVAL_SECONDS)

    def _check_start(self, event: StoredEvent, moment: float) -> None:
        """Raise Disproved unless an event begins at the camera's offset."""
        camera = self.simulator.settings.camera(event.camera)
        begin = moment - (camera.pre_capture if camera else 0)
        if abs(event.start_time - begin) > TOLERANCE_SECONDS:
            raise Disproved(
                f"the event begins at {clock(event.start_time)}, not {clock(begin)}"
            )


async def _waiting(socket: WebSocket) -> dict[str, Json] | None:
    """Return the waiting delivery, None if there is none."""
    waiting = await deliveries(socket, "pending", "uncertain")
    return waiting[0] if waiting else None


def _line(event: StoredEvent) -> str:
    what = f"{event.label} ({event.sub_label})" if event.sub_label else event.label
    end = "…" if event.end_time is None else clock(event.end_time)
    span = f"{clock(event.start_time)} to {end}"
    return line("frigate", f"{event.camera}: {what}, {span}", event.id)
