"""Tests of the same faults of a target with Home Assistant's own integrations.

Every claim on the comparison page is tested here.
"""

from contextlib import nullcontext

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from httpx import HTTPError
import pytest

from custom_components.event_relay.queue import backoff
from tests.backends.http.target import Said, Target
from tests.home import act, wait_for_state

from .home import NOTE, connect


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the waits between attempts."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)


async def command(hass: HomeAssistant, target: Target) -> object:
    """Call a `rest_command`; return its status, or the key of what it raises."""
    config = {
        "note": {
            "url": f"{target.origin}/notes",
            "method": "post",
            "payload": '{"text": "{{ text }}"}',
            "content_type": "application/json",
        }
    }
    assert await async_setup_component(hass, "rest_command", {"rest_command": config})
    try:
        answer = await hass.services.async_call(
            "rest_command", "note", {"text": "x"}, blocking=True, return_response=True
        )
    except HomeAssistantError as error:
        return error.translation_key
    assert answer is not None
    return answer["status"]


async def notify(hass: HomeAssistant, target: Target) -> None:
    """Send a notification of `notify.rest`; raises what it raises."""
    config = {"platform": "rest", "name": "note", "method": "POST_JSON"}
    config["resource"] = f"{target.origin}/notes"
    assert await async_setup_component(hass, "notify", {"notify": [config]})
    await hass.async_block_till_done()
    await hass.services.async_call("notify", "note", {"message": "x"}, blocking=True)


@pytest.mark.parametrize(
    ("said", "told"),
    [(500, 500), (429, 429), (503, 503), (None, "client_error")],
)
async def test_rest_command_tries_once(
    hass: HomeAssistant, target: Target, said: Said, told: object
) -> None:
    target.answers = [said]
    assert await command(hass, target) == told
    assert len(target.calls) == 1


@pytest.mark.parametrize(("method", "tries"), [("put", 2), ("delete", 2), ("post", 1)])
async def test_rest_command_may_send_a_lost_request_twice(
    hass: HomeAssistant, target: Target, method: str, tries: int
) -> None:
    config = {"note": {"url": f"{target.origin}/notes", "method": method}}
    assert await async_setup_component(hass, "rest_command", {"rest_command": config})
    target.answers = [None]
    with nullcontext() if tries > 1 else pytest.raises(HomeAssistantError):
        await hass.services.async_call("rest_command", "note", blocking=True)
    assert len(target.calls) == tries


@pytest.mark.parametrize("said", [500, 429, 503])
async def test_rest_notification_tries_once_and_raises_nothing(
    hass: HomeAssistant, target: Target, said: Said
) -> None:
    target.answers = [said]
    await notify(hass, target)
    assert len(target.calls) == 1


async def test_rest_notification_loses_an_interrupted_request(
    hass: HomeAssistant, target: Target
) -> None:
    target.answers = [None]
    with pytest.raises(HTTPError):
        await notify(hass, target)
    assert len(target.calls) == 1


@pytest.mark.parametrize("said", [500, 429, 503, None])
async def test_event_relay_retries_until_delivery(
    hass: HomeAssistant, target: Target, said: Said
) -> None:
    await connect(hass, target.origin, {"Note": NOTE})
    target.answers = [said]
    answer = await act(hass, "send_http_request", request="Note", data={"text": "x"})
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert len(target.calls) == 2


async def test_rest_command_follows_a_redirect_unlike_event_relay(
    hass: HomeAssistant, target: Target
) -> None:
    led = web.Response(status=302, headers={"Location": "/elsewhere"})
    target.answers = [led]
    assert await command(hass, target) == 200
    # The POST arrived as a GET without its body.
    assert [call.method for call in target.calls] == ["POST", "GET"]
    await connect(hass, target.origin, {"Note": NOTE})
    target.answers = [web.Response(status=302, headers={"Location": "/elsewhere"})]
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "send_http_request", request="Note", data={"text": "x"})
    assert caught.value.translation_key == "redirected_to"
    assert len(target.calls) == 3


async def test_text_with_a_quote_breaks_the_json_of_rest_command(
    hass: HomeAssistant, target: Target
) -> None:
    config = {
        "note": {
            "url": f"{target.origin}/notes",
            "method": "post",
            "payload": '{"text": "{{ text }}"}',
        }
    }
    assert await async_setup_component(hass, "rest_command", {"rest_command": config})
    text = 'say "hi"'
    await hass.services.async_call(
        "rest_command", "note", {"text": text}, blocking=True
    )
    assert target.calls[0].body == b'{"text": "say "hi""}'
    await connect(hass, target.origin, {"Note": NOTE})
    await act(hass, "send_http_request", request="Note", data={"text": text})
    assert target.calls[1].json["text"] == text
