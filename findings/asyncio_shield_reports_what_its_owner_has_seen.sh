#!/usr/bin/env bash
# CPython 3.14 (asyncio.shield; beside it uv 0.13.9 to find it): a late exception of a shielded task is
# reported to the loop's exception handler, although its owner awaits it.
#
# Guess: the loop reports an exception only if nobody ever retrieves it. So it was until 3.13.
# Seen: after `wait_for(shield(task), …)` has timed out, a later failure of `task` is reported as
# "… exception in shielded future", even where the code that owns the task catches it a moment
# later. Home Assistant logs it as an error with a traceback, and its test harness fails the test.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import sys


async def fail_later(event):
    await event.wait()
    raise ValueError("too late")


async def main():
    reports, event = [], asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context["message"]))
    task = asyncio.ensure_future(fail_later(event))
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.01)
    except TimeoutError:
        event.set()
    try:
        await task
    except ValueError:
        caught = True
    await asyncio.sleep(0)
    print("Python", sys.version.split()[0], "caught by its owner:", caught, "reported:", reports)
    assert reports == ["ValueError exception in shielded future"]


asyncio.run(main())
PYTHON
