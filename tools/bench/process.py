"""Servers and fresh processes of our own, which end with their user."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import json
import sys
from typing import Any

from tools.demo.polling import TookTooLong

_PATIENCE = 600.0
"""Seconds for a process to print a line."""


@asynccontextmanager
async def serving(*module: str) -> AsyncIterator[str]:
    """Run a module that serves, such as `tools.bench.receiver`; yield its address."""
    process = await _started(*module)
    try:
        yield (await _line(process)).removeprefix("listening on ")
    finally:
        await _ended(process)


async def answer_of(
    *module: str, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the JSON object that a fresh process prints.

    Its environment is ours, unless another one is given.
    """
    process = await _started(*module, environment=environment)
    try:
        answer: dict[str, Any] = json.loads(await _line(process))
    finally:
        await _ended(process)
    return answer


async def _started(
    *module: str, environment: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Start a module with this Python."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *module, stdout=asyncio.subprocess.PIPE, env=environment
    )


async def _line(process: asyncio.subprocess.Process) -> str:
    """Return the next line that a process prints."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        async with asyncio.timeout(_PATIENCE):
            line = await process.stdout.readline()
    except TimeoutError:
        raise TookTooLong("a process said nothing") from None
    if not line:
        raise RuntimeError("a process ended without a word")
    return line.decode().strip()


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a process, if it has not ended by itself."""
    if process.returncode is None:
        process.terminate()
    await process.wait()
