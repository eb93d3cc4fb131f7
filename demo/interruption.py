"""Ctrl-C, and whatever else ends us: nothing is left behind."""

import asyncio
from collections.abc import Coroutine
import signal

INTERRUPTED = 130
"""The exit code of what a signal has ended."""
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


async def interruptible[Result](work: Coroutine[None, None, Result]) -> Result:
    """Await work, and let any signal that ends us cancel it, so that it cleans up."""
    working = asyncio.create_task(work)
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    return await working
