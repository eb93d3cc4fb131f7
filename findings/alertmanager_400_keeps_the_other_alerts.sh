#!/usr/bin/env bash
# Alertmanager 0.25.0 (Debian's prometheus-alertmanager 0.25.0-1+b4): 400 does not mean that nothing
# was taken.
#
# Guess: a POST of several alerts of which one is invalid is refused as a whole.
# Seen: the answer is 400 and names the invalid label; the other alert of the same request is active.
# A client that gives a batch up on 400 reports as lost what people are being called for.
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download prometheus-alertmanager=0.25.0-1+b4 >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
dpkg -x prometheus-alertmanager_*.deb package
printf 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n' >config.yml

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# Debian's build reads its templates from /usr/share, so that folder is lent to it, and to it alone.
unshare --mount --map-root-user bash -c "mount --bind package/usr/share /usr/share &&
  exec package/usr/bin/prometheus-alertmanager --config.file=config.yml --storage.path=data \
    --web.listen-address=127.0.0.1:$port --cluster.listen-address=" >server.log 2>&1 &
process=$!
curl --silent --fail --retry 50 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/-/ready" >ready.log

status=$(curl --silent --output answer --write-out '%{http_code}' --header 'Content-Type: application/json' \
  --data '[{"labels": {"alertname": "DoorOpen"}}, {"labels": {"alertname": "Bell", "2nd-floor": "yes"}}]' \
  "http://127.0.0.1:$port/api/v2/alerts")
active=$(curl --silent "http://127.0.0.1:$port/api/v2/alerts" | python3 -c '
import json, sys
print([alert["labels"]["alertname"] + " " + alert["status"]["state"] for alert in json.load(sys.stdin)])')
echo "answer: $status $(cat answer)"
echo "alerts afterwards: $active"
[[ $status == 400 && $active == "['DoorOpen active']" ]]
