"""What an answer means: done, refused, to be tried again, or nobody knows.

| answer | meaning |
|---|---|
| 429, 503, 425, no connection | not taken: sent again |
| lost, 408, 500, 502, 504 and other outages | unknown: depends on the request |
| 401, 403, 410 | this request pauses |
| 404 | refused; with `waits_on_404` tried again |
| 409 | with a key tried again: the same request is in progress |
| 3xx | refused, with the origin that it names |
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
import re
from typing import Self, override
from urllib.parse import quote, urljoin

from ..base import InvalidField, Json, JsonObject, UnreadablePayload
from ..errors import BackendError, OutcomeUnknown, Rejected, Unavailable
from ..http_failures import Effect
from ..transport import Reply
from ..words import SHORT, discreet
from . import json_path
from .safety import origin_of

PAUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
"""What pauses a request until somebody has seen to it."""
_REFUSALS = frozenset(
    {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
)
"""Of the 5xx those that say that nothing was done, and nothing will be."""
_NOT_TAKEN = frozenset(
    {
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
_GATEWAYS = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
"""What says of all requests of a target that it is not there."""
LONGEST_FIELD = 1000
"""Characters that are kept of a chosen field."""
LONGEST_ID = 200
LONGEST_WAIT = 86_400.0
NOT_THERE_YET = 60.0
"""Seconds until a target that answers 404 for now is asked again."""
TRIED_AGAIN = 900.0
"""Seconds until a request that pauses is tried once more."""
IN_PROGRESS = 5.0
"""Seconds until a request is sent again whose key is in use."""
_RANGES = re.compile(r"(\d{3})(?:\s*-\s*(\d{3}))?")


class RequestPaused(Unavailable):
    """The target takes this request no more until somebody has seen to it."""

    code = "request_paused"

    def __init__(self, reason: str, status: int) -> None:
        """Keep the status that the target answered."""
        super().__init__(reason, retry_after=TRIED_AGAIN, alone=True)
        self.status = status


@dataclass(frozen=True)
class Statuses:
    """The statuses that mean success."""

    ranges: tuple[tuple[int, int], ...] = ((200, 299),)

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read statuses such as `200-204, 409`; raises InvalidField."""
        ranges = []
        for part in str(value).split(","):
            if (found := _RANGES.fullmatch(part.strip())) is None:
                raise InvalidField("success_statuses", "statuses")
            first, last = int(found[1]), int(found[2] or found[1])
            if (
                first > last
                or first // 100 != last // 100
                or first // 100 not in (2, 4)
            ):
                raise InvalidField("success_statuses", "statuses")
            ranges.append((first, last))
        return cls(tuple(ranges))

    @override
    def __str__(self) -> str:
        """Return them as they are entered."""
        return ", ".join(
            str(first) if first == last else f"{first}-{last}"
            for first, last in self.ranges
        )

    def __contains__(self, status: int) -> bool:
        """Say whether a status means success."""
        return any(first <= status <= last for first, last in self.ranges)


@dataclass(frozen=True, kw_only=True)
class AnswerRules:
    """What the answers of a request mean, and what is kept of them."""

    statuses: Statuses = Statuses()
    success_path: str | None = None
    """Path in the JSON of an answer that must be there for a success."""
    success_equals: str | None = None
    """The text that must stand there; None for anything but null, false and empty."""
    id_from: str | None = None
    """A JSON path, or `header:` and the name of a header."""
    link_from: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Path of each value that is kept, by its name."""
    reason_from: str | None = None
    """Path of what a refusal gives as its reason."""
    waits_on_404: bool = False
    retry_after_from: str | None = None
    """Path of the seconds to wait, where the target has them in the body."""
    keyed: bool = False
    """Whether a key is sent by which the target knows the same request again."""

    @cached_property
    def read_success(self) -> bool:
        """Whether an answer that means success is read."""
        wanted = (self.success_path, self.id_from, self.link_from)
        return bool(self.fields) or any(one is not None for one in wanted)

    def dump(self) -> JsonObject:
        """Turn the rules into what the outbox stores; defaults are left out."""
        return self._dumped

    @cached_property
    def _dumped(self) -> JsonObject:
        """What is stored; many requests have the same rules."""
        stored: JsonObject = {
            name: getattr(self, name)
            for name in _SINGLE
            if getattr(self, name) not in (None, False)
        }
        if self.fields:
            stored["fields"] = dict(self.fields)
        if self.statuses != Statuses():
            stored["statuses"] = str(self.statuses)
        return stored

    @classmethod
    def load(cls, stored: Json) -> Self:
        """Read what `dump` gave; raises UnreadablePayload."""
        if not isinstance(stored, dict):
            raise UnreadablePayload("rules of answers")
        single = {name: stored[name] for name in _SINGLE if name in stored}
        fields = stored.get("fields", {})
        try:
            statuses = Statuses.parse(stored.get("statuses", "200-299"))
        except InvalidField as error:
            raise UnreadablePayload("statuses") from error
        if not isinstance(fields, dict):
            raise UnreadablePayload("fields of an answer")
        return cls(
            statuses=statuses,
            fields={name: str(path) for name, path in fields.items()},
            **single,  # type: ignore[arg-type] # as they were dumped
        )


_SINGLE = (
    "success_path",
    "success_equals",
    "id_from",
    "link_from",
    "reason_from",
    "waits_on_404",
    "retry_after_from",
    "keyed",
)


def result_of(
    reply: Reply,
    rules: AnswerRules,
    effect: Effect,
    told: Callable[[], Collection[str]] = tuple,
) -> JsonObject:
    """Return what is kept of an answer that means success; raises BackendError.

    `told` gives the texts of the request, which no reason repeats.
    """
    if reply.status not in rules.statuses:
        document = _document(reply)
        raise _refusal(reply, document, rules, effect, told)
    document = _document(reply) if rules.read_success else json_path.MISSING
    if rules.success_path is not None:
        if isinstance(document, json_path.Missing):
            raise _unknown("the answer is not JSON", effect)
        if not holds(document, rules.success_path, rules.success_equals):
            raise Rejected(_reason(reply, document, rules, told))
    kept: JsonObject = {"status": reply.status}
    found = _value(reply, document, rules.id_from)
    if found is not None and not _tells(reply, found):
        kept["id"] = found[:LONGEST_ID]
    found = _value(reply, document, rules.link_from)
    if found is not None and not _tells(reply, found):
        kept["link"] = found
    fields: JsonObject = {
        name: value
        for name, path in rules.fields.items()
        if (value := _single(document, path)) is not None and not _tells(reply, value)
    }
    if fields:
        kept["fields"] = fields
    return kept


def _tells(reply: Reply, value: Json) -> bool:
    """Say whether a value repeats a secret, as echoes do; it is not kept then."""
    text = str(value)
    secrets = [secret for secret in reply.secrets if len(secret) >= SHORT]
    return discreet(text, secrets) != discreet(text) or any(
        secret in text or quote(secret, safe="") in text for secret in secrets
    )


def holds(document: Json | json_path.Missing, path: str, equals: str | None) -> bool:
    """Say whether a condition on an answer holds."""
    if isinstance(document, json_path.Missing):
        return False
    value = json_path.value_at(document, path)
    if equals is None:
        return not isinstance(value, json_path.Missing) and bool(value)
    return json_path.as_text(value) == equals


def link_of(found: str, origin: str) -> str | None:
    """Return a link of an answer as people can follow it; None for what is none."""
    try:
        whole = urljoin(f"{origin}/", found)
    except ValueError:
        return None
    return whole if origin_of(whole) is not None else None


def _document(reply: Reply) -> Json | json_path.Missing:
    """Return the JSON of an answer, or MISSING where it is none."""
    try:
        return reply.json()
    except ValueError:
        return json_path.MISSING


def _refusal(
    reply: Reply,
    document: Json | json_path.Missing,
    rules: AnswerRules,
    effect: Effect,
    told: Callable[[], Collection[str]],
) -> BackendError:
    """Return what an answer means that is no success."""
    reason = _reason(reply, document, rules, told)
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        led = origin_of(urljoin("x:", reply.headers.get("Location", ""))) or ""
        return Rejected(f"{reply.status} {led}".strip(), code="redirected_to")
    if reply.status in PAUSED:
        return RequestPaused(reason, reply.status)
    if reply.status == HTTPStatus.REQUEST_TIMEOUT or (
        reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        and reply.status not in _REFUSALS | _NOT_TAKEN
    ):
        return _unknown(reason, effect, alone=reply.status not in _GATEWAYS)
    return _not_taken(reply, document, rules, reason) or Rejected(reason)


def _not_taken(
    reply: Reply,
    document: Json | json_path.Missing,
    rules: AnswerRules,
    reason: str,
) -> Unavailable | None:
    """Return that a request is to be sent again; None where it is refused."""
    wait = _retry_after(reply, document, rules)
    if reply.status in _NOT_TAKEN:
        limited = reply.status == HTTPStatus.TOO_MANY_REQUESTS
        code = "rate_limited" if limited else None
        return Unavailable(reason, code=code, retry_after=wait)
    if reply.status == HTTPStatus.NOT_FOUND and rules.waits_on_404:
        return Unavailable(reason, retry_after=wait or NOT_THERE_YET, alone=True)
    if reply.status == HTTPStatus.CONFLICT and rules.keyed:
        return Unavailable(reason, retry_after=wait or IN_PROGRESS, alone=True)
    return None


def _unknown(reason: str, effect: Effect, *, alone: bool = True) -> BackendError:
    """Return that nobody knows whether it was done, or that it is done once more."""
    if effect is Effect.ONCE:
        return OutcomeUnknown(reason)
    return Unavailable(reason, alone=alone, unknown=True)


def _reason(
    reply: Reply,
    document: Json | json_path.Missing,
    rules: AnswerRules,
    told: Callable[[], Collection[str]],
) -> str:
    """Return the status, and what the target says of it without what it was told."""
    said = None
    if rules.reason_from is not None and not isinstance(document, json_path.Missing):
        said = json_path.text_at(document, rules.reason_from)
    said = reply.text if said is None else said
    return f"HTTP {reply.status} {_words(reply, said, told())}".strip()


def _words(reply: Reply, said: str, told: Collection[str]) -> str:
    """Return what the target says, without secrets and what it was told."""
    return Reply(
        status=reply.status,
        headers=reply.headers,
        set_cookies={},
        body=b"",
        secrets=(*reply.secrets, *told),
    ).words(said)


def _value(
    reply: Reply, document: Json | json_path.Missing, source: str | None
) -> str | None:
    """Return a text of an answer, from its JSON or a header."""
    if source is None:
        return None
    if source.startswith("header:"):
        return reply.headers.get(source.removeprefix("header:"))
    if isinstance(document, json_path.Missing):
        return None
    return json_path.text_at(document, source)


def _single(document: Json | json_path.Missing, path: str) -> Json:
    """Return a value that is neither a list nor a mapping; None for anything else."""
    if isinstance(document, json_path.Missing):
        return None
    match json_path.value_at(document, path):
        case str(text):
            return text[:LONGEST_FIELD]
        case (int() | float()) as number:
            return number
    return None


def _retry_after(
    reply: Reply, document: Json | json_path.Missing, rules: AnswerRules
) -> float | None:
    """Return the seconds that the target asks for, in its head or in its body."""
    if (asked := reply.retry_after) is not None:
        return asked
    if rules.retry_after_from is None or isinstance(document, json_path.Missing):
        return None
    match json_path.value_at(document, rules.retry_after_from):
        case bool():
            return None
        case (int() | float()) as seconds:
            return min(max(0.0, float(seconds)), LONGEST_WAIT)
    return None
