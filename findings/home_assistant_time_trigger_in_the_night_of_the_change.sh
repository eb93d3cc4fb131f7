#!/usr/bin/env bash
# homeassistant 2026.10.4: a daily time inside the hour of a clock change fires never, or twice.
#
# Guess: `at: "02:30:00"` fires once on each day: in the spring, when there is no 02:30, at 03:00 or
# 03:30; in the autumn, when it comes twice, the first time only.
# Seen (Europe/Berlin, 2026): on 29 March not at all; on 25 October twice, an hour apart. What must
# run once a day belongs outside that hour. UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4

cd "$folder"
venv/bin/python - <<'PYTHON'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util

BERLIN = ZoneInfo("Europe/Berlin")


def firings(start, hours):
    """Return when a trigger at 02:30:00 fires, by the function that sets the trigger's timer."""
    seen, now = [], start
    while True:
        at = dt_util.find_next_time_expression_time(now.astimezone(BERLIN), [0], [30], [2])
        now = at.astimezone(UTC) + timedelta(seconds=1)
        if now > start + timedelta(hours=hours):
            return seen
        seen.append(at.isoformat())


spring = firings(datetime(2026, 3, 28, 12, tzinfo=UTC), hours=30)
autumn = firings(datetime(2026, 10, 24, 12, tzinfo=UTC), hours=24)
print("from 28 March 12:00 UTC, 30 hours:", spring)
print("from 24 October 12:00 UTC, 24 hours:", autumn)
assert spring == []
assert autumn == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
PYTHON
