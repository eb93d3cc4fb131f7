"""Kill a real Home Assistant again and again, and count what arrived.

Ends with 0 if nothing was lost, nothing came twice, nothing arrived that Event Relay
says otherwise of, and nothing was left open; with 1, and a line for each such thing,
if anything did.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
import secrets
import sys

from aiohttp import ClientError

from tools.demo.api import ApiError
from tools.demo.home import HomeError
from tools.demo.interruption import INTERRUPTED, interruptible
from tools.demo.polling import TookTooLong
from tools.demo.ports import FIRST_PORT
from tools.demo.screen import say

from .ledger import Row
from .run import Limits, torture
from .table import lines
from .targets import BACKENDS, OLDER_FRIGATE, make_targets

_KILLS = 20
_PATIENCE = 420.0
"""Longer than a mirror waits until a missing item counts as deleted."""
_FAILURES = (ApiError, ClientError, HomeError, OSError, TookTooLong)


def main() -> int | str:
    """Run it, print the ledger, and return the exit code or an error message."""
    options = _parser().parse_args()
    kills = options.kills
    if kills is None and options.seconds is None:
        kills = _KILLS
    limits = Limits(
        kills=kills,
        seconds=options.seconds,
        patience=options.patience,
        write_time=options.write_time,
    )
    targets = make_targets(
        options.backend or BACKENDS, options.version, options.write_time
    )
    say(f"Seed {options.seed}")
    try:
        with ExitStack() as stack:
            for target in targets:
                stack.enter_context(target.process.running())
            work = torture(targets, limits, options.seed, options.port)
            rows = asyncio.run(interruptible(work))
    except _FAILURES as error:
        return f"The torture failed: {error}"
    except asyncio.CancelledError:
        say("Stopped before the end.")
        return INTERRUPTED
    return _verdict(rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/torture",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, help=f"how many ({_KILLS})")
    parser.add_argument(
        "--seconds", type=float, help="restart no more after so many seconds"
    )
    parser.add_argument("--seed", default=secrets.token_hex(4), help="of all chance")
    parser.add_argument(
        "--patience",
        type=float,
        default=_PATIENCE,
        help="seconds in which what was accepted may come to its end (%(default).0f)",
    )
    parser.add_argument(
        "--write-time",
        type=int,
        metavar="SECONDS",
        help="most that a backend gets until it shows a write (what it has)",
    )
    parser.add_argument(
        "--backend", action="append", choices=BACKENDS, help="only this; repeatable"
    )
    parser.add_argument(
        "--version", default=OLDER_FRIGATE, help="of the older Frigate (%(default)s)"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=FIRST_PORT,
        help="first port to try for the web interface (%(default)s)",
    )
    return parser


def _verdict(rows: Sequence[Row]) -> int:
    """Print the ledger, and return the exit code."""
    for line in lines(rows):
        say(line)
    return int(any(row.offences for row in rows))


if __name__ == "__main__":
    sys.exit(main())
