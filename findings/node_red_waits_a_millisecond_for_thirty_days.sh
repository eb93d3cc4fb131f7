#!/usr/bin/env bash
# Node-RED 4.1.15 (npm): a delay or trigger node of 25 days or more does not wait at all.
#
# Guess: "delay for 30 days" waits for 30 days, or is refused as the inject node refuses an interval
# like that ("Interval too large"). The editor offers days as a unit, and takes the 30.
# Seen: the timer below counts milliseconds in 31 bits, and takes what is more for 1. Both nodes pass
# the message on at once, with a warning on stderr that names no node. The end of a long event, or
# a reminder of next month's filter change, comes together with its beginning. 24 days do wait.
# Output seen: answers at once for 30 days; none within five seconds for 24 days.
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-red@4.1.15 >npm.log 2>&1 || { cat npm.log >&2; exit 1; }

cat >flows.json <<'JSON'
[{"id": "tab", "type": "tab", "label": "example"},
 {"id": "in1", "z": "tab", "type": "http in", "url": "/delay/24", "method": "get",
  "wires": [["delay24"]]},
 {"id": "in2", "z": "tab", "type": "http in", "url": "/delay/30", "method": "get",
  "wires": [["delay30"]]},
 {"id": "in3", "z": "tab", "type": "http in", "url": "/trigger/24", "method": "get",
  "wires": [["trigger24"]]},
 {"id": "in4", "z": "tab", "type": "http in", "url": "/trigger/30", "method": "get",
  "wires": [["trigger30"]]},
 {"id": "delay24", "z": "tab", "type": "delay", "pauseType": "delay", "timeout": "24",
  "timeoutUnits": "days", "rate": "1", "wires": [["answer"]]},
 {"id": "delay30", "z": "tab", "type": "delay", "pauseType": "delay", "timeout": "30",
  "timeoutUnits": "days", "rate": "1", "wires": [["answer"]]},
 {"id": "trigger24", "z": "tab", "type": "trigger", "op1type": "nul", "op2type": "pay",
  "duration": "576", "units": "hr", "extend": false, "bytopic": "all", "outputs": 1, "wires": [["answer"]]},
 {"id": "trigger30", "z": "tab", "type": "trigger", "op1type": "nul", "op2type": "pay",
  "duration": "720", "units": "hr", "extend": false, "bytopic": "all", "outputs": 1, "wires": [["answer"]]},
 {"id": "answer", "z": "tab", "type": "http response", "statusCode": "200", "wires": []}]
JSON
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
node_modules/.bin/node-red --userDir data --port "$port" --define uiHost=127.0.0.1 flows.json \
  >server.log 2>&1 &
process=$!
for _ in $(seq 600); do ! grep -q 'Started flows' server.log || break; sleep 0.1; done

for path in delay/24 delay/30 trigger/24 trigger/30; do
  code=$(curl --silent --max-time 5 --output answer --write-out '%{http_code}' \
    "http://127.0.0.1:$port/$path") || true
  echo "$path days: ${code/000/no answer yet}"
done | tee seen
grep -o 'TimeoutOverflowWarning: [0-9]* does not fit into a 32-bit signed integer' server.log | uniq
diff seen - <<'SEEN'
delay/24 days: no answer yet
delay/30 days: 200
trigger/24 days: no answer yet
trigger/30 days: 200
SEEN
