#!/usr/bin/env bash
# backoff 2.2.1: `backoff.runtime`, made for Retry-After, by default waits less than the server asks for.
#
# Guess: `on_exception` or `on_predicate` with `backoff.runtime` and the seconds of the Retry-After header
# waits at least these; jitter, if any, comes on top, so that not all clients return at once.
# Seen: the default jitter draws from 0 to that value, so half of the waits are shorter than half of it.
# A server that asked for quiet hears the repetition too early, and one that lengthens its penalty
# each time is never free. Only `jitter=None`, or `backoff.random_jitter`, keeps the promise.
# Output seen: of 2,000 waits for 60 s, the longest 60, the mean 30; with random_jitter 60 to 61.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check backoff==2.2.1

"$folder/venv/bin/python" - <<'PYTHON'
from statistics import mean
import time

import backoff

waits = []
time.sleep = waits.append  # what the synchronous decorators wait with


def wait(**options):
    """Return how long the second of two tries was put off by a server that asks for 60 s."""
    answers = iter([60, None])
    decorator = backoff.on_predicate(
        backoff.runtime,
        predicate=lambda retry_after: retry_after is not None,
        value=lambda retry_after: retry_after,
        **options,
    )
    waits.clear()
    decorator(lambda: next(answers))()
    (seconds,) = waits
    return seconds


default = [wait() for _ in range(2000)]
added = [wait(jitter=backoff.random_jitter) for _ in range(2000)]
print(f"default: {min(default):.2f} to {max(default):.2f}, mean {mean(default):.1f}")
print(f"random_jitter: {min(added):.2f} to {max(added):.2f}")
print("jitter=None:", wait(jitter=None))
assert min(default) < 6
assert max(default) <= 60
assert 27 < mean(default) < 33
assert 60 <= min(added) and max(added) <= 61
assert wait(jitter=None) == 60
PYTHON
