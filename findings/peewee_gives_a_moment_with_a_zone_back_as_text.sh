#!/usr/bin/env bash
# peewee 3.17.9 (what Frigate keeps its events with), with SQLite: a time with a time zone is stored and
# compared as text, and comes back as text.
#
# Guess: DateTimeField takes an aware datetime for the moment that it is, or refuses it; at least it gives
# back a datetime, as it does for a naive one.
# Seen: it writes `2026-11-29 10:00:00+01:00` as it stands. The attribute of the object that was saved is
# a datetime, and that of the same row when it is read is a str. "Since 09:15 UTC" finds an event of
# 09:00 UTC, since 10 is more than 09, "newest first" begins with the older one, and the same moment
# in another zone is another value. It goes unnoticed as long as all use one offset, that is until
# the clocks change.
# Output seen: datetime, str; since 09:15 UTC: 09:00 and 09:30; newest: 09:00; at 09:30 UTC in +01:00: none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check peewee==3.17.9

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, datetime, timedelta, timezone

from peewee import CharField, DateTimeField, Model, SqliteDatabase

BERLIN = timezone(timedelta(hours=1))
database = SqliteDatabase(":memory:")


class Event(Model):
    label = CharField()
    start = DateTimeField()

    class Meta:
        database = database


def labels(query):
    return [event.label for event in query]


database.create_tables([Event])
older = datetime(2026, 11, 29, 10, 0, tzinfo=BERLIN)
newer = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
assert older < newer
saved = Event.create(label="09:00 UTC", start=older)
Event.create(label="09:30 UTC", start=newer)
naive = Event.create(label="naive", start=datetime(2020, 1, 1))

kinds = [type(one).__name__ for one in (saved.start, Event[saved.id].start, Event[naive.id].start)]
since = labels(Event.select().where(Event.start > datetime(2026, 11, 29, 9, 15, tzinfo=UTC)))
newest = labels(Event.select().order_by(Event.start.desc()).limit(1))
same = labels(Event.select().where(Event.start == newer.astimezone(BERLIN)))
print("saved, read, naive read:", kinds, repr(Event[saved.id].start))
print("since 09:15 UTC:", since, "- newest:", newest, "- at 10:30+01:00:", same)
assert kinds == ["datetime", "str", "datetime"]
assert since == ["09:00 UTC", "09:30 UTC"]
assert newest == ["09:00 UTC"]
assert same == []
PYTHON
