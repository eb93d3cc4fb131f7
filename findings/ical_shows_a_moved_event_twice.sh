#!/usr/bin/env bash
# ical 14.3.0: a moved event of a series appears at its old time as well, if its RECURRENCE-ID is in UTC.
#
# Guess: RECURRENCE-ID names the moment that is replaced, so `20261109T090000Z` and
# `TZID=Europe/Berlin:20261109T100000` say the same. recurring-ical-events 3.8.2 reads it so.
# Seen: ical compares the text. In UTC it finds no such event, keeps the one at the old time, and
# adds the moved one. Whoever acts on calendars from such a file acts twice in that week.
# Output seen: ical, local time: 1 in the week; ical, UTC: 2; recurring-ical-events: 1 and 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  ical==14.3.0 icalendar==7.3.2 recurring-ical-events==3.8.2

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
import recurring_ical_events

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = datetime(2026, 11, 9, tzinfo=BERLIN), datetime(2026, 11, 14, tzinfo=BERLIN)
LOCAL, UTC = ";TZID=Europe/Berlin:20261109T100000", ":20261109T090000Z"


def calendar(replaced):
    """Return a weekly talk on Mondays at ten, of which one was moved to a Wednesday."""
    lines = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:example
BEGIN:VEVENT
UID:talk
DTSTAMP:20261101T000000Z
SUMMARY:Talk
DTSTART;TZID=Europe/Berlin:20261102T100000
DTEND;TZID=Europe/Berlin:20261102T110000
RRULE:FREQ=WEEKLY;COUNT=5
END:VEVENT
BEGIN:VEVENT
UID:talk
DTSTAMP:20261101T000000Z
SUMMARY:Talk
RECURRENCE-ID{replaced}
DTSTART;TZID=Europe/Berlin:20261111T100000
DTEND;TZID=Europe/Berlin:20261111T110000
END:VEVENT
END:VCALENDAR
"""
    return lines.replace("\n", "\r\n")


def by_ical(text):
    timeline = IcsCalendarStream.calendar_from_ics(text).timeline_tz(BERLIN)
    return len(list(timeline.overlapping(*WEEK)))


def by_the_other(text):
    return len(recurring_ical_events.of(Calendar.from_ical(text)).between(*WEEK))


seen = [(read(calendar(LOCAL)), read(calendar(UTC))) for read in (by_ical, by_the_other)]
print("events of that week, by local time and by UTC: ical", seen[0], "recurring-ical-events", seen[1])
assert seen == [(1, 2), (1, 1)]
PYTHON
