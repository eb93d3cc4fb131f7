"""Tests of the pictures and tables of a simulation."""

import json
from pathlib import Path
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from tools.fleet.figures import Series
from tools.fleet.plots import draw, make_panel
from tools.fleet.runs import Run
from tools.fleet.simulation import Fleet
from tools.fleet.table import HEADINGS, lines

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


def _simulate(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tools.fleet", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_picture_shows_accepted_and_refused_requests_and_the_limit() -> None:
    series = Series(taken=(10,) * 12, refused=(0,) * 6 + (5,) * 6)
    picture = ET.fromstring(  # noqa: S314 - our own
        draw([make_panel("Two minutes", series, limit=60, minutes=1)])
    )
    bars = [bar.get("class") for bar in picture.iter(f"{SVG}rect")]
    assert bars == ["taken", "taken", "refused"]
    assert [line.get("class") for line in picture.iter(f"{SVG}path")].count("limit")
    assert "Two minutes" in "".join(picture.itertext())


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").glob("fleet-*")))
def test_page_shows_every_picture(picture: Path) -> None:
    assert f"images/{picture.name}" in PAGE
    drawn = ET.parse(picture)  # noqa: S314 - our own
    assert list(drawn.iter(f"{SVG}rect"))
    assert "prefers-color-scheme:dark" in picture.read_text(encoding="utf-8")


def test_table_has_a_row_for_each_run_and_names_missed_goals() -> None:
    fleet = Fleet(homes=60, limit=0.12, per_hour=6)
    row = Run(scenario="outage-10-min", fleet=fleet, tells=False).go()[0]
    heading, line = lines([row])
    assert heading.split() == [name for name in HEADINGS if name]
    assert line.startswith("outage-10-min")
    assert ("misses" in line) is bool(row.misses)


def test_command_prints_machine_readable_figures() -> None:
    done = _simulate("--homes", "20", "--scenario", "outage-10-min", "--json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert [row["tells"] for row in rows] == [False, True]
    assert all(row["misses"] == [] for row in rows)


def test_command_exits_with_1_if_a_goal_is_missed() -> None:
    tight = ("--homes", "400", "--limit", "0.15", "--per-hour", "6")
    done = _simulate(*tight, "--scenario", "outage-10-min", "--spread", "0")
    assert done.returncode == 1
    assert "misses" in done.stdout


@pytest.mark.parametrize("tells", [False, True])
def test_page_has_the_current_figures(*, tells: bool) -> None:
    fleet = Fleet(homes=100)
    row = Run(scenario="outage-10-min", fleet=fleet, tells=tells).go()[0]
    said = "when" if tells else "bare"
    (line,) = re.findall(rf"^\| 10 min \| 100 \| {said} \|(.+)\|$", PAGE, re.MULTILINE)
    now = [cell.rpartition("→")[2].strip() for cell in line.split("|")]
    assert now == [
        f"{row.peak_to_limit:.2f}",
        f"{row.peak_to_mean:.2f}",
        f"{row.drain / 60:.1f}",
        f"{row.ideal / 60:.1f}",
        f"{row.unfairness:.1f}",
        str(row.expired),
    ]
