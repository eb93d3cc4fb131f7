#!/usr/bin/env bash
# homeassistant 2026.10.4 and 2026.11.0: one YAML for a sun trigger fires before the sunset, then after it.
#
# Guess: an update keeps the meaning of a trigger, or warns of the change, as it does of other renamed
# options; the older option `offset_type` is still accepted, so nothing has changed.
# Seen: 2026.10.4 has `offset_type` default to "before", so an offset of 30 minutes alone means half an hour
# before sunset. 2026.11.0 gives the offset a sign, and without `offset_type` reads the same YAML as half an
# hour after it. Nothing is logged. What the editor wrote has always had the type, and keeps its meaning.
# The triggers for calendar events and for all other moments of the sun share this.
# Output seen, minutes from sunset to the timer that the trigger sets:
#   2026.10.4: {'offset': '00:30:00'} -30, with offset_type before -30, after 30
#   2026.11.0: {'offset': '00:30:00'} 30, with offset_type before -30, after 30
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9

mkdir "$folder/config"
cat >"$folder/minutes.py" <<'PYTHON'
import asyncio
from datetime import UTC, datetime, timedelta
import sys

from homeassistant import const, core, loader
from homeassistant.components.sun import trigger as sun
from homeassistant.helpers.sun import get_astral_event_next
from homeassistant.helpers.trigger import TriggerConfig
from homeassistant.util import dt as dt_util

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


async def main():
    expected = dict(zip((None, "before", "after"), map(int, sys.argv[2:]), strict=True))
    hass = core.HomeAssistant(sys.argv[1])
    loader.async_setup(hass)
    await hass.config.async_update(latitude=52.0, longitude=5.0, time_zone="UTC")
    sunset = get_astral_event_next(hass, "sunset", NOON)
    timers = []
    dt_util.utcnow = lambda: NOON
    sun.async_track_point_in_utc_time = lambda hass, action, at: timers.append(at)
    Sunset = (await sun.async_get_triggers(hass))["sunset"]

    async def minutes(**options):
        config = await Sunset.async_validate_config(hass, {"options": options})
        trigger = Sunset(hass, TriggerConfig(key="sun.sunset", options=config["options"]))
        await trigger.async_attach_runner(lambda *told: None)
        return round((timers.pop() - sunset) / MINUTE)

    seen = {}
    for kind in (None, "before", "after"):
        typed = {"offset_type": kind} if kind else {}
        seen[kind] = await minutes(offset="00:30:00", **typed)
    print(f"{const.__version__}: alone {seen[None]}, before {seen['before']}, after {seen['after']}")
    await hass.async_stop(force=True)
    assert seen == expected, f"not {expected}"


asyncio.run(main())
PYTHON

try() { # version, minutes alone, before, after
  "$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/$1"
  "$folder/tools/bin/uv" pip install --quiet --python "$folder/$1/bin/python" "homeassistant==$1"
  "$folder/$1/bin/python" "$folder/minutes.py" "$folder/config" "${@:2}"
}
try 2026.10.4 -30 -30 30
try 2026.11.0 30 -30 30
