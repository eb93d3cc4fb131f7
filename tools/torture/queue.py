"""Event Relay's deliveries: the final file, and the list that users see."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from custom_components.event_relay.backends.base import JsonObject
from custom_components.event_relay.queue.delivery import (
    SETTLED,
    UNSETTLED,
    Delivery,
    DeliveryState,
)
from custom_components.event_relay.queue.store.store import Store
from tools.demo.api import member
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json

from .calls import Thing
from .ledger import Kept

FILE = "event_relay.db"
_LIST_LIMIT = 1000
_NOT_ARRIVED = SETTLED - {DeliveryState.DELIVERED}


async def waiting(socket: WebSocket, entry_id: str) -> int:
    """Return the number of unfinished deliveries of a connection."""
    return len(await _listed(socket, entry_id, UNSETTLED))


async def told(socket: WebSocket, entry_id: str) -> Mapping[str, str]:
    """Return the states of deliveries that are listed as not arrived, by id."""
    return {
        member(delivery, "delivery_id", str): member(delivery, "state", str)
        for delivery in await _listed(socket, entry_id, _NOT_ARRIVED)
    }


async def read_deliveries(folder: Path) -> Sequence[Delivery]:
    """Return all deliveries in the file of a stopped home."""
    store = Store(folder / FILE)
    await store.open()
    try:
        return await store.listing(limit=None)
    finally:
        await store.close()


def kept(
    mark_of: Callable[[JsonObject], str],
    deliveries: Sequence[Delivery],
    listed: Mapping[str, str],
) -> Sequence[Kept]:
    """Return deliveries in the ledger's format.

    A delivery about an earlier item has the mark of the delivery that created it. If
    damage has removed that one, its item is unknown.
    """
    marks = {
        delivery.id: mark_of(delivery.payload)
        for delivery in deliveries
        if delivery.follows is None
    }
    return [
        Kept(
            id=one.id,
            thing=Thing(one.operation, mark),
            state=one.state,
            failure=one.failure.code if one.failure else None,
            outside_id=one.receipt.outside_id if one.receipt else None,
            told=one.state not in _NOT_ARRIVED or listed.get(one.id) == one.state,
        )
        for one in deliveries
        if (mark := marks.get(one.follows or one.id)) is not None
    ]


async def _listed(
    socket: WebSocket, entry_id: str, states: Collection[DeliveryState]
) -> Sequence[Json]:
    """Return the listed deliveries in some states, newest first."""
    answer = await socket.ask(
        "event_relay.list_deliveries",
        config_entry_id=entry_id,
        state=[state.value for state in states],
        limit=_LIST_LIMIT,
    )
    return member(answer, "deliveries", list)
