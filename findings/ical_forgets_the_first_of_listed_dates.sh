#!/usr/bin/env bash
# ical 14.3.0: an event with further dates (RDATE) and without a rule loses its own first date.
#
# Guess: DTSTART is the first of the set, and RDATE adds to it (RFC 5545, 3.8.5.2 and 3.8.5.3).
# Seen: only the dates of RDATE are left. With an RRULE beside it DTSTART stays. Calendars that list
# the days of a course, instead of a rule, have one evening less in Home Assistant than elsewhere.
# Output seen: ical [4, 18], recurring-ical-events [2, 4, 18].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  ical==14.3.0 icalendar==7.3.2 recurring-ical-events==3.8.2

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, datetime

from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
import recurring_ical_events

TEXT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:example
BEGIN:VEVENT
UID:course
DTSTAMP:20261101T000000Z
SUMMARY:Course
DTSTART:20261102T180000Z
DTEND:20261102T190000Z
RDATE:20261104T180000Z,20261118T180000Z
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
MONTH = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)

timeline = IcsCalendarStream.calendar_from_ics(TEXT).timeline_tz(UTC)
by_ical = [event.start.day for event in timeline.overlapping(*MONTH)]
by_the_other = [
    event.start.day for event in recurring_ical_events.of(Calendar.from_ical(TEXT)).between(*MONTH)
]
print("days of November: ical", by_ical, "recurring-ical-events", sorted(by_the_other))
assert (by_ical, sorted(by_the_other)) == ([4, 18], [2, 4, 18])
PYTHON
