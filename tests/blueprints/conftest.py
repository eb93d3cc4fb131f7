"""The folder in which Home Assistant finds the blueprints."""

from homeassistant.components.blueprint.models import DomainBlueprints
import pytest

from .home import FOLDER


@pytest.fixture(autouse=True)
def imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant use the blueprints of the repository."""
    monkeypatch.setattr(DomainBlueprints, "blueprint_folder", FOLDER)
