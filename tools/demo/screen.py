"""The output on the terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import sys
from time import monotonic

_DOT_SECONDS = 1.0


def say(line: str = "") -> None:
    """Write a line and flush it."""
    _write(f"{line}\n")


@asynccontextmanager
async def progress(what: str) -> AsyncIterator[None]:
    """Show progress with a dot a second, and in the end the time that it took."""
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
