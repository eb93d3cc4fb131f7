"""Tests of all blueprints, as Home Assistant loads and imports them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.event_relay.registry import BY_NAME

from ..checks.files import DOMAIN, PACKAGE, ROOT, read_json, read_yaml
from .home import FOLDER, PATHS

SOURCE = "https://github.com/event-relay/event-relay/blob/main/"
NAMES = {
    "alarm_to_custom_event.yaml",
    "calendar_to_live_event.yaml",
    "camera_event.yaml",
    "notify_of_failure.yaml",
}

MODELS = {
    "alarm_to_custom_event": "Guance",
    "calendar_to_live_event": "Palabra",
    "camera_event": "Frigate NVR",
}
"""The models of the devices that each blueprint offers."""


def test_there_are_four_blueprints() -> None:
    assert {path.name for path in PATHS} == NAMES
    assert {path.parent for path in PATHS} == {FOLDER / DOMAIN}


async def load(hass: HomeAssistant, path: Path) -> Blueprint:
    """Load a blueprint the way automations do."""
    assert await async_setup_component(hass, "automation", {})
    blueprints = async_get_blueprints(hass)
    blueprint: Blueprint = await blueprints.async_get_blueprint(
        str(path.relative_to(FOLDER))
    )
    return blueprint


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_home_assistant_accepts_it(hass: HomeAssistant, path: Path) -> None:
    blueprint = await load(hass, path)
    assert blueprint.validate() is None
    assert blueprint.domain == "automation"
    metadata = blueprint.metadata
    assert metadata["author"] == "Event Relay"
    assert metadata["description"]
    assert metadata["homeassistant"]["min_version"] == "2026.10.0"
    assert metadata["source_url"] == f"{SOURCE}{path.relative_to(ROOT).as_posix()}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_every_input_is_described_and_used(
    hass: HomeAssistant, path: Path
) -> None:
    blueprint = await load(hass, path)
    text = path.read_text()
    for name, given in blueprint.inputs.items():
        assert given["name"], name
        assert given["selector"], name
        assert f"!input {name}\n" in text, name
    of_system = {"model": MODELS[path.stem]} if path.stem in MODELS else {}
    asked = blueprint.inputs["connection" if of_system else "sources"]
    (filtered,) = asked["selector"]["device"]["filter"]
    assert filtered == {"integration": DOMAIN, **of_system}


def test_models_of_devices_are_correct() -> None:
    models = {
        BY_NAME[backend].product(data, None).model
        for backend, data in (("guance", {CONF_URL: ""}), ("palabra", {}))
    }
    assert models | {"Frigate NVR"} == {*MODELS.values()}


def steps(part: object) -> Iterator[Mapping[str, Any]]:
    """Yield all action calls within a part of an automation."""
    if isinstance(part, Mapping):
        if "action" in part:
            yield part
        for inner in part.values():
            yield from steps(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from steps(inner)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_its_actions_and_their_fields_exist(path: Path) -> None:
    known = read_json(PACKAGE / "translations" / "en.json")["services"]
    calls = [*steps(read_yaml(path)["actions"])]
    assert bool(calls) is (path.stem in MODELS)
    for call in calls:
        domain, name = call["action"].split(".")
        assert domain == DOMAIN
        assert set(call["data"]) <= set(known[name]["fields"])


def test_page_has_an_import_link_for_each() -> None:
    page = (ROOT / "docs" / "blueprints.md").read_text()
    linked = []
    for link in re.findall(r"\((https://my\.home-assistant\.io/[^)]*)\)", page):
        address = urlsplit(link)
        assert address.path == "/redirect/blueprint_import/"
        linked += parse_qs(address.query)["blueprint_url"]
    everywhere = FOLDER.rglob("*.yaml")
    sources = [read_yaml(path)["blueprint"]["source_url"] for path in everywhere]
    assert sorted(linked) == sorted(sources)
