"""The command line of the simulated Frigate."""

import argparse

from .delays import Delay
from .release import Release
from .settings import FrigateSettings, named_cameras
from .simulator import FrigateSimulator

_DEFAULTS = FrigateSettings()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--version", default=_DEFAULTS.version, type=_version)
    parser.add_argument("--user", default=_DEFAULTS.user)
    parser.add_argument("--password", help="authentication is on when there is one")
    parser.add_argument("--role", default=_DEFAULTS.role)
    parser.add_argument("--cameras", type=lambda text: text.split(","))
    parser.add_argument("--cookie-name", default=_DEFAULTS.cookie_name)
    parser.add_argument(
        "--session-length", type=float, default=_DEFAULTS.session_length
    )
    parser.add_argument(
        "--async-delay",
        type=float,
        help="seconds from the answer to the row, as on the real server by default;"
        " 0: nothing takes time; negative: until POST /_control/flush",
    )
    parser.add_argument("--rate-limit", type=int, help="logins per minute")


def make(arguments: argparse.Namespace) -> FrigateSimulator:
    """Return what the options describe."""
    names = arguments.cameras
    return FrigateSimulator(
        port=arguments.port,
        tls=arguments.tls,
        prefix=arguments.prefix,
        version=arguments.version,
        user=arguments.user,
        password=arguments.password,
        role=arguments.role,
        cameras=_DEFAULTS.cameras if names is None else named_cameras(names),
        cookie_name=arguments.cookie_name,
        session_length=arguments.session_length,
        async_delay=_delay(arguments.async_delay),
        rate_limit=arguments.rate_limit,
    )


def _version(text: str) -> str:
    return Release.parse(text).text


def _delay(seconds: float | None) -> Delay | None:
    if seconds is None:
        return _DEFAULTS.async_delay
    return None if seconds < 0 else seconds
