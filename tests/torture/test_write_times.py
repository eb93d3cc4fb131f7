"""The copy of Event Relay that is tortured has less patience."""

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
    """Return the lines that are not as they were, by their backends."""
    lines = {}
    for file in integration.rglob("*.py"):
        within = file.relative_to(integration / "backends")
        former = (BACKEND_FOLDER / within).read_text().splitlines()
        for line in {*file.read_text().splitlines()} - {*former}:
            lines[within.parts[0]] = line
    return lines


def test_no_backend_gets_longer(integration: Path) -> None:
    shorten_write_times(integration, BACKENDS, 7)
    lines = changed(integration)
    assert lines.keys() == {*BACKENDS}
    assert lines["http"] == "SHORTEST_ABSENCE = 7.0"
    assert lines["guance"] == "WRITE_TIME = timedelta(seconds=7)"


def test_quick_backend_stays_as_it_is(integration: Path) -> None:
    shorten_write_times(integration, BACKENDS, 3600)
    assert changed(integration) == {}


def test_constant_that_is_not_there_is_told(integration: Path) -> None:
    file = integration / "backends" / "http" / "request" / "definition.py"
    file.write_text(file.read_text().replace("SHORTEST_ABSENCE = ", "LEAST = "))
    with pytest.raises(NotThere):
        shorten_write_times(integration, ["http"], 7)
