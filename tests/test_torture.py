"""Tests of a short torture run with all backends, rules and phases."""

# ruff: noqa: S603 - the commands are our own

import os
from pathlib import Path
import re
import signal
import subprocess
import sys

import pytest

from tools.torture.kills import Phase
from tools.torture.ledger import Kind

from .test_demo import processes_of

ROOT = Path(__file__).parents[1]
KILLS = 3
SEED = "1282"
"""A seed with kills in each phase, during different work."""
CONNECTIONS = {
    "frigate 0.18",
    "frigate 0.17",
    "guance",
    "palabra",
    "aipix client",
    "aipix admin",
    "http repeats",
    "http looks up",
    "http asks",
    "http twice",
}
RULES = {
    "frigate 0.18 rule",
    "frigate 0.18 visits",
    "frigate 0.17 rule",
    "frigate 0.17 visits",
    "guance rule",
    "aipix rule",
    "aipix clock",
    "http alarm",
    "http rule",
}
TROUBLES = (
    "requests struck by faults",
    "slow spans",
    "stalls",
    "reloads",
    "changes of options",
    "clock jumps",
    "bits flipped",
)
MIRRORS = {"palabra mirror", "aipix mirror"}


def _figures(output: str) -> dict[str, dict[str, int]]:
    """Return the figures of each connection, and of all."""
    columns: list[str] = []
    rows = {}
    for line in output.splitlines():
        cells = re.split(r" {2,}", line)
        if cells[0] == "connection":
            columns = cells[1:]
        elif columns and len(cells) == len(columns) + 1:
            rows[cells[0]] = dict(zip(columns, map(int, cells[1:]), strict=True))
    return rows


@pytest.mark.timeout(900)
def test_kills_lose_and_duplicate_nothing(tmp_path: Path) -> None:
    result = subprocess.run(
        [
            *(ROOT / "script" / "torture", "--kills", str(KILLS)),
            *("--seed", SEED, "--patience", "120", "--write-time", "20"),
        ],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    rows = _figures(result.stdout)
    assert rows.keys() == CONNECTIONS | RULES | MIRRORS | {"all"}, said
    for name, row in rows.items():
        for offence in Kind:
            assert row[offence] == 0, said
        assert row["accepted"], f"{name} accepted nothing\n{said}"
        # Frigate 0.17 only accepts events within a minute; a stall may last longer.
        assert row["stored"] or row["expired"], f"{name} stored nothing\n{said}"
        if name not in MIRRORS | {"all"}:
            # What happens to a mirror's source is more than what is there in the end.
            ended = row["stored"] + row["unknown"] + row["expired"]
            assert ended + row["waiting"] >= row["accepted"], said
    assert rows["all"]["perhaps"], f"no kill has cut off a call\n{said}"
    for phase in Phase:
        assert re.search(rf"kill \d, {phase}, \d", result.stdout), said
    for trouble in TROUBLES:
        struck = re.search(rf"(\d+) {trouble}", result.stdout)
        assert struck, said
        assert int(struck[1]), said
    assert not list(tmp_path.iterdir())
    assert not list(processes_of(tmp_path))


@pytest.mark.timeout(300)
def test_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tools.torture", "--backend", "guance"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "connecting it" in line:  # the first run has begun
                break
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert process.returncode == 130
    assert "Stopped before the end." in rest
    assert not list(tmp_path.iterdir())
    assert not list(processes_of(tmp_path))
