#!/usr/bin/env bash
# Node-RED 4.1.15 (npm; with the broker aedes 0.51.3): while its broker is away, "mqtt out" drops what it is
# to send with QoS 2, and no node of the flow can notice.
#
# Guess: QoS 1 and 2 are kept and sent once the broker is back, as MQTT.js does, which Node-RED stands
# on; or the message is an error for the catch node.
# Seen: without a connection the node does nothing at all with a message: neither the catch node nor
# the complete node hears of it, the log is silent, and the client that would have kept it never
# gets it. A flow that must not lose anything has to watch the status of the node, and wait itself.
# Output seen: received 1 and 4 of four messages, completed 1 and 4, caught none.
set -euo pipefail
folder=$(mktemp -d)
broker= flows=
trap 'kill $broker $flows 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-red@4.1.15 aedes@0.51.3 >npm.log 2>&1 \
  || { cat npm.log >&2; exit 1; }

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
mqtt=$(free_port)
cat >broker.js <<'NODE'
const broker = require("aedes")();
broker.on("publish", (packet, client) => {
  if (client) console.log(`received ${packet.payload}, QoS ${packet.qos}`);
});
const server = require("net").createServer(broker.handle);
server.listen(process.argv[2], "127.0.0.1", () => console.log("listening"));
NODE
start_broker() {
  node broker.js "$mqtt" >"$1" &
  broker=$!
  wait_for listening 1 "$1"
}
wait_for() { # a text, how often, a file
  for _ in $(seq 900); do
    [[ $(grep -c "$1" "$3") -lt $2 ]] || return 0
    sleep 0.1
  done
  echo "no '$1' in $3" >&2
  return 1
}
start_broker before.log

cat >flows.json <<JSON
[{"id": "tab", "type": "tab", "label": "example"},
 {"id": "server", "type": "mqtt-broker", "broker": "127.0.0.1", "port": "$mqtt", "clientid": "home",
  "autoConnect": true, "protocolVersion": "4", "keepalive": "60", "cleansession": false},
 {"id": "in", "z": "tab", "type": "http in", "url": "/ring/:number", "method": "post", "wires": [["one"]]},
 {"id": "one", "z": "tab", "type": "function", "outputs": 2, "wires": [["out"], ["answer"]],
  "func": "return [{payload: msg.req.params.number}, msg];"},
 {"id": "answer", "z": "tab", "type": "http response", "wires": []},
 {"id": "out", "z": "tab", "type": "mqtt out", "topic": "door", "qos": "2", "broker": "server",
  "wires": []},
 {"id": "failed", "z": "tab", "type": "catch", "scope": ["out"], "wires": [["caught"]]},
 {"id": "caught", "z": "tab", "type": "function", "wires": [],
  "func": "node.warn('caught ' + msg.payload);"},
 {"id": "done", "z": "tab", "type": "complete", "scope": ["out"], "wires": [["completed"]]},
 {"id": "completed", "z": "tab", "type": "function", "wires": [],
  "func": "node.warn('completed ' + msg.payload);"}]
JSON
http=$(free_port)
node_modules/.bin/node-red --userDir data --port "$http" --define uiHost=127.0.0.1 flows.json \
  >flows.log 2>&1 &
flows=$!
ring() {
  curl --silent --fail --max-time 20 --output answer --data "" "http://127.0.0.1:$http/ring/$1"
}
wait_for "Connected to broker" 1 flows.log
ring 1
wait_for "completed 1" 1 flows.log
kill "$broker"
wait_for "Disconnected from broker" 1 flows.log
ring 2
ring 3
start_broker after.log
wait_for "Connected to broker" 2 flows.log
ring 4
wait_for "completed 4" 1 flows.log
{
  grep -h received before.log after.log
  grep -oE '(completed|caught) [0-9]' flows.log
} | tee seen
diff seen - <<'SEEN'
received 1, QoS 2
received 4, QoS 2
completed 1
completed 4
SEEN
