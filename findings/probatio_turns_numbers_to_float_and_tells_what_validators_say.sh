#!/usr/bin/env bash
# probatio 0.13.0, which Home Assistant 2026.10 brings as its `voluptuous`, beside voluptuous 0.15.2.
#
# Guess: it accepts and returns what voluptuous does, and only the words of its errors differ.
# Seen, with the same schemas:
# - `float` takes an int and returns a float; voluptuous refuses it. So `Any(float, int)` turns 4 to
#   4.0, which voluptuous leaves alone, and a number goes out as `4.0` in JSON or in a text.
# - The text of a ValueError that a validator raises is part of the error; voluptuous says no more
#   than "not a valid value". What such a text quotes, such as a password, is now in forms and logs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" probatio==0.13.0 voluptuous==0.15.2

cd "$folder"
venv/bin/python - <<'PYTHON'
from importlib import import_module


def refuse(value):
    raise ValueError(f"{value} is too short")


def said(library, schema, value):
    try:
        return repr(library.Schema(schema)(value))
    except library.Invalid as error:
        return f"refused: {error}"


seen = {}
for name in ("voluptuous", "probatio"):
    library = import_module(name)
    seen[name] = [
        said(library, float, 4),
        said(library, library.Any(float, int), 4),
        said(library, {"password": refuse}, {"password": "hunter"}),
    ]
    print(name, *seen[name], sep="\n  ")
assert seen["voluptuous"][:2] == ["refused: expected float", "4"]
assert seen["probatio"][:2] == ["4.0", "4.0"]
assert "hunter" not in seen["voluptuous"][2]
assert "hunter is too short" in seen["probatio"][2]
PYTHON
