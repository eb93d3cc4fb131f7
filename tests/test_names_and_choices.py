"""Tests that names are unambiguous, and no choice is made for the user."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectSelector
import pytest
import voluptuous as vol

from custom_components.event_relay.backends.choice_forms import choice
from custom_components.event_relay.backends.coercion_forms import in_seconds
from custom_components.event_relay.backends.rule_forms import RuleField
from custom_components.event_relay.flows.rule_form import deliver_schema, when_schema
from custom_components.event_relay.registry import BY_NAME
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.palabra import PalabraSimulator

from .config_flows import form_without_set_up, submit

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_connections_to_one_host_are_distinguished_by_port(
    hass: HomeAssistant,
) -> None:
    """The first has the name of its host, each further one its port, too."""
    titles = []
    async with FrigateSimulator() as first, FrigateSimulator() as second:
        for simulator in (first, second):
            async with form_without_set_up(hass, "frigate") as form:
                added = await submit(
                    hass, form, {CONF_URL: simulator.url, "verify_ssl": True}
                )
            titles.append(added["title"])
        port = second.url.rpartition(":")[2]
    assert titles == ["Frigate (127.0.0.1)", f"Frigate (127.0.0.1:{port})"]


async def test_connections_to_one_service_are_numbered(hass: HomeAssistant) -> None:
    """Where the name says nothing of the account, a number tells them apart."""
    titles = []
    async with PalabraSimulator() as first, PalabraSimulator() as second:
        for simulator, key in ((first, "plbr_one"), (second, "plbr_two")):
            simulator.settings.api_key = key
            async with form_without_set_up(hass, "palabra") as form:
                added = await submit(
                    hass, form, {CONF_URL: simulator.url, CONF_API_KEY: key}
                )
            titles.append(added["title"])
    assert titles == ["Palabra", "Palabra 2"]


@pytest.mark.parametrize("backend", list(BY_NAME))
def test_connection_form_makes_no_choice_for_the_user(backend: str) -> None:
    """A required choice without a default starts empty, and has a star."""
    schema = BY_NAME[backend].connection.schema
    assert [str(key) for key in _preselected(schema)] == []


def test_rule_form_makes_no_choice_for_the_user() -> None:
    """A required list starts empty, and has a star."""
    fields = [
        RuleField(name="one", selector=choice(["front"]), required=True),
        RuleField(name="two", selector=choice(["front", "back"]), required=True),
    ]
    schema = deliver_schema(fields, None, {}, missable=False).schema
    markers = {str(key): key for key in schema}
    assert all(isinstance(markers[name], vol.Required) for name in ("one", "two"))
    assert _preselected(schema) == []


def test_operation_of_a_rule_is_not_chosen_for_the_user() -> None:
    """With several operations, the choice starts empty and is required."""
    schema = when_schema(["one", "two"], {}).schema
    (marker,) = (key for key in schema if key == "operation")
    assert isinstance(marker, vol.Required)
    assert isinstance(marker.default, vol.Undefined)
    assert _preselected(schema) == []


def test_preselected_choice_is_detected() -> None:
    """A choice that the frontend would make itself is found."""
    schema = {vol.Required("site"): choice(["one", "two"])}
    assert [str(key) for key in _preselected(schema)] == ["site"]


def _preselected(schema: Mapping[Any, object]) -> list[vol.Marker]:
    """Return the required choices that the frontend sets to their first option."""
    return [
        key
        for key, selector in schema.items()
        if isinstance(key, vol.Required)
        and isinstance(selector, SelectSelector)
        and isinstance(key.default, vol.Undefined)
        and (key.description or {}).get("suggested_value") is None
    ]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("00:00:30", 30),
        ("01:30", 5400),
        ({"seconds": 30}, 30),
        ({"minutes": 1, "seconds": 2.5}, 62.5),
        (30, 30),
        ("30", "30"),
    ],
)
def test_duration_is_parsed_as_home_assistant_writes_it(
    written: object, seconds: object
) -> None:
    """A number is left to the field."""
    assert in_seconds(written) == seconds


@pytest.mark.parametrize("written", ["1:2:3:4", {"parsecs": 3}, "a:b", "half a minute"])
def test_invalid_duration_is_refused(written: object) -> None:
    """The error becomes one that names the field."""
    with pytest.raises(vol.Invalid):
        in_seconds(written)
