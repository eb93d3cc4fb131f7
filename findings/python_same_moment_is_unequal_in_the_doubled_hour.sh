#!/usr/bin/env bash
# Python 3.11 to 3.14 (datetime, zoneinfo; tzdata 2026.6): in the hour that comes twice, one moment in
# two time zones is neither equal, nor earlier, nor later.
#
# Guess: aware datetimes compare by the moment that they are: `start == start.astimezone(UTC)`.
# Seen: so it is all year, but not in the hour of the autumn change (nor in the one that the spring
# leaves out): there `==` between two zones is always False, and so are `<` and `>`, while the
# difference is zero, `<=` is True, and the hashes are equal. A calendar's event is not found in a set
# or dictionary of those already handled, or counts as moved; and 02:30 and the 02:30 an hour later are
# equal, if both are local. Comparing `timestamp()`, or both in UTC, is right.
# Output seen: at 12:00 "== True", at 02:30 "== False, <= True, difference 0:00:00, in a set False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check tzdata==2026.6

PYTHONTZPATH='' "$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def compared(local):
    utc = local.astimezone(timezone.utc)
    return {
        "==": local == utc,
        "<": local < utc,
        ">": local > utc,
        "<=": local <= utc,
        "same hash": hash(local) == hash(utc),
        "in a set": local in {utc},
        "difference": local - utc,
    }


noon = compared(datetime(2026, 10, 25, 12, tzinfo=BERLIN))
first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
second = (first.astimezone(timezone.utc) + timedelta(hours=1)).astimezone(BERLIN)
doubled = compared(first)
print("Python", sys.version.split()[0], "- at 12:00:", noon)
print("at 02:30:", doubled)
print("an hour apart, both local:", first.isoformat(), second.isoformat(), "==", first == second)
zero = timedelta()
assert list(noon.values()) == [True, False, False, True, True, True, zero]
assert list(doubled.values()) == [False, False, False, True, True, False, zero]
assert first == second and second != second.astimezone(timezone.utc)
assert second.timestamp() - first.timestamp() == 3600
PYTHON
