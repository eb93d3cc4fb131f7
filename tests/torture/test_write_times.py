"""Tests of the shortened write times of the tortured copy."""

from pathlib import Path
import shutil

import pytest

from tools.torture.targets import BACKENDS
from tools.torture.write_times import NotThere, shorten_write_times

BACKEND_FOLDER = Path("custom_components/event_relay/backends")


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    """Copy the backends."""
    shutil.copytree(BACKEND_FOLDER, tmp_path / "backends")
    return tmp_path


def changed(integration: Path) -> dict[str, str]:
    """Return the changed lines by backend."""
    lines = {}
    for file in integration.rglob("*.py"):
        within = file.relative_to(integration / "backends")
        former = (BACKEND_FOLDER / within).read_text().splitlines()
        for line in {*file.read_text().splitlines()} - {*former}:
            lines[within.parts[0]] = line
    return lines


def test_no_write_time_becomes_longer(integration: Path) -> None:
    shorten_write_times(integration, BACKENDS, 7)
    lines = changed(integration)
    assert lines.keys() == {*BACKENDS}
    assert lines["http"] == "SHORTEST_ABSENCE = 7.0"
    assert lines["guance"] == "WRITE_TIME = timedelta(seconds=7)"


def test_short_write_time_is_unchanged(integration: Path) -> None:
    shorten_write_times(integration, BACKENDS, 3600)
    assert changed(integration) == {}


def test_missing_constant_is_reported(integration: Path) -> None:
    file = integration / "backends" / "http" / "request" / "definition.py"
    file.write_text(file.read_text().replace("SHORTEST_ABSENCE = ", "LEAST = "))
    with pytest.raises(NotThere):
        shorten_write_times(integration, ["http"], 7)
