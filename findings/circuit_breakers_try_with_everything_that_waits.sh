#!/usr/bin/env bash
# aiobreaker 1.2.0 and purgatory 3.0.1 (circuit breakers for asyncio): once the pause is over, every
# waiting call is a trial, and not one.
#
# Guess: a half-open breaker lets one call through, and refuses the others until that one has come
# back, as the pattern has it: a server that has just come up is not met by all that has waited.
# Seen: ten calls that begin together after the pause all reach the server, with both libraries, since
# the state changes only when the first call has ended. Beside it: a call that opens aiobreaker raises
# CircuitBreakerError in place of its own error, so the reason of the outage is only in `__cause__` or
# `__context__`. Output seen: aiobreaker 10 of 10, CircuitBreakerError; purgatory 10 of 10,
# ConnectionRefusedError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  aiobreaker==1.2.0 purgatory==3.0.1

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
from datetime import timedelta

from aiobreaker import CircuitBreaker
from purgatory import AsyncCircuitBreakerFactory

PAUSE = 0.2
WAITING = 10


async def refuse():
    raise ConnectionRefusedError("nobody listens")


async def try_out(call):
    """Open a breaker, wait until it is half open, and count the calls that get through then."""
    reached = 0

    async def reach():
        nonlocal reached
        reached += 1
        await asyncio.sleep(0.1)
        raise ConnectionRefusedError("nobody listens")

    (opened,) = await asyncio.gather(call(refuse), return_exceptions=True)
    await asyncio.gather(call(reach), return_exceptions=True)
    assert reached == 0, "open, so nothing gets through"
    await asyncio.sleep(2 * PAUSE)
    await asyncio.gather(*(call(reach) for _ in range(WAITING)), return_exceptions=True)
    return reached, type(opened).__name__


async def main():
    breaker = CircuitBreaker(fail_max=1, timeout_duration=timedelta(seconds=PAUSE))
    factory = AsyncCircuitBreakerFactory(default_threshold=1, default_ttl=PAUSE)

    async def by_purgatory(function):
        async with await factory.get_breaker("example"):
            await function()

    seen = {"aiobreaker": await try_out(breaker.call_async), "purgatory": await try_out(by_purgatory)}
    for library, (reached, error) in seen.items():
        print(f"{library}: {reached} of {WAITING} got through; the call that opened it saw {error}")
    assert seen == {
        "aiobreaker": (WAITING, "CircuitBreakerError"),
        "purgatory": (WAITING, "ConnectionRefusedError"),
    }, seen


asyncio.run(main())
PYTHON
