"""Compare a simulator with the live system that it simulates."""

import argparse
import asyncio
import sys

from .frigate import add_frigate


def main() -> int:
    """Read the arguments and compare; return 1 where there is a difference."""
    parser = argparse.ArgumentParser(prog="script/compare", description=__doc__)
    systems = parser.add_subparsers(dest="system", required=True)
    add_frigate(systems.add_parser("frigate"))
    arguments = parser.parse_args()
    code: int = asyncio.run(arguments.run(arguments))
    return code


if __name__ == "__main__":
    sys.exit(main())
