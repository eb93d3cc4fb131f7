"""Classify a response: done, rejected, to be retried, or unknown.

| response | meaning |
|---|---|
| 429, 503, 425, no connection | not taken: sent again |
| lost, 408, 500, 502, 504 and other outages | unknown: depends on the request |
| 401, 403, 410 | this request pauses |
| 409 | with a key retried: the same request is in progress |
| other 4xx | rejected, or retried if the request lists it |
| 3xx | rejected, with the origin that it names |
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from math import isfinite
import re
from typing import Self, override
from urllib.parse import quote, urljoin

from ...base import InvalidField, Json, JsonObject, UnreadablePayload
from ...errors import BackendError, OutcomeUnknown, Rejected, RequestPaused, Unavailable
from ...http_failures import Effect
from ...json_responses import explanation
from ...reading import wait_or_none
from ...redaction import SHORT, redact
from ...transport import GATEWAYS, Reply
from . import json_path
from .safety import origin_of

PAUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
"""Statuses that pause a request until somebody has fixed the cause."""
_REFUSALS = frozenset(
    {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
)
"""The 5xx statuses after which nothing was done, and never will be."""
_NOT_TAKEN = frozenset(
    {
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
LONGEST_FIELD = 1000
"""Most characters of a selected field."""
LONGEST_ID = 200
_LARGEST = 2**63
RETRIED_AFTER = 60.0
"""Seconds until a retry after a listed status."""
IN_PROGRESS = 5.0
"""Seconds until a retry while the request's key is in use."""
WAITS = "waits_on_404"
"""The former flag to retry a 404."""
_RANGES = re.compile(r"(\d{3})(?:\s*-\s*(\d{3}))?")


@dataclass(frozen=True)
class Statuses:
    """A list of statuses, by default those that mean success."""

    ranges: tuple[tuple[int, int], ...] = ((200, 299),)

    @classmethod
    def parse(cls, value: object, name: str = "success_statuses") -> Self:
        """Parse statuses such as `200-204, 409`; raises InvalidField."""
        ranges = []
        for part in str(value).split(","):
            if (found := _RANGES.fullmatch(part.strip())) is None:
                raise InvalidField(name, "statuses")
            first, last = int(found[1]), int(found[2] or found[1])
            if (
                first > last
                or first // 100 != last // 100
                or first // 100 not in (2, 4)
            ):
                raise InvalidField(name, "statuses")
            ranges.append((first, last))
        return cls(tuple(ranges))

    @override
    def __str__(self) -> str:
        """Return them in the format of the form."""
        return ", ".join(
            str(first) if first == last else f"{first}-{last}"
            for first, last in self.ranges
        )

    def __contains__(self, status: int) -> bool:
        """Return whether a status is in the list."""
        return any(first <= status <= last for first, last in self.ranges)


@dataclass(frozen=True, kw_only=True)
class AnswerRules:
    """How a request's responses are classified, and which values are kept."""

    statuses: Statuses = Statuses()
    success_path: str | None = None
    """Path that must exist in the JSON of a successful response."""
    success_equals: str | None = None
    """The text that must be there; None for any value but null, false and empty. With
    "null" the path may also be missing, such as that of an error."""
    id_from: str | None = None
    """A JSON path, or `header:` and a header name."""
    link_from: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Path of each kept value, by its name."""
    reason_from: str | None = None
    """Path of the reason in a rejection."""
    retried: Statuses = Statuses(())
    """Statuses of a target that cannot take the request yet."""
    retry_after_from: str | None = None
    """Path of the seconds to wait, if the target sends them in the body."""
    keyed: bool = False
    """Whether an idempotency key is sent."""

    @cached_property
    def read_success(self) -> bool:
        """Return whether a successful response is parsed."""
        wanted = (self.success_path, self.id_from, self.link_from)
        return bool(self.fields) or any(one is not None for one in wanted)

    def dump(self) -> JsonObject:
        """Turn the rules into their stored form; defaults are left out."""
        return self._dumped

    @cached_property
    def _dumped(self) -> JsonObject:
        """Return the cached stored form; many requests have the same rules."""
        stored: JsonObject = {
            name: getattr(self, name)
            for name in _SINGLE
            if getattr(self, name) not in (None, False)
        }
        if self.fields:
            stored["fields"] = dict(self.fields)
        if self.statuses != Statuses():
            stored["statuses"] = str(self.statuses)
        if self.retried.ranges:
            stored["retry_statuses"] = str(self.retried)
        return stored

    @classmethod
    def load(cls, stored: Json) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        if not isinstance(stored, dict):
            raise UnreadablePayload("rules of answers")
        if not stored:
            return cls()
        single = {name: stored[name] for name in _SINGLE if name in stored}
        fields = stored.get("fields", {})
        try:
            statuses = Statuses.parse(stored.get("statuses", "200-299"))
            retried = retried_in(stored)
        except InvalidField as error:
            raise UnreadablePayload("statuses") from error
        if not isinstance(fields, dict):
            raise UnreadablePayload("fields of an answer")
        return cls(
            statuses=statuses,
            retried=retried,
            fields={name: str(path) for name, path in fields.items()},
            **single,  # type: ignore[arg-type] # as they were dumped
        )


_SINGLE = (
    "success_path",
    "success_equals",
    "id_from",
    "link_from",
    "reason_from",
    "retry_after_from",
    "keyed",
)


def retried_in(stored: Mapping[str, object]) -> Statuses:
    """Return the statuses to retry of a request's data; raises InvalidField.

    An earlier version only had a flag for 404.
    """
    listed = stored.get("retry_statuses") or ("404" if stored.get(WAITS) else None)
    return Statuses(()) if listed is None else Statuses.parse(listed, "retry_statuses")


def result_of(
    reply: Reply,
    rules: AnswerRules,
    effect: Effect,
    told: Callable[[], Collection[str]] = tuple,
) -> JsonObject:
    """Return the result of a successful response; raises BackendError.

    `told` returns the texts of the request, which are removed from every reason.
    """
    if reply.status not in rules.statuses:
        document = _document(reply)
        raise _refusal(reply, document, rules, effect, told)
    document = _document(reply) if rules.read_success else json_path.MISSING
    if rules.success_path is not None:
        if isinstance(document, json_path.Missing):
            raise _unknown_outcome("the answer is not JSON", effect)
        if not _succeeded(document, rules.success_path, rules.success_equals):
            raise Rejected(_reason(reply, document, rules, told))
    kept: JsonObject = {"status": reply.status}
    found = _value(reply, document, rules.id_from)
    if found is not None and not _repeats_secret(reply, found):
        kept["id"] = found[:LONGEST_ID]
    found = _value(reply, document, rules.link_from)
    if found is not None and not _repeats_secret(reply, found):
        kept["link"] = found
    fields: JsonObject = {
        name: value
        for name, path in rules.fields.items()
        if (value := _single(document, path)) is not None
        and not _repeats_secret(reply, value)
    }
    if fields:
        kept["fields"] = fields
    return kept


def _repeats_secret(reply: Reply, value: Json) -> bool:
    """Return whether a value contains a secret, as echoes do; then it is not kept."""
    text = str(value)
    secrets = [secret for secret in reply.secrets if len(secret) >= SHORT]
    return redact(text, secrets) != redact(text) or any(
        secret in text or quote(secret, safe="") in text for secret in secrets
    )


def _succeeded(document: Json, path: str, equals: str | None) -> bool:
    """Return whether the condition on a successful response holds."""
    if equals == "null" and isinstance(
        json_path.value_at(document, path), json_path.Missing | None
    ):
        return True
    return holds(document, path, equals)


def holds(document: Json | json_path.Missing, path: str, equals: str | None) -> bool:
    """Return whether a condition on a response holds."""
    if isinstance(document, json_path.Missing):
        return False
    value = json_path.value_at(document, path)
    if equals is None:
        return not isinstance(value, json_path.Missing) and bool(value)
    return json_path.as_text(value) == equals


def link_of(found: str, origin: str) -> str | None:
    """Return a link in a response as an absolute address; None if it is none."""
    try:
        whole = urljoin(f"{origin}/", found)
    except ValueError:
        return None
    return whole if origin_of(whole) is not None else None


def _document(reply: Reply) -> Json | json_path.Missing:
    """Return the JSON of a response, or MISSING if it is none."""
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
    """Return the error for a response that is not a success."""
    reason = _reason(reply, document, rules, told)
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        led = origin_of(reply.headers.get("Location", "")) or ""
        return Rejected(f"{reply.status} {led}".strip(), code="redirected_to")
    if reply.status in PAUSED:
        return RequestPaused(reason, status=reply.status)
    if reply.status == HTTPStatus.REQUEST_TIMEOUT or (
        reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        and reply.status not in _REFUSALS | _NOT_TAKEN
    ):
        return _unknown_outcome(
            reason, effect, this_request_only=reply.status not in GATEWAYS
        )
    return _not_taken(reply, document, rules, reason) or Rejected(reason)


def _not_taken(
    reply: Reply,
    document: Json | json_path.Missing,
    rules: AnswerRules,
    reason: str,
) -> Unavailable | None:
    """Return the error for a request to send again; None if it is rejected."""
    wait = _retry_after(reply, document, rules)
    if reply.status in _NOT_TAKEN:
        limited = reply.status == HTTPStatus.TOO_MANY_REQUESTS
        code = "rate_limited" if limited else None
        return Unavailable(reason, code=code, retry_after=wait)
    if reply.status == HTTPStatus.CONFLICT and rules.keyed:
        wait = wait or IN_PROGRESS
    elif reply.status in rules.retried:
        wait = wait or RETRIED_AFTER
    else:
        return None
    return Unavailable(reason, retry_after=wait, this_request_only=True)


def _unknown_outcome(
    reason: str, effect: Effect, *, this_request_only: bool = True
) -> BackendError:
    """Return the error for an unknown outcome, or a retry if it is repeatable."""
    if effect is Effect.ONCE:
        return OutcomeUnknown(reason, outage=not this_request_only)
    return Unavailable(reason, this_request_only=this_request_only, unknown=True)


def _reason(
    reply: Reply,
    document: Json | json_path.Missing,
    rules: AnswerRules,
    told: Callable[[], Collection[str]],
) -> str:
    """Return the status and the target's message, without texts of the request."""
    said = None
    if rules.reason_from is not None and not isinstance(document, json_path.Missing):
        said = json_path.text_at(document, rules.reason_from)
    if said is None:
        said = explanation(reply) or reply.text
    return f"HTTP {reply.status} {_words(reply, said, told())}".strip()


def _words(reply: Reply, said: str, told: Collection[str]) -> str:
    """Return the target's message, without secrets and texts of the request."""
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
    """Return a text of a response, from its JSON or a header."""
    if source is None:
        return None
    if source.startswith("header:"):
        said = reply.headers.get(source.removeprefix("header:"))
        # Bytes that are not UTF-8 were read as surrogates, which cannot be stored.
        return None if said is None else said.encode(errors="replace").decode()
    if isinstance(document, json_path.Missing):
        return None
    return json_path.text_at(document, source)


def _single(document: Json | json_path.Missing, path: str) -> Json:
    """Return a scalar at a path; None for anything else."""
    if isinstance(document, json_path.Missing):
        return None
    match json_path.value_at(document, path):
        case str(text):
            return text[:LONGEST_FIELD]
        case float() as number:
            return number if isfinite(number) else None
        case int() as number:
            # Home Assistant cannot pass a larger number on.
            return number if abs(number) < _LARGEST else str(number)
    return None


def _retry_after(
    reply: Reply, document: Json | json_path.Missing, rules: AnswerRules
) -> float | None:
    """Return the seconds that the target asks to wait.

    In the place that the user has set, or else in the header or a known one.
    """
    if rules.retry_after_from is not None and not isinstance(
        document, json_path.Missing
    ):
        wait = wait_or_none(json_path.value_at(document, rules.retry_after_from))
        if wait is not None:
            return wait
    return reply.retry_after
