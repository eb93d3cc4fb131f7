"""What happens in the demo, and the proof that it arrived."""

import asyncio
from time import time

from simulators.frigate import FrigateSimulator
from simulators.frigate.store import StoredEvent
from simulators.wire import Json

from .api import member
from .arrivals import clock, describe
from .household import BELL, DOOR, turn
from .patience import eventually
from .screen import progress, say
from .websocket import WebSocket

_EVENTS = 3
"""A ring, a door, and a ring that could not arrive at once."""
_ARRIVAL_SECONDS = 15.0
_CATCH_UP_SECONDS = 60.0
_OPEN_SECONDS = 2.0
_OUTAGE_SECONDS = 3.0
_TOLERANCE_SECONDS = 2.0
"""How far an event's time may be off: two busy cores, and whole seconds."""


class Disproved(Exception):
    """Something did not arrive as it should have."""


class Scenes:
    """A bell, a door and a power cut, one after the other."""

    def __init__(self, socket: WebSocket, simulator: FrigateSimulator) -> None:
        """Act through a user's connection, and look into the simulator."""
        self._socket = socket
        self._simulator = simulator

    async def play(self) -> None:
        """Play all; raise Disproved, or TookTooLong for what did not arrive."""
        own = (self._simulator.settings.async_delay or 0) * 1000
        say(f"To store an event, Frigate itself takes {own:.0f} ms of the time shown.")
        await self._ring()
        await self._open_and_close()
        await self._ring_during_outage()
        if (kept := len(self._simulator.events)) > _EVENTS:
            raise Disproved(f"{kept} events are kept, not {_EVENTS}")

    async def _ring(self) -> None:
        say("The doorbell rings:")
        rung = time()
        await turn(self._socket, BELL, on=True)
        event = await self._newest(1, _ARRIVAL_SECONDS)
        self._check_start(event, rung)
        _tell(event, event.stored_at - rung)

    async def _open_and_close(self) -> None:
        say("The garden door opens, and closes a little later:")
        opened = time()
        await turn(self._socket, DOOR, on=True)
        event = await self._newest(2, _ARRIVAL_SECONDS)
        self._check_start(event, opened)
        if event.end_time is not None:
            raise Disproved("the event of the door has an end while the door is open")
        _tell(event, event.stored_at - opened)
        await asyncio.sleep(_OPEN_SECONDS)
        closed = time()
        await turn(self._socket, DOOR, on=False)
        _tell(event, await self._end(event, closed) - closed)

    async def _ring_during_outage(self) -> None:
        say("Frigate is stopped, and the doorbell rings:")
        await self._simulator.stop()
        rung = time()
        await turn(self._socket, BELL, on=True)
        waiting = await eventually(self._waiting, "the delivery", _ARRIVAL_SECONDS)
        delivery_id = member(waiting, "delivery_id", str)
        state = member(waiting, "state", str)
        say(f"  event_relay  keeps it: delivery {delivery_id} is {state}")
        await asyncio.sleep(_OUTAGE_SECONDS)
        await self._simulator.start()
        async with progress("Frigate is there again, and Event Relay will try"):
            event = await self._newest(3, _CATCH_UP_SECONDS)
        self._check_start(event, rung)
        _tell(event, event.stored_at - rung)
        outside_id = await eventually(
            lambda: self._outside_id(delivery_id), "its delivery", _ARRIVAL_SECONDS
        )
        if outside_id != event.id:
            raise Disproved(f"Event Relay takes {outside_id} for the event {event.id}")
        say(
            f"  Rung at {clock(rung)}, kept at {clock(event.stored_at)}, once, and"
            f" with its own time: it begins {rung - event.start_time:.0f} s before"
            " the ring, as every event of this camera does"
        )

    async def _newest(self, number: int, seconds: float) -> StoredEvent:
        """Return the event with this number, once it is there."""

        async def look() -> StoredEvent | None:
            events = self._simulator.events
            return events[number - 1] if len(events) >= number else None

        return await eventually(look, f"event {number} in Frigate", seconds)

    async def _end(self, event: StoredEvent, closed: float) -> float:
        """Return when the end of an event arrived."""

        async def look() -> float | None:
            return event.end_time

        end = await eventually(look, "the end of the event", _ARRIVAL_SECONDS)
        if abs(end - closed) > _TOLERANCE_SECONDS:
            raise Disproved(f"the event ends at {clock(end)}, not {clock(closed)}")
        return next(
            request.time
            for request in self._simulator.requests
            if request.path.endswith(f"/{event.id}/end")
        )

    def _check_start(self, event: StoredEvent, moment: float) -> None:
        """Raise Disproved unless an event begins when the camera lets it begin."""
        camera = self._simulator.settings.camera(event.camera)
        begin = moment - (camera.pre_capture if camera else 0)
        if abs(event.start_time - begin) > _TOLERANCE_SECONDS:
            raise Disproved(
                f"the event begins at {clock(event.start_time)}, not {clock(begin)}"
            )

    async def _waiting(self) -> dict[str, Json] | None:
        """Return the delivery that waits, None if there is none."""
        waiting = await self._deliveries("pending", "uncertain")
        return waiting[0] if waiting else None

    async def _outside_id(self, delivery_id: str) -> str | None:
        """Return what Frigate calls a delivery, None before it is delivered."""
        for delivery in await self._deliveries("delivered"):
            if member(delivery, "delivery_id", str) == delivery_id:
                return member(delivery, "outside_id", str)
        return None

    async def _deliveries(self, *states: str) -> list[dict[str, Json]]:
        answer = await self._socket.ask("event_relay.list_deliveries", state=[*states])
        return member(answer, "deliveries", list)


def _tell(event: StoredEvent, seconds: float) -> None:
    """Print a line for an event that arrived."""
    say(f"  {describe(event)}  {seconds * 1000:.0f} ms")
