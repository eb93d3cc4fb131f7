#!/usr/bin/env bash
# http-sf 1.5.0 (structured fields, RFC 9651): a UUID without quotes is a valid item or none, by its
# first character.
#
# Guess: `Idempotency-Key: <uuid>` without the quotes that its draft asks for is refused by a server
# that reads it as a structured field, always; or is taken as a token, always.
# Seen: a value that begins with a letter is a token; one that begins with a digit is a number, with
# something wrong behind it. So of random UUIDs 6 in 16 are taken, and a client that was tried out with
# one of these fails ten times of sixteen later. UUIDs of version 7 begin with 0, and all fail. In
# quotes all are taken.
# Output seen: without quotes: taken abcdef, refused 0123456789; in quotes: all 16 taken.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check http-sf==1.5.0

"$folder/venv/bin/python" - <<'PYTHON'
from uuid import uuid4

import http_sf


def taken(text):
    try:
        value, _ = http_sf.parse(text.encode(), tltype="item")
    except http_sf.StructuredFieldError:
        return None
    return str(value)


digits = "0123456789abcdef"
keys = {first: first + str(uuid4())[1:] for first in digits}
bare = "".join(first for first, key in keys.items() if taken(key) == key)
quoted = "".join(first for first, key in keys.items() if taken(f'"{key}"') == key)
print("taken without quotes:", bare, "- in quotes:", quoted)
assert (bare, quoted) == ("abcdef", digits)
PYTHON
