"""Compare this checkout with another one, such as an earlier commit, in turns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
from statistics import median
import sys

from .figures import Figures
from .process import serving

_HERE = Path(__file__).resolve().parent
_SCRIPT = _HERE / "checkout_turns.py"
_PATIENCE = 600.0
"""Seconds that a turn may take."""


async def measure(other: Path, *, rounds: int, events: int) -> Figures:
    """Return the cost of an event in both, and the ratios of this to the other one.

    Each has its own process, and they take turns, so noise affects both.
    """
    checkouts = {"": _HERE.parents[1], "other_": other}
    seen: dict[str, list[Figures]] = {name: [] for name in checkouts}
    async with (
        running(checkouts[""], events) as ours,
        running(checkouts["other_"], events) as theirs,
    ):
        for number in range(-1, rounds):
            for name, process in (("", ours), ("other_", theirs)):
                figures = await turn(process)
                if number >= 0:  # the first round only warms up
                    seen[name].append(figures)
    for _ in range(max(1, rounds // 2)):
        for name, checkout in checkouts.items():
            seen[name].append(await set_up(checkout))
    return beside(_medians(seen[""]), _medians(seen["other_"]))


def beside(ours: Figures, theirs: Figures) -> Figures:
    """Name the figures of both, and compare them."""
    return (
        {**ours}
        | {f"other_{name}": value for name, value in theirs.items()}
        | {
            f"{name.removesuffix('_us')}_vs_other": value / theirs[name]
            for name, value in ours.items()
        }
    )


def _medians(seen: list[Figures]) -> Figures:
    """Return the median of each figure."""
    names = {name for figures in seen for name in figures}
    return {
        name: median(figures[name] for figures in seen if name in figures)
        for name in sorted(names)
    }


async def set_up(checkout: Path) -> Figures:
    """Return the cost to set up some connections, in a fresh process."""
    async with (
        serving("tools.bench.receiver") as address,
        _started(checkout, "set_up", address) as process,
    ):
        return await _answer(process)


@asynccontextmanager
async def running(
    checkout: Path, events: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Yield a process that takes turns with the packages of a checkout."""
    async with _started(checkout, str(events)) as process:
        await _line(process)
        yield process


async def turn(process: asyncio.subprocess.Process) -> Figures:
    """Let a process take its turn."""
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.write(b"turn\n")
    await process.stdin.drain()
    return await _answer(process)


async def _answer(process: asyncio.subprocess.Process) -> Figures:
    """Return the figures that a process prints next."""
    figures: Figures = json.loads(await _line(process))
    return figures


async def _line(process: asyncio.subprocess.Process) -> bytes:
    """Return the next line that a process prints."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    async with asyncio.timeout(_PATIENCE):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the measurement of a checkout has failed")
    return line


@asynccontextmanager
async def _started(
    checkout: Path, *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the script with the packages of a checkout."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_SCRIPT),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=checkout,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        # A closed input ends it and its child processes; a kill would not.
        process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
