#!/usr/bin/env bash
# Node-RED 4.1.2 (npm): its "http in" node answers 400 to valid JSON that is a bare text or number.
#
# Guess: any JSON document with `Content-Type: application/json` arrives parsed in `msg.payload`.
# Seen: objects and lists do; "rung" and 21.5 are answered 400 with a page of HTML that says "is not
# valid JSON", and the flow never runs; an empty body arrives as {}. `application/cloudevents+json`
# is not parsed at all: the flow gets text. A single reading has to be wrapped in an object.
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-red@4.1.2 >npm.log 2>&1 || { cat npm.log >&2; exit 1; }

cat >flows.json <<'JSON'
[{"id": "tab", "type": "tab", "label": "example"},
 {"id": "in", "z": "tab", "type": "http in", "url": "/hook", "method": "post", "wires": [["kind"]]},
 {"id": "kind", "z": "tab", "type": "function", "outputs": 1, "wires": [["out"]],
  "func": "msg.payload = typeof msg.payload + ' ' + JSON.stringify(msg.payload); return msg;"},
 {"id": "out", "z": "tab", "type": "http response", "wires": []}]
JSON
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
node_modules/.bin/node-red --userDir data --port "$port" --define uiHost=127.0.0.1 flows.json >server.log 2>&1 &
process=$!
for _ in $(seq 600); do ! grep -q 'Started flows' server.log || break; sleep 0.1; done

post() {
  curl --silent --max-time 20 --output body --write-out '%{http_code}' --header "Content-Type: $1" --data "$2" \
    "http://127.0.0.1:$port/hook"
  grep -q 'is not valid JSON' body && echo ' "is not valid JSON"' || echo " $(cat body)"
}
{
  post application/json '{"a": 1}'
  post application/json '[1]'
  post application/json '"rung"'
  post application/json 21.5
  post application/json ''
  post application/cloudevents+json '{"a": 1}'
} | tee seen
diff seen - <<'SEEN'
200 object {"a":1}
200 object [1]
400 "is not valid JSON"
400 "is not valid JSON"
200 object {}
200 string "{\"a\": 1}"
SEEN
