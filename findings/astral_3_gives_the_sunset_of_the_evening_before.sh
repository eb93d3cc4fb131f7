#!/usr/bin/env bash
# astral 3.2, beside astral 2.2 (which Home Assistant 2026.10 computes the sun with): for the same call,
# the sunset of a day may be that of the evening before.
#
# Guess: both versions give the same times, and those of one day in their order: sunrise, noon, sunset.
# The zone only decides how they are written.
# Seen: version 3 takes the day as one of the zone that is given, UTC by default, and gives the events
# that lie inside it. In Los Angeles the sunset of 21 June is then that of the 20th, nine and a half hours
# before the sunrise; "after sunrise and before sunset" is never true. With the local zone it is right
# there, and still wrong near the polar circle: in Oulu the sun goes down after midnight, and the sunset
# of 21 June is two hours before the sunrise. A script that is tried out in Europe by UTC shows nothing.
# Output seen, hours from sunrise to sunset, for Los Angeles in UTC, the same in local time, and Oulu
# in local time: 2.2: 14.4, 14.4, 22.0; 3.2: -9.6, 14.4, -2.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >sun.py <<'PYTHON'
from datetime import date, timezone
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sunrise, sunset

DAY = date(2026, 6, 21)
LOS_ANGELES, OULU = Observer(34.05, -118.24), Observer(65.0, 25.5)
for observer, zone in (
    (LOS_ANGELES, timezone.utc),
    (LOS_ANGELES, ZoneInfo("America/Los_Angeles")),
    (OULU, ZoneInfo("Europe/Helsinki")),
):
    day = sunset(observer, DAY, tzinfo=zone) - sunrise(observer, DAY, tzinfo=zone)
    print(round(day.total_seconds() / 3600, 1), end=" ")
PYTHON
for version in 2.2 3.2; do
  python3 -m venv "venv-$version"
  "venv-$version/bin/pip" install --quiet --quiet --disable-pip-version-check "astral==$version" tzdata==2026.6
  "venv-$version/bin/python" sun.py >"hours-$version"
  echo "astral $version: $(cat "hours-$version")"
done
[[ $(cat hours-2.2) == "14.4 14.4 22.0 " && $(cat hours-3.2) == "-9.6 14.4 -2.0 " ]]
