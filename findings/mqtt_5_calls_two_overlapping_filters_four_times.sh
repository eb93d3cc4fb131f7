#!/usr/bin/env bash
# paho-mqtt 2.1.0 with mosquitto 2.0.11 (Debian's 2.0.11-1.2+deb12u2): with MQTT 5, two filters that
# overlap make four calls of one message, and three make nine.
#
# Guess: a message that two subscriptions of a client match reaches it once, or once for each; so each
# callback of `message_callback_add` is called once. A change of protocol from 3.1.1 to 5 keeps that.
# Seen: with 3.1.1 the broker sends one copy, and each callback is called once. With MQTT 5 it sends a
# copy for each subscription, and paho gives every copy to every callback that matches. Who listens
# to `frigate/events` and to `frigate/#` beside it handles each event twice in both places; QoS 2
# is no help, since these are different messages. Only subscription identifiers tell them apart.
# Output seen: 3.1.1: 2 calls for 2 filters, 3 for 3; MQTT 5: 4 for 2, 9 for 3.
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
# The broker, and those of its libraries that not every Debian 12 has.
apt-get download mosquitto=2.0.11-1.2+deb12u2 libcjson1=1.7.15-1+deb12u4 libdlt2=2.18.8-6 \
  libev4=1:4.33-1 libuv1=1.44.2-1+deb12u1 libwebsockets17=4.1.6-3 libwrap0=7.6.q-32 \
  >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
for package in *.deb; do dpkg -x "$package" package; done
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check paho-mqtt==2.1.0

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port" >broker.conf
libraries=$(find "$folder/package" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
LD_LIBRARY_PATH=$libraries package/usr/sbin/mosquitto -c broker.conf >broker.log 2>&1 &
process=$!

venv/bin/python - "$port" <<'PYTHON'
import sys
import time
from collections import Counter
from threading import Event

from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv5, MQTTv311

PORT = int(sys.argv[1])


def calls(protocol, filters):
    """Publish one message, and count the calls of each filter's callback."""
    counted, last, subscribed = Counter(), Event(), Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=protocol)
    for one in filters:
        client.message_callback_add(one, lambda *_, one=one: counted.update([one]))
    client.message_callback_add("end", lambda *_: last.set())
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_connect = lambda *_: client.subscribe([(one, 2) for one in [*filters, "end"]])
    for _ in range(100):
        try:
            client.connect("127.0.0.1", PORT)
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    client.loop_start()
    assert subscribed.wait(30)
    client.publish("frigate/events", "new", qos=2)
    client.publish("end", qos=2)
    assert last.wait(30)
    client.loop_stop()
    client.disconnect()
    return dict(counted)


TWO = ["frigate/events", "frigate/#"]
THREE = [*TWO, "+/events"]
seen = {}
for name, protocol in (("3.1.1", MQTTv311), ("5", MQTTv5)):
    for filters in (TWO, THREE):
        seen[name, len(filters)] = calls(protocol, filters)
        print(f"MQTT {name}, {len(filters)} filters:", seen[name, len(filters)])
assert seen == {
    ("3.1.1", 2): dict.fromkeys(TWO, 1),
    ("3.1.1", 3): dict.fromkeys(THREE, 1),
    ("5", 2): dict.fromkeys(TWO, 2),
    ("5", 3): dict.fromkeys(THREE, 3),
}
PYTHON
