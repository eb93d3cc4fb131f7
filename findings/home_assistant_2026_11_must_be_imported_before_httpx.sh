#!/usr/bin/env bash
# homeassistant 2026.11.0 with httpx 0.28.1: whoever imports httpx first cannot import Home Assistant.
#
# Guess: the order of two imports does not matter, and an integration that needs httpx gets the version
# that it pins.
# Seen: `import homeassistant` replaces the module httpx by another package, httpx2 2.14.0, for the whole
# process. Afterwards `import httpx` gives that one, whatever is installed. Before, it is a RuntimeError:
# a test plugin, a launcher or a sitecustomize that imports httpx (as pytest plugins that mock it do, which
# are loaded by their entry points) ends the process before Home Assistant's first line. With 2026.10.4
# both orders work.
# Output seen:
#   2026.10.4: httpx first: imported; homeassistant first: httpx 0.28.1
#   2026.11.0: httpx first: RuntimeError; homeassistant first: httpx2 2.14.0
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
cat >"$folder/first.py" <<'PYTHON'
import httpx

try:
    import homeassistant
except RuntimeError as error:
    print(type(error).__name__)
else:
    print("imported")
PYTHON
cat >"$folder/second.py" <<'PYTHON'
import homeassistant
import httpx

print(httpx.Client.__module__.split(".")[0], httpx.__version__)
PYTHON

try() { # version, output of the first, of the second
  "$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/$1"
  "$folder/tools/bin/uv" pip install --quiet --python "$folder/$1/bin/python" "homeassistant==$1" httpx==0.28.1
  first=$("$folder/$1/bin/python" "$folder/first.py")
  second=$("$folder/$1/bin/python" "$folder/second.py")
  echo "$1: httpx first: $first; homeassistant first: $second"
  [[ $first == "$2" && $second == "$3" ]]
}
try 2026.10.4 imported "httpx 0.28.1"
try 2026.11.0 RuntimeError "httpx2 2.14.0"
