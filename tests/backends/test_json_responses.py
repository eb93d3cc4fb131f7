"""What answers mean and say, where a service keeps to HTTP and JSON."""

import pytest

from custom_components.event_relay.backends.errors import (
    TRIED_AGAIN,
    BackendError,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    RequestPaused,
    Unavailable,
)
from custom_components.event_relay.backends.json_responses import (
    decoded,
    is_json,
    message,
    raise_for_answer,
    refusal,
)
from custom_components.event_relay.backends.transport import Effect, Reply

PAGE = "<html><title>Log in &amp; go on</title></html>"
SAID = '{"message": "no such note"}'


def reply(status: int, body: str = "", **more: str) -> Reply:
    """Return an answer."""
    return Reply(
        status=status,
        headers=more,
        set_cookies={},
        body=body.encode(),
        secrets=("key",),
    )


def raised(status: int, body: str, effect: Effect) -> BackendError:
    """Return what an answer means."""
    with pytest.raises(BackendError) as error:
        raise_for_answer(reply(status, body), effect)
    return error.value


def test_a_success_passes() -> None:
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
def test_what_an_answer_means(
    status: int, body: str, effect: Effect, kind: type[BackendError], code: str
) -> None:
    error = raised(status, body, effect)
    assert (type(error), error.code) == (kind, code)


def test_a_right_that_one_request_lacks_pauses_it_alone() -> None:
    with pytest.raises(RequestPaused, match="no such note") as error:
        raise_for_answer(reply(403, SAID), Effect.ONCE, forbidden=RequestPaused)
    paused = error.value
    assert (paused.alone, paused.retry_after) == (True, TRIED_AGAIN)


def test_the_code_and_the_fields_of_a_refusal_are_kept() -> None:
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
def test_what_an_answer_says(body: str, said: str) -> None:
    assert message(reply(422, body)) == said


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Effect.NONE, InvalidResponse),
        (Effect.REPEATABLE, Unavailable),
        (Effect.ONCE, OutcomeUnknown),
    ],
)
def test_a_success_that_is_no_json(effect: Effect, kind: type[BackendError]) -> None:
    assert decoded(reply(200, "[1]"), effect) == [1]
    assert not is_json(reply(200, PAGE))
    with pytest.raises(kind):
        decoded(reply(200, PAGE), effect)
