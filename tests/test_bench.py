"""The bench measures what it says; how fast it is here is nobody's business."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

from bench import live
from bench.figures import BARS, table
from simulators.frigate import FrigateSimulator
from tests.checks.files import ROOT

SIDE_BY_SIDE = """
from bench import burst, latency
from bench.side_by_side import side_by_side

async def measured():
    async with side_by_side() as house:
        figures = await latency.measure(house, rounds=1, events=3)
        return figures | await burst.measure(house, rounds=1, events=40)
"""
TINY = {
    "side_by_side": (
        SIDE_BY_SIDE,
        "measured()",
    ),
    "arming": ("from bench import arming", "arming.measure(rounds=1, rules=3)"),
    "importing": ("from bench import importing", "importing.measure(rounds=1)"),
    "where": ("from bench import where", "where.measure(rounds=1, events=100)"),
    "frigate": ("from bench import frigate", "frigate.measure(events=1, burst=2)"),
}
WITH_A_BAR = {
    "side_by_side": {
        "latency_p50_vs_rest_command",
        "latency_p99_vs_rest_command",
        "burst_vs_rest_command",
        "burst_vs_aiohttp",
        "loop_stall_ms",
    },
    "importing": {"import_ms"},
    "where": {"us_event_relay_home_assistant", "us_event_relay_file_thread"},
}


@pytest.mark.parametrize("name", TINY)
def test_tiny_round_gives_its_figures(name: str) -> None:
    prepare, measure = TINY[name]
    code = (
        f"import json\nfrom bench.house import run\n{prepare}\n"
        f"print(json.dumps(run({measure})))"
    )
    child = subprocess.run(  # noqa: S603 - a process of our own
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,  # for a machine that is busy
        check=False,
    )
    assert child.returncode == 0, child.stderr
    figures = json.loads(child.stdout)
    assert figures
    assert all(value > 0 for value in figures.values())
    assert WITH_A_BAR.get(name, set()) <= figures.keys()


def test_table_says_what_is_reached() -> None:
    shown = table({"growth_10x": 1.2, "burst_vs_aiohttp": 0.5, "other": 3.0})
    fast, grown, other = shown.splitlines()
    assert fast.split()[:4] == ["burst_vs_aiohttp", "0.50", "≥", "0.45"]
    assert "yes" in fast
    assert grown.split()[:5] == ["growth_10x", "1.20", "≤", "1.1", "NO"]
    assert other.split() == ["other", "3.00"]
    assert len(BARS) == 15


async def test_live_frigate_is_measured_and_left_as_it_was(
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


def test_two_checkouts_are_compared() -> None:
    ours, theirs = {"alone_p50_ms": 1.0, "burst_s": 2.0}, {"alone_p50_ms": 4.0}
    figures = live.beside(ours, theirs | {"burst_s": 20.0})
    assert figures["live_alone_p50_ms_vs_other"] == 0.25
    assert figures["live_burst_s_vs_other"] == 0.1
    assert (figures["live_burst_s"], figures["live_other_burst_s"]) == (2, 20)
