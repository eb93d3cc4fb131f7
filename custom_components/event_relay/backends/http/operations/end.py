"""The operation that ends what a request has begun."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import override

from ...base import JsonObject, Operation, Receipt, Step, StepContext
from ...errors import Rejected
from ...field_table import text_field, time_field
from ...target import EXAMPLE_ID
from ..api.client import HttpCapabilities, HttpClient, Message, Part
from ..request.definition import IdHeader
from ..request.filling import filler
from ..request.prepared import PreparedEnd, duration, read_repeat, read_seconds
from ..request.responses import AnswerRules

STEP = "end"


@dataclass(frozen=True, kw_only=True)
class EndPayload:
    """The start to end, and the time."""

    delivery_id: str
    end_time: datetime | None = None


class EndHttpRequest(Operation[HttpClient, EndPayload, HttpCapabilities]):
    """Send the request that ends what another one began.

    The start's delivery determines what is sent and how a lost response is handled.
    """

    name = "end_http_request"
    in_rule = False
    fields = (
        text_field("delivery_id", required=True, public=True, example=EXAMPLE_ID),
        time_field("end_time", public=True),
    )
    payload = EndPayload

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
        """Return the one call; the start's receipt says whether it may be repeated."""
        repeatable, limit = False, None
        match followed.kept if followed is not None else {}:
            case {"end": {"repeat": str(repeat), **end}}:
                repeatable = read_repeat(repeat).sent_again
                limit = duration(read_seconds(end.get("repeat_for")))
        run = partial(_end, siblings=frozenset(capabilities.requests))
        return (Step(name=STEP, run=run, repeatable=repeatable, repeatable_for=limit),)

    @override
    def claims_ahead(self, payload: EndPayload) -> bool:
        """Return False: only the start knows whether the call may be repeated."""
        return False

    @override
    def receipt(
        self, payload: EndPayload, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the status."""
        return Receipt(details={"status": results.get(STEP, {}).get("status")})

    @override
    def summary(self, payload: EndPayload) -> str:
        """Leave it to the start to name the request."""
        return ""

    @override
    def key(self, payload: EndPayload, delivery_id: str) -> str:
        """Return the start's id, to keep behind it."""
        return payload.delivery_id

    @override
    def follows(self, payload: EndPayload) -> str:
        """Return the start's id."""
        return payload.delivery_id


async def _end(
    client: HttpClient,
    payload: EndPayload,
    context: StepContext,
    *,
    siblings: Collection[str],
) -> JsonObject:
    """Send the request that ends the start."""
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
            revision=str(kept.get("revision", "")),
            siblings=siblings,
            wire=prepared.wire,
            answers=AnswerRules(keyed=IdHeader.IDEMPOTENCY_KEY.value in ids),
            effect=prepared.repeat.effect,
            delivery_id=context.delivery_id,
            values=filler(
                delivery_id=payload.delivery_id,
                occurred_at=datetime.fromisoformat(occurred_at),
                ended_at=payload.end_time or context.reported_time,
                now=context.now,
                start_id=context.followed.outside_id if context.followed else None,
            ),
            ids=[IdHeader(str(one)) for one in ids],
            signed=signed,
            sent_at=int(context.now.timestamp()),
            part=Part.END,
        )
    )
