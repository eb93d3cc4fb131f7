"""A `rest_command` becomes a request, and what cannot be taken over is named."""

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.http.definition import Definition
from custom_components.event_relay.backends.http.rest_command import (
    TakenOver,
    take_over,
)


def read(text: str) -> object:
    """Read YAML as the form does."""
    try:
        found: object = parse_yaml(text)
    except HomeAssistantError as error:
        raise ValueError("not YAML") from error
    return found


def taken(text: str) -> TakenOver:
    """Return what a command becomes; it is a definition but for the user's word."""
    one = take_over(text, read)
    Definition.parse({**one.definition, "repeat": "ask"})
    return one


def test_whole_command() -> None:
    one = taken("""
rest_command:
  notify_door:
    url: "http://192.168.1.9:8123/api/{{ kind }}/send?to=a&text={{ 'a&b' }}&to=b"
    method: PUT
    headers:
      Authorization: !secret door_token
      X-Key: !secret door_key
      Host: other
      Content-Type: application/json
    payload: '{"message": "{{ message }}", "count": 3}'
    username: me
    password: !secret word
    verify_ssl: false
    timeout: 5
""")
    assert one == TakenOver(
        name="Notify door",
        origin="http://192.168.1.9:8123",
        definition={
            "method": "PUT",
            "path": "/api/{{ kind }}/send",
            "query": {"to": ["a", "b"], "text": "{{ 'a&b' }}"},
            "headers": {"X-Key": "{secret:door_key}"},
            "body_kind": "json",
            "body_json": {"message": "{{ message }}", "count": 3},
        },
        not_taken=(
            "username",
            "password",
            "verify_ssl",
            "timeout",
            "headers.Authorization",
            "headers.Host",
        ),
    )


def test_bare_command() -> None:
    one = taken("url: http://192.168.1.9")
    assert one.definition == {"method": "GET", "path": "/"}
    assert one.name == "Request"
    assert one.not_taken == ()


def test_payload_that_is_no_json_stays_text() -> None:
    for payload in (
        "state={{ states('sun.sun') }}",
        '{"a": {{ data | to_json }}}',
        '["{{ data | tojson }}"]',
        "5",
    ):
        one = taken(f"""
door:
  url: http://192.168.1.9/a
  method: post
  content_type: text/plain
  payload: '{payload.replace("'", "''")}'
""")
        assert one.definition["body_kind"] == "text"
        assert one.definition["body_text"] == payload
        assert one.definition["content_type"] == "text/plain"


def test_body_of_a_get_is_not_taken() -> None:
    one = taken("{url: 'http://192.168.1.9/', payload: x}")
    assert one.not_taken == ("payload",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no_rest_command"),
        ("a: [", "not_yaml"),
        ("[1, 2]", "no_rest_command"),
        ("{a: {url: 'http://a'}, b: {url: 'http://b'}}", "no_rest_command"),
        ("{url: 5}", "no_rest_command"),
        ("{url: '{{ address }}'}", "address_is_template"),
        ("{url: 'http://{{ host }}/a'}", "address_is_template"),
        ("{url: 'ftp://a.example/'}", "address_is_template"),
        ("{url: 'http://a.example/', method: trace}", "not_one_of"),
        ("a" * 50_001, "too_long"),
    ],
)
def test_what_cannot_be_taken_over(text: str, problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        take_over(text, read)
    assert (caught.value.field, caught.value.problem) == ("yaml", problem)
