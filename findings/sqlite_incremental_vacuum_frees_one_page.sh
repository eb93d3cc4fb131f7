#!/usr/bin/env bash
# SQLite 3.51.1 by Python's DB-API (pysqlite3-binary 0.5.4.post2):
# `execute("PRAGMA incremental_vacuum(500)")` gives one page back, not 500.
#
# Guess: the pragma is done when `execute` returns, as an UPDATE or a checkpoint is.
# Seen: SQLite frees one page for each step of the statement, and each step returns a row that has
# no column. `execute` makes one step: 1 page is freed, and no error tells. Only who also fetches the
# rows that nobody expects, or uses `executescript`, gets all 500. (With the sqlite3 module of Python
# 3.11, fetching does not help either, since it takes a row without columns for the end.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check pysqlite3-binary==0.5.4.post2

venv/bin/python - <<'PYTHON'
from pysqlite3 import dbapi2 as sqlite3

VACUUM = "PRAGMA incremental_vacuum(500)"
freed = {}
for way, run in {
    "execute": lambda connection: connection.execute(VACUUM),
    "execute, fetchall": lambda connection: connection.execute(VACUUM).fetchall(),
    "executescript": lambda connection: connection.executescript(VACUUM),
}.items():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("CREATE TABLE item (text)")
    connection.executemany("INSERT INTO item VALUES (?)", [("x" * 3000,)] * 2000)
    connection.execute("DELETE FROM item")
    free = [connection.execute("PRAGMA freelist_count").fetchone()[0]]
    run(connection)
    free.append(connection.execute("PRAGMA freelist_count").fetchone()[0])
    freed[way] = free[0] - free[1]
print("SQLite", sqlite3.sqlite_version, "pages freed:", freed)
assert freed == {"execute": 1, "execute, fetchall": 500, "executescript": 500}
PYTHON
