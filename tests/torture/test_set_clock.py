"""Tests of a wall clock that is set while a program runs."""

# ruff: noqa: S603 - the command is our own

from pathlib import Path
import subprocess
import sys

from tools.torture.wall_clock import WallClock

PROGRAM = """
import sys, types

def run():
    import datetime, time
    def times():
        wall = time.time()
        yield from (wall, time.time_ns() / 1e9)
        yield datetime.datetime.now(datetime.UTC).timestamp()
        yield datetime.datetime.today().timestamp()
        yield datetime.datetime.utcnow().replace(tzinfo=datetime.UTC).timestamp()
        assert isinstance(datetime.datetime.now(), datetime.datetime)
    for line in sys.stdin:
        print(*(round(one, 1) for one in times()), time.monotonic(), flush=True)

sys.modules["homeassistant"] = types.ModuleType("homeassistant")
sys.modules["homeassistant.__main__"] = main = types.ModuleType("main")
main.main = run
sys.argv = sys.argv[1:]
import runpy
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs the script that sets the clock, with a program that prints the time."""


def test_only_the_wall_clock_moves(tmp_path: Path) -> None:
    clock = WallClock(tmp_path / "clock")
    _, _, script, file = clock.command
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, script, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        shown = []
        for ahead in (0, 7200, -7200, 0):
            clock.set(ahead)
            process.stdin.write("\n")
            process.stdin.flush()
            shown.append([*map(float, process.stdout.readline().split())])
        process.stdin.close()
    for ahead, (*walls, _) in zip((0, 7200, -7200, 0), shown, strict=True):
        assert max(walls) - min(walls) < 60
        assert abs(walls[0] - shown[0][0] - ahead) < 60
    monotonic = [one[-1] for one in shown]
    assert monotonic == sorted(monotonic)
    assert monotonic[-1] - monotonic[0] < 60
    (first, second) = clock.spans
    assert first[0] <= first[1]
    assert second[0] <= second[1] < float("inf")
    assert clock.right
