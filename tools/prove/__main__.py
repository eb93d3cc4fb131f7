"""Prove on a live system what Event Relay assumes of it, and report what was seen.

It connects, makes test objects that say what they are, reads them back, loses a reply
on purpose and looks it up, changes and removes what can be removed. The report holds no
credentials, addresses or texts; it is made to be pasted into an issue.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Any

from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.guance.api.sites import SITES
from custom_components.event_relay.backends.palabra.api.client import DEFAULT_ADDRESS
from custom_components.event_relay.registry import BY_NAME
from tools.demo.interruption import interruptible

from .key_file import DESCRIPTION, BadKeyFile, read_key_file
from .outcome import CLEANED, SENTENCES, Exit, sentence
from .proof import SYSTEMS, Order, prove
from .report import Proof, markdown

FOLDER = Path(".prove")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments, prove, write the report, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        order = _order(options)
    except BadKeyFile as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    except InvalidField as error:
        text = sentence(error.problem, options.backend, "")
        print(f"{error.field}: {text}", file=sys.stderr)
        return Exit.USAGE
    if not options.clean and not options.yes and not _agreed(order):
        return Exit.USAGE
    try:
        proof = asyncio.run(interruptible(prove(order)))
    except asyncio.CancelledError:
        print("Interrupted. Run it again with --clean.", file=sys.stderr)
        return Exit.INTERRUPTED
    return _finish(proof, options)


def sites() -> dict[str, str]:
    """Return the addresses of Guance's and TrueWatch's sites, by short name."""
    return {
        "-".join(name.split()[:2]).lower(): address for address, name in SITES.items()
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/prove",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    systems = parser.add_subparsers(dest="backend", required=True)
    for name in SYSTEMS:
        system = systems.add_parser(name)
        _add_options(name, system)
        system.add_argument(
            "--key-file",
            type=Path,
            required=name != "frigate",
            help=DESCRIPTION,
        )
        system.add_argument(
            "--clean",
            action="store_true",
            help="only remove what a former run has left",
        )
        system.add_argument(
            "--yes", action="store_true", help="make the test objects without asking"
        )
        system.add_argument(
            "--report", type=Path, help="where the report is written (.prove/…)"
        )
    return parser


def _add_options(name: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of a single system."""
    wrong_key = "see once how a wrong key is refused"
    match name:
        case "aipix":
            parser.add_argument("--url", required=True, help="https://host")
            parser.add_argument(
                "--api",
                choices=[api.value for api in Api],
                default=Api.CLIENT.value,
                help="whose account it is (%(default)s)",
            )
            parser.add_argument("--event", type=int, help="id of an event for scripts")
            parser.add_argument("--camera", type=int, help="id of a camera for marks")
            parser.add_argument(
                "--no-verify-ssl",
                action="store_true",
                help="for a certificate of your own",
            )
        case "frigate":
            parser.add_argument("--url", required=True, help="http://host:5000")
            parser.add_argument("--camera", help="name of a camera (the first)")
            parser.add_argument(
                "--no-verify-ssl",
                action="store_true",
                help="for a certificate of your own",
            )
        case "guance":
            where = parser.add_mutually_exclusive_group(required=True)
            where.add_argument("--site", choices=sorted(sites()))
            where.add_argument("--url", help="of a private deployment")
            parser.add_argument("--try-wrong-key", action="store_true", help=wrong_key)
        case "palabra":
            parser.add_argument("--url", default=DEFAULT_ADDRESS, help="(%(default)s)")
            parser.add_argument("--try-wrong-key", action="store_true", help=wrong_key)


def _order(options: argparse.Namespace) -> Order:
    """Return the order for a proof; raises BadKeyFile and InvalidField."""
    entered: dict[str, Any] = read_key_file(options.backend, options.key_file)
    site = getattr(options, "site", None)
    entered["url"] = sites()[site] if site else options.url
    verify = not getattr(options, "no_verify_ssl", False)
    entered |= {"api": getattr(options, "api", None), "verify_ssl": verify}
    data = BY_NAME[options.backend].normalise(entered)
    for name in ("event", "camera"):
        data[name] = getattr(options, name, None)
    return Order(
        backend=options.backend,
        data=data,
        folder=FOLDER,
        verify_ssl=verify,
        only_clean=options.clean,
        try_wrong_key=getattr(options, "try_wrong_key", False),
    )


def _agreed(order: Order) -> bool:
    """Ask whether the proof may create its test objects."""
    print(f"This makes in {SYSTEMS[order.backend].title}:")
    for one in SYSTEMS[order.backend].makes(order.data):
        print(f"  {one}")
    if not sys.stdin.isatty():
        print("Nobody can be asked here; agree by --yes", file=sys.stderr)
        return False
    return input("Go on? [y/N] ").strip().lower() in {"y", "yes"}


def _finish(proof: Proof, options: argparse.Namespace) -> int:
    """Print the result, and write the report."""
    cleaned = options.clean and proof.ended is Exit.PROVED
    print(CLEANED if cleaned else SENTENCES[proof.ended])
    if proof.error is not None:
        print(sentence(proof.error, proof.system, proof.reason))
    if not options.clean:
        path = options.report or FOLDER / f"{options.backend}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(markdown(proof))
        print(
            f"The report is in {path}. Please look at it, and paste it into an issue."
        )
    return proof.ended


if __name__ == "__main__":
    sys.exit(main())
