"""The operation that ends what a request has begun."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import override

from ..base import (
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    UnreadablePayload,
)
from ..errors import Rejected
from ..fields import known_only, line, moment, optional, required
from ..http_failures import Effect
from .answers import AnswerRules
from .client import HttpCapabilities, HttpClient, Message
from .definition import IdHeader, Repeat
from .filling import filler
from .prepared import PreparedEnd, read_repeat

STEP = "end"


@dataclass(frozen=True, kw_only=True)
class EndPayload:
    """Which start is ended, and when."""

    delivery_id: str
    end_time: datetime | None = None


class EndHttpRequest(Operation[HttpClient, EndPayload, HttpCapabilities]):
    """Send the request that ends what another one began.

    What it sends, and what a lost answer means, was settled with its start.
    """

    name = "end_http_request"
    public_fields = frozenset({"delivery_id", "end_time"})

    @override
    def parse(self, data: Mapping[str, object]) -> EndPayload:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, {"delivery_id", "end_time"})
        return EndPayload(
            delivery_id=required(data, "delivery_id", line),
            end_time=optional(data, "end_time", moment),
        )

    @override
    def check(
        self, payload: EndPayload, capabilities: HttpCapabilities, now: datetime
    ) -> None:
        """Refuse nothing: only the start knows what ends it."""

    @override
    def dump(self, payload: EndPayload) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        end_time = payload.end_time
        return {
            "delivery_id": payload.delivery_id,
            "end_time": None if end_time is None else end_time.isoformat(),
        }

    @override
    def load(self, version: int, data: JsonObject) -> EndPayload:
        """Read a stored payload; raises UnreadablePayload."""
        stored: dict[str, object] = {**data}
        try:
            if isinstance(end_time := data.get("end_time"), str):
                stored["end_time"] = datetime.fromisoformat(end_time)
        except ValueError as error:
            raise UnreadablePayload("end_time: invalid") from error
        return self.reread(version, stored)

    @override
    def steps(
        self, payload: EndPayload, capabilities: HttpCapabilities
    ) -> tuple[Step[HttpClient, EndPayload], ...]:
        """Return the one call, as if it could not be repeated."""
        return self.steps_following(payload, capabilities, None)

    @override
    def steps_following(
        self,
        payload: EndPayload,
        capabilities: HttpCapabilities,
        followed: Receipt | None,
    ) -> tuple[Step[HttpClient, EndPayload], ...]:
        """Return the one call; what a lost answer means, the start has said."""
        match followed.kept if followed is not None else {}:
            case {"end": {"repeat": str(repeat)}}:
                repeatable = read_repeat(repeat).sent_again
            case _:
                repeatable = False
        run = partial(_end, siblings=frozenset(capabilities.requests))
        return (Step(name=STEP, run=run, repeatable=repeatable),)

    @override
    def receipt(
        self, payload: EndPayload, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the status."""
        return Receipt(details={"status": results.get(STEP, {}).get("status")})

    @override
    def summary(self, payload: EndPayload) -> str:
        """Leave it to the start to say which request."""
        return ""

    @override
    def key(self, payload: EndPayload, delivery_id: str) -> str:
        """Return the start, which goes first."""
        return payload.delivery_id

    @override
    def follows(self, payload: EndPayload) -> str:
        """Return the start."""
        return payload.delivery_id


async def _end(
    client: HttpClient,
    payload: EndPayload,
    context: StepContext,
    *,
    siblings: Collection[str],
) -> JsonObject:
    """Send what the start was to be ended by."""
    kept = context.followed.kept if context.followed is not None else {}
    match kept:
        case {
            "end": end,
            "request": str(request),
            "ids": list(ids),
            "signed": bool(signed),
            "occurred_at": str(occurred_at),
        }:
            prepared = PreparedEnd.load(end)
        case _:
            raise Rejected("its request has no end", code="no_end_request")
    return await client.send(
        Message(
            request=request,
            siblings=siblings,
            wire=prepared.wire,
            answers=AnswerRules(keyed=IdHeader.IDEMPOTENCY_KEY.value in ids),
            effect=_effect(prepared.repeat),
            delivery_id=context.delivery_id,
            values=filler(
                secrets=client.named_secrets,
                delivery_id=payload.delivery_id,
                occurred_at=datetime.fromisoformat(occurred_at),
                ended_at=payload.end_time or context.told_at,
                now=context.now,
                start_id=context.followed.outside_id if context.followed else None,
            ),
            ids=[IdHeader(str(one)) for one in ids],
            signed=signed,
            sent_at=int(context.now.timestamp()),
        )
    )


def _effect(repeat: Repeat) -> Effect:
    """Return what a lost answer means."""
    return Effect.REPEATABLE if repeat.sent_again else Effect.ONCE
