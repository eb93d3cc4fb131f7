"""Tests of the interpretation of plain HTTP and JSON responses."""

from functools import partial
import json

import pytest

from custom_components.event_relay.backends.errors import (
    TRIED_AGAIN,
    BackendError,
    Gone,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    RequestPaused,
    Unavailable,
)
from custom_components.event_relay.backends.json_responses import (
    Failures,
    decoded,
    is_json,
    is_missing,
    message,
    raise_for_answer,
    refusal,
)
from custom_components.event_relay.backends.redaction import MAXIMUM
from custom_components.event_relay.backends.transport import Effect, Reply

PAGE = "<html><title>Log in &amp; go on</title></html>"
SAID = '{"message": "no such note"}'


def reply(status: int, body: str = "", **more: str) -> Reply:
    """Return a response."""
    return Reply(
        status=status,
        headers=more,
        set_cookies={},
        body=body.encode(),
        secrets=("key",),
    )


def raised(status: int, body: str, effect: Effect) -> BackendError:
    """Return the error of a response."""
    with pytest.raises(BackendError) as error:
        raise_for_answer(reply(status, body), effect)
    return error.value


def test_success_raises_nothing() -> None:
    raise_for_answer(reply(204), Effect.ONCE)


@pytest.mark.parametrize(
    ("status", "body", "effect", "kind", "code"),
    [
        (401, SAID, Effect.NONE, InvalidCredentials, "credentials_refused"),
        (403, SAID, Effect.ONCE, PermissionDenied, "permission_denied"),
        (429, SAID, Effect.ONCE, Unavailable, "rate_limited"),
        (500, SAID, Effect.ONCE, OutcomeUnknown, "outcome_unknown"),
        (500, SAID, Effect.REPEATABLE, Unavailable, "unavailable"),
        (422, SAID, Effect.ONCE, Rejected, "rejected"),
        (422, "no such note", Effect.ONCE, Rejected, "rejected"),
        (422, "", Effect.REPEATABLE, Rejected, "rejected"),
        (404, PAGE, Effect.ONCE, Unavailable, "not_json"),
        (413, PAGE, Effect.ONCE, Rejected, "rejected"),
        (404, SAID, Effect.NONE, InvalidResponse, "invalid_response"),
        (404, PAGE, Effect.NONE, InvalidResponse, "not_json"),
        (404, "nothing", Effect.NONE, InvalidResponse, "not_json"),
    ],
)
def test_meaning_of_responses(
    status: int, body: str, effect: Effect, kind: type[BackendError], code: str
) -> None:
    error = raised(status, body, effect)
    assert (type(error), error.code) == (kind, code)


def test_missing_permission_of_a_request_pauses_it_alone() -> None:
    failures = Failures(statuses={403: RequestPaused})
    with pytest.raises(RequestPaused, match="no such note") as error:
        failures.raise_for(reply(403, SAID), Effect.ONCE)
    paused = error.value
    assert (paused.this_request_only, paused.retry_after) == (True, TRIED_AGAIN)


@pytest.mark.parametrize(
    ("status", "body", "effect", "kind", "code"),
    [
        (204, "", Effect.ONCE, None, None),
        (402, SAID, Effect.ONCE, PermissionDenied, "licence"),
        (401, SAID, Effect.ONCE, Rejected, "rejected"),
        (409, SAID, Effect.ONCE, Gone, "gone"),
        (422, SAID, Effect.ONCE, Rejected, "too_long"),
        # Not from the service itself.
        (409, PAGE, Effect.REPEATABLE, Unavailable, "not_json"),
        (409, PAGE, Effect.NONE, InvalidResponse, "not_json"),
        (402, PAGE, Effect.ONCE, PermissionDenied, "licence"),
        (422, "no", Effect.ONCE, Unavailable, "not_json"),
        (400, '{"error": "paused"}', Effect.NONE, Unavailable, "unavailable"),
        # All others have the usual meaning.
        (403, SAID, Effect.ONCE, PermissionDenied, "permission_denied"),
        (500, SAID, Effect.ONCE, OutcomeUnknown, "outcome_unknown"),
    ],
)
def test_failures_of_a_service(
    status: int,
    body: str,
    effect: Effect,
    kind: type[BackendError] | None,
    code: str | None,
) -> None:
    failures = Failures(
        statuses={
            401: None,
            402: partial(PermissionDenied, code="licence"),
            409: Gone,
        },
        special=lambda reply, reason: (
            Unavailable(reason) if "paused" in reply.text else None
        ),
        reason=lambda reply: reply.words(f"because {reply.status}"),
        fields=lambda _: {"text": "too long"},
        code="too_long",
        has_code=lambda reply: is_json(reply) and reply.status == 422,
        only_json=True,
    )
    if kind is None:
        failures.raise_for(reply(status, body), effect)
        return
    with pytest.raises(kind, match=f"because {status}") as caught:
        failures.raise_for(reply(status, body), effect)
    assert (type(caught.value), caught.value.code) == (kind, code)
    if type(caught.value) is Rejected:
        assert caught.value.fields == {"text": "too long"}


def test_rejection_in_plain_words_is_from_a_service_that_has_not_only_json() -> None:
    failures = Failures(statuses={404: Gone})
    with pytest.raises(Gone):
        failures.raise_for(reply(404, "no such note"), Effect.REPEATABLE)
    with pytest.raises(Unavailable):
        failures.raise_for(reply(404, PAGE), Effect.REPEATABLE)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"message": "no such note"}', "no such note"),
        ('{"error": "Bad Request", "message": "no such note"}', "no such note"),
        ('{"detail": "no such note"}', "no such note"),
        ('{"error": "no such note"}', "no such note"),
        ('"no such note"', "no such note"),
        # RFC 9457.
        ('{"type": "about:blank", "title": "Not Found", "status": 404}', "Not Found"),
        ('{"title": "Not Found", "detail": "no such note"}', "no such note"),
        (
            '{"title": "Wrong", "errors": [{"detail": "too long", "pointer": "#/a"}]}',
            "too long",
        ),
        # Lists of problems.
        ('{"errors": ["too long", "no title"]}', "too long; no title"),
        (
            '{"errors": [{"msg": "a"}, {"title": "b"}, {"msg": "c", "title": "d"}]}',
            "a; b; c",
        ),
        ('{"message": "Invalid", "errors": ["too long"]}', "too long"),
        ('{"message": "Invalid", "errors": []}', "Invalid"),
        ('{"message": "Invalid", "errors": [{"code": 3}, null]}', "Invalid"),
        # By field: Laravel, ASP.NET, Discord.
        (
            '{"errors": {"text": ["too long", "no verb"], "a": "no"}}',
            "text: too long; no verb; a: no",
        ),
        (
            '{"message": "no", "errors": {"text": {"_errors": [{"message": "a"}]}}}',
            "text: a",
        ),
        # Errors that are objects: Google, OpenAI, Elasticsearch.
        ('{"error": {"code": 429, "message": "quota"}}', "quota"),
        ('{"error": {"type": "x", "reason": "no index"}, "status": 404}', "no index"),
        # OAuth 2, Telegram, FastAPI.
        ('{"error": "invalid_grant", "error_description": "expired"}', "expired"),
        ('{"ok": false, "error_code": 400, "description": "no chat"}', "no chat"),
        ('{"detail": [{"loc": ["body", "a"], "msg": "required"}]}', "required"),
        # Nothing that is known.
        ("{}", "HTTP 422"),
        ("[]", "HTTP 422"),
        ("5", "HTTP 422"),
        ('{"message": 5, "detail": null, "errors": true}', "HTTP 422"),
        ('{"error": ' * 50 + "1" + "}" * 50, "HTTP 422"),
    ],
)
def test_message_of_common_shapes(body: str, said: str) -> None:
    assert message(reply(422, body)) == said


def test_message_is_short_plain_and_without_secrets() -> None:
    many = json.dumps({"errors": [f"wrong {number}" for number in range(999)]})
    assert message(reply(422, many)) == "wrong 0; wrong 1; wrong 2; wrong 3; wrong 4"
    long = json.dumps({"errors": {"a": {"detail": "x" * 999}}})
    assert message(reply(422, long)) == f"a: {'x' * 999}"[:MAXIMUM]
    lines = json.dumps({"errors": [{"detail": "two\nlines\tkey"}, {"title": " "}]})
    assert message(reply(422, lines)) == "two lines •••"
    told = json.dumps({"errors": {"key": ["key is wrong"]}})
    assert message(reply(422, told)) == "•••: ••• is wrong"


def test_missing_object_is_an_error() -> None:
    assert is_missing(reply(404, SAID))
    assert not is_missing(reply(404, PAGE))
    assert not is_missing(reply(410, SAID))


def test_refusal_keeps_its_code_and_fields() -> None:
    error = refusal(
        reply(409, SAID), Effect.ONCE, "no", code="client_refused", fields={"a": "b"}
    )
    assert isinstance(error, Rejected)
    assert (error.code, error.fields) == ("client_refused", {"a": "b"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (SAID, "no such note"),
        ('{"detail": "too long"}', "too long"),
        ('{"error": "closed"}', "closed"),
        ('"no"', "no"),
        ('{"message": "the key is wrong"}', "the ••• is wrong"),
        ("in\nplain text", "in plain text"),
        (PAGE, "Log in & go on"),
        ("<html></html>", "HTTP 422"),
        ("[]", "HTTP 422"),
        ("", "HTTP 422"),
    ],
)
def test_message_of_a_response(body: str, said: str) -> None:
    assert message(reply(422, body)) == said


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Effect.NONE, InvalidResponse),
        (Effect.REPEATABLE, Unavailable),
        (Effect.ONCE, OutcomeUnknown),
    ],
)
def test_success_without_json_is_an_error(
    effect: Effect, kind: type[BackendError]
) -> None:
    assert decoded(reply(200, "[1]"), effect) == [1]
    assert not is_json(reply(200, PAGE))
    with pytest.raises(kind):
        decoded(reply(200, PAGE), effect)
