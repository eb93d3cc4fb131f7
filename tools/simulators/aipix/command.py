"""The command line of the simulated aipix."""

import argparse

from .settings import AipixSettings
from .simulator import AipixSimulator

_DEFAULTS = AipixSettings()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--version", default=_DEFAULTS.version)
    parser.add_argument("--user", default=_DEFAULTS.user)
    parser.add_argument("--password", default=_DEFAULTS.password)
    parser.add_argument("--captcha", action="store_true")
    parser.add_argument("--session-limit", type=int, default=_DEFAULTS.session_limit)
    parser.add_argument(
        "--unlisted", action="store_true", help="no list of scripts in the client API"
    )


def make(arguments: argparse.Namespace) -> AipixSimulator:
    """Return what the options describe."""
    return AipixSimulator(
        port=arguments.port,
        tls=arguments.tls,
        prefix=arguments.prefix,
        version=arguments.version,
        user=arguments.user,
        password=arguments.password,
        captcha=arguments.captcha,
        session_limit=arguments.session_limit,
        lists_scripts=not arguments.unlisted,
    )
