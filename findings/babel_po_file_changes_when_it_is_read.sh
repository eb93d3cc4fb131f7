#!/usr/bin/env bash
# Babel 2.19.0: a catalogue with previous texts is not read as it was written.
#
# Guess: `write_po(include_previous=True)` notes the former text of a fuzzy message as gettext does
# (`#| msgid`), and `read_po` reads it back, so that writing what was read gives the same file.
# Seen: `read_po` takes the line for a comment of the translator. The next `write_po` writes it as
# `# | msgid`, where it stays for good, also once the text is translated: a check in a build that
# compares the file with what would be written fails right after writing it.
# Output seen: previous_id is empty; the comment "| msgid ..." is kept after the translation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check babel==2.19.0

"$folder/venv/bin/python" - <<'PYTHON'
from io import BytesIO
import sys

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po


def written(catalog):
    """Return a catalogue as a file."""
    file = BytesIO()
    write_po(file, catalog, omit_header=True, include_previous=True)
    return file.getvalue().decode()


def read(text):
    """Read it back."""
    return read_po(BytesIO(text.encode()), locale="de")


catalogue = Catalog(locale="de")
catalogue.add("Send it to the system.", "An das System senden.")
template = Catalog()
template.add("Send it to your system.")
catalogue.update(template)

first = written(catalogue)
again = read(first)
(message,) = [one for one in again if one.id]
second = written(again)
print(first)
print("previous_id:", message.previous_id)
print(second)

message.string = "An Ihr System senden."
message.flags.discard("fuzzy")
third = written(again)
print(third)

as_seen = (
    "#| msgid" in first
    and not message.previous_id
    and second != first
    and "# | msgid" in second
    and "# | msgid" in third
)
print("as stated" if as_seen else "CHANGED")
sys.exit(not as_seen)
PYTHON
