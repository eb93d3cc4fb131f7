"""Tests that the card is served, registered, and built from its sources."""

from hashlib import sha256
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.card import resource
from tools.simulators.frigate import FrigateSimulator

from .checks.files import ROOT
from .home import connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

FRONTEND = ROOT / "frontend"
STORED = "lovelace_resources"
OTHER = {"id": "other", "type": "module", "url": "/hacsfiles/other.js?v=1"}


def stored_resources(*items: dict[str, str]) -> dict[str, Any]:
    """Return resources as Home Assistant stores them."""
    return {"version": 1, "minor_version": 1, "key": STORED, "data": {"items": items}}


async def dashboards(hass: HomeAssistant, **config: object) -> None:
    """Set up dashboards and the web server."""
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, "lovelace", {"lovelace": config})


async def resources(hass: HomeAssistant) -> list[str]:
    """Return the URLs of all resources."""
    collection = hass.data[LOVELACE_DATA].resources
    await collection.async_get_info()
    return [one["url"] for one in collection.async_items()]


async def stop(hass: HomeAssistant) -> None:
    """Run all actions of Home Assistant's end."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


def address_for(content: bytes) -> str:
    """Return the URL for some content."""
    return f"{resource.ADDRESS}?v={sha256(content).hexdigest()[:12]}"


async def test_card_is_registered_once_for_all_connections(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    hass_storage[STORED] = stored_resources(OTHER)
    await dashboards(hass)
    first = await connect(hass, frigate)
    second = await connect(hass, frigate, "Barn")

    ours = address_for(resource.FILE.read_bytes())
    assert await resources(hass) == [OTHER["url"], ours]
    answer = await (await hass_client()).get(ours)
    assert await answer.read() == resource.FILE.read_bytes()
    assert "javascript" in answer.headers["Content-Type"]
    assert "max-age" in answer.headers["Cache-Control"]

    assert await hass.config_entries.async_remove(first.entry_id)
    assert await resources(hass) == [OTHER["url"], ours]
    assert await hass.config_entries.async_remove(second.entry_id)
    # A dashboard with the card keeps showing it until the file is gone.
    assert await resources(hass) == [OTHER["url"], ours]
    third = await connect(hass, frigate, "Back again")
    assert await resources(hass) == [OTHER["url"], ours]
    assert await hass.config_entries.async_remove(third.entry_id)
    await stop(hass)
    assert await resources(hass) == [OTHER["url"]]


async def test_card_stays_registered_when_home_assistant_stops(
    hass: HomeAssistant, hass_storage: dict[str, Any], frigate: FrigateSimulator
) -> None:
    await dashboards(hass)
    await connect(hass, frigate)
    await stop(hass)
    assert await resources(hass) == [address_for(resource.FILE.read_bytes())]


async def test_changed_card_has_another_url(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    frigate: FrigateSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = {"id": "ours", "type": "module", "url": f"{resource.ADDRESS}?v=old"}
    twice = {"id": "ours, by hand", "type": "module", "url": resource.ADDRESS}
    hass_storage[STORED] = stored_resources(old, OTHER, twice)
    changed = tmp_path / resource.FILE.name
    changed.write_text("// another")
    monkeypatch.setattr(resource, "FILE", changed)
    await dashboards(hass)
    await connect(hass, frigate)
    assert await resources(hass) == [address_for(b"// another"), OTHER["url"]]


async def test_resources_in_yaml_are_left_to_the_user(
    hass: HomeAssistant, frigate: FrigateSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    by_hand = {"url": resource.ADDRESS, "type": "module"}
    await dashboards(hass, resource_mode="yaml", resources=[by_hand])
    entry = await connect(hass, frigate)
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert await resources(hass) == [resource.ADDRESS]
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_connection_loads_without_the_card(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(resource, "FILE", tmp_path / resource.FILE.name)
    await dashboards(hass)
    entry = await connect(hass, frigate)
    assert entry.state is ConfigEntryState.LOADED
    assert await resources(hass) == []
    assert "The dashboards are not told of the card" in caplog.text


async def test_connection_loads_without_dashboards(
    hass: HomeAssistant, frigate: FrigateSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await connect(hass, frigate)
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert LOVELACE_DATA not in hass.data
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


# The build, which can be checked without node


def sources() -> list[Path]:
    """Return the sources of the card."""
    return sorted(
        [
            FRONTEND / "build.mjs",
            FRONTEND / "package.json",
            FRONTEND / "tsconfig.json",
            *FRONTEND.joinpath("src").rglob("*.ts"),
            *FRONTEND.joinpath("src").rglob("*.json"),
        ],
        key=lambda path: path.relative_to(FRONTEND).as_posix(),
    )


def test_committed_card_is_built_from_the_sources() -> None:
    """`script/build-card` rebuilds it after a change; nobody edits it by hand."""
    content = resource.FILE.read_text()
    line, _, code = content.partition("\n")
    mark = re.fullmatch(r"/\* sources (\w{64}) code (\w{64}) \*/", line)
    assert mark is not None
    digest = sha256()
    for path in sources():
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    assert mark[1] == digest.hexdigest()
    assert mark[2] == sha256(code.encode()).hexdigest()


def test_card_is_small_and_contacts_no_other_host() -> None:
    content = resource.FILE.read_text()
    assert len(content) < 64 * 1024
    hosts = set(re.findall(r"https?://([\w.-]+)", content))
    assert hosts <= {"www.w3.org", "lit.dev"}


def test_packages_are_pinned_without_a_lock_file() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    pinned = [
        *package["dependencies"].values(),
        *package["devDependencies"].values(),
        *package["overrides"].values(),
    ]
    assert pinned
    assert not [one for one in pinned if not re.fullmatch(r"\d+\.\d+\.\d+", one)]
    assert not (FRONTEND / "package-lock.json").exists()
