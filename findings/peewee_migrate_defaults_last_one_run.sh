#!/usr/bin/env bash
# peewee-migrate 1.14.3 with peewee 3.17.9 (what Frigate keeps its events with): a default added by a
# migration holds until the program is started again.
#
# Guess: `migrator.add_default(Event, "sure", 0)` sets a default for good: in the file, or in the model.
# Seen: it sets it on the model object of the process that carries the migration out. Rows of that run
# have the default; rows after the next start have NULL, though code and file are the same. Whoever
# compares answers with a server that was just installed learns what no other server says.
# Output seen: first run [('first', 0)], second run [('first', 0), ('second', None)].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  peewee-migrate==1.14.3 peewee==3.17.9

cd "$folder"
mkdir migrations
cat >models.py <<'PYTHON'
from peewee import CharField, IntegerField, Model, SqliteDatabase

database = SqliteDatabase("events.db")


class Event(Model):
    id = CharField(primary_key=True)
    sure = IntegerField(null=True)

    class Meta:
        database = database
PYTHON
cat >migrations/001_create.py <<'PYTHON'
def migrate(migrator, database, **kwargs):
    migrator.sql("CREATE TABLE event (id TEXT PRIMARY KEY, sure INTEGER)")
PYTHON
cat >migrations/002_default.py <<'PYTHON'
from models import Event


def migrate(migrator, database, **kwargs):
    migrator.add_default(Event, "sure", 0)
PYTHON
cat >start.py <<'PYTHON'
import sys

from models import Event, database
from peewee_migrate import Router

Router(database, migrate_dir="migrations").run()
Event.insert(id=sys.argv[1]).execute()
print(list(Event.select(Event.id, Event.sure).order_by(Event.id).tuples()))
PYTHON

first=$(PYTHONPATH=. venv/bin/python start.py first 2>first.log)
second=$(PYTHONPATH=. venv/bin/python start.py second 2>second.log)
echo "first run: $first"
echo "second run: $second"
[[ $first == "[('first', 0)]" && $second == "[('first', 0), ('second', None)]" ]]
