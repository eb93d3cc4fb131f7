"""Measure Event Relay beside what users would pick instead: script/bench --help."""

import argparse
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
import json
from pathlib import Path
import sys
from typing import Any

from . import (
    arming,
    backlog,
    burst,
    comparison,
    frigate,
    idle,
    importing,
    latency,
    live,
    profile,
    scaling,
    slow_disk,
)
from .figures import Figures, table
from .home import run
from .process import answer_of
from .side_by_side import side_by_side

type Measure = Callable[[], Coroutine[Any, Any, Figures]]


async def _side_by_side(*, quick: bool = False) -> Figures:
    """Measure latency and bursts of all contenders in one home."""
    async with side_by_side() as contenders:
        figures = await latency.measure(
            contenders, rounds=2 if quick else 8, events=50 if quick else 100
        )
        return figures | await burst.measure(
            contenders, rounds=1 if quick else 5, events=2000
        )


MEASUREMENTS: Mapping[str, tuple[Measure, Measure]] = {
    "side_by_side": (_side_by_side, partial(_side_by_side, quick=True)),
    "backlog": (partial(backlog.measure, rounds=3), partial(backlog.measure, rounds=1)),
    "importing": (
        partial(importing.measure, rounds=7),
        partial(importing.measure, rounds=3),
    ),
    "idle": (partial(idle.measure, minutes=60), partial(idle.measure, minutes=20)),
    "arming": (
        partial(arming.measure, rounds=5, rules=1000),
        partial(arming.measure, rounds=1, rules=1000),
    ),
    "scaling": (
        partial(scaling.measure, rounds=3, events=2000),
        partial(scaling.measure, rounds=1, events=1000),
    ),
    "slow_disk": (
        partial(slow_disk.measure, events=2000, alone=30),
        partial(slow_disk.measure, events=500, alone=10),
    ),
    "profile": (
        partial(profile.measure, rounds=10, events=2000),
        partial(profile.measure, rounds=3, events=1000),
    ),
    "frigate": (
        partial(frigate.measure, events=300, burst=500),
        partial(frigate.measure, events=50, burst=100),
    ),
}
"""For each measurement the full and the quick version."""


async def _each(names: Sequence[str], *options: str) -> Figures:
    """Run the measurements one after the other, each in its own process."""
    figures: Figures = {}
    for name in names:
        print(f"measuring {name}", file=sys.stderr)
        figures |= await answer_of("tools.bench", "--json", "--only", name, *options)
    return figures


async def _live(arguments: argparse.Namespace) -> Figures:
    """Measure a live Frigate."""
    frigate = live.LiveFrigate(
        url=arguments.frigate_url.rstrip("/"),
        user=arguments.frigate_user,
        password_file=arguments.frigate_password_file,
    )
    burst, alone = (20, 3) if arguments.quick else (60, 20)
    return await live.measure(
        frigate,
        against=arguments.against and arguments.against.resolve(),
        burst=burst,
        alone=alone,
    )


def main() -> None:
    """Run the requested measurements, and print the figures."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object for programs")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, more noise")
    parser.add_argument(
        "--only", choices=MEASUREMENTS, action="append", help="some measurements"
    )
    parser.add_argument("--frigate-url", help="measure that live Frigate alone")
    parser.add_argument("--frigate-user", default="", help="an admin of it")
    parser.add_argument("--frigate-password-file", type=Path)
    parser.add_argument(
        "--against",
        type=Path,
        help="another checkout, such as a worktree of an earlier commit: measure both"
        " in turns, and nothing else",
    )
    arguments = parser.parse_args()
    if arguments.against is not None and arguments.frigate_url is None:
        rounds, events = (2, 500) if arguments.quick else (7, 2000)
        figures = run(
            comparison.measure(
                arguments.against.resolve(), rounds=rounds, events=events
            )
        )
        print(json.dumps(figures) if arguments.json else table(figures))
        return
    if arguments.frigate_url is not None:
        figures = run(_live(arguments))
        print(json.dumps(figures) if arguments.json else table(figures))
        return
    names = arguments.only or [*MEASUREMENTS]
    if len(names) == 1:
        whole, quick = MEASUREMENTS[names[0]]
        figures = run((quick if arguments.quick else whole)())
    else:
        figures = run(_each(names, *(["--quick"] if arguments.quick else [])))
    print(json.dumps(figures) if arguments.json else table(figures))


if __name__ == "__main__":
    main()
