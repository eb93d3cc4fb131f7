"""Tests that a sample of a trigger has the data of a real firing."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import homeassistant.components
from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import Context, Event, HomeAssistant, State
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.event_relay.rules.samples import (
    Sample,
    async_sample,
    example_template,
)
from custom_components.event_relay.rules.triggers import Triggers, validate_triggers

from .calendar import Calendar
from .test_triggers import CHANGES, fire_event, notify, scan_tag

OTHERS: list[tuple[dict[str, Any], Any]] = [
    (
        {"trigger": "event", "event_type": "rang", "event_data": {"button": "front"}},
        fire_event,
    ),
    ({"trigger": "tag", "tag_id": "mine"}, scan_tag),
    (
        {
            "trigger": "persistent_notification",
            "update_type": ["added"],
            "notification_id": "mine",
        },
        notify,
    ),
]


MINUTE = timedelta(minutes=1)


async def sample(hass: HomeAssistant, *raw: Mapping[str, Any]) -> Sample:
    """Return a sample for triggers as entered by a user."""
    return await async_sample(hass, await validate_triggers(hass, raw), raw, None)


async def real_firings(
    hass: HomeAssistant, raw: list[dict[str, Any]]
) -> dict[int, Mapping[str, Any]]:
    """Return the data of each trigger's real firing."""
    real: dict[int, Mapping[str, Any]] = {}

    async def triggered(
        variables: dict[str, Any], context: Context | None = None
    ) -> None:
        trigger = variables["trigger"]
        real.setdefault(int(trigger["idx"]), trigger)

    triggers = Triggers(hass, raw, "test", triggered)
    await triggers.async_attach()
    assert not triggers.problem
    for case in CHANGES:
        hass.states.async_set(case.entity_id, case.states[0], case.attributes[0])
        hass.states.async_set(case.entity_id, case.states[1], case.attributes[1])
        await hass.async_block_till_done()
    for _, happen in OTHERS:
        await happen(hass)
    await hass.async_block_till_done()
    triggers.detach()
    return real


async def test_sample_has_the_data_of_a_real_firing(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "tag", "persistent_notification"):
        assert await async_setup_component(hass, component, {})
    zones = {"name": "Shop", "latitude": 52, "longitude": 13, "radius": 100}
    assert await async_setup_component(hass, "zone", {"zone": zones})
    raw = [dict(case.trigger) for case in CHANGES] + [one for one, _ in OTHERS]
    for case in CHANGES:
        hass.states.async_set(case.entity_id, case.states[0], case.attributes[0])
    samples = [(await sample(hass, one)).variables["trigger"] for one in raw]

    real = await real_firings(hass, raw)

    assert sorted(real) == list(range(len(raw)))
    for index, made_up in enumerate(samples):
        assert made_up.keys() == real[index].keys(), raw[index]
        kinds = {name: type(value) for name, value in real[index].items()}
        for name, kind in kinds.items():
            assert kind not in (State, Event) or type(made_up[name]) is kind


async def test_sample_matches_the_trigger(hass: HomeAssistant) -> None:
    asked = 0
    for case in CHANGES:
        hass.states.async_set(case.entity_id, case.states[0], case.attributes[0])
        kind = case.trigger["trigger"]
        if kind not in ("numeric_state", "template", "zone", "event.received"):
            after = (await sample(hass, case.trigger)).variables["trigger"]["to_state"]
            named = case.trigger.get("attribute")
            wanted = case.attributes[1].get(named) if named else case.states[1]
            given = after.attributes.get(named) if named else after.state
            assert given == wanted or str(wanted).startswith("2026-"), kind
            asked += 1
    assert asked > 10


def purpose_triggers() -> dict[str, dict[str, Any]]:
    """Return all triggers with a description in this Home Assistant."""
    folder = Path(homeassistant.components.__file__).parent
    return {
        domain.name if name == "_" else f"{domain.name}.{name}": description or {}
        for domain in sorted(folder.iterdir())
        if (file := domain / "triggers.yaml").exists()
        for name, description in load_yaml_dict(str(file)).items()
        if not name.startswith(".")
    }


async def test_sample_of_each_purpose_trigger_has_an_entity(
    hass: HomeAssistant,
) -> None:
    """The form's example can be filled with whichever trigger Home Assistant offers."""
    offered = purpose_triggers()
    assert len(offered) > 100
    name = Template("{{ trigger.to_state.name }} {{ trigger.from_state.state }}", hass)
    without_states = {
        key
        for key in offered
        if key.startswith(("calendar.", "moon.", "sun.", "todo."))
    } | {"timer.remaining_time_reached"}
    for key, description in offered.items():
        target = description.get("target", {}).get("entity", {})
        first = target[0] if isinstance(target, list) and target else target
        domains = (first or {}).get("domain", key.partition(".")[0])
        domain = domains if isinstance(domains, str) else domains[0]
        config: ConfigType = {
            "platform": key,
            "target": {"entity_id": [f"{domain}.thing"]},
            "options": {"event_type": ["ring"], "zone": "zone.home"},
        }
        made_up = (await async_sample(hass, [config], [config], None)).variables
        assert made_up["trigger"]["platform"] == key
        example = Template(example_template([config]), hass)
        assert str(example.async_render(made_up, strict=True)), key
        if description.get("target") and key not in without_states:
            rendered = name.async_render(made_up, strict=True, parse_result=False)
            assert rendered.startswith("thing "), key


TRIGGERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "state to": (
        {"trigger": "state", "entity_id": "binary_sensor.door", "to": "on"},
        "{{ trigger.from_state.state }} {{ trigger.to_state.state }}",
        "off on",
    ),
    "state of what is not there": (
        {"trigger": "state", "entity_id": "sensor.gone"},
        "{{ trigger.to_state.name }} {{ trigger.to_state.state }}",
        "gone 1",
    ),
    "any of several states": (
        {
            "trigger": "state",
            "entity_id": ["lock.back", "lock.front"],
            "to": ["jammed", "unlocked"],
        },
        "{{ trigger.entity_id }} {{ trigger.to_state.state }}",
        "lock.back jammed",
    ),
    "number above": (
        {"trigger": "numeric_state", "entity_id": "sensor.heat", "above": 30},
        "{{ trigger.to_state.state }} {{ trigger.from_state.state }}",
        "31.0 29.0",
    ),
    "number in range already": (
        {"trigger": "numeric_state", "entity_id": "sensor.heat", "above": 10},
        "{{ trigger.to_state.state }} {{ trigger.above }}",
        "21.5 10.0",
    ),
    "number of an attribute": (
        {
            "trigger": "numeric_state",
            "entity_id": "sensor.heat",
            "attribute": "battery",
            "below": 20,
        },
        "{{ trigger.to_state.attributes.battery }}",
        "19.0",
    ),
    "template over an entity": (
        {"trigger": "template", "value_template": "{{ states('sensor.heat') > '9' }}"},
        "{{ trigger.to_state.name }}",
        "Heat",
    ),
    "template over the time": (
        {"trigger": "template", "value_template": "{{ now().hour == 3 }}"},
        "{{ trigger.description }}",
        "time change or manual update via template",
    ),
    "event": (
        {"trigger": "event", "event_type": "rang", "event_data": {"at": "gate"}},
        "{{ trigger.event.event_type }}, {{ trigger.event.data.who.name }}",
        "rang, Sample name",
    ),
    "event of a changed state": (
        {
            "trigger": "event",
            "event_type": "state_changed",
            "event_data": {"entity_id": "sensor.heat"},
        },
        "{{ trigger.event.data.new_state.state }}",
        "21.5",
    ),
    "webhook": (
        {"trigger": "webhook", "webhook_id": "a-canary"},
        "{{ trigger.json.alarm.title }} {{ trigger.query.get('who') }}",
        "Sample title Sample who",
    ),
    "webhook without its secret": (
        {"trigger": "webhook", "webhook_id": "a-canary"},
        "{{ trigger.webhook_id }} {{ trigger.data['n'] | int }}",
        "Sample webhook 1",
    ),
    "sun": (
        {"trigger": "sun", "event": "sunset", "offset": "-00:10:00"},
        "{{ trigger.event }} {{ trigger.offset }}",
        "sunset -1 day, 23:50:00",
    ),
    "time of day": (
        {"trigger": "time", "at": "08:00:00"},
        "{{ trigger.now.year > 2000 }}",
        "True",
    ),
    "every hour": (
        {"trigger": "time_pattern", "minutes": 0},
        "{{ trigger.now.year > 2000 }}",
        "True",
    ),
    "start": (
        {"trigger": "homeassistant", "event": "start"},
        "{{ trigger.event }}",
        "start",
    ),
    "variables, id and alias": (
        {
            "trigger": "event",
            "event_type": "rang",
            "id": "bell",
            "alias": "The bell",
            "variables": {"who": "{{ trigger.alias | upper }}"},
        },
        "{{ trigger.id }} {{ who }}",
        "bell THE BELL",
    ),
}


@pytest.fixture
async def home(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant with some entities."""
    for component in ("homeassistant", "webhook"):
        assert await async_setup_component(hass, component, {})
    hass.states.async_set(
        "sensor.heat", "21.5", {"friendly_name": "Heat", "battery": 80}
    )
    hass.states.async_set("binary_sensor.door", "off")
    return hass


async def test_templates_are_rendered_with_a_sample(home: HomeAssistant) -> None:
    for name, (raw, template, expected) in TRIGGERS.items():
        made_up = await sample(home, raw)
        given = Template(template, home).async_render(
            made_up.variables, parse_result=False, strict=True
        )
        assert given == expected, name
        assert made_up.fired_at is None
        assert made_up.trigger.get("alias") == raw.get("alias")
        assert made_up.trigger["platform"] == raw["trigger"]
        example = Template(example_template(await validate_triggers(home, [raw])), home)
        if name != "template over the time":
            assert example.async_render(made_up.variables, strict=True), name


async def test_sample_of_a_platform_that_is_not_set_up(hass: HomeAssistant) -> None:
    cases: list[tuple[ConfigType, str, str]] = [
        (
            {"platform": "mqtt", "topic": "home/+/bell", "qos": 0},
            "{{ trigger.topic }} {{ trigger.payload }} {{ trigger.payload_json.x }}",
            "home/sample/bell Sample payload Sample x",
        ),
        (
            {"platform": "mqtt", "topic": "bell", "payload": "ring"},
            "{{ trigger.payload }}",
            "ring",
        ),
        (
            {"platform": "conversation", "command": ["open {what}"]},
            "{{ trigger.sentence }}: {{ trigger.slots.what }}",
            "open {what}: Sample what",
        ),
        (
            {
                "platform": "geo_location",
                "source": "quakes",
                "zone": "zone.home",
                "event": "enter",
            },
            "{{ trigger.to_state.state }} {{ trigger.zone.name }}",
            "home home",
        ),
        (
            {
                "platform": "device",
                "domain": "zha",
                "device_id": "d1",
                "type": "remote_button",
                "subtype": "left",
            },
            "{{ trigger.event.data.subtype }} {{ trigger.event.data.args }}",
            "left Sample args",
        ),
        (
            {
                "platform": "device",
                "domain": "binary_sensor",
                "device_id": "d1",
                "entity_id": "binary_sensor.door",
                "type": "not_opened",
            },
            "{{ trigger.to_state.state }}",
            "off",
        ),
        (
            {"platform": "somebody.elses", "options": {"zone": "north"}},
            "{{ trigger.zone }} {{ trigger.whatever.it.is }}",
            "north Sample is",
        ),
    ]
    for config, template, expected in cases:
        made_up = await async_sample(hass, [config], [config], None)
        given = Template(template, hass).async_render(
            made_up.variables, parse_result=False, strict=True
        )
        assert given == expected


async def test_sample_is_of_the_first_enabled_trigger(home: HomeAssistant) -> None:
    made_up = await sample(
        home,
        {"trigger": "event", "event_type": "never", "enabled": False},
        {"trigger": "time", "at": "08:00:00"},
    )
    trigger = made_up.variables["trigger"]
    assert (trigger["platform"], trigger["idx"]) == ("time", "1")


@pytest.mark.parametrize("purpose", [False, True], ids=["calendar", "event_started"])
async def test_sample_has_a_real_event_of_the_calendar(
    hass: HomeAssistant, *, purpose: bool
) -> None:
    assert await async_setup_component(hass, "calendar", {})
    calendar = Calendar([])
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])
    raw: dict[str, Any] = {
        "trigger": "calendar",
        "entity_id": "calendar.test",
        "event": "start",
    }
    if purpose:
        target = {"entity_id": "calendar.test"}
        raw = {"trigger": "calendar.event_started", "target": target}

    async def sample_event() -> tuple[str, timedelta, timedelta]:
        """Return the event's summary, start from now on, and length."""
        trigger = (await sample(hass, raw)).variables["trigger"]
        event = trigger["calendar_event"]
        start, end = (dt_util.parse_datetime(event[edge]) for edge in ("start", "end"))
        assert start is not None
        assert end is not None
        return event["summary"], start - dt_util.now(), end - start

    summary, begins, lasts = await sample_event()
    assert (summary, lasts) == ("Sample event", timedelta(hours=1))
    assert abs(begins) <= MINUTE

    def event(days: int, summary: str) -> CalendarEvent:
        start = dt_util.now() + timedelta(days=days)
        return CalendarEvent(start, start + timedelta(hours=3), summary)

    calendar.events = [event(-9, "Long ago"), event(-2, "Lately")]
    summary, begins, lasts = await sample_event()
    assert (summary, lasts) == ("Lately", timedelta(hours=3))
    assert abs(begins) <= MINUTE

    calendar.events += [event(2, "Soon"), event(9, "Later")]
    summary, begins, lasts = await sample_event()
    assert summary == "Soon"
    assert begins > timedelta(days=1)
