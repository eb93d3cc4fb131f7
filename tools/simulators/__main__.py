"""Start a simulator: python -m tools.simulators frigate --port 5000."""

import argparse
import asyncio
from collections.abc import Mapping
from importlib import import_module
import logging
from pathlib import Path
from types import ModuleType

from .process import run_until_stopped
from .server import Simulator


def _commands() -> Mapping[str, ModuleType]:
    """Return the command line of each simulator, by the name of its folder."""
    names = sorted(
        path.parent.name for path in Path(__file__).parent.glob("*/command.py")
    )
    return {name: import_module(f"tools.simulators.{name}.command") for name in names}


_COMMANDS = _commands()


def main() -> None:
    """Read the arguments and serve."""
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_run(_parser().parse_args()))


async def _run(arguments: argparse.Namespace) -> None:
    await run_until_stopped(made(arguments))


def made(arguments: argparse.Namespace) -> Simulator:
    """Return the simulator that the arguments describe."""
    simulator: Simulator = _COMMANDS[arguments.system].make(arguments)
    return simulator


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.simulators", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--port", type=int, default=0, help="0: a free one")
    common.add_argument("--tls", action="store_true", help="self-signed certificate")
    common.add_argument("--prefix", default="", help="serve below this path")
    systems = parser.add_subparsers(dest="system", required=True)
    for name, command in _COMMANDS.items():
        command.add_options(systems.add_parser(name, parents=[common]))
    return parser


if __name__ == "__main__":
    main()
