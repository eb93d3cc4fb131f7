"""A backend for measurements: one request per delivery, eight at once.

It can be looked up, and its events end by themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import override

from aiohttp import ClientSession

from custom_components.event_relay.backends.base import (
    Absent,
    Backend,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
)
from custom_components.event_relay.backends.transport import (
    Effect,
    HttpTransport,
    raise_for_failure,
)

AT_ONCE = 8
OPERATION = "send_event"


@dataclass(frozen=True, kw_only=True)
class BenchCapabilities:
    """Empty: the receiving server has no capabilities."""

    def dump(self) -> JsonObject:
        """Return the stored form."""
        return {}


class BenchClient:
    """Client of the receiving server."""

    def __init__(self, session: ClientSession, address: str) -> None:
        """Take a session and the server's address."""
        self._transport = HttpTransport(session, address)

    async def capabilities(self) -> BenchCapabilities:
        """Prove the contact."""
        raise_for_failure(await self._transport.send("GET", "about"), Effect.NONE, "")
        return BenchCapabilities()

    async def send(self, event: JsonObject) -> None:
        """Send an event."""
        reply = await self._transport.send(
            "POST", "events", effect=Effect.ONCE, body=event
        )
        if not reply.ok:  # as all clients do: the reason is only read of a failure
            raise_for_failure(reply, Effect.ONCE, reply.words(reply.text))

    async def has(self, delivery_id: str) -> bool:
        """Return whether the event of a delivery has arrived."""
        reply = await self._transport.send("GET", "events", delivery_id)
        return reply.status == HTTPStatus.OK


@dataclass(frozen=True, kw_only=True)
class SendEvent:
    """An event: its number and name."""

    number: int
    title: str


class SendEventOperation(Operation[BenchClient, SendEvent, BenchCapabilities]):
    """Send an event."""

    name = OPERATION

    @override
    def parse(self, data: Mapping[str, object]) -> SendEvent:
        """Read the fields of the action; raises InvalidField."""
        match data:
            case {"number": int(number), "title": str(title)}:
                return SendEvent(number=number, title=title)
        raise InvalidField("number", "required")

    @override
    def check(
        self, payload: SendEvent, capabilities: BenchCapabilities, now: datetime
    ) -> None:
        """Refuse nothing."""

    @override
    def dump(self, payload: SendEvent) -> JsonObject:
        """Turn the payload into its stored form."""
        return {"number": payload.number, "title": payload.title}

    @override
    def load(self, version: int, data: JsonObject) -> SendEvent:
        """Read a stored payload; raises UnreadablePayload."""
        return self.reread(version, data)

    @override
    def steps(
        self, payload: SendEvent, capabilities: BenchCapabilities
    ) -> tuple[Step[BenchClient, SendEvent], ...]:
        """Return the one call."""
        return _STEPS

    @override
    def receipt(self, payload: SendEvent, results: Mapping[str, JsonObject]) -> Receipt:
        """Return the id, which is our own."""
        return Receipt(outside_id=str(results["send"]["id"]))

    @override
    def overlaps(self, payload: SendEvent, capabilities: BenchCapabilities) -> bool:
        """Allow it: it can be looked up and ends by itself."""
        return True

    @override
    def summary(self, payload: SendEvent) -> str:
        """Return its name."""
        return payload.title


async def _send(
    client: BenchClient, payload: SendEvent, context: StepContext
) -> JsonObject:
    """Send the event with the id of its delivery."""
    delivery_id = context.delivery_id
    await client.send(
        {"id": delivery_id, "number": payload.number, "title": payload.title}
    )
    return {"id": delivery_id}


async def _find(
    client: BenchClient, payload: SendEvent, context: StepContext
) -> Finding:
    """Look up the event by the id of its delivery."""
    if await client.has(context.delivery_id):
        return Found(result={"id": context.delivery_id})
    return Absent()


_STEPS = (Step(name="send", run=_send, find=_find),)

BENCH = Backend(
    name="bench",
    title="Bench",
    operations=(SendEventOperation(),),
    load_capabilities=lambda _: BenchCapabilities(),
    concurrency=AT_ONCE,
    claims_ahead=8 * AT_ONCE,
)
