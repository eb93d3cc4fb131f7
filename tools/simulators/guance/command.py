"""The command line of the simulated workspace."""

import argparse

from .settings import GuanceSettings
from .simulator import GuanceSimulator

_DEFAULTS = GuanceSettings()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--api-key", default=_DEFAULTS.api_key, help="the Key ID")
    parser.add_argument("--workspace", default=_DEFAULTS.workspace)
    parser.add_argument("--name", default=_DEFAULTS.name)
    parser.add_argument("--retention", default=_DEFAULTS.retention, help="such as 14d")
    parser.add_argument(
        "--ingest-lag",
        type=float,
        default=_DEFAULTS.ingest_lag,
        help="seconds until queries see an event; negative: until POST /_control/flush",
    )
    parser.add_argument("--rate-limit", type=int, help="requests per minute")


def make(arguments: argparse.Namespace) -> GuanceSimulator:
    """Return what the options describe."""
    return GuanceSimulator(
        port=arguments.port,
        tls=arguments.tls,
        prefix=arguments.prefix,
        api_key=arguments.api_key,
        workspace=arguments.workspace,
        name=arguments.name,
        retention=arguments.retention,
        ingest_lag=None if arguments.ingest_lag < 0 else arguments.ingest_lag,
        rate_limit=arguments.rate_limit,
    )
