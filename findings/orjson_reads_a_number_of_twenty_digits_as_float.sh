#!/usr/bin/env bash
# orjson 3.11.9 (what Home Assistant 2026.10 reads JSON with): a whole number of twenty digits comes back
# as another number.
#
# Guess: a whole number beyond 64 bits is an int, as with Python's json, or an error, as `orjson.dumps`
# raises one ("Integer exceeds 64-bit range").
# Seen: `orjson.loads` makes a float of it without a word, and the last digits are gone. Numbers of SIM
# cards (19 or 20 digits) and ids of 64 bits and more, written without quotes, are equal to their
# neighbours afterwards; up to 18446744073709551615 all digits are kept, so a test with the ids of today
# passes. Written again, it is 8.943010123456789e+19.
# Output seen: 89430101234567890123 -> 8.943010123456789e+19, equal to 89430101234567890124.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check orjson==3.11.9

"$folder/venv/bin/python" - <<'PYTHON'
import json

import orjson

CARD = b'{"card": 89430101234567890123}'
read = orjson.loads(CARD)["card"]
neighbour = orjson.loads(CARD.replace(b"3}", b"4}"))["card"]
print("json:", json.loads(CARD)["card"], "- orjson:", read, "- equal to its neighbour:", read == neighbour)
print("written again:", orjson.dumps(orjson.loads(CARD)).decode())
try:
    orjson.dumps(json.loads(CARD))
    written = "written"
except TypeError as error:
    written = str(error)
print("orjson.dumps of the int:", written)
assert json.loads(CARD)["card"] == 89430101234567890123
assert isinstance(read, float) and read == neighbour
assert written == "Integer exceeds 64-bit range"
assert orjson.loads("18446744073709551615") == 2**64 - 1
PYTHON
