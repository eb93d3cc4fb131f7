"""The command line of the simulated Palabra."""

import argparse

from .settings import PalabraSettings
from .simulator import PalabraSimulator

_DEFAULTS = PalabraSettings()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--api-key", default=_DEFAULTS.api_key)
    parser.add_argument("--client-id", default=_DEFAULTS.client_id)
    parser.add_argument("--client-secret", default=_DEFAULTS.client_secret)
    parser.add_argument("--empty-balance", action="store_true")
    parser.add_argument(
        "--older", action="store_true", help="answer in the shape of v1"
    )


def make(arguments: argparse.Namespace) -> PalabraSimulator:
    """Return what the options describe."""
    return PalabraSimulator(
        port=arguments.port,
        tls=arguments.tls,
        prefix=arguments.prefix,
        api_key=arguments.api_key,
        client_id=arguments.client_id,
        client_secret=arguments.client_secret,
        empty_balance=arguments.empty_balance,
        older=arguments.older,
    )
