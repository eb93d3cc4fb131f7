#!/usr/bin/env bash
# APScheduler 3.11.1: a crontab's days of the week, as numbers, are each one day late.
#
# Guess: `CronTrigger.from_crontab("0 7 * * 1-5")` reads what crontab(5) means: seven o'clock from Monday
# to Friday, with 0 and 7 as Sunday, as cronsim (what Home Assistant reads such lines with) does.
# Seen: 0 is Monday, so 1-5 is Tuesday to Saturday and 0 is Monday; 7 is refused, and names are right.
# The line works, at the right hour, on most of the right days: the school bell rings on Saturday,
# and Monday is missing.
# Output seen: 1-5: Tue to Sat, cronsim Mon to Fri; 0: Mon, cronsim Sun; mon-fri: Mon to Fri in both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  apscheduler==3.11.1 tzlocal==5.3.1 cronsim==2.7

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger
from cronsim import CronSim

SUNDAY = datetime(2026, 11, 29, tzinfo=UTC)
WEEK = timedelta(days=7)


def by_apscheduler(days):
    trigger = CronTrigger.from_crontab(f"0 7 * * {days}", timezone=UTC)
    moment = trigger.get_next_fire_time(None, SUNDAY)
    seen = []
    while moment < SUNDAY + WEEK:
        seen.append(f"{moment:%a}")
        moment = trigger.get_next_fire_time(moment, moment + timedelta(seconds=1))
    return " ".join(seen)


def by_cronsim(days):
    seen = []
    for moment in CronSim(f"0 7 * * {days}", SUNDAY):
        if moment >= SUNDAY + WEEK:
            return " ".join(seen)
        seen.append(f"{moment:%a}")


seen = {days: (by_apscheduler(days), by_cronsim(days)) for days in ("1-5", "0", "mon-fri")}
for days, (one, other) in seen.items():
    print(f"0 7 * * {days}: APScheduler {one}; cronsim {other}")
try:
    by_apscheduler("7")
except ValueError as error:
    print("7:", error)
else:
    raise AssertionError("7 is accepted")
assert by_cronsim("7") == "Sun"
working_days = "Mon Tue Wed Thu Fri"
assert seen == {
    "1-5": ("Tue Wed Thu Fri Sat", working_days),
    "0": ("Mon", "Sun"),
    "mon-fri": (working_days, working_days),
}
PYTHON
