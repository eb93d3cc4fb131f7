"""A stream of action calls over Home Assistant's WebSocket API."""

import asyncio
from collections.abc import Mapping
from itertools import count
import random
from time import monotonic

from tools.demo.api import ApiError, Refused, member
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json

from .calls import Act, Answer, Call
from .targets import AnyTarget

_MOST_UNDER_WAY = 10
"""Calls of one connection that may wait for their responses."""
_AT_ONCE_SHARE = 0.4
"""Share of the calls that do not wait for the outcome."""


class Traffic:
    """Calls actions, and records every call and its result."""

    def __init__(self, targets: Mapping[str, AnyTarget], chance: random.Random) -> None:
        """Take the targets by the ids of their connections."""
        self._targets = targets
        self._chance = chance
        self._numbers = count(1)
        self.calls: dict[str, list[Call]] = {
            target.name: [] for target in targets.values()
        }

    async def flow(self, socket: WebSocket) -> None:
        """Call actions until cancelled, and then wait for the remaining responses.

        They fail at once if the connection has ended.
        """
        calls: list[asyncio.Task[None]] = []
        sources = [
            asyncio.create_task(self._source(socket, entry_id, target, calls))
            for entry_id, target in self._targets.items()
        ]
        try:
            await asyncio.gather(*sources)
        finally:
            for source in sources:
                source.cancel()
            await asyncio.wait(sources)
            await asyncio.gather(*calls)

    async def once(self, socket: WebSocket) -> None:
        """Call an action of each target once, and wait for the responses."""
        await asyncio.gather(
            *(
                self._call(socket, entry_id, target, self._next_act(target))
                for entry_id, target in self._targets.items()
            )
        )

    async def _source(
        self,
        socket: WebSocket,
        entry_id: str,
        target: AnyTarget,
        calls: list[asyncio.Task[None]],
    ) -> None:
        """Call the actions of one target, at its rate."""
        in_flight: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / target.seconds))
            if len(in_flight) >= _MOST_UNDER_WAY:
                continue
            act = self._next_act(target)
            calling = asyncio.create_task(self._call(socket, entry_id, target, act))
            calls.append(calling)
            in_flight.add(calling)
            calling.add_done_callback(in_flight.discard)

    def _next_act(self, target: AnyTarget) -> Act:
        """Return an action of a target, with its own mark."""
        return target.act(target.mark(next(self._numbers)), self._chance)

    async def _call(
        self, socket: WebSocket, entry_id: str, target: AnyTarget, act: Act
    ) -> None:
        """Call an action, and record the result."""
        data: dict[str, Json] = {**act.data, "config_entry_id": entry_id}
        if self._chance.random() < _AT_ONCE_SHARE:
            data["wait"] = 0
        began = monotonic()
        try:
            answer = await socket.ask(f"event_relay.{act.thing.action}", **data)
            delivery_id = member(answer, "delivery_id", str)
        except Refused as error:
            call = Call(thing=act.thing, answer=Answer.REFUSED, key=error.key)
        except ApiError:
            call = Call(thing=act.thing, answer=Answer.CUT, seconds=monotonic() - began)
        else:
            call = Call(
                thing=act.thing, answer=Answer.ACCEPTED, delivery_id=delivery_id
            )
        self.calls[target.name].append(call)
        target.heard(call)
