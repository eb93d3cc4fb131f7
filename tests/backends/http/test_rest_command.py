"""Tests of the import of a `rest_command`, and of the list of ignored options."""

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.event_relay.backends.base import InvalidField, Json
from custom_components.event_relay.backends.http.request.definition import Definition
from custom_components.event_relay.backends.http.rest_command import (
    TakenOver,
    take_over,
)


def read(text: str) -> object:
    """Read YAML like the form."""
    try:
        found: object = parse_yaml(text)
    except HomeAssistantError as error:
        raise ValueError("not YAML") from error
    return found


def taken(text: str) -> TakenOver:
    """Return the imported command; it lacks only the user's decisions."""
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
            "body_json": {"message": "{{ message | string }}", "count": 3},
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


def test_minimal_command() -> None:
    one = taken("url: http://192.168.1.9")
    assert one.definition == {"method": "GET", "path": "/"}
    assert one.name == "Request"
    assert one.not_taken == ()


def test_payload_without_json_stays_text() -> None:
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


def test_payload_has_no_blanks_at_its_ends() -> None:
    one = taken("""
url: http://192.168.1.9/a
method: post
payload: >
  user=a&title=b
""")
    assert one.definition["body_text"] == "user=a&title=b"


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        # In quotes it is text, whatever the type of the data.
        ('{"a": "{{ b }}"}', {"a": "{{ b | string }}"}),
        ('["{{- b.c -}}"]', ["{{ b.c | string }}"]),
        ('{"a": "{{ 1 if b else 2 }}"}', {"a": "{{ (1 if b else 2) | string }}"}),
        ('{"a": "{{ b }} {{ c }}"}', {"a": "{{ b }} {{ c }}"}),
        ('{"a": "{% if b %}c{% endif %}"}', {"a": "{% if b %}c{% endif %}"}),
        ('{"a": [1, null, true]}', {"a": [1, None, True]}),
    ],
)
def test_json_payload_is_rendered_as_text(payload: str, body: Json) -> None:
    one = taken(f"{{url: 'http://a/', method: post, payload: '{payload}'}}")
    assert one.definition["body_json"] == body
    assert "content_type" not in one.definition


def test_mapping_as_payload_becomes_json() -> None:
    one = taken("{url: 'http://a/', method: post, payload: {a: 1}}")
    assert one.definition["body_json"] == {"a": 1}


@pytest.mark.parametrize(
    ("said", "payload", "kind"),
    [
        ("", "a=b", "text/plain; charset=utf-8"),
        ("", '{"a": {{ b }}}', "application/json"),
        ("", "{{ b }}", "text/plain; charset=utf-8"),
        ("content_type: a/b", "a=b", "a/b"),
        ("headers: {Content-type: a/b}", "a=b", "a/b"),
        ("headers: {Content-type: a/b}, content_type: c/d", "a=b", "c/d"),
        ("content_type: application/json; charset=utf-8", "{}", None),
        ("content_type: application/ld+json", "{}", "application/ld+json"),
    ],
)
def test_content_type(said: str, payload: str, kind: str | None) -> None:
    one = taken(f"{{url: 'http://a/', method: post, payload: '{payload}', {said}}}")
    assert one.definition.get("content_type") == kind


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("/a%20b/c", "/a b/c", None),
        ("/a?b=c%26d+e&f=", "/a", {"b": "c&d e", "f": ""}),
        ("/a?b={{ c | urlencode }}", "/a", {"b": "{{ c }}"}),
        ("/a?b={{ c|urlencode()|upper }}", "/a", {"b": "{{ c|upper }}"}),
        ("/{{ c | urlencode }}/d", "/{{ c }}/d", None),
        # A path has no such characters except in values.
        ("/a%2Fb/Küche", '/a{{ "/" }}b/K{{ "ü" }}che', None),
        ("/K%C3%BCche", '/K{{ "ü" }}che', None),
        ("/100%/%25{{ c }}%3F", '/100{{ "%" }}/{{ "%" }}{{ c }}{{ "?" }}', None),
    ],
)
def test_address_is_encoded_once(
    url: str, path: str, query: dict[str, str] | None
) -> None:
    definition = taken(f"url: 'http://a.example{url}'").definition
    assert definition["path"] == path
    assert definition.get("query") == query


@pytest.mark.parametrize("character", ["%5C", "%0A", "\\"])
def test_character_that_no_path_can_have_is_refused(character: str) -> None:
    with pytest.raises(InvalidField) as caught:
        taken(f"url: 'http://a.example/a{character}b'")
    assert caught.value.problem == "path_character"


def test_parameters_whose_names_are_templates_are_listed() -> None:
    one = taken("url: 'http://a.example/b?c=1&{{ d }}&{{ e }}={{ f }}&{id}=2'")
    assert one.definition == {"method": "GET", "path": "/b", "query": {"c": "1"}}
    assert one.not_taken == ("url ({{ d }})", "url ({{ e }}={{ f }})", "url ({id}=2)")


SEVERAL = """
rest_command:
  here: {url: 'http://a.example/1'}
  there: {url: 'http://b.example/2'}
  there_too: {url: 'http://b.example/3'}
"""


def test_first_command_for_the_address_of_the_connection_is_imported() -> None:
    one = take_over(SEVERAL, read, "http://b.example")
    assert (one.name, one.not_taken) == ("There", ("here", "there_too"))
    other = take_over(SEVERAL, read, "http://c.example")
    assert (other.name, other.origin) == ("Here", "http://a.example")


def test_ignored_options_are_listed_unless_they_are_defaults() -> None:
    one = taken("""
url: http://me:word@a.example/
verify_ssl: true
timeout: 10
insecure_cipher: false
skip_url_encoding: true
retries: 3
""")
    assert one.origin == "http://a.example"
    assert one.not_taken == (
        "timeout",
        "skip_url_encoding",
        "retries",
        "url (username, password)",
    )


def test_only_a_yaml_tag_is_a_secret() -> None:
    one = taken("""
url: http://a.example/
headers:
  X-One: !secret one
  X-Two: "no !secret here"
  X-Three:   !secret Three.3
""")
    assert one.definition["headers"] == {
        "X-One": "{secret:one}",
        "X-Two": "no !secret here",
        "X-Three": "{secret:three_3}",
    }


def test_body_of_a_get_is_ignored() -> None:
    one = taken("{url: 'http://192.168.1.9/', payload: x}")
    assert one.not_taken == ("payload",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no_rest_command"),
        ("a: [", "not_yaml"),
        ("[1, 2]", "no_rest_command"),
        ("[{url: 'http://a'}, {url: 'http://b'}]", "no_rest_command"),
        ("a: {url: 'http://a', payload: !include body.json}", "not_yaml"),
        ("a:\n\turl: http://a", "not_yaml"),
        ("action: rest_command.door", "no_rest_command"),
        ("{url: !secret address}", "address_is_template"),
        ("{url: 5}", "no_rest_command"),
        ("{url: '{{ address }}'}", "address_is_template"),
        ("{url: 'http://{{ host }}/a'}", "address_is_template"),
        ("{url: 'ftp://a.example/'}", "address_is_template"),
        ("{url: 'http://a.example/', method: trace}", "not_one_of"),
        ("a" * 50_001, "too_long"),
    ],
)
def test_invalid_command_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidField) as caught:
        take_over(text, read)
    assert (caught.value.field, caught.value.problem) == ("yaml", problem)
