#!/usr/bin/env bash
# homeassistant 2026.10.4 (`as_datetime`) and pydantic 2.14.4 (what FastAPI, and so Frigate, reads requests
# with): a date without hyphens is a day of August 1970.
#
# Guess: `20261129`, as recordings and their folders are named, is the 29th of November, since ISO 8601
# has this format and Python's own reader takes it; or it is refused.
# Seen: text of digits alone counts as seconds since 1970. A template that makes a time of a file's name
# gives 1970, without an error and without the default that it was given for one, while the same
# name with its time, `20261129T100000`, or with hyphens is right. `as_timestamp` of the same text is
# the right day. A search "since 20261129" in a datetime field of an API finds everything.
# Output seen: as_datetime and pydantic 1970-08-23 12:05:29 UTC; as_timestamp and Python 29 November.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 pydantic==2.14.4

mkdir "$folder/config"
"$folder/venv/bin/python" - "$folder/config" <<'PYTHON'
import asyncio
from datetime import datetime
import sys

from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
from pydantic import TypeAdapter


async def render(*templates):
    """Return what the templates render in a home in UTC."""
    hass = HomeAssistant(sys.argv[1])
    rendered = [Template("{{ " + one + " }}", hass).async_render(parse_result=False) for one in templates]
    await hass.async_stop(force=True)
    return rendered


day, hyphens, time, stamp = asyncio.run(
    render(
        "as_datetime('20261129', 'none')",
        "as_datetime('2026-11-29', 'none')",
        "as_datetime('20261129T100000', 'none')",
        "as_timestamp('20261129')",
    )
)
by_pydantic = TypeAdapter(datetime).validate_python("20261129").isoformat(" ")
print("as_datetime:", day, "| with hyphens:", hyphens, "| with a time:", time)
print("as_timestamp:", datetime.fromtimestamp(float(stamp)), "| Python:", datetime.fromisoformat("20261129"))
print("pydantic:", by_pydantic)
assert day == by_pydantic == "1970-08-23 12:05:29+00:00"
assert hyphens == "2026-11-29 00:00:00"
assert time == "2026-11-29 10:00:00"
assert abs(datetime.fromtimestamp(float(stamp)) - datetime(2026, 11, 29)).days <= 1
assert datetime.fromisoformat("20261129") == datetime(2026, 11, 29)
PYTHON
