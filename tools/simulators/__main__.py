"""Start a simulator: python -m tools.simulators frigate --port 5000."""

import argparse
import asyncio
from collections.abc import Callable, Mapping
import logging

from .aipix.command import add_aipix, make_aipix
from .frigate.command import add_frigate, make_frigate
from .guance.command import add_guance, make_guance
from .http.command import add_http, make_http
from .palabra.command import add_palabra, make_palabra
from .process import run_until_stopped
from .server import Simulator

_MAKERS: Mapping[str, Callable[[argparse.Namespace], Simulator]] = {
    "frigate": make_frigate,
    "guance": make_guance,
    "palabra": make_palabra,
    "aipix": make_aipix,
    "http": make_http,
}


def main() -> None:
    """Read the arguments and serve."""
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_run(_parser().parse_args()))


async def _run(arguments: argparse.Namespace) -> None:
    await run_until_stopped(_MAKERS[arguments.system](arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.simulators", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--port", type=int, default=0, help="0: a free one")
    common.add_argument("--tls", action="store_true", help="self-signed certificate")
    common.add_argument("--prefix", default="", help="serve below this path")
    systems = parser.add_subparsers(dest="system", required=True)
    add_frigate(systems.add_parser("frigate", parents=[common]))
    add_guance(systems.add_parser("guance", parents=[common]))
    add_palabra(systems.add_parser("palabra", parents=[common]))
    add_aipix(systems.add_parser("aipix", parents=[common]))
    add_http(systems.add_parser("http", parents=[common]))
    return parser


if __name__ == "__main__":
    main()
