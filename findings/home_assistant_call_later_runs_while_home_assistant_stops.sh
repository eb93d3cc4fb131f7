#!/usr/bin/env bash
# homeassistant 2026.10.4 and 2026.11.0: async_call_later and others ignore `cancel_on_shutdown`.
#
# Guess: a HassJob with cancel_on_shutdown=True does not run any more once Home Assistant stops, whichever
# helper set its timer.
# Seen: that is so with async_track_time_interval only. At the stop, Home Assistant cancels the timers
# whose first argument is such a job. Those of async_call_later and async_track_point_in_utc_time have
# another first argument, so their jobs run while integrations are being stopped. An integration that
# relies on it writes or connects once more after it has cleaned up.
# Output seen, for both versions: ran during the stop: call_later, point_in_time
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9

mkdir "$folder/config"
cat >"$folder/stop.py" <<'PYTHON'
import asyncio
from datetime import timedelta
import sys

from homeassistant import const, core
from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

DUE = timedelta(seconds=0.3)


async def main():
    hass = core.HomeAssistant(sys.argv[1])
    hass.set_state(core.CoreState.running)
    ran = []

    def job(name):
        return core.HassJob(
            core.callback(lambda now: ran.append(name)), cancel_on_shutdown=True
        )

    event.async_call_later(hass, DUE, job("call_later"))
    event.async_track_point_in_utc_time(hass, job("point_in_time"), dt_util.utcnow() + DUE)
    event.async_track_time_interval(
        hass, core.callback(lambda now: ran.append("interval")), DUE, cancel_on_shutdown=True
    )

    async def stopping(_):
        await asyncio.sleep(3 * DUE.total_seconds())

    hass.bus.async_listen_once(const.EVENT_HOMEASSISTANT_STOP, stopping)
    await hass.async_stop()
    print(f"{const.__version__}: ran during the stop: {', '.join(ran)}")
    assert ran == ["call_later", "point_in_time"]


asyncio.run(main())
PYTHON
for version in 2026.10.4 2026.11.0; do
  "$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/$version"
  "$folder/tools/bin/uv" pip install --quiet --python "$folder/$version/bin/python" "homeassistant==$version"
  "$folder/$version/bin/python" "$folder/stop.py" "$folder/config"
done
