"""Tests of the flows of a connection to an HTTP API and of its requests."""

import base64
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.http.api.access import Kind
from custom_components.event_relay.backends.http.api.client import (
    HttpCapabilities,
    HttpClient,
)
from custom_components.event_relay.backends.http.connection_forms import (
    CONNECTION,
    access_of,
    normalised,
)
from custom_components.event_relay.backends.http.forms import HttpForms
from custom_components.event_relay.backends.http.presets import PRESETS, Preset
from custom_components.event_relay.backends.http.request.safety import is_public
from custom_components.event_relay.backends.input_forms import sectioned
from custom_components.event_relay.const import DOMAIN
from tests.backends.http.target import Said, Target
from tests.config_flows import (
    form_without_set_up,
    open_form,
    placeholder,
    submit,
    suggested,
)
from tests.home import act
from tests.rule_flow import suggested_values

from .home import ENTERED, NOTE, add_request, connect, connection_entry, open_request

SIGNING = "whsec_" + base64.b64encode(b"k" * 32).decode()
SECTIONS: dict[str, Any] = {
    "look_up": {"missing_is_404": False, "absent_after": 60},
    "answer": {},
    "sending": {"signed": False, "order": "none"},
    "end": {"method": "POST", "body_kind": "none"},
}
"""The input of empty sections, as the frontend sends it."""
BAD_PATH = {**SECTIONS["answer"], "id_from": "a b"}
BLANK: dict[str, Any] = {
    "name": "Note",
    "method": "POST",
    "path": "/notes",
    "body_kind": "none",
    "repeat": "ask",
    **SECTIONS,
}


def settings(**entered: object) -> dict[str, Any]:
    """Return the stored data of a form."""
    return normalised({CONF_URL: "https://192.168.1.5", **ENTERED, **entered})


def entry_form(origin: str, **entered: object) -> dict[str, Any]:
    """Return the input of the form of a connection, as the frontend sends it."""
    flat = {CONF_URL: origin, **ENTERED, **entered}
    return sectioned(CONNECTION, flat)


# Connections.


async def add(hass: HomeAssistant, origin: str, **entered: object) -> ConfigFlowResult:
    """Add a connection."""
    async with form_without_set_up(hass, "http") as form:
        return await submit(hass, form, entry_form(origin, **entered))


async def test_connection_without_a_test_read_sends_nothing(
    hass: HomeAssistant, target: Target
) -> None:
    result = await add(hass, target.origin)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == f"HTTP API ({target.origin.removeprefix('http://')})"
    assert result["data"][CONF_URL] == target.origin
    assert target.calls == []


BEARER = {"authentication": "bearer", "secret": "another"}
BASIC = {"authentication": "basic", "username": "sam", "secret": "x"}


@pytest.mark.parametrize(
    ("origin", "entered", "title"),
    [
        ("https://192.168.1.5:8123", {}, "HTTP API (192.168.1.5:8123)"),
        ("https://[fe80::1]:8443", {}, "HTTP API ([fe80::1]:8443)"),
        ("http://192.168.1.5", {}, "HTTP API (192.168.1.5:80)"),
        ("https://192.168.1.5", BASIC, "HTTP API (sam@192.168.1.5)"),
        ("https://192.168.1.5", BEARER, "HTTP API (192.168.1.5) 2"),
        ("https://192.168.1.5", {**BEARER, "name": " On call "}, "On call"),
        ("https://192.168.1.5", {**BEARER, "name": "Target"}, "Target 2"),
    ],
)
async def test_connections_to_one_host_are_distinguished(
    hass: HomeAssistant, origin: str, entered: dict[str, Any], title: str
) -> None:
    """By a name, port or user; a number is the last resort."""
    with patch.object(HttpClient, "capabilities", return_value=HttpCapabilities()):
        first = await add(hass, "https://192.168.1.5")
        assert first["title"] == "HTTP API (192.168.1.5)"
        connection_entry("https://10.0.0.1", {}).add_to_hass(hass)
        assert (await add(hass, origin, **entered))["title"] == title


async def test_reconfiguring_renames_a_connection(
    hass: HomeAssistant, target: Target
) -> None:
    """Its name is in the form; if it is cleared, the connection keeps it."""
    entry = await connect(hass, target.origin, {})
    for name, title in (("On call", "On call"), ("", "On call")):
        form = await entry.start_reconfigure_flow(hass)
        assert suggested(form, "name") == entry.title
        await submit(hass, form, entry_form(target.origin, name=name))
        assert entry.title == title
        assert "name" not in entry.data


async def test_connection_is_followed_by_its_first_request(
    hass: HomeAssistant, target: Target
) -> None:
    form = await open_form(hass, "http")
    result = await submit(hass, form, entry_form(target.origin))
    (follows,) = hass.config_entries.subentries.async_progress()
    assert follows["handler"] == (result["result"].entry_id, "request")
    assert result["next_flow"][1] == follows["flow_id"]
    shown = await hass.config_entries.subentries.async_configure(follows["flow_id"])
    said = placeholder(shown, "connected")
    assert (
        "responds. Nothing has been sent to it yet.** The connection is saved." in said
    )


async def test_connection_says_that_it_was_read(
    hass: HomeAssistant, target: Target
) -> None:
    form = await open_form(hass, "http")
    await submit(hass, form, entry_form(target.origin, read_path="/health"))
    (follows,) = hass.config_entries.subentries.async_progress()
    shown = await hass.config_entries.subentries.async_configure(follows["flow_id"])
    said = placeholder(shown, "connected")
    assert said.startswith("**Connected to HTTP API at 127.0.0.1:")


async def test_connection_is_tested_by_its_read(
    hass: HomeAssistant, target: Target
) -> None:
    target.answers = [401]
    entered = {"read_path": "/health", "authentication": "bearer", "secret": "t0ken"}
    async with form_without_set_up(hass, "http") as form:
        filled = entry_form(target.origin, **entered)
        refused = await submit(hass, form, filled)
        assert refused["errors"] == {"base": "credentials_refused"}
        added = await submit(hass, refused, filled)
    assert added["type"] is FlowResultType.CREATE_ENTRY
    assert [call.address for call in target.calls] == ["/health", "/health"]


async def test_advanced_fields_are_in_their_own_section(
    hass: HomeAssistant, target: Target
) -> None:
    async with form_without_set_up(hass, "http") as form:
        assert form["data_schema"] is not None
        (more,) = (key for key in form["data_schema"].schema if key == "more")
        # The initial values, which the frontend sends if nothing is changed.
        assert more.default() == sectioned(CONNECTION, ENTERED)["more"]
        shown = form
        for name, wrong, error in (
            ("signing_secret", "short", "bad_signing_secret"),
            ("interval", -1, "refused"),
            ("interval", 3600.5, "refused"),
        ):
            filled = entry_form(target.origin, **{name: wrong})
            shown = await submit(hass, shown, filled)
            assert shown["errors"] == {"more": error}
            assert shown["data_schema"] is not None
            assert suggested_values(shown["data_schema"])["more"] == filled["more"]
        assert placeholder(shown, "reason") == (
            '"Minimum time between requests" must be from 0 to 3600'
        )
        filled = entry_form(target.origin, signing_secret=SIGNING, interval=2)
        added = await submit(hass, shown, filled)
    assert added["type"] is FlowResultType.CREATE_ENTRY
    assert added["data"]["signing_secret"] == SIGNING
    assert "more" not in added["data"]
    changed = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": added["result"].entry_id},
    )
    assert changed["data_schema"] is not None
    assert suggested_values(changed["data_schema"])["more"]["interval"] == 2


async def test_unreachable_target_is_an_error(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    result = await add(hass, "http://127.0.0.1:1")
    assert result["errors"] == {"base": "cannot_connect"}


async def test_first_connection_is_refused_in_the_language_of_the_home(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    hass.config.language = "de"
    refused = await add(hass, "http://127.0.0.1:1")
    assert placeholder(refused, "reason") == "die Verbindung wurde abgewiesen"


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"certificate": "Zertifikat für zu Hause"}, "certificate", "bad_certificate"),
    ({CONF_URL: "https://a.example/path"}, "url", "origin_only"),
    ({CONF_URL: "https://u:p@a.example"}, "url", "address_with_login"),
    ({CONF_URL: "ftp://a.example"}, "url", "address_scheme"),
    ({"authentication": "bearer"}, "secret", "missing_secret"),
    ({"authentication": "basic", "secret": "x"}, "username", "missing_user"),
    (
        {"authentication": "digest", "secret": "x", "username": "a:b"},
        "username",
        "bad_credential",
    ),
    ({"authentication": "bearer", "secret": "a\nb"}, "secret", "bad_credential"),
    (
        {"authentication": "header", "secret": "x", "header": "Host"},
        "header",
        "bad_header",
    ),
    ({"secrets": ["no name"]}, "secrets", "bad_named_secret"),
    ({"secrets": ["a=1", "a=2"]}, "secrets", "bad_named_secret"),
    ({"secrets": ["A=1"]}, "secrets", "bad_named_secret"),
    ({"signing_secret": "short"}, "signing_secret", "bad_signing_secret"),
    ({"certificate": "x"}, "certificate", "bad_certificate"),
    ({"read_path": "health"}, "read_path", "bad_read_path"),
]


def test_invalid_connections_are_refused() -> None:
    for entered, field, problem in REFUSED:
        with pytest.raises(InvalidField) as caught:
            settings(**entered)
        assert (caught.value.field, caught.value.problem) == (field, problem)


def test_stored_data_of_a_connection() -> None:
    stored = settings(
        **{CONF_URL: "a.example:8443 "},
        authentication="header",
        header=" X-Key ",
        secret=" t0ken ",
        username="unused",
        secrets=[" routing_key = a=b ", ""],
        signing_secret=SIGNING,
        interval=1.5,
    )
    assert stored[CONF_URL] == "https://a.example:8443"
    access = access_of(stored)
    assert access.authentication.kind is Kind.HEADER
    assert access.authentication.headers == {"X-Key": "t0ken"}
    assert access.named_secrets == {"routing_key": "a=b"}
    assert access.interval == 1.5
    assert access.read_path is None
    assert access.tls.shared is not access.tls.fresh


NAMED: dict[str, Any] = {"secrets": ["a=1"]}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Return the addresses by name that a resolver answers; it has no others."""
    known: dict[str, list[str]] = {}

    def getaddrinfo(host: str, *_: object, **__: object) -> list[Any]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown name")
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, 0))
            for one in known[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(
    ("url", "entered", "refused"),
    [
        ("http://a.example", BEARER, True),
        ("http://a.example", NAMED, True),
        ("http://a.example", {**NAMED, "unencrypted": True}, False),
        ("http://a.example", {}, False),
        ("https://a.example", BEARER, False),
        ("http://192.168.1.5", NAMED, False),
        # Others may answer these names, too, so that the answer counts.
        ("http://nas.fritz.box:8080", BEARER, False),
        ("http://FRITZ.box.", BEARER, False),
        ("http://nas.tail1234.ts.net", NAMED, False),
        ("http://funnel.tail1234.ts.net", NAMED, True),
        ("http://funnel.tail1234.ts.net", {}, False),
        ("http://both.fritz.box", NAMED, True),
        ("http://global6.fritz.box", NAMED, True),
        ("http://unknown.fritz.box", NAMED, True),
        ("http://unknown.fritz.box", {**NAMED, "unencrypted": True}, False),
        # The name servers of others are not trusted with that.
        ("http://nas.a.example", NAMED, True),
        ("http://nas.notfritz.box", NAMED, True),
        ("http://ts.net.a.example", NAMED, True),
    ],
)
async def test_secrets_are_not_sent_unencrypted_over_the_internet(
    names: dict[str, list[str]], url: str, entered: dict[str, Any], *, refused: bool
) -> None:
    names |= {
        # A router also tells the global address of its own network.
        "nas.fritz.box": ["192.168.178.20", "2600::20"],
        "fritz.box": ["192.168.178.1", "fd00::1"],
        "nas.tail1234.ts.net": ["100.64.1.2", "fd7a:115c:a1e0::2"],
        "funnel.tail1234.ts.net": ["8.8.4.4", "2600::1"],
        "both.fritz.box": ["192.168.178.20", "8.8.4.4"],
        "global6.fritz.box": ["2600::20"],
        "nas.a.example": ["192.168.178.20"],
        "nas.notfritz.box": ["192.168.178.20"],
        "ts.net.a.example": ["192.168.178.20"],
    }
    data = settings(**{CONF_URL: url, **entered})
    if not refused:
        await HttpForms().check_connection(data)
        return
    with pytest.raises(InvalidField) as caught:
        await HttpForms().check_connection(data)
    assert (caught.value.field, caught.value.problem) == (CONF_URL, "plain_http_public")


async def test_form_asks_before_secrets_are_sent_unencrypted(
    hass: HomeAssistant, names: dict[str, list[str]]
) -> None:
    names["nas.fritz.box"] = ["8.8.4.4"]
    result = await add(hass, "http://nas.fritz.box", **BEARER)
    assert result["errors"] == {"url": "plain_http_public"}


def test_unencrypted_public_addresses_need_confirmation() -> None:
    public = ("http://a.example", "http://8.8.8.8:80", "http://[2600::1]")
    home = (
        "http://nas",
        "http://nas.local",
        "http://nas.fritz.lan:80",
        "http://10.1.2.3",
        "http://127.0.0.1",
        "http://[fe80::1]",
        "http://169.254.1.1",
        "http://100.64.1.2",
        "http://[fd7a:115c:a1e0::1]",
    )
    assert [one for one in (*public, *home) if is_public(one)] == [*public]


# Requests.


async def test_preset(hass: HomeAssistant, target: Target) -> None:
    entry = await connect(hass, target.origin, {})
    form = await add_request(hass, entry, "preset_ntfy")
    assert form.step == "preset_ntfy"
    assert await form.submit(name="Phone", topic=" ") == "preset_ntfy"
    assert form.errors == {"topic": "refused"}
    assert await form.submit(name="Phone", topic="house") == "create_entry"
    target.answers = [(200, {"id": "abc"})]
    answer = await act(
        hass,
        "send_http_request",
        request="Phone",
        data={"message": "Door", "tags": ["door"]},
    )
    assert answer["outside_id"] == "abc"
    assert target.calls[0].json == {
        "topic": "house",
        "sequence_id": answer["delivery_id"],
        "message": "Door",
        "tags": ["door"],
    }


async def test_preset_asks_for_the_meaning_of_a_lost_response(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, {})
    form = await add_request(hass, entry, "preset_webhook")
    test_address = {"name": "Hook", "path": "/webhook-test/a", "repeat": "ask"}
    assert await form.submit(**test_address) == "preset_webhook"
    assert form.errors == {"path": "refused"}
    assert await form.submit(**test_address | {"path": "/webhook/a"}) == "create_entry"


MISSING = (
    "The connection has no secret named other. Reconfigure the connection, add "
    'other=value under "Named secrets", then submit this form again.'
)


@pytest.mark.parametrize(
    "preset", [one for one in PRESETS if one.secrets], ids=lambda preset: preset.name
)
async def test_preset_names_the_secret_that_is_missing(
    hass: HomeAssistant, target: Target, preset: Preset
) -> None:
    """Its form has no field for the secret, so the error names none."""
    entry = await connect(hass, target.origin, {})
    step = f"preset_{preset.name}"
    form = await add_request(hass, entry, step)
    assert await form.submit(name="Note") == step
    assert form.errors == {"base": "refused"}
    assert form.placeholders["reason"] == MISSING.replace("other", preset.secrets[0])


@pytest.mark.parametrize(
    ("name", "entered", "place", "named"),
    [
        ("webhook", {"path": "/a?b", "repeat": "ask"}, "path", '"Path" cannot'),
        (
            "home_assistant",
            {"event_type": "a?b", "repeat": "ask"},
            "event_type",
            '"Event type" cannot',
        ),
        ("ntfy", {"topic": "{{ broken"}, "topic", '"Topic" cannot'),
        ("influxdb", {"org": " ", "bucket": "b"}, "org", '"Organization" is'),
        ("influxdb", {"org": "o", "bucket": "{{ b"}, "bucket", '"Bucket" cannot'),
    ],
)
async def test_error_of_a_preset_names_a_field_of_its_form(
    hass: HomeAssistant,
    target: Target,
    name: str,
    entered: dict[str, str],
    place: str,
    named: str,
) -> None:
    entry = await connect(hass, target.origin, {})
    form = await add_request(hass, entry, f"preset_{name}")
    assert await form.submit(name="Note", **entered) == f"preset_{name}"
    assert form.errors == {place: "refused"}
    assert form.placeholders["reason"].startswith(named)


async def test_blank_form(hass: HomeAssistant, target: Target) -> None:
    entry = await connect(hass, target.origin, {}, secrets=["key=k3y"])
    form = await add_request(hass, entry, "advanced")
    assert form.placeholders["not_taken"] == ""
    filled = {
        **BLANK,
        "path": "/notes/{{ kind }}",
        "body_kind": "json",
        "body_json": {"key": "{secret:key}", "text": "{{ text }}"},
        "answer": {**SECTIONS["answer"], "id_from": "id"},
        "end": {
            **SECTIONS["end"],
            "method": "DELETE",
            "path": "/notes/{start_id}",
            "repeat": "repeatable",
        },
    }
    for changes, place, named in (
        ({"path": "notes"}, "path", '"Path" must'),
        ({"body_json": {"key": "{secret:other}"}}, "body_json", MISSING),
        ({"headers": {"X-Key": "Key {secret:other}"}}, "headers", MISSING),
        ({"query": {"key": ["{secret:other}"]}}, "query", MISSING),
        (
            {"query": {"key": "{secret:My-Key}"}},
            "query",
            MISSING.replace("other", "My-Key"),
        ),
        ({"query": {"{{ key }}": "x"}}, "query", '"Query.{{ key }}": only'),
        ({"path": "/{secret:other}"}, "path", MISSING),
        (
            {"end": {**SECTIONS["end"], "path": "/{secret:other}", "repeat": "ask"}},
            "end",
            MISSING,
        ),
        ({"body_json": {"key": "{{ broken"}}, "body_json", '"JSON.key" cannot'),
        ({"headers": {"X-Key": "{{ broken"}}, "headers", '"Headers.X-Key" cannot'),
        (
            {"answer": {**SECTIONS["answer"], "id_from": "a b"}},
            "answer",
            '"Response: ID ',
        ),
        ({"end": {**SECTIONS["end"], "path": "/x"}}, "end", '"End: If the '),
        (
            {"sending": {**SECTIONS["sending"], "signed": True}},
            "sending",
            '"Sending: Sign": the connection has no signing secret.',
        ),
        (
            {"sending": {**SECTIONS["sending"], "repeat_for": 0}},
            "sending",
            '"Sending: Duplicate detection period" must be from 1 to 31536000.',
        ),
        (
            {"sending": {**SECTIONS["sending"], "life": 1e9}},
            "sending",
            '"Sending: Expires after" must be from 1 to 31536000.',
        ),
        (
            {
                "repeat": "look_up",
                "look_up": {"path": "/{id}", "found_path": "id", "absent_after": 5},
            },
            "look_up",
            '"Look-up: Treat as missing after" must be from 40 to 600.',
        ),
        (
            {"end": {**filled["end"], "repeat_for": -5}},
            "end",
            '"End: Duplicate detection period" must be from 1 to 31536000.',
        ),
        ({"headers": {"Host": "other"}}, "headers", '"Headers.Host": '),
    ):
        assert await form.submit(**{**filled, **changes}) == "advanced"
        assert form.errors == {place: "refused"}, changes
        assert form.placeholders["reason"].startswith(named)
    assert await form.submit(**filled) == "create_entry"
    (request,) = entry.get_subentries_of_type("request")
    assert request.title == "Note"
    assert request.data["definition"] == {
        "method": "POST",
        "path": "/notes/{{ kind }}",
        "body_kind": "json",
        "body_json": {"key": "{secret:key}", "text": "{{ text }}"},
        "repeat": "ask",
        "id_from": "id",
        "signed": False,
        "order": "none",
        "end": {
            "method": "DELETE",
            "body_kind": "none",
            "path": "/notes/{start_id}",
            "repeat": "repeatable",
        },
    }
    shown = await open_request(hass, entry, request.title)
    suggested = shown.suggested()
    assert suggested["answer"]["id_from"] == "id"
    assert suggested["end"]["path"] == "/notes/{start_id}"
    assert await shown.submit(**{**filled, "name": "Other"}) == "abort"
    (request,) = entry.get_subentries_of_type("request")
    assert request.title == "Other"


async def test_former_flag_for_404_is_a_status_to_retry(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, {"Note": {**NOTE, "waits_on_404": True}})
    target.answers = [404, 201]
    target.answers = [404]
    sent = await act(hass, "send_http_request", request="Note", data={"text": "a"})
    assert sent["state"] == "pending"
    form = await open_request(hass, entry, "Note")
    assert form.suggested()["answer"]["retry_statuses"] == "404"
    entered = {**form.suggested(), "sending": SECTIONS["sending"]}
    assert await form.submit(**{**SECTIONS, **entered}) == "abort"
    (request,) = entry.get_subentries_of_type("request")
    changed = request.data["definition"]
    assert changed["retry_statuses"] == "404"
    assert "waits_on_404" not in changed


@pytest.mark.parametrize(
    ("answer", "step"),
    [
        ((200, []), "create_entry"),
        ((200, [{"id": 1}]), "advanced"),
        (500, "advanced"),
        (200, "advanced"),
    ],
)
async def test_look_up_is_tested_and_must_find_nothing(
    hass: HomeAssistant, target: Target, answer: Said, step: str
) -> None:
    entry = await connect(hass, target.origin, {})
    target.answers = [answer]
    form = await add_request(hass, entry, "advanced")
    look_up = {
        **SECTIONS["look_up"],
        "path": "/notes",
        "query": {"tag": "{id}"},
        "found_path": "[0]",
    }
    filled = {**BLANK, "repeat": "look_up", "look_up": look_up}
    assert await form.submit(**filled) == step
    if step == "advanced":
        assert form.errors == {"look_up": "refused"}
    (call,) = target.calls
    assert call.method == "GET"
    assert call.address.startswith("/notes?tag=")


async def test_pasted_rest_command(hass: HomeAssistant, target: Target) -> None:
    entry = await connect(hass, target.origin, {})
    form = await add_request(hass, entry, "paste")
    assert await form.submit(yaml="url: http://192.168.1.9/a") == "paste"
    assert form.errors == {"yaml": "refused"}
    # Errors are shown literally, and the description of a form is Markdown.
    assert form.placeholders["reason"].startswith('"YAML" sends to http://192.168.1.9,')
    command = f"""
door:
  url: {target.origin}/door?who={{{{ who }}}}
  method: post
  timeout: 5
"""
    assert await form.submit(yaml=command) == "advanced"
    assert form.placeholders["not_taken"] == "Not copied: timeout."
    suggested = form.suggested()
    assert suggested["name"] == "Door"
    assert suggested["path"] == "/door"
    assert suggested["query"] == {"who": "{{ who }}"}
    taken = {k: v for k, v in suggested.items() if k not in {*SECTIONS, "repeat"}}
    filled = {**BLANK, **taken}
    assert await form.submit(**filled) == "create_entry"
    await act(hass, "send_http_request", request="Door", data={"who": "a b"})
    assert target.calls[0].address == "/door?who=a%20b"


async def test_rejected_request_has_a_repair(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, {"Note": NOTE, "Other": NOTE})
    target.answers = [403]
    await act(hass, "send_http_request", request="Note", data={"text": "canary"})
    (issue,) = [
        one
        for one in ir.async_get(hass).issues.values()
        if one.translation_key == "request_paused"
    ]
    assert issue.translation_placeholders == {
        "connection": "Target",
        "request": "Note",
        "status": "HTTP 403",
    }
