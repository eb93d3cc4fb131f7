"""Checks of the files beside the code, by the rules of hassfest and HACS."""

import ast
from collections.abc import Iterator
import re
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.helpers.selector import validate_selector
from PIL import Image
import pytest

from .files import DOMAIN, PACKAGE, ROOT, read_json, read_yaml, trees

MANIFEST = read_json(PACKAGE / "manifest.json")
ACTIONS = read_yaml(PACKAGE / "services.yaml")
ICONS = read_json(PACKAGE / "icons.json")

REQUIRED = {
    "domain",
    "name",
    "codeowners",
    "config_flow",
    "documentation",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "version",
}
OPTIONAL = {
    "after_dependencies",
    "bluetooth",
    "dependencies",
    "dhcp",
    "disabled",
    "homekit",
    "import_executor",
    "loggers",
    "mqtt",
    "preview_features",
    "quality_scale",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "zeroconf",
}
TYPES = {"device", "entity", "hardware", "helper", "hub", "service", "system"}
CLASSES = {
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
}
VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
FREE_COMPONENTS = {
    "automation",
    "binary_sensor",
    "button",
    "calendar",
    "event",
    "persistent_notification",
    "script",
    "sensor",
    "switch",
    "system_health",
    "websocket_api",
}
"""Components that may be imported without being a dependency:
platforms, and those that the core itself needs."""
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}
SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
ICON = re.compile(r"mdi:[a-z0-9-]+")


def test_manifest_keys_are_in_order() -> None:
    assert set(MANIFEST) >= REQUIRED
    assert set(MANIFEST) <= REQUIRED | OPTIONAL
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_domain_and_name() -> None:
    assert MANIFEST["domain"] == PACKAGE.name == DOMAIN
    assert MANIFEST["integration_type"] in TYPES
    assert MANIFEST["iot_class"] in CLASSES
    assert MANIFEST["codeowners"]
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["config_flow"] is (PACKAGE / "config_flow.py").is_file()


def test_manifest_addresses() -> None:
    assert MANIFEST["documentation"].startswith("https://")
    assert "www.home-assistant.io/integrations" not in MANIFEST["documentation"]
    assert MANIFEST["issue_tracker"].startswith("https://")


def test_version_matches_the_project() -> None:
    AwesomeVersion(MANIFEST["version"], ensure_strategy=VERSIONS)
    project = (ROOT / "pyproject.toml").read_text()
    assert f'\nversion = "{MANIFEST["version"]}"\n' in project
    assert MANIFEST["version"] in (ROOT / "CHANGELOG.md").read_text()


def test_requirements_have_no_spaces() -> None:
    requirements: list[str] = MANIFEST.get("requirements", [])
    assert not [written for written in requirements if " " in written]


def test_imported_components_are_dependencies() -> None:
    """Check imports at any depth, and those for types."""
    named = {*MANIFEST.get("dependencies", []), *MANIFEST.get("after_dependencies", [])}
    own = {path.stem for path in PACKAGE.iterdir()}
    unnamed = {
        (module, component)
        for module, tree in trees().items()
        for component in components(tree)
        if component not in named | own | FREE_COMPONENTS
    }
    assert unnamed == set()


def components(tree: ast.Module) -> Iterator[str]:
    """Yield the components of Home Assistant that a module imports."""
    for node in ast.walk(tree):
        names: list[str] = []
        match node:
            case ast.Import():
                names = [name.name for name in node.names]
            case ast.ImportFrom(module=str(origin), level=0):
                names = [f"{origin}.{name.name}" for name in node.names]
        for name in names:
            match name.split("."):
                case ["homeassistant", "components", component, *_]:
                    yield component


def test_imports_of_components_are_found() -> None:
    source = """
import homeassistant.components.http
def late():
    from homeassistant.components import recorder
    from homeassistant.components.mqtt.client import publish
"""
    assert set(components(ast.parse(source))) == {"http", "recorder", "mqtt"}


def test_all_json_parses() -> None:
    for path in PACKAGE.rglob("*.json"):
        read_json(path)


# HACS


def test_hacs() -> None:
    hacs = read_json(ROOT / "hacs.json")
    assert set(hacs) <= HACS_KEYS
    assert hacs["name"] == MANIFEST["name"]
    assert AwesomeVersion(hacs["homeassistant"]) >= "2026.10.0"
    others = [
        path for path in PACKAGE.parent.iterdir() if (path / "manifest.json").is_file()
    ]
    assert others == [PACKAGE]
    assert (ROOT / "README.md").is_file()


def test_license() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "APPENDIX: How to apply the Apache License to your work." in text


@pytest.mark.parametrize(("name", "size"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_brand(name: str, size: int) -> None:
    with Image.open(PACKAGE / "brand" / name) as image:
        assert image.format == "PNG"
        assert image.size == (size, size)
        alpha = image.getchannel("A")
        assert alpha.getextrema() == (0, 255)
        left, top, right, bottom = alpha.getbbox() or (0, 0, 0, 0)
        assert max(right - left, bottom - top) == size


# Actions


def fields_of(action: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields of an action, including its sections."""
    for name, field in (ACTIONS[action].get("fields") or {}).items():
        if "fields" in field:
            assert set(field) <= {"fields", "collapsed", "name", "description"}
            yield from field["fields"].items()
        else:
            yield name, field


@pytest.mark.parametrize("action", ACTIONS)
def test_action_is_described(action: str) -> None:
    assert SLUG.fullmatch(action)
    assert set(ACTIONS[action]) <= {"description", "fields", "name", "target"}
    fields = list(fields_of(action))
    assert len(fields) == len({name for name, _ in fields})
    for name, field in fields:
        assert SLUG.fullmatch(name)
        assert set(field) <= {
            "advanced",
            "default",
            "description",
            "example",
            "name",
            "required",
            "selector",
        }
        assert field.get("default", "") is not None
        assert field.get("example", "") is not None
        validate_selector(field["selector"])


@pytest.mark.parametrize("action", ACTIONS)
def test_translated_selectors_are_outside_sections(action: str) -> None:
    """Home Assistant does not find the texts of options within a section."""
    for field in (ACTIONS[action].get("fields") or {}).values():
        for inner in field.get("fields", {}).values():
            select = (inner.get("selector") or {}).get("select") or {}
            assert "translation_key" not in select


def test_icons() -> None:
    assert set(ICONS) <= {
        "conditions",
        "config",
        "entity",
        "issues",
        "options",
        "services",
        "triggers",
    }
    icons = re.findall(r'"(mdi:[^"]*)"', (PACKAGE / "icons.json").read_text())
    assert all(ICON.fullmatch(icon) for icon in icons)


def test_activity_shows_no_icon_of_a_lost_connection() -> None:
    """Activity shows the icon of an entity without a state."""
    icons = ICONS["entity"]["binary_sensor"]["connectivity"]
    assert icons["default"] not in icons["state"].values()


def test_icons_of_triggers() -> None:
    assert set(ICONS["triggers"]) == set(read_yaml(PACKAGE / "triggers.yaml"))
    for icon in ICONS["triggers"].values():
        assert set(icon) == {"trigger"}


def test_icons_of_actions() -> None:
    assert set(ICONS["services"]) == set(ACTIONS)
    for action, icon in ICONS["services"].items():
        sections = {
            name
            for name, field in (ACTIONS[action].get("fields") or {}).items()
            if "fields" in field
        }
        assert set(icon) <= {"service", "sections"}
        assert ICON.fullmatch(icon["service"])
        assert set(icon.get("sections", ())) == sections
        assert all(ICON.fullmatch(mark) for mark in icon.get("sections", {}).values())
