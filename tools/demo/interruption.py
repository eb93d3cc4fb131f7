"""Clean up after Ctrl-C and other signals."""

import asyncio
from collections.abc import Coroutine
import signal

INTERRUPTED = 130
"""The exit code after a signal."""
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


async def interruptible[Result](work: Coroutine[None, None, Result]) -> Result:
    """Await work, and let any terminating signal cancel it, so that it cleans up."""
    working = asyncio.create_task(work)
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    return await working
