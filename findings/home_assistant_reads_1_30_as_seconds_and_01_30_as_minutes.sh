#!/usr/bin/env bash
# homeassistant 2026.10.4, with the YAML reader it brings (annotatedyaml): durations and times
# without quotes.
#
# Guess: `for: 1:30` and `for: 01:30` are the same duration, and `at: 12:30` is as good as `at: 08:30`.
# Seen: YAML 1.1 knows numbers in base 60, if they begin with 1 to 9. So `1:30` is the number 90, and
# 90 seconds; `01:30` stays text, which Home Assistant reads as 1 hour 30 minutes: sixty times longer.
# `at: 12:30` is the number 750 and no time, `at: 08:30` is one. With quotes all are as expected.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" homeassistant==2026.10.4

cd "$folder"
venv/bin/python - <<'PYTHON'
from datetime import time, timedelta

from homeassistant.helpers import config_validation as cv
from homeassistant.util.yaml import parse_yaml


def read(written, kind):
    value = parse_yaml(f"value: {written}")["value"]
    try:
        return kind(value)
    except Exception as error:
        return f"no time: {error}"


durations = {one: read(one, cv.positive_time_period) for one in ("1:30", "01:30", '"1:30"')}
times = {one: read(one, cv.time) for one in ("08:30", "12:30", '"12:30"')}
for written, value in {**durations, **times}.items():
    print(f"{written:8} {value}")
assert list(durations.values()) == [
    timedelta(seconds=90),
    timedelta(minutes=90),
    timedelta(minutes=90),
]
assert times["08:30"] == time(8, 30)
assert "750" in times["12:30"]
assert times['"12:30"'] == time(12, 30)
PYTHON
