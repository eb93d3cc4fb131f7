#!/usr/bin/env bash
# SQLite 3.51.1 (pysqlite3-binary 0.5.4.post2): one wrong bit in the write-ahead log takes every later
# commit with it, and nothing says so.
#
# Guess: a frame whose checksum is wrong is damage, and opening the file or `PRAGMA integrity_check`
# reports it.
# Seen: the first bad frame counts as the end of the log, which is how SQLite recognizes what a crash
# has left unfinished. After ten commits, with a bit flipped in the frames of the fifth, four rows
# are left, `integrity_check` says "ok", and closing the connection removes the log that held the rest.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check pysqlite3-binary==0.5.4.post2

venv/bin/python - <<'PYTHON'
import shutil
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite3

writer = sqlite3.connect("live", isolation_level=None)
writer.execute("PRAGMA journal_mode=WAL")
writer.execute("CREATE TABLE item (text)")
log, ends = Path("live-wal"), []
for number in range(10):
    writer.execute("INSERT INTO item VALUES (?)", (f"row {number}",))
    ends.append(log.stat().st_size)

# What a power cut leaves: the file and its log, with nobody to close them.
shutil.copy("live", "found")
damaged = bytearray(log.read_bytes())
damaged[ends[4] - 1] ^= 1
Path("found-wal").write_bytes(damaged)

reader = sqlite3.connect("found", isolation_level=None)
rows = reader.execute("SELECT count(*) FROM item").fetchone()[0]
check = reader.execute("PRAGMA integrity_check").fetchone()[0]
reader.close()
print("SQLite", sqlite3.sqlite_version, "rows committed: 10, rows found:", rows)
print("integrity_check:", check, "- log there after closing:", Path("found-wal").exists())
assert (rows, check, Path("found-wal").exists()) == (4, "ok", False)
PYTHON
