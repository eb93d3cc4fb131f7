"""The command line of the simulated HTTP API."""

import argparse

from .settings import HttpSettings
from .simulator import HttpSimulator

_DEFAULTS = HttpSettings()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--token", default=_DEFAULTS.token, help="none if left out")
    parser.add_argument(
        "--lag",
        type=float,
        default=_DEFAULTS.lag,
        help="seconds until a read shows what was written",
    )
    parser.add_argument(
        "--takes", type=float, default=_DEFAULTS.takes, help="seconds of a write"
    )
    parser.add_argument("--rate-limit", type=int, help="requests per minute")
    parser.add_argument(
        "--refuse",
        action="append",
        default=[],
        metavar="PATH=STATUS",
        help="answer a path this, such as /notes=401; repeatable",
    )


def make(arguments: argparse.Namespace) -> HttpSimulator:
    """Return the simulator of the options; raise ValueError for invalid ones."""
    refused = (one.rpartition("=") for one in arguments.refuse)
    return HttpSimulator(
        port=arguments.port,
        tls=arguments.tls,
        prefix=arguments.prefix,
        token=arguments.token,
        lag=arguments.lag,
        takes=arguments.takes,
        rate_limit=arguments.rate_limit,
        refused={path: int(status) for path, _, status in refused},
    )
