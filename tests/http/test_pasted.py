"""Tests that an imported `rest_command` sends the same as the command."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml

from tests.backends.http.target import Call, Target
from tests.home import act

from .home import add_request, connect

COMMANDS = r"""
callmebot:
  url: "%s/whatsapp.php?phone=+49123&text={{ message | urlencode }}&apikey=a%%20b"
shelly:
  url: "%s/light/{{ lamp }}?turn={{ 'on' if on else 'off' }}&brightness={{ level }}"
  method: GET
webhook:
  url: "%s/api/webhook/abc-123"
  method: post
  content_type: "application/json; charset=utf-8"
  payload: '{"text": "{{ message }}", "level": "{{ level }}", "on": "{{ on }}", "n": 3}'
bare_number:
  url: "%s/lights/{{ lamp }}/state"
  method: put
  content_type: application/json
  payload: '{"on": true, "bri": {{ level }}, "name": {{ message | tojson }}}'
form:
  url: "%s/login"
  method: POST
  content_type: application/x-www-form-urlencoded
  payload: "user=ada&text={{ message | urlencode }}"
typed_by_header:
  url: "%s/write?db=home"
  method: post
  headers:
    Content-Type: text/plain
    X-Level: "{{ level }}"
    Accept: "*/*"
  payload: "door,room=hall value={{ level }}"
json_of_a_kind:
  url: "%s/things/1"
  method: patch
  headers: {content-type: application/merge-patch+json}
  payload: >-
    {
      "name": "{{ lamp }} and {{ message }}",
      "tags": ["a", "{{ level + 1 }}"]
    }
names_in_templates:
  url: "%s/graph"
  method: post
  content_type: application/json
  payload: '{"{{ lamp }}": "{{ level if on else 0 }}"}'
no_body:
  url: "%s/lights/a%%20b/"
  method: delete
empty_object:
  url: "%s/refresh_browser"
  method: post
  content_type: application/json
  payload: "{}"
empty_list:
  url: "%s/refresh_browser"
  method: post
  content_type: application/json
  payload: "[]"
statements:
  url: "%s/say"
  method: post
  content_type: text/plain; charset=utf-8
  payload: |
    {%% if on %%}
    {{ message }}
    {%% else %%}
    nothing
    {%% endif %%}
"""
DATA = {"message": 'Door "open" & ä/+', "lamp": "lamp 1", "level": 50, "on": True}
SAFE = {**DATA, "message": "Door open & ä/+"}
"""Without characters that break JSON templates."""


def sent(call: Call) -> dict[str, Any]:
    """Return the parsed body of a request."""
    parts = urlsplit(call.address)
    body: object = call.body
    kind = call.headers.get("Content-Type", "")
    if "json" in kind:
        body = call.json
    elif "form" in kind:
        body = parse_qsl(call.body.decode())
    return {
        "method": call.method,
        "path": unquote(parts.path),
        "query": parse_qsl(parts.query),
        "body": body,
        "kind": kind.partition(";")[0] if call.body else "",
        "level": call.headers.get("X-Level"),
    }


async def test_imported_request_sends_the_same_as_the_command(
    hass: HomeAssistant, target: Target
) -> None:
    commands: Any = parse_yaml(COMMANDS % ((target.origin,) * COMMANDS.count("%s")))
    config = {"rest_command": commands}
    assert await async_setup_component(hass, "rest_command", config)
    entry = await connect(hass, target.origin, {})
    for name, command in commands.items():
        form = await add_request(hass, entry, "paste")
        # JSON is YAML.
        assert await form.submit(yaml=json.dumps({name: command})) == "advanced", name
        assert form.placeholders["not_taken"] == ""
        filled: dict[str, Any] = {one: {} for one in form.sections()}
        filled |= {**form.suggested(), "repeat": "ask"}
        assert await form.submit(**filled) == "create_entry", (name, form.placeholders)
        data = SAFE if "tojson" not in command.get("payload", "") else DATA
        await hass.services.async_call("rest_command", name, data, blocking=True)
        answer = await act(
            hass, "send_http_request", request=name.replace("_", " "), data=data
        )
        assert answer["state"] == "delivered", name
        theirs, ours = target.calls[-2:]
        assert sent(ours) == sent(theirs), name
