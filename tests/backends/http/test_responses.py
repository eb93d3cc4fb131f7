"""Tests of the classification of responses, and of what is stored of them."""

from typing import Any

import pytest

from custom_components.event_relay.backends.base import (
    InvalidField,
    Json,
    UnreadablePayload,
)
from custom_components.event_relay.backends.errors import (
    TRIED_AGAIN,
    BackendError,
    OutcomeUnknown,
    Rejected,
    RequestPaused,
    Unavailable,
)
from custom_components.event_relay.backends.http.request import json_path
from custom_components.event_relay.backends.http.request.responses import (
    IN_PROGRESS,
    RETRIED_AFTER,
    AnswerRules,
    Statuses,
    link_of,
    result_of,
)
from custom_components.event_relay.backends.http.request.signing import (
    key_of,
    signature_of,
)
from custom_components.event_relay.backends.http_failures import Effect
from custom_components.event_relay.backends.transport import Reply


def reply(status: int = 200, body: str = "", **headers: str) -> Reply:
    """Return a response; underscores in names of headers stand for hyphens."""
    return Reply(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        set_cookies={},
        body=body.encode(),
        secrets=("hunter2-secret",),
    )


def failure(
    answer: Reply,
    effect: Effect = Effect.ONCE,
    **rules: Any,  # noqa: ANN401 - fields of the rules
) -> BackendError:
    """Return the error that a response raises."""
    with pytest.raises(BackendError) as caught:
        result_of(answer, AnswerRules(**rules), effect)
    return caught.value


def kind(error: BackendError) -> tuple[type, float | None, bool]:
    """Return the part of an error that the queue acts on."""
    match error:
        case Unavailable(retry_after=after, this_request_only=alone):
            return type(error), after, alone
        case OutcomeUnknown(outage=outage):
            return type(error), None, not outage
    return type(error), None, False


def test_statuses_of_an_unrepeatable_request() -> None:
    meant = {
        status: kind(failure(reply(status)))
        for status in (
            *(400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 425, 429),
            *(500, 501, 502, 503, 504, 505, 507, 520, 301, 302, 304, 307),
        )
    }
    refused, unknown = (Rejected, None, False), (OutcomeUnknown, None, True)
    out = (OutcomeUnknown, None, False)
    paused = (RequestPaused, TRIED_AGAIN, True)
    not_taken = (Unavailable, None, False)
    assert meant == {
        **dict.fromkeys((400, 402, 404, 405, 409, 413, 415, 422, 501, 505), refused),
        **dict.fromkeys((301, 302, 304, 307), refused),
        **dict.fromkeys((408, 500, 507, 520), unknown),
        **dict.fromkeys((502, 504), out),
        **dict.fromkeys((401, 403, 410), paused),
        **dict.fromkeys((425, 429, 503), not_taken),
    }


def test_statuses_of_a_repeatable_request() -> None:
    meant = {
        status: kind(failure(reply(status), Effect.REPEATABLE))
        for status in (408, 500, 502, 504, 520)
    }
    # An error of a gateway concerns all requests, one of the target only this one.
    assert meant == {
        **dict.fromkeys((408, 500, 520), (Unavailable, None, True)),
        **dict.fromkeys((502, 504), (Unavailable, None, False)),
    }


def test_key_in_use_is_retried() -> None:
    assert kind(failure(reply(409), keyed=True)) == (Unavailable, IN_PROGRESS, True)
    assert kind(failure(reply(409, Retry_After="7"), keyed=True))[1] == 7


def test_listed_statuses_are_retried() -> None:
    """Such as the 409 of OctoPrint while its printer is off."""
    retried = Statuses.parse("204, 400-499")
    for status in (204, 400, 404, 409, 424, 499):
        answer = reply(status, '{"error": "Printer is not operational"}')
        statuses = Statuses.parse("200")
        waits = failure(answer, statuses=statuses, retried=retried)
        assert kind(waits) == (Unavailable, RETRIED_AFTER, True)
        assert waits.reason == f"HTTP {status} Printer is not operational"
    after = failure(reply(409, Retry_After="7"), retried=retried)
    assert kind(after)[1] == 7
    key_in_use = failure(reply(409), retried=retried, keyed=True)
    assert kind(key_in_use)[1] == IN_PROGRESS


def test_refused_credentials_pause_even_if_listed() -> None:
    for status in (401, 403, 410):
        refused = failure(reply(status), retried=Statuses.parse("400-499"))
        assert isinstance(refused, RequestPaused)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (reply(429, Retry_After="12"), 12),
        (reply(429, '{"parameters": {"retry_after": 3}}'), 3),
        (reply(429, '{"parameters": {"retry_after": 0.5}}'), 0.5),
        (reply(429, '{"parameters": {"retry_after": 9e99}}'), 86_400),
        (reply(429, f'{{"parameters": {{"retry_after": {"9" * 400}}}}}'), 86_400),
        (reply(429, '{"parameters": {"retry_after": true}}'), None),
        (reply(429, '{"parameters": {"retry_after": "x"}}'), None),
        (reply(429, '{"parameters": {"retry_after": "30"}}'), 30),
        (reply(429, '{"parameters": {"retry_after": "2.5s"}}'), 2.5),
        (reply(429, '{"retry_after": 4}'), 4),
        (reply(429, '{"parameters": {"retry_after": 3}}', Retry_After="12"), 3),
        (reply(429, "no JSON"), None),
        (reply(503, Retry_After="5"), 5),
    ],
)
def test_retry_after(answer: Reply, seconds: float | None) -> None:
    error = failure(answer, retry_after_from="parameters.retry_after")
    assert isinstance(error, Unavailable)
    assert error.retry_after == seconds
    assert (error.code == "rate_limited") is (answer.status == 429)


def test_redirect_names_the_origin_only() -> None:
    led = {
        location: failure(reply(302, Location=location)).reason
        for location in (
            "https://other.example/secret/path?token=1",
            "https://user:word@other.example:8443/x",
            "/login",
            "ftp://other.example/",
            "http://[other",
            "http://other\udcff.example/",
            "",
        )
    }
    assert list(led.values()) == [
        "302 https://other.example",
        "302 https://other.example:8443",
        "302",
        "302",
        "302",
        "302",
        "302",
    ]
    assert failure(reply(302)).code == "redirected_to"


def test_reason_contains_neither_secrets_nor_payload() -> None:
    answer = reply(400, "no hunter2-secret and no front door here")
    with pytest.raises(Rejected) as caught:
        result_of(answer, AnswerRules(), Effect.ONCE, lambda: ("front door",))
    assert caught.value.reason == "HTTP 400 no ••• and no ••• here"


def test_reason_of_a_common_shape_needs_no_path() -> None:
    answer = reply(400, '{"errors": [{"detail": "no hunter2-secret"}, "bad topic"]}')
    assert failure(answer).reason == "HTTP 400 no •••; bad topic"
    # Otherwise all of it is shown.
    answer = reply(400, '{"problem": "bad topic"}')
    assert failure(answer).reason == 'HTTP 400 {"problem": "bad topic"}'


def test_reason_is_read_by_its_path() -> None:
    answer = reply(400, '{"error": {"text": "bad topic"}, "trace": "x"}')
    assert failure(answer, reason_from="error.text").reason == "HTTP 400 bad topic"
    assert "trace" in failure(answer, reason_from="odd").reason


# Successes.


@pytest.mark.parametrize(
    ("body", "equals", "holds"),
    [
        ('{"ok": true}', None, True),
        ('{"ok": true}', "true", True),
        ('{"ok": 1}', "1", True),
        ('{"ok": "yes"}', "yes", True),
        ('{"ok": [1]}', None, True),
        ('{"ok": false}', None, False),
        ('{"ok": null}', None, False),
        ('{"ok": []}', None, False),
        ("{}", None, False),
        ('{"ok": {"a": 1}}', "true", False),
        ("[1]", None, False),
        # What JSON-RPC says of an error is missing, or null in its first version.
        ("{}", "null", True),
        ('{"ok": null}', "null", True),
        ('{"ok": "null"}', "null", True),
        ('{"ok": {"code": 1}}', "null", False),
        ('{"ok": false}', "null", False),
    ],
)
def test_success_may_have_a_condition(
    body: str, equals: str | None, *, holds: bool
) -> None:
    rules = AnswerRules(success_path="ok", success_equals=equals)
    if holds:
        assert result_of(reply(body=body), rules, Effect.ONCE) == {"status": 200}
    else:
        with pytest.raises(Rejected):
            result_of(reply(body=body), rules, Effect.ONCE)


def test_unreadable_success_is_unknown() -> None:
    answer = reply(body="<html>")
    assert kind(failure(answer, success_path="ok"))[0] is OutcomeUnknown
    repeated = failure(answer, Effect.REPEATABLE, success_path="ok")
    assert kind(repeated) == (Unavailable, None, True)


def test_kept_values_of_a_response() -> None:
    body = '{"data": [{"id": 7, "name": "x", "deep": {"a": 1}}], "none": null}'
    rules = AnswerRules(
        id_from="data[0].id",
        link_from="header:Location",
        fields={
            "name": "data[0].name",
            "deep": "data[0].deep",
            "none": "none",
            "odd": "data[1].id",
        },
    )
    kept = result_of(reply(201, body, Location="/events/7"), rules, Effect.ONCE)
    assert kept == {
        "status": 201,
        "id": "7",
        "link": "/events/7",
        "fields": {"name": "x"},
    }
    assert result_of(reply(204), rules, Effect.ONCE) == {"status": 204}


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), str(2**63)),
        (str(-(2**70)), str(-(2**70))),
        ("1.5", 1.5),
        ("1e400", None),
        ("NaN", None),
    ],
)
def test_numbers_are_kept_as_home_assistant_can_pass_them_on(
    number: str, kept: Json
) -> None:
    answer = reply(200, f'{{"number": {number}}}')
    result = result_of(answer, AnswerRules(fields={"n": "number"}), Effect.ONCE)
    assert result.get("fields", {}) == ({} if kept is None else {"n": kept})


def test_header_that_is_not_utf8_is_kept_without_its_bytes() -> None:
    # As aiohttp reads the bytes `caf\xe9`.
    answer = reply(201, X_Id="caf\udce9")
    kept = result_of(answer, AnswerRules(id_from="header:X-Id"), Effect.ONCE)
    assert kept == {"status": 201, "id": "caf?"}


def test_echoed_secret_is_not_kept() -> None:
    body = '{"id": "a-hunter2-secret", "other": "HUNTER2-secret", "fine": "x"}'
    rules = AnswerRules(
        id_from="id",
        link_from="header:Location",
        fields={"other": "other", "fine": "fine"},
    )
    answer = reply(200, body, Location="/a?token=hunter2-secret")
    kept = result_of(answer, rules, Effect.ONCE)
    assert kept == {"status": 200, "fields": {"fine": "x"}}


def test_links() -> None:
    origin = "http://a.example:80"
    assert link_of("/x", origin) == "http://a.example:80/x"
    assert link_of("https://b.example/y", origin) == "https://b.example/y"
    for odd in ("javascript:x", "mailto:a@b.example"):
        assert link_of(odd, origin) is None


def test_response_rules_survive_storage() -> None:
    rules = AnswerRules(
        statuses=Statuses.parse("200-204, 409"),
        success_path="ok",
        id_from="id",
        fields={"a": "b"},
        retried=Statuses.parse("404, 420-429"),
        keyed=True,
    )
    assert AnswerRules.load(rules.dump()) == rules
    assert AnswerRules().dump() == {}
    assert AnswerRules.load({}) == AnswerRules()
    former = AnswerRules.load({"waits_on_404": True})
    assert former == AnswerRules(retried=Statuses.parse("404"))
    odd: tuple[Json, ...] = (
        None,
        {"fields": []},
        {"statuses": "x"},
        {"retry_statuses": "5"},
    )
    for stored in odd:
        with pytest.raises(UnreadablePayload):
            AnswerRules.load(stored)


def test_statuses() -> None:
    statuses = Statuses.parse(" 200-204 ,409")
    assert [one for one in range(200, 500) if one in statuses] == [
        *range(200, 205),
        409,
    ]
    assert str(statuses) == "200-204, 409"
    for odd in ("", "2xx", "204-200", "200-499", "302", "100", "500", "200;201"):
        with pytest.raises(InvalidField):
            Statuses.parse(odd)


def test_json_paths() -> None:
    document: Json = {"a": [{"b": None}, "x"], "c-d": 1, "1": 2}
    found = {
        path: json_path.value_at(document, json_path.checked(path, "path"))
        for path in ("a[0].b", "a[1]", "c-d", "1", "a[2]", "a.b", "z", "a[0].b.c")
    }
    assert found == {
        "a[0].b": None,
        "a[1]": "x",
        "c-d": 1,
        "1": 2,
        **dict.fromkeys(("a[2]", "a.b", "z", "a[0].b.c"), json_path.MISSING),
    }
    for odd in ("", ".a", "a.", "a[", "a[x]", "a..b", "$.a b", "a" * 201):
        with pytest.raises(InvalidField):
            json_path.checked(odd, "path")


# Signatures.


def test_signature_follows_the_standard() -> None:
    # The example of the specification, which its libraries test, too.
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "signing_secret")
    message = (
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )
    signed = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature_of((key,), *message) == signed
    two = signature_of((key, b"x" * 24), *message).split(" ")
    assert two[0] == signed
    assert len(two) == 2
    assert two[1] != signed


@pytest.mark.parametrize("odd", ["", "whsec_", "whsec_eA==", "whsec_?", "x" * 99])
def test_invalid_signing_secret_is_refused(odd: str) -> None:
    with pytest.raises(InvalidField):
        key_of(odd, "signing_secret")
