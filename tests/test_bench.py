"""Tests that the benchmark measures what it claims; its results do not matter here."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from tests.checks.files import ROOT
from tools.bench import comparison, live
from tools.bench.figures import BARS, table
from tools.simulators.frigate import FrigateSimulator

TINY = """
import json
import traceback

from tools.bench import arming, burst, frigate, importing, latency, profile, slow_disk
from tools.bench.home import run
from tools.bench.side_by_side import side_by_side


async def beside():
    async with side_by_side() as home:
        figures = await latency.measure(home, rounds=1, events=3)
        return figures | await burst.measure(home, rounds=1, events=40)


for name, measure in {
    "side_by_side": beside,
    "arming": lambda: arming.measure(rounds=1, rules=3),
    "slow_disk": lambda: slow_disk.measure(events=20, alone=1),
    "importing": lambda: importing.measure(rounds=1, warm_ups=0),
    "profile": lambda: profile.measure(rounds=1, events=100),
    "frigate": lambda: frigate.measure(events=1, burst=2),
}.items():
    try:
        figures = run(measure())
    except Exception:
        figures = traceback.format_exc()
    print(json.dumps([name, figures]))
"""
NAMES = ("side_by_side", "arming", "slow_disk", "importing", "profile", "frigate")
WITH_A_BAR = {
    "side_by_side": {
        "latency_p50_vs_rest_command",
        "latency_p99_vs_rest_command",
        "burst_vs_rest_command",
        "burst_vs_aiohttp",
        "loop_stall_vs_rest_command",
        "http_latency_p50_vs_rest_command",
        "http_burst_vs_rest_command",
    },
    "arming": {"rules_3_vs_automations"},
    "slow_disk": {"slow_disk_commits_per_delivery", "slow_disk_settled_commits"},
    "importing": {"import_vs_core"},
    "profile": {"us_event_relay_home_assistant", "us_event_relay_file_thread"},
}


def _tiny_rounds() -> dict[str, Any]:
    """Return the figures of all measurements, taken in one process.

    Importing Home Assistant takes longest. A failed measurement gives its traceback.
    """
    child = subprocess.run(  # noqa: S603 - a process of our own
        [sys.executable, "-c", TINY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=840,  # for a machine that is busy
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return dict(map(json.loads, child.stdout.splitlines()))


@pytest.mark.timeout(900)
def test_small_measurement_returns_its_figures(subtests: pytest.Subtests) -> None:
    measured = _tiny_rounds()
    assert (*measured,) == NAMES
    for name, figures in measured.items():
        with subtests.test(name):
            assert isinstance(figures, dict), figures
            assert figures
            assert all(value > 0 for value in figures.values())
            assert WITH_A_BAR.get(name, set()) <= figures.keys()


def test_table_shows_which_goals_are_met() -> None:
    shown = table({"growth_10x": 1.2, "burst_vs_aiohttp": 0.5, "other": 3.0})
    fast, grown, other = shown.splitlines()
    assert fast.split()[:4] == ["burst_vs_aiohttp", "0.50", "≥", "0.32"]
    assert "yes" in fast
    assert grown.split()[:5] == ["growth_10x", "1.20", "≤", "1.1", "NO"]
    assert other.split() == ["other", "3.00"]
    assert len(BARS) == 22


async def test_live_frigate_is_measured_and_left_unchanged(
    socket_enabled: None, tmp_path: Path
) -> None:
    password_file = tmp_path / "password"
    password_file.write_text("correct horse")
    async with FrigateSimulator(password="correct horse") as server:
        frigate = live.LiveFrigate(
            url=server.url, user="admin", password_file=password_file
        )
        figures = await live.measure(frigate, against=None, burst=3, alone=1)
        assert server.events == []
    assert figures["live_burst_stored"] == 3
    assert figures["live_burst_lost"] == 0
    assert figures["live_alone_p50_ms"] > 0


def test_costs_against_another_checkout_are_ratios() -> None:
    ours, theirs = {"burst_cpu_us": 60.0}, {"burst_cpu_us": 100.0}
    assert comparison.beside(ours, theirs) == {
        "burst_cpu_us": 60,
        "other_burst_cpu_us": 100,
        "burst_cpu_vs_other": 0.6,
    }


@pytest.mark.timeout(900)
async def test_checkouts_take_turns(socket_enabled: None) -> None:
    async with comparison.running(ROOT, 20) as process:
        figures = await comparison.turn(process)
    # It was not killed, which would leave the server that it started.
    assert process.returncode == 0
    assert figures.keys() == {"burst_us", "burst_cpu_us", "latency_us"}
    assert all(value > 0 for value in figures.values())


@pytest.mark.timeout(900)
async def test_earlier_checkout_can_be_set_up(
    socket_enabled: None, tmp_path: Path
) -> None:
    (tmp_path / "custom_components").symlink_to(ROOT / "custom_components")
    for tool in (ROOT / "tools").iterdir():  # it had its tools beside the others
        (tmp_path / tool.name).symlink_to(tool)
    figures = await comparison.set_up(tmp_path)
    assert figures.keys() == {"set_up_cpu_us", "start_cpu_us"}
    assert all(value > 0 for value in figures.values())


def test_two_checkouts_are_compared() -> None:
    ours, theirs = {"alone_p50_ms": 1.0, "burst_s": 2.0}, {"alone_p50_ms": 4.0}
    figures = live.beside(ours, theirs | {"burst_s": 20.0})
    assert figures["live_alone_p50_ms_vs_other"] == 0.25
    assert figures["live_burst_s_vs_other"] == 0.1
    assert (figures["live_burst_s"], figures["live_other_burst_s"]) == (2, 20)
