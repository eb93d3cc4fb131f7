#!/usr/bin/env bash
# ical 14.3.0 (what Home Assistant 2026.10 keeps local calendars with): "this and all following"
# moved to a later hour loses the last event of a series that is limited by COUNT.
#
# Guess: of four weekly events, three are left to be moved, and three have the new hour.
# Seen: two. The new series counts what the old one had left *after the new hour* of its first day,
# so that the moved event itself is not counted. To the same hour, or an earlier one, it is three.
# Output seen: "10:00 -> 08:00: 3 moved", "10:00 -> 10:00: 3 moved", "10:00 -> 12:00: 2 moved".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check ical==14.3.0

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, datetime

from ical.calendar import Calendar
from ical.event import Event
from ical.store import EventStore
from ical.types import Range, Recur


def moved(hour):
    """Move the second of four weekly events, and all that follow, from 10:00 to an hour."""
    calendar = Calendar()
    store = EventStore(calendar)
    store.add(
        Event(
            uid="talk",
            summary="as planned",
            start=datetime(2026, 11, 2, 10, tzinfo=UTC),
            end=datetime(2026, 11, 2, 11, tzinfo=UTC),
            rrule=Recur.from_rrule("FREQ=WEEKLY;COUNT=4"),
        )
    )
    store.edit(
        "talk",
        Event(
            summary="moved",
            start=datetime(2026, 11, 9, hour, tzinfo=UTC),
            end=datetime(2026, 11, 9, hour + 1, tzinfo=UTC),
        ),
        recurrence_id="20261109T100000",
        recurrence_range=Range.THIS_AND_FUTURE,
    )
    return [event.summary for event in calendar.timeline_tz(UTC)].count("moved")


seen = {hour: moved(hour) for hour in (8, 10, 12)}
for hour, count in seen.items():
    print(f"10:00 -> {hour:02}:00: {count} moved")
assert seen == {8: 3, 10: 3, 12: 2}
PYTHON
