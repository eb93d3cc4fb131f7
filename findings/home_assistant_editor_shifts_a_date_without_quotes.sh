#!/usr/bin/env bash
# home-assistant-frontend 20260930.5 and homeassistant 2026.10.4: a date and time without quotes is
# another moment in the editor of the web interface than in a YAML file.
#
# Guess: `start: 2026-11-29 14:00:00` is 14:00 of the home's time zone wherever it is written, since
# both sides read YAML 1.1; or the editor passes it on as text, as written.
# Seen: the file gives a datetime without a zone, which an action takes for local time. The editor
# makes a JavaScript Date of it, in UTC, which goes to the server (and into a saved automation) as
# "2026-11-29T14:00:00.000Z": in Berlin that is 15:00, in summer 16:00. A date alone becomes
# midnight in UTC. In quotes both are the same. Node 18 or newer; UV_PYTHON may name a Python 3.14.
# Output seen, in Berlin: file 14:00:00+01:00, editor 15:00:00+01:00; in quotes 14:00:00+01:00 for both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 home-assistant-frontend==20260930.5

cd "$folder"
cat >text.yaml <<'YAML'
plain: 2026-11-29 14:00:00
quoted: "2026-11-29 14:00:00"
YAML
# The part of the interface that reads YAML, with the schema that its editor gives it by default.
cat >editor.mjs <<'JAVASCRIPT'
import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const reads = (code) => code.includes("2002:timestamp");
const file = readdirSync(folder).find(
  (name) => name.endsWith(".js") && reads(readFileSync(`${folder}/${name}`, "utf8")),
);
const { __webpack_modules__: modules } = await import(pathToFileURL(`${folder}/${file}`));
const exported = {};
const load = () => ({});
load.d = (target, getters) => {
  for (const [name, get] of Object.entries(getters)) Object.defineProperty(target, name, { get });
};
Object.values(modules).find((module) => reads(String(module)))({}, exported, load);
const { Hh: read, Wj: schema } = exported;
console.log(JSON.stringify(read(readFileSync(0, "utf8"), { schema })));
JAVASCRIPT
frontend=$(venv/bin/python -c 'import hass_frontend; print(hass_frontend.where())')
node editor.mjs "$frontend/frontend_latest" <text.yaml >editor.json
cat editor.json

venv/bin/python - <<'PYTHON'
from pathlib import Path
from zoneinfo import ZoneInfo

from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads
from homeassistant.util.yaml import parse_yaml

dt_util.set_default_time_zone(ZoneInfo("Europe/Berlin"))


def moments(data):
    """Return when each is to an action, in the home's time zone."""
    return {name: dt_util.as_local(cv.datetime(value)).isoformat() for name, value in data.items()}


file = moments(parse_yaml(Path("text.yaml").read_text()))
editor = moments(json_loads(Path("editor.json").read_bytes()))
print("file:", file)
print("editor:", editor)
assert file == dict.fromkeys(("plain", "quoted"), "2026-11-29T14:00:00+01:00")
assert editor == file | {"plain": "2026-11-29T15:00:00+01:00"}
PYTHON
