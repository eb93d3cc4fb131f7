#!/usr/bin/env bash
# homeassistant 2026.10.4: `trigger.idx` is no index into the triggers that the user has written.
#
# Guess: `trigger.idx` of a firing says which entry of the automation's `triggers` it was.
# Seen: an entry may itself be a list of triggers, under the key `triggers`. The schema flattens such
# lists first: two entries become three triggers, which are counted afterwards. Code that looks up
# the written entry by the index takes the wrong one, or raises IndexError. UV_PYTHON may name a
# Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" homeassistant==2026.10.4

cd "$folder"
venv/bin/python - <<'PYTHON'
from homeassistant.helpers import config_validation as cv


def on(event_type):
    return {"trigger": "event", "event_type": event_type}


written = [{"triggers": [on("bell"), on("door")]}, on("alarm")]
read = cv.TRIGGER_SCHEMA(written)
print("entries written:", len(written), "- triggers read:", len(read))
assert (len(written), len(read)) == (2, 3)
assert all("triggers" not in one for one in read)
PYTHON
