"""Simulate a fleet of homes on one backend that takes only so many requests.

Time is simulated; what decides when a home sends is the integration's own code.
Waits are minutes since the backend was back, or since what happened. The column 429
says whether the backend tells with a refusal when to come again. Ends with 1 if an
outage misses one of the goals, which the last column names.
"""

import argparse
from dataclasses import asdict
import json
from pathlib import Path
import sys

from .figures import Figures
from .plots import write_plots
from .runs import Run, runs
from .scenarios import SCENARIOS
from .simulation import Fleet
from .table import lines

_SIZES = (1, 100, 1000)
_SPREAD = 120.0
_PLOTS = Path(__file__).parents[2] / "docs" / "images"


def main() -> int:
    """Run what is asked for, and return the exit code."""
    options = _parser().parse_args()
    fleet = Fleet(per_hour=options.per_hour, limit=options.limit, seed=options.seed)
    chosen = runs(
        options.scenario or tuple(SCENARIOS),
        options.homes or _SIZES,
        fleet,
        options.spread,
    )
    rows = [_go(run, quiet=options.json) for run in chosen]
    if options.json:
        _say(json.dumps([_as_dict(row) for row in rows], indent=2))
    else:
        for line in lines(rows):
            _say(line)
    if options.plots:
        write_plots(_PLOTS, fleet, options.spread)
    return int(any(row.misses for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/simulate_fleet",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fleet = Fleet()
    parser.add_argument(
        "--homes",
        type=int,
        action="append",
        help=f"how many; repeatable {_SIZES}; 10,000 take minutes for the day",
    )
    parser.add_argument(
        "--scenario", action="append", choices=SCENARIOS, help="only this; repeatable"
    )
    parser.add_argument(
        "--per-hour",
        type=float,
        default=fleet.per_hour,
        help="deliveries of a home (%(default)s)",
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=fleet.limit,
        help="requests a minute that the backend takes for each home (%(default)s)",
    )
    parser.add_argument(
        "--spread",
        type=float,
        default=_SPREAD,
        help="seconds of the option, tried where it could help (%(default).0f)",
    )
    parser.add_argument(
        "--seed", type=int, default=fleet.seed, help="of all chance (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--plots", action="store_true", help="draw the pictures of docs/ anew"
    )
    return parser


def _go(run: Run, *, quiet: bool) -> Figures:
    """Run one scenario, and tell that it takes a while."""
    if not quiet:
        sys.stderr.write(f"{run.fleet.homes:,} homes: {run.scenario}\n")
    return run.go()[0]


def _as_dict(row: Figures) -> dict[str, object]:
    return {**asdict(row), "ratio": row.unfairness, "misses": row.misses}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
