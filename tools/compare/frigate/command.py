"""The command line of the comparison with Frigate."""

import argparse
from pathlib import Path
import sys

from aiohttp import ClientError

from tools.compare.differences import unknown

from .comparison import (
    Comparison,
    Login,
    NotComparableError,
    NotSignedInError,
    compare_frigate,
)
from .known_differences import KNOWN


def add_frigate(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--url", required=True, help="http://host:5000, or with a path")
    parser.add_argument("--user", help="an admin; without one nobody signs in")
    parser.add_argument("--password-file", type=Path, help="holds the password alone")
    parser.add_argument(
        "--clean", action="store_true", help="remove the events that were made"
    )
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Compare, print, and return the exit code."""
    if (arguments.user is None) != (arguments.password_file is None):
        print("--user and --password-file go together", file=sys.stderr)
        return 2
    login = None
    if arguments.user is not None:
        password = arguments.password_file.read_text().strip()
        login = Login(user=arguments.user, password=password)
    try:
        comparison = await compare_frigate(
            arguments.url.rstrip("/"), login=login, clean=arguments.clean
        )
    except (ClientError, NotComparableError, NotSignedInError, OSError) as error:
        print(f"The comparison failed: {error}", file=sys.stderr)
        return 2
    return report(comparison)


def report(comparison: Comparison) -> int:
    """Print what came of it; return 1 where a difference is not a known one."""
    print(f"Frigate {comparison.version}, {comparison.steps} steps\n")
    print(f"{'seconds':<36} {'live':>6} {'simulator':>9}")
    for what, seconds in comparison.live_seconds.items():
        other = comparison.simulated_seconds.get(what, float("nan"))
        print(f"{what:<36} {seconds:6.2f} {other:9.2f}")
    new = unknown(comparison.found, KNOWN)
    print()
    for difference in new:
        print(difference)
    print(f"{len(new)} differences, {len(comparison.found) - len(new)} known ones")
    if comparison.left:
        print(f"{comparison.left} events stay on the live server")
    return 1 if new else 0
