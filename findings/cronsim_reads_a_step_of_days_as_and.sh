#!/usr/bin/env bash
# cronsim 2.7 (what Home Assistant 2026.10 reads cron patterns with) and croniter 7.0.0: `*/2` and
# `1-31/2` as the day of a month are not the same, if a weekday is given too.
#
# Guess: with both a day and a weekday, either is enough (crontab's manual), so "0 0 */2 * MON" runs
# on odd days and on Mondays; and `*/2` is short for `1-31/2`.
# Seen: croniter does so. cronsim does what Debian's cron does: a field that begins with `*` is no
# restriction, so that both must be met: `*/2` runs on Mondays with an odd date only, and `1-31/2` on
# odd days and on Mondays. What was tried out with croniter comes at other times in Home Assistant.
# Output seen, November 2026: cronsim 2 days with */2 and 18 with 1-31/2; croniter 18 and 18.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check cronsim==2.7 croniter==7.0.0

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime

from croniter import croniter
from cronsim import CronSim

BEGIN, END = datetime(2026, 10, 31, 12), datetime(2026, 12, 1)


def by_cronsim(pattern):
    days, runs = [], CronSim(pattern, BEGIN)
    while (run := next(runs)) < END:
        days.append(run.day)
    return days


def by_croniter(pattern):
    days, runs = [], croniter(pattern, BEGIN)
    while (run := runs.get_next(datetime)) < END:
        days.append(run.day)
    return days


seen = {}
for pattern in ("0 0 */2 * MON", "0 0 1-31/2 * MON"):
    seen[pattern] = by_cronsim(pattern), by_croniter(pattern)
    print(f"{pattern}: cronsim {seen[pattern][0]}, croniter {seen[pattern][1]}")
either = sorted({*range(1, 31, 2), 2, 9, 16, 23, 30})
assert seen["0 0 */2 * MON"] == ([9, 23], either)
assert seen["0 0 1-31/2 * MON"] == (either, either)
PYTHON
