"""The operation that sends a request."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import override

from ...base import (
    Absent,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    Unclear,
    UnreadablePayload,
)
from ...field_table import flag_field, json_field, text_field
from ...http_failures import Effect
from ...own_sentences import OwnWarning
from ...transport import Reply
from ..api.client import HttpCapabilities, HttpClient, Message, Part
from ..request import json_path
from ..request.definition import Order, Repeat
from ..request.filling import filler
from ..request.prepared import Prepared, Question, duration
from ..request.responses import AnswerRules, holds, link_of, result_of

STEP = "send"


def as_given(value: object, name: str) -> object:
    """Take data for the templates of a request unchanged."""
    del name
    return value


class SendHttpRequest(Operation[HttpClient, Prepared, HttpCapabilities]):
    """Send a request that the user has defined."""

    name = "send_http_request"
    public_summary = True
    fields = (
        text_field(
            "request", required=True, listed=True, example="Message to my phone"
        ),
        json_field("data", as_given, example='{"message": "The front door is open"}'),
        flag_field("until_ended", seldom=True, in_rule=False),
    )
    """The fields of the action; the payload is rendered from them."""
    public_fields = frozenset(Prepared.__dataclass_fields__)
    """The client itself removes confidential texts from the target's messages: it knows
    each of them."""

    @override
    def parse(self, data: Mapping[str, object]) -> Prepared:
        """Read a rendered request; raises InvalidField."""
        try:
            return Prepared.load(data)
        except UnreadablePayload as error:
            raise InvalidField("request", "invalid") from error

    @override
    def dump(self, payload: Prepared) -> JsonObject:
        """Turn the payload into its stored form."""
        return payload.dump()

    @override
    def load(self, version: int, data: JsonObject) -> Prepared:
        """Read a stored payload; raises UnreadablePayload."""
        return self.reread(version, data)

    @override
    def steps(
        self, payload: Prepared, capabilities: HttpCapabilities
    ) -> tuple[Step[HttpClient, Prepared], ...]:
        """Return the one call; the user's `repeat` says whether it may be repeated."""
        question = payload.question
        siblings = frozenset(capabilities.requests)
        return (
            Step(
                name=STEP,
                run=partial(_send, siblings=siblings),
                repeatable=payload.repeat.sent_again,
                repeatable_for=duration(payload.repeat_for),
                find=None
                if question is None
                else partial(_find, siblings=siblings, question=question),
                write_time=None
                if question is None
                else timedelta(seconds=question.absent_after),
            ),
        )

    @override
    def receipt(self, payload: Prepared, results: Mapping[str, JsonObject]) -> Receipt:
        """Return the id, the link and the fields selected from the response."""
        return receipt_of(payload, results.get(STEP, {}))

    @override
    def summary(self, payload: Prepared) -> str:
        """Name the request."""
        return payload.title

    @override
    def expires(
        self, payload: Prepared, occurred_at: datetime, capabilities: HttpCapabilities
    ) -> datetime | None:
        """Return when it expires, by the user's setting."""
        life = duration(payload.life)
        return None if life is None else occurred_at + life

    @override
    def overlaps(self, payload: Prepared, capabilities: HttpCapabilities) -> bool:
        """Allow requests that can be looked up or repeated, and have no open end."""
        return payload.repeat is not Repeat.ASK and payload.end is None

    @override
    def claims_ahead(self, payload: Prepared) -> bool:
        """Exclude requests that can neither be looked up nor repeated."""
        return payload.repeat is not Repeat.ASK and payload.repeat_for is None

    @override
    def key(self, payload: Prepared, delivery_id: str) -> str | None:
        """Return the order key: of a start and its end, or the user's choice."""
        if payload.end is not None:
            return delivery_id
        match payload.order:
            case Order.CONNECTION:
                return "connection"
            case Order.REQUEST:
                return f"request:{payload.request}"
        return None


def receipt_of(payload: Prepared, result: JsonObject) -> Receipt:
    """Return the receipt of a response."""
    found, link = result.get("id"), result.get("link")
    missing = (
        (OwnWarning.NO_ID.of(),)
        if payload.answers.id_from is not None and found is None
        else ()
    )
    details: JsonObject = {}
    if "status" in result:
        details["status"] = result["status"]
    match result.get("fields"):
        case dict(fields):
            details |= fields
    return Receipt(
        outside_id=found if isinstance(found, str) else None,
        links={"event": link} if isinstance(link, str) else {},
        details=details,
        warnings=missing,
        kept=_kept(payload, result),
    )


def _kept(payload: Prepared, result: JsonObject) -> JsonObject:
    """Return the data that the end of a request needs."""
    if payload.end is None:
        return {}
    return {
        "end": payload.end.dump(),
        "request": payload.request,
        "revision": payload.revision,
        "title": payload.title,
        "ids": [one.value for one in sorted(payload.ids)],
        "signed": payload.signed,
        "occurred_at": result.get("occurred_at"),
    }


def _message(
    payload: Prepared, context: StepContext, siblings: Collection[str]
) -> Message:
    """Return the request of a delivery."""
    return Message(
        request=payload.request,
        revision=payload.revision,
        siblings=siblings,
        wire=payload.wire,
        answers=payload.answers,
        effect=payload.repeat.effect,
        delivery_id=context.delivery_id,
        values=filler(
            delivery_id=context.delivery_id,
            occurred_at=context.reported_time,
            now=context.now,
        ),
        ids=payload.ids,
        signed=payload.signed,
        sent_at=int(context.now.timestamp()),
    )


async def _send(
    client: HttpClient,
    payload: Prepared,
    context: StepContext,
    *,
    siblings: Collection[str],
) -> JsonObject:
    """Send it, with its delivery's id and the time of the occurrence."""
    message = _message(payload, context, siblings)
    return _with_link(client, context, await client.send(message))


async def _find(
    client: HttpClient,
    payload: Prepared,
    context: StepContext,
    *,
    siblings: Collection[str],
    question: Question,
) -> Finding:
    """Look up whether it has arrived."""
    message = replace(
        _message(payload, context, siblings),
        part=Part.LOOK_UP,
        wire=question.wire,
        effect=Effect.NONE,
        ids=(),
        signed=False,
    )
    finding = await client.look_up(
        message, lambda reply: finding_of(reply, question, payload.answers)
    )
    match finding:
        case Found(result=result):
            return Found(result=_with_link(client, context, result))
    return finding


def finding_of(reply: Reply, question: Question, answers: AnswerRules) -> Finding:
    """Return the finding of a look-up's response; raises BackendError."""
    if question.missing_is_404 and reply.status == HTTPStatus.NOT_FOUND:
        return Absent()
    reading = AnswerRules(id_from=answers.id_from, link_from=answers.link_from)
    result = result_of(reply, reading, Effect.NONE)
    try:
        document = reply.json()
    except ValueError:
        return Unclear()
    if not holds(document, question.found_path, question.found_equals):
        return Absent()
    # Items of a list are one level deeper than in the response to a creation.
    if "id" not in result and answers.id_from is not None:
        inner = json_path.value_at(document, question.found_path)
        if not isinstance(inner, json_path.Missing):
            found = json_path.text_at(inner, answers.id_from)
            result |= {"id": found} if found is not None else {}
    return Found(result=result)


def _with_link(
    client: HttpClient, context: StepContext, result: JsonObject
) -> JsonObject:
    """Return a result with an absolute link, and the time of the occurrence."""
    kept = {name: value for name, value in result.items() if name != "link"}
    kept["occurred_at"] = context.reported_time.isoformat()
    found = result.get("link")
    if isinstance(found, str) and (link := link_of(found, client.origin)) is not None:
        kept["link"] = link
    return kept
