#!/usr/bin/env bash
# paho-mqtt 2.1.0: a publish that says "not connected", twice over, is sent all the same.
#
# Guess: `publish` answers MQTT_ERR_NO_CONN and `wait_for_publish` raises RuntimeError("Message publish
# failed"), so nothing was taken, and the caller has to publish again.
# Seen: with QoS 1 the message is kept, and goes out when the client connects; so does the second one.
# Only QoS 0 is dropped, with the same code. A retry on this error makes every event of an outage two.
# Output seen: codes 4, 4, 4; received: ['opened, QoS 1', 'opened, QoS 1, once more'].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check paho-mqtt==2.1.0 amqtt==0.11.3

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import logging
import socket
from threading import Event

from amqtt.broker import Broker
from paho.mqtt.client import CallbackAPIVersion, Client

logging.disable(logging.CRITICAL)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
ANONYMOUS = "amqtt.plugins.authentication.AnonymousAuthPlugin"


def relay():
    """Publish without a connection, connect, and return the codes and what a listener received."""
    received, listening, last = [], Event(), Event()
    listener = Client(CallbackAPIVersion.VERSION2)
    listener.on_connect = lambda *_: listener.subscribe("door", 1)
    listener.on_subscribe = lambda *_: listening.set()

    def on_message(client, userdata, message):
        if message.payload == b"end":
            last.set()
        else:
            received.append(message.payload.decode())

    listener.on_message = on_message
    listener.connect("127.0.0.1", PORT)
    listener.loop_start()
    assert listening.wait(30)

    sender = Client(CallbackAPIVersion.VERSION2)
    codes = []
    for text, quality in (("opened, QoS 1", 1), ("opened, QoS 1, once more", 1), ("opened, QoS 0", 0)):
        outcome = sender.publish("door", text, qos=quality)
        codes.append(int(outcome.rc))
        try:
            outcome.wait_for_publish(1)
        except RuntimeError as error:
            print(f"{text}: {error}")
    connected = Event()
    sender.on_connect = lambda *_: connected.set()
    sender.connect("127.0.0.1", PORT)
    sender.loop_start()
    assert connected.wait(30)
    sender.publish("door", "end", qos=1).wait_for_publish(30)
    assert last.wait(30)
    sender.loop_stop()
    listener.loop_stop()
    return codes, received


async def main():
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{PORT}"}}
    broker = Broker({"listeners": listeners, "plugins": {ANONYMOUS: {"allow_anonymous": True}}})
    await broker.start()
    codes, received = await asyncio.to_thread(relay)
    await broker.shutdown()
    print("codes:", codes, "received:", received)
    assert codes == [4, 4, 4]
    assert received == ["opened, QoS 1", "opened, QoS 1, once more"]


asyncio.run(main())
PYTHON
