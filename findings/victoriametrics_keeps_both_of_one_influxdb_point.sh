#!/usr/bin/env bash
# VictoriaMetrics 1.79.5 (Debian's victoria-metrics 1.79.5+ds1-2+b5): InfluxDB's write path keeps both
# of two equal points, and a text becomes zero.
#
# Guess: `/api/v2/write` does what InfluxDB 2 does: a point with the same measurement, tags and time
# replaces the first, so that a write whose response was lost may be repeated, and a string field is
# kept or refused.
# Seen: both writes answer 204, and the series has the value twice at one moment, so sums and counts
# over it are doubled. A string field is stored as the number 0, with 204, too. (`-dedup.minScrapeInterval`
# of at least 1ms keeps one of two.) Output seen: value [2, 2], text [0].
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download victoria-metrics=1.79.5+ds1-2+b5 >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
dpkg -x victoria-metrics_*.deb package
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
package/usr/bin/victoria-metrics "-httpListenAddr=127.0.0.1:$port" -storageDataPath=data >server.log 2>&1 &
process=$!
server=http://127.0.0.1:$port
curl --silent --fail --retry 50 --retry-delay 1 --retry-connrefused "$server/health" >health.log

moment=$(($(date +%s) * 1000))
write() {
  curl --silent --output answer --write-out '%{http_code}\n' --data-binary "$1" \
    "$server/api/v2/write?org=home&bucket=home&precision=ms"
}
statuses=$(write "door,name=front value=2 $moment"; write "door,name=front value=2 $moment"
  write "bell,name=front text=\"rang\" $moment")
curl --silent "$server/internal/force_flush"
values() { curl --silent --get --data-urlencode "match[]=$1" "$server/api/v1/export" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["values"])'; }
numbers=$(values door_value)
texts=$(values bell_text)
echo "answers: ${statuses//$'\n'/ }"
echo "value $numbers, text $texts"
[[ ${statuses//$'\n'/ } == "204 204 204" && $numbers == "[2, 2]" && $texts == "[0]" ]]
