"""Event Relay's own list of deliveries."""

from tools.simulators.wire import Json

from .api import member
from .polling import eventually
from .websocket import WebSocket

_SETTLED_SECONDS = 15.0


async def deliveries(socket: WebSocket, *states: str) -> list[dict[str, Json]]:
    """Return the deliveries in some states, newest first."""
    answer = await socket.ask("event_relay.list_deliveries", state=[*states])
    return member(answer, "deliveries", list)


async def delivered(socket: WebSocket, operation: str, number: int) -> dict[str, Json]:
    """Return the newest delivery of an operation, once enough are delivered."""

    async def look() -> dict[str, Json] | None:
        known = [
            delivery
            for delivery in await deliveries(socket, "delivered")
            if delivery["operation"] == operation
        ]
        return known[0] if len(known) >= number else None

    return await eventually(
        look, f"{number} of {operation} in Event Relay's list", _SETTLED_SECONDS
    )
