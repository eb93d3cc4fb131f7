"""Tests of inputs reported by users of similar integrations, by kind."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.guance.api import client as guance_client
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.http import HttpSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home, home_guance, home_palabra
from .home import act
from .home_aipix import connect_aipix
from .http.home import connect as connect_http
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

SENT_AS_IT_IS: Mapping[str, str] = {
    "a version number ends in a zero": "2026.10",
    "a price loses its cents": "12.50",
    "a telephone number loses its plus": "+491701234567",
    "a house number loses its zeros": "007",
    "a serial number is longer than a number can be": "12345678901234567890.5",
    "a temperature has a decimal comma": "22,5",
    "three readings are separated by commas": "1,2,3",
    "a sensor says a list": "[1, 2]",
    "a sensor says JSON": '{"battery": 7, "low": true}',
    "a sensor says a mapping of Python": "{'a': 1}",
    "a display shows that it waits": "...",
    "a sensor says None": "None",
    "a switch says True": "True",
    "a name is in quotation marks": '"Ann"',
    "a name is not Latin": "Łódź, 東京, שלום",
    "a message has an emoji": "Motion 🚨",
    "a message holds what looks like a template": "{{ 1 }}",
    "a message holds what looks like a tag": "<b>&amp;</b>",
    "a number is in hexadecimal": "0x1F",
    "a number is in scientific notation": "1e5",
    "a path of Windows": r"C:\new\table",
}


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the pause between requests to Guance."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


class Case(NamedTuple):
    """An action's input, and its expected result."""

    action: str
    data: Mapping[str, Any]
    expected: Mapping[str, Any] | str
    """The expected contents of the other system, or a part of the error."""


FRIGATE: Mapping[str, Case] = {
    "the duration is as Home Assistant writes it": Case(
        "create_camera_event", {"label": "a", "duration": "00:00:45"}, {"lasts": 45}
    ),
    "the duration comes from a duration selector": Case(
        "create_camera_event",
        {"label": "a", "duration": {"minutes": 1, "seconds": 5}},
        {"lasts": 65},
    ),
    "the duration is a template's text": Case(
        "create_camera_event", {"label": "a", "duration": "20.0"}, {"lasts": 20}
    ),
    "the duration is a word": Case(
        "create_camera_event", {"label": "a", "duration": "short"}, "duration"
    ),
    "the label has a slash": Case(
        "create_camera_event", {"label": "gate/left"}, "label contains an invalid"
    ),
    "the label has a space": Case(
        "create_camera_event", {"label": "front gate"}, {"label": "front gate"}
    ),
    "the label has letters of another language": Case(
        "create_camera_event", {"label": "Tür"}, {"label": "Tür"}
    ),
    "the sub label is a number": Case(
        "create_camera_event", {"label": "a", "sub_label": 4711}, {"sub_label": "4711"}
    ),
    "the sub label is a whole message": Case(
        "create_camera_event",
        {"label": "a", "sub_label": "Somebody is at the door. " * 9},
        {"sub_label": ("Somebody is at the door. " * 9)[:99] + "…"},
    ),
    "the recording is wanted by a word": Case(
        "create_camera_event",
        {"label": "a", "include_recording": "yes"},
        {"label": "a"},
    ),
    "the camera is an entity": Case(
        "create_camera_event",
        {"camera": "camera.front_door", "label": "a"},
        "front_door (Front door), garden (Garden)",
    ),
    "the camera is named as people see it": Case(
        "create_camera_event",
        {"camera": "Front door", "label": "a"},
        "front_door (Front door), garden (Garden)",
    ),
    "what Frigate calls a field differently": Case(
        "create_camera_event", {"label": "a", "subLabel": "x"}, "sub_label"
    ),
    "an end does not say of what": Case(
        "end_camera_event", {}, "event_id or delivery_id"
    ),
    "an update does not say of what": Case(
        "update_camera_event", {"sub_label": "x"}, "event_id or delivery_id"
    ),
    "the connection is given by its name": Case(
        "create_camera_event",
        {"label": "a", "config_entry_id": "Frigate"},
        "The connections are: Frigate (",
    ),
}
GUANCE: Mapping[str, Case] = {
    "the status is in capitals": Case(
        "create_custom_event",
        {"status": "CRITICAL", "title": "a"},
        {"status": "critical"},
    ),
    "YAML makes a boolean of a status": Case(
        "create_custom_event", {"status": True, "title": "a"}, "status"
    ),
    "the status is one of syslog": Case(
        "create_custom_event", {"status": "warn", "title": "a"}, "warning"
    ),
    "a critical alarm has a title of a thousand and more characters": Case(
        "create_custom_event",
        {"status": "critical", "title": "x" * 1100},
        {"title": "x" * 999 + "…"},
    ),
    "a title has two lines": Case(
        "create_custom_event",
        {"status": "info", "title": "one\ntwo"},
        {"title": "one two"},
    ),
    "tags are numbers": Case(
        "create_custom_event",
        {"status": "info", "title": "a", "tags": {"n": 22.5, "on": True}},
        {"tags": {"n": "22.5", "on": "true"}},
    ),
    "a tag is a list": Case(
        "create_custom_event",
        {"status": "info", "title": "a", "tags": {"n": [1, 2]}},
        "tags",
    ),
    "the action is meant for another system": Case(
        "create_custom_event", {"label": "a"}, "label is not a field"
    ),
}
PALABRA: Mapping[str, Case] = {
    "languages are separated by commas": Case(
        "create_live_event",
        {"target_languages": "de, fr"},
        {"target_languages": ["de", "fr"]},
    ),
    "languages are a list": Case(
        "create_live_event", {"target_languages": ["de"]}, {"target_languages": ["de"]}
    ),
    "the end is before the start": Case(
        "create_live_event", {"end": "2090-01-01 09:00"}, "end must be after start"
    ),
    "the title of a calendar event is short": Case(
        "create_live_event", {"title": "Hi"}, "at least 3 characters"
    ),
    "the start is a word": Case("create_live_event", {"start": "tomorrow"}, "start"),
    "nothing is said to be changed": Case(
        "update_live_event", {}, "event_id or delivery_id"
    ),
    "a deletion does not say of what": Case(
        "delete_live_event", {}, "event_id or delivery_id"
    ),
}
LIVE_EVENT = {
    "title": "Council",
    "event_type": "online",
    "start": "2090-01-01 10:00",
    "end": "2090-01-01 11:00",
}
AIPIX: Mapping[str, Case] = {
    "ids are texts of a template": Case(
        "create_camera_mark", {"camera_id": "12", "title": "a"}, {"camera_id": 12}
    ),
    "ids are numbers with a fraction": Case(
        "create_camera_mark", {"camera_id": 12.0, "title": "a"}, {"camera_id": 12}
    ),
    "the camera is named": Case(
        "create_camera_mark", {"camera_id": "Front door", "title": "a"}, "camera_id"
    ),
    "a change does not say of what": Case(
        "update_script", {"title": "a"}, "script_id or delivery_id"
    ),
}
HTTP: Mapping[str, Case] = {
    "a message has quotation marks": Case(
        "send_http_request", {"text": 'say "hi"'}, {"text": 'say "hi"'}
    ),
    "a message has line breaks": Case(
        "send_http_request", {"text": "one\ntwo"}, {"text": "one\ntwo"}
    ),
    "a message has a backslash": Case(
        "send_http_request", {"text": r"C:\new"}, {"text": r"C:\new"}
    ),
    "a message has an emoji": Case("send_http_request", {"text": "🚨"}, {"text": "🚨"}),
    "a number stays a number": Case(
        "send_http_request", {"text": "a", "level": 22.5}, {"level": 22.5}
    ),
    "a number is a template's text": Case(
        "send_http_request", {"text": "a", "level": "22.5"}, {"level": 22.5}
    ),
    "a number has a decimal comma": Case(
        "send_http_request", {"text": "a", "level": "22,5"}, "level"
    ),
    "what is required is missing": Case("send_http_request", {"level": 1}, "text"),
}
NOTE = {
    "path": "/notes",
    "body_kind": "json",
    "body_json": {
        "id": "{id}",
        "text": "{{ text }}",
        "level": "{{ level }}",
    },
    "fields": {
        "text": {"required": True, "type": "text"},
        "level": {"type": "number", "default": 0},
    },
    "repeat": "repeatable",
}


async def error_of(hass: HomeAssistant, case: Case, **usual: object) -> str:
    """Call an action; return its error, or None once it is delivered."""
    try:
        answer = await act(hass, case.action, **{**usual, **case.data})
    except HomeAssistantError as error:
        return str(error)
    assert answer["state"] == "delivered", answer
    return ""


def assert_expected(said: str, stored: Mapping[str, Any], expected: object) -> None:
    """Assert that the expected result is stored or reported."""
    if isinstance(expected, str):
        assert said
        assert expected in said
        return
    assert said == ""
    assert isinstance(expected, Mapping)
    assert {name: stored[name] for name in expected} == expected


async def test_state_of_an_entity_is_sent_unchanged(
    hass: HomeAssistant, guance: GuanceSimulator, subtests: pytest.Subtests
) -> None:
    said = "{{ trigger.event.data.said }}"
    rule = {
        "triggers": [{"trigger": "event", "event_type": "said"}],
        "operation": "create_custom_event",
        "fields": {
            "status": "info",
            "title": f"<{said}>",
            "message": said,
            "tags": {"said": said},
        },
    }
    entry = home_guance.workspace_entry(guance)
    with_rule = MockConfigEntry(
        domain=entry.domain,
        data=dict(entry.data),
        subentries_data=[
            ConfigSubentryDataWithId(
                data=rule,
                subentry_id="01JSAIDRULE000000000000001",
                subentry_type="rule",
                title="Said",
                unique_id=None,
            )
        ],
    )
    with_rule.add_to_hass(hass)
    assert await hass.config_entries.async_setup(with_rule.entry_id)
    for words in SENT_AS_IT_IS.values():
        hass.bus.async_fire("said", {"said": words})
    await wait_until(lambda: len(guance.events) >= len(SENT_AS_IT_IS))
    found = {event.title: event for event in guance.events}
    for name, words in SENT_AS_IT_IS.items():
        with subtests.test(name):
            event = found[f"<{words}>"]
            assert (event.message, event.tags["said"]) == (words, words)


async def test_camera_events(
    hass: HomeAssistant, frigate: FrigateSimulator, subtests: pytest.Subtests
) -> None:
    await home.connect(hass, frigate)
    for name, case in FRIGATE.items():
        with subtests.test(name):
            usual = {"camera": "garden"} if "create" in case.action else {}
            said = await error_of(hass, case, **usual)
            event = frigate.events[-1]
            lasts = (event.end_time or 0) - event.start_time - 5  # pre-capture
            stored = {
                "label": event.label,
                "sub_label": event.sub_label,
                "lasts": round(lasts),
            }
            assert_expected(said, stored, case.expected)


async def test_custom_events(
    hass: HomeAssistant, guance: GuanceSimulator, subtests: pytest.Subtests
) -> None:
    await home_guance.connect(hass, guance)
    for name, case in GUANCE.items():
        with subtests.test(name):
            said = await error_of(hass, case)
            stored: dict[str, Any] = (
                guance.events[-1].as_json() if guance.events else {}
            )
            stored.get("tags", {}).pop("ha_delivery_id", None)
            assert_expected(said, stored, case.expected)


async def test_live_events(
    hass: HomeAssistant, palabra: PalabraSimulator, subtests: pytest.Subtests
) -> None:
    await home_palabra.connect(hass, palabra)
    for name, case in PALABRA.items():
        with subtests.test(name):
            usual = LIVE_EVENT if "create" in case.action else {}
            said = await error_of(hass, case, **usual)
            events: Any = palabra.stored_events()
            assert_expected(said, events[-1] if events else {}, case.expected)


async def test_scripts_and_marks(
    hass: HomeAssistant, aipix: AipixSimulator, subtests: pytest.Subtests
) -> None:
    await connect_aipix(hass, aipix)
    for name, case in AIPIX.items():
        with subtests.test(name):
            said = await error_of(hass, case)
            assert_expected(said, aipix.marks[-1] if aipix.marks else {}, case.expected)


async def test_requests(hass: HomeAssistant, subtests: pytest.Subtests) -> None:
    async with HttpSimulator() as target:
        await connect_http(hass, target.origin, {"Note": NOTE})
        for name, case in HTTP.items():
            with subtests.test(name):
                call = case._replace(data={"request": "Note", "data": case.data})
                said = await error_of(hass, call)
                content = target.notes[-1].content if target.notes else {}
                assert_expected(said, content, case.expected)
