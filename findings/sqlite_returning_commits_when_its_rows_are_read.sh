#!/usr/bin/env bash
# SQLite 3.51.1 by Python's DB-API (pysqlite3-binary 0.5.4.post2): in autocommit mode, a statement with
# RETURNING is not committed when `execute` returns, nor when its first row is read.
#
# Guess: with `isolation_level=None` each statement is a transaction of its own, committed when `execute`
# returns, with RETURNING or without. A queue that inserts and has read the new id may answer "stored".
# Seen: the commit comes after the last row is read, or when the cursor is gone. Until then no
# other connection sees the rows or can write ("database is locked"), `in_transaction` says False, and a
# process that is killed has lost them. One row, read with `fetchone`, is committed; of two, the first
# row says nothing. A cursor that somebody keeps in a variable is enough. `fetchall` is safe.
# Output seen: rows that others see: 0 after execute, 1 after fetchone; two rows: 0 after fetchone, 2
# after fetchall; killed after execute: 0, killed after fetchall: 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check pysqlite3-binary==0.5.4.post2

cat >jobs.py <<'PYTHON'
from pysqlite3 import dbapi2 as sqlite3

ONE = "INSERT INTO job (state) VALUES ('new') RETURNING id"
TWO = "INSERT INTO job (state) VALUES ('new'), ('new') RETURNING id"


def opened(name):
    connection = sqlite3.connect(name, isolation_level=None, timeout=0)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, state TEXT)")
    return connection


def count(connection):
    return connection.execute("SELECT count(*) FROM job").fetchone()[0]
PYTHON
venv/bin/python - <<'PYTHON'
import os
import subprocess
import sys

from jobs import ONE, TWO, count, opened, sqlite3

writer, other = opened("one"), opened("one")
cursor = writer.execute(ONE)
one = [count(other)]
cursor.fetchone()
one.append(count(other))

writer, other = opened("two"), opened("two")
cursor = writer.execute(TWO)
first = cursor.fetchone()
two = [count(other)]
says = writer.in_transaction
try:
    other.execute("INSERT INTO job (state) VALUES ('other')")
    locked = "written"
except sqlite3.OperationalError as error:
    locked = str(error)
cursor.fetchall()
two.append(count(other))

left = []
for name, read in (("execute", ""), ("fetchall", ".fetchall()")):
    program = f"import os, jobs; kept = jobs.opened({name!r}).execute(jobs.ONE){read}; os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": "."})
    left.append(count(opened(name)))

print("SQLite", sqlite3.sqlite_version, "- one row, seen by others after execute, fetchone:", one)
print("two rows, after fetchone, fetchall:", two, "- in_transaction:", says, "- another writer:", locked)
print("left after a kill behind execute, fetchall:", left)
assert (one, two, says, left) == ([0, 1], [0, 2], False, [0, 1])
assert first == (1,) and locked == "database is locked"
PYTHON
