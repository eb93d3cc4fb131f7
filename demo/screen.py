"""What the person at the terminal sees."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import sys
from time import monotonic

_DOT_SECONDS = 1.0


def say(line: str = "") -> None:
    """Write a line, at once."""
    _write(f"{line}\n")


@asynccontextmanager
async def progress(what: str) -> AsyncIterator[None]:
    """Tell what goes on, with a dot a second, and in the end how long it took."""
    _write(f"{what} ")
    began = monotonic()
    dots = asyncio.create_task(_dots())
    try:
        yield
    except BaseException:
        say()
        raise
    else:
        say(f" {monotonic() - began:.1f} s")
    finally:
        dots.cancel()


async def _dots() -> None:
    while True:
        await asyncio.sleep(_DOT_SECONDS)
        _write(".")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
