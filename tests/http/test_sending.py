"""Tests of deliveries to an HTTP API by actions, rules and tests."""

import re

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.template import Template
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.event_relay.backends import errors
from custom_components.event_relay.backends.http.request.recipe import METHODS
from custom_components.event_relay.queue import backoff
from tests.backends.http.target import Target
from tests.home import act, coordinator, wait_for_state
from tests.rule_flow import WHEN, add_rule, suggested_values

from .home import NOTE, connect, of_preset

BEGINS = {
    **NOTE,
    "end": {
        "method": "PATCH",
        "path": "/notes/{start_id}",
        "body_kind": "json",
        "body_json": {"ended": "{ended_ms}", "text": "{{ text }}"},
        "repeat": "repeatable",
    },
}


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the waits between attempts."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)


async def test_action(hass: HomeAssistant, target: Target) -> None:
    await connect(hass, target.origin, {"Note": NOTE})
    target.answers = [(201, {"id": 7})]
    answer = await act(
        hass, "send_http_request", request="note", data={"text": 5, "kind": "a/b"}
    )
    assert answer["state"] == "delivered"
    assert answer["outside_id"] == "7"
    assert answer["details"] == {"status": 201}
    (call,) = target.calls
    assert call.address == "/notes/a%2Fb"
    assert call.json == {"id": answer["delivery_id"], "text": "5"}


@pytest.mark.parametrize("words", ["21,5", "1,000", "{'a': 1}", "..."])
async def test_text_of_a_template_that_looks_like_a_list_is_sent_as_text(
    hass: HomeAssistant, target: Target, words: str
) -> None:
    await connect(hass, target.origin, {"Note": NOTE})
    rendered = Template("{{ words }}", hass).async_render({"words": words})
    await act(hass, "send_http_request", request="Note", data={"text": rendered})
    assert target.calls[0].json["text"] == words


async def test_field_without_a_type_keeps_what_a_template_rendered(
    hass: HomeAssistant, target: Target
) -> None:
    body = {"list": "{{ list }}", "text": "{{ text }}"}
    request = {"path": "/", "body_kind": "json", "body_json": body, "repeat": "ask"}
    await connect(hass, target.origin, {"Note": request})
    data = {
        name: Template("{{ words }}", hass).async_render({"words": words})
        for name, words in (("list", "[1, 2]"), ("text", "..."))
    }
    await act(hass, "send_http_request", request="Note", data=data)
    assert target.calls[0].json == {"list": [1, 2], "text": "..."}


async def test_templates_have_all_of_home_assistants_functions(
    hass: HomeAssistant, target: Target
) -> None:
    hass.states.async_set("sensor.outside", "21.50")
    body = {
        "text": "{{ states('sensor.outside') }}",
        "number": "{{ states('sensor.outside') | float }}",
        "list": "{{ [1, none, 'a'] }}",
        "both": "{{ states('sensor.outside') }} °C",
        "at": "{{ now().year > 2000 }}",
    }
    request = {"path": "/", "body_kind": "json", "body_json": body, "repeat": "ask"}
    await connect(hass, target.origin, {"Note": request})
    await act(hass, "send_http_request", request="Note")
    assert target.calls[0].json == {
        "text": "21.50",
        "number": 21.5,
        "list": [1, None, "a"],
        "both": "21.50 °C",
        "at": True,
    }


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ("door {{ value }}\n", r"door 1\n"),
        ("door {{ value }}\r\n", r"door 1\n"),
        ("door {{ value }}\n\n", r"door 1\n"),
        ("  door {{ value }}  ", r"door 1"),
        ("{% if value %}door{% endif %}\n", r"door\n"),
        ("{{ value }}\n{occurred_s}\n", r"1\n\d+\n"),
        ("door 1\n", r"door 1\n"),
    ],
)
async def test_text_body_keeps_the_line_break_at_its_end(
    hass: HomeAssistant, target: Target, template: str, body: str
) -> None:
    # Prometheus Pushgateway refuses lines without one.
    request = {"path": "/", "body_kind": "text", "body_text": template, "repeat": "ask"}
    await connect(hass, target.origin, {"Lines": request})
    await act(hass, "send_http_request", request="Lines", data={"value": 1})
    assert re.fullmatch(body, target.calls[0].body.decode())


@pytest.mark.parametrize(
    ("data", "key", "field"),
    [
        ({"request": "other"}, "field_not_one_of", "request"),
        ({}, "field_required", "request"),
        ({"request": "note"}, "field_required", "data.text"),
        ({"request": "note", "data": ["a"]}, "field_not_a_mapping", "data"),
        ({"request": "note", "data": {"odd": 1}}, "field_unknown", "data.odd"),
        (
            {"request": "note", "data": {"text": "a", "kind": ""}},
            "field_path_empty",
            "path",
        ),
        (
            {"request": "note", "data": {"text": "a"}, "until_ended": True},
            "field_request_without_end",
            "request",
        ),
    ],
)
async def test_refusal_names_the_field(
    hass: HomeAssistant, target: Target, data: dict[str, object], key: str, field: str
) -> None:
    await connect(hass, target.origin, {"Note": NOTE})
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "send_http_request", **data)
    assert caught.value.translation_key == key
    assert (caught.value.translation_placeholders or {})["field"] == field
    assert target.calls == []


async def test_error_without_any_request_says_to_add_one(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, {})
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "send_http_request", request="Note")
    assert caught.value.translation_key == "field_no_request"


async def test_failing_template_is_reported(
    hass: HomeAssistant, target: Target
) -> None:
    body = {"a": "{id}: {{ states('sensor.none') | float }}"}
    await connect(hass, target.origin, {"Note": {**NOTE, "body_json": body}})
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "send_http_request", request="Note", data={"text": "x"})
    assert caught.value.translation_key == "field_not_rendered"
    placeholders = caught.value.translation_placeholders or {}
    # The error contains the template with its original placeholder.
    assert "{id}: {{ states('sensor.none') | float }}" in placeholders["reason"]


# Lost responses.


async def test_repeatable_request_is_resent_unchanged(
    hass: HomeAssistant, target: Target, hurried: None
) -> None:
    await connect(hass, target.origin, {"Note": NOTE})
    target.answers = [None, 500, 408]
    answer = await act(hass, "send_http_request", request="Note", data={"text": "x"})
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert len(target.calls) == 4
    assert len({call.body for call in target.calls}) == 1


@pytest.mark.parametrize("said", [None, 500])
async def test_unrepeatable_request_is_left_to_the_user(
    hass: HomeAssistant, target: Target, said: int | None
) -> None:
    await connect(hass, target.origin, {"Note": {**NOTE, "repeat": "ask"}})
    target.answers = [said]
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "send_http_request", request="Note", data={"text": "x"})
    assert caught.value.translation_key == "outcome_unknown"
    assert len(target.calls) == 1
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    await act(
        hass, "retry_delivery", delivery_id=listed["delivery_id"], confirm=True, wait=30
    )
    await wait_for_state(hass, listed["delivery_id"], "delivered")
    assert len(target.calls) == 2


@pytest.mark.parametrize("method", METHODS)
async def test_aiohttp_resends_no_method_by_itself(
    hass: HomeAssistant, target: Target, method: str
) -> None:
    request = {"method": method, "path": "/notes", "repeat": "ask"}
    await connect(hass, target.origin, {"Note": request})
    target.answers = [None]
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "send_http_request", request="Note")
    assert caught.value.translation_key == "outcome_unknown"
    assert len(target.calls) == 1


async def test_unknown_outcome_is_looked_up(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, {"Grafana": of_preset("grafana")})
    target.answers = [None, (200, [{"id": 42}])]
    answer = await act(
        hass, "send_http_request", request="Grafana", data={"text": "x"}, wait=0
    )
    done = await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert done["outside_id"] == "42"
    sent, asked = target.calls
    assert (sent.method, asked.method) == ("POST", "GET")
    assert f"er%3A{answer['delivery_id']}" in asked.address


# Starts and ends.


async def test_action_ends_the_request_of_another(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, {"Note": BEGINS})
    target.answers = [(200, {"id": 7})]
    begun = await act(
        hass, "send_http_request", request="Note", data={"text": "x"}, until_ended=True
    )
    assert "kept" not in begun
    ended = await act(hass, "end_http_request", delivery_id=begun["delivery_id"])
    assert ended["state"] == "delivered"
    call = target.calls[1]
    assert (call.method, call.address) == ("PATCH", "/notes/7")
    assert call.json["text"] == "x"


async def test_rule_sends_a_start_and_its_end(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, {"Note": BEGINS, "Other": NOTE})
    hass.states.async_set("binary_sensor.doorbell", "off")
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN) == "send_http_request"
    until = {
        "triggers": [
            {"trigger": "state", "entity_id": "binary_sensor.doorbell", "to": "off"}
        ]
    }
    filled = {
        "request": "Note",
        "data": {"text": "{{ trigger.to_state.name }}"},
        "limits": {},
        "until": until,
    }
    assert await form.submit(**filled | {"request": "Other"}) == "send_http_request"
    assert await form.submit(**filled) == "preview"
    await form.submit()
    target.answers = [(200, {"id": 7})]
    hass.states.async_set("binary_sensor.doorbell", "on")
    await hass.async_block_till_done()
    (begun,) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, begun["delivery_id"], "delivered")
    hass.states.async_set("binary_sensor.doorbell", "off")
    await hass.async_block_till_done()
    ended, _ = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, ended["delivery_id"], "delivered")
    first, second = target.calls
    assert first.json == {"id": begun["delivery_id"], "text": "doorbell"}
    assert second.address == "/notes/7"


async def test_preview_shows_the_sent_request(
    hass: HomeAssistant, target: Target
) -> None:
    webhook = of_preset("webhook", path="/webhook/a")
    plain = {
        "path": "/n/{{ who }}",
        "query": {"key": "{secret:key}"},
        "headers": {"X-At": "{sent_s}"},
        "body_kind": "text",
        "body_text": "{{ who }} at {occurred_at}",
        "repeat": "ask",
    }
    requests = {"Webhook": webhook, "Begins": BEGINS, "Plain": plain}
    entry = await connect(hass, target.origin, requests, secrets=["key=hidden"])

    async def previewed(request: str, **data: str) -> object:
        form = await add_rule(hass, entry)
        await form.submit(**WHEN)
        filled = {"request": request, "data": data, "limits": {}, "until": {}}
        assert await form.submit(**filled) == "preview"
        return parse_yaml(form.placeholders["values"])

    assert await previewed("Webhook", who="Ann") == {
        "method": "POST",
        "path": "/webhook/a",
        "headers": {
            "Content-Type": "application/json",
            "webhook-id": "{id}",
            "Idempotency-Key": '"{id}"',
        },
        "body": {"id": "{id}", "occurred_at": "{occurred_at}", "data": {"who": "Ann"}},
    }
    assert await previewed("Begins", text="Door") == {
        "method": "POST",
        "path": "/notes/note",
        "headers": {"Content-Type": "application/json"},
        "body": {"id": "{id}", "text": "Door"},
        "end": {
            "method": "PATCH",
            "path": "/notes/{start_id}",
            "headers": {"Content-Type": "application/json"},
            # A number has no quotes, so this body is not JSON until it is sent.
            "body": '{"ended":{ended_ms},"text":"Door"}',
        },
    }
    assert await previewed("Plain", who="Ann B") == {
        "method": "POST",
        "path": "/n/Ann%20B?key={secret:key}",
        "headers": {"X-At": "{sent_s}", "Content-Type": "text/plain; charset=utf-8"},
        "body": "Ann B at {occurred_at}",
    }


async def test_test_of_a_rule_is_marked_as_a_test(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, {"Note": NOTE})
    hass.states.async_set("binary_sensor.doorbell", "off")
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    filled = {"request": "Note", "data": {"text": "Door"}, "limits": {}, "until": {}}
    assert await form.submit(**filled) == "preview"
    await form.submit(send_test=True)
    assert [call.json["text"] for call in target.calls] == ["Test: Door"]
    await form.submit()
    hass.states.async_set("binary_sensor.doorbell", "on")
    await hass.async_block_till_done()
    newest, *_ = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, newest["delivery_id"], "delivered")
    assert target.calls[-1].json["text"] == "Door"


# Rejections by the target.


async def test_rejected_request_waits_and_others_continue(
    hass: HomeAssistant, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "TRIED_AGAIN", 1)
    entry = await connect(hass, target.origin, {"Note": NOTE, "Other": NOTE})
    target.answers = [403]
    refused = await act(hass, "send_http_request", request="Note", data={"text": "x"})
    assert refused["state"] == "pending"
    assert refused["reason"].startswith("HTTP 403")
    other = await act(hass, "send_http_request", request="Other", data={"text": "x"})
    assert other["state"] == "delivered"
    assert coordinator(entry).last_update_success
    assert not coordinator(entry).worker.held
    await wait_for_state(hass, refused["delivery_id"], "delivered")


async def test_form_keeps_the_other_values(hass: HomeAssistant, target: Target) -> None:
    """The form asks only for the credential; the rest is filled in."""
    named = ["routing_key=abc"]
    entry = await connect(
        hass,
        target.origin,
        {"Note": NOTE},
        authentication="header",
        header="X-Key",
        secret="old-t0ken",
        secrets=named,
    )
    target.answers = [401]
    await act(hass, "send_http_request", request="Note", data={"text": "x"})
    (flow,) = hass.config_entries.flow.async_progress()
    form = await hass.config_entries.flow.async_configure(flow["flow_id"], None)
    assert form["data_schema"] is not None
    suggested = suggested_values(form["data_schema"])
    assert suggested == {
        "authentication": "header",
        "username": "",
        "header": "X-Key",
        "secrets": named,
    }
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {**suggested, "secret": "new-t0ken"}
    )
    assert done["reason"] == "reauth_successful"
    kept = {name: entry.data[name] for name in suggested}
    assert (kept, entry.data["secret"]) == (suggested, "new-t0ken")


async def test_credentials_are_requested_once_all_requests_are_rejected(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(
        hass, target.origin, {"Note": NOTE}, authentication="bearer", secret="old-t0ken"
    )
    target.answers = [401]
    waiting = await act(hass, "send_http_request", request="Note", data={"text": "x"})
    assert waiting["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "http_reauth"
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"authentication": "bearer", "secret": "new-t0ken"}
    )
    assert done["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    await wait_for_state(hass, waiting["delivery_id"], "delivered")
    # Waiting deliveries are sent with the new credentials.
    assert [call.headers["Authorization"] for call in target.calls] == [
        "Bearer old-t0ken",
        "Bearer new-t0ken",
    ]
    assert entry.data["secret"] == "new-t0ken"


async def test_requests_are_sent_one_at_a_time_by_option(
    hass: HomeAssistant, target: Target, hurried: None
) -> None:
    await connect(hass, target.origin, {"Note": NOTE, "Other": NOTE}, in_order=True)
    target.answers = [500]
    sent = [
        await act(hass, "send_http_request", request=name, data={"text": name}, wait=0)
        for name in ("Note", "Other", "Note")
    ]
    for one in sent:
        await wait_for_state(hass, one["delivery_id"], "delivered")
    assert [call.json["text"] for call in target.calls] == [
        "Note",
        "Note",
        "Other",
        "Note",
    ]
