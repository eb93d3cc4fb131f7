#!/usr/bin/env bash
# Alertmanager 0.25.0 (Debian's prometheus-alertmanager 0.25.0-1+b4): an alert that starts in the future
# is active now.
#
# Guess: `startsAt` holds an alert back until then, so that a planned one can be handed over early.
# Seen: an alert whose `startsAt` and `endsAt` lie years ahead is listed as "active" at once, and the
# receiver is told of it as "firing" within the group's wait. Whoever plans must wait by himself.
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download prometheus-alertmanager=0.25.0-1+b4 >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
dpkg -x prometheus-alertmanager_*.deb package

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
receiver_port=$(free_port)
cat >config.yml <<YAML
route: {receiver: people, group_wait: 0s}
receivers: [{name: people, webhook_configs: [{url: "http://127.0.0.1:$receiver_port/"}]}]
YAML
# The receiver takes one notification, prints what it says of each alert, and ends.
timeout 60 python3 - "$receiver_port" >told <<'PYTHON' &
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(*(f"{alert['labels']['alertname']} {alert['status']}" for alert in told["alerts"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).handle_request()
PYTHON
receiver=$!
# Debian's build reads its templates from /usr/share, so that folder is lent to it, and to it alone.
unshare --mount --map-root-user bash -c "mount --bind package/usr/share /usr/share &&
  exec package/usr/bin/prometheus-alertmanager --config.file=config.yml --storage.path=data \
    --web.listen-address=127.0.0.1:$port --cluster.listen-address=" >server.log 2>&1 &
process=$!
curl --silent --fail --retry 50 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/-/ready" >ready.log

year=$(($(date +%Y) + 5))
status=$(curl --silent --output answer --write-out '%{http_code}' --header 'Content-Type: application/json' \
  --data "[{\"labels\": {\"alertname\": \"Planned\"},
    \"startsAt\": \"$year-01-01T00:00:00Z\", \"endsAt\": \"$year-01-02T00:00:00Z\"}]" \
  "http://127.0.0.1:$port/api/v2/alerts")
active=$(curl --silent "http://127.0.0.1:$port/api/v2/alerts?active=true" | python3 -c '
import json, sys
print([alert["labels"]["alertname"] + " " + alert["status"]["state"] for alert in json.load(sys.stdin)])')
wait "$receiver"
echo "answer: $status; alerts that are active: $active; the receiver was told: $(cat told)"
[[ $status == 200 && $active == "['Planned active']" && $(cat told) == 'Planned firing' ]]
