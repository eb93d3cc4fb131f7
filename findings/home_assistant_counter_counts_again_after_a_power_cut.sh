#!/usr/bin/env bash
# homeassistant 2026.10.4: a counter gives the same number twice after a power cut.
#
# Guess: `counter.increment` is a stored change, as one of a to-do list or of a local calendar is, which
# write their file at once or within seconds; at worst the last steps are lost.
# Seen: counters, and input_number, input_boolean and the others beside them, are written every quarter
# of an hour and at an orderly stop. Fourteen rings later the file still says 0, so the numbers 1 to
# 14 come once more. A number in an event's ID makes new events look like repetitions of old ones,
# and whoever drops repetitions drops them.
# Output seen: after 14 minutes with a ring in each: counter 14; after the power is back: 0, and next 1.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 pytest-homeassistant-custom-component==0.13.375

cd "$folder"
cat >test_counter.py <<'PYTHON'
from copy import deepcopy
from datetime import timedelta

from homeassistant.helpers import restore_state
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed

RINGS = "counter.rings"
disk = {}


async def start(hass):
    """Start as Home Assistant does: read what is to be restored, set up, dump now and then."""
    await restore_state.async_load(hass)
    assert await async_setup_component(hass, "counter", {"counter": {"rings": {}}})
    restore_state.async_get(hass).async_setup_dump()
    await hass.async_block_till_done()


async def ring(hass):
    await hass.services.async_call("counter", "increment", {"entity_id": RINGS}, blocking=True)
    return int(hass.states.get(RINGS).state)


async def test_before(hass, freezer, hass_storage, capsys):
    await start(hass)
    given = []
    for _ in range(14):
        given.append(await ring(hass))
        freezer.tick(timedelta(minutes=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
    disk.update(deepcopy(hass_storage))
    with capsys.disabled():
        print("\nafter 14 minutes:", given)
    assert given == list(range(1, 15))


async def test_after(hass, hass_storage, capsys):
    hass_storage.update(disk)
    await start(hass)
    restored = hass.states.get(RINGS).state
    following = await ring(hass)
    with capsys.disabled():
        print("\nafter the power cut:", restored, "- next:", following)
    assert (restored, following) == ("0", 1)


async def test_quarter_of_an_hour(hass, freezer, hass_storage):
    """The same 14 rings are there if a dump was due in between."""
    await start(hass)
    for _ in range(14):
        await ring(hass)
    freezer.tick(timedelta(minutes=16))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    stored = {
        one["state"]["entity_id"]: one["state"]["state"]
        for one in hass_storage["core.restore_state"]["data"]
    }
    assert stored[RINGS] == "14"
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_counter.py
