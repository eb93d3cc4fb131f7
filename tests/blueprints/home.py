"""The blueprints of this repository in a test's Home Assistant."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from ..checks.files import ROOT

FOLDER = ROOT / "blueprints" / "automation"
PATHS = sorted(FOLDER.glob("*/*.yaml"))
"""The English ones; the others differ in texts only."""


async def automate(hass: HomeAssistant, path: Path, **inputs: object) -> None:
    """Add an automation from a blueprint, as the form does."""
    assert await async_setup_component(hass, AUTOMATION, _config(path, inputs))
    await hass.async_block_till_done(wait_background_tasks=False)
    (automation,) = hass.states.async_all(AUTOMATION)
    assert automation.state == "on", automation


async def reload(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, path: Path, **inputs: object
) -> None:
    """Save the automation with other inputs, which stops and restarts it."""

    async def configuration(_: HomeAssistant) -> dict[str, Any]:
        return {**_config(path, inputs)}

    monkeypatch.setattr("homeassistant.config.async_hass_config_yaml", configuration)
    await hass.services.async_call(AUTOMATION, SERVICE_RELOAD, blocking=True)


async def start_again(hass: HomeAssistant, path: Path, **inputs: object) -> None:
    """Set up automations while Home Assistant starts, and finish the start."""
    hass.set_state(CoreState.not_running)
    assert await async_setup_component(hass, AUTOMATION, _config(path, inputs))
    await hass.async_start()


def runs(hass: HomeAssistant) -> int:
    """Return how often the automation is running now."""
    (automation,) = hass.states.async_all(AUTOMATION)
    current: int = automation.attributes["current"]
    return current


async def idle(hass: HomeAssistant) -> None:
    """Wait until the automation's runs have ended."""
    async with asyncio.timeout(60):
        await hass.async_block_till_done()
    assert runs(hass) == 0


def _config(path: Path, inputs: Mapping[str, object]) -> dict[str, Any]:
    """Return the configuration of one automation that uses a blueprint."""
    blueprint = {"path": str(path.relative_to(FOLDER)), "input": {**inputs}}
    return {
        AUTOMATION: [{"id": "tested", "alias": "Tested", "use_blueprint": blueprint}]
    }
