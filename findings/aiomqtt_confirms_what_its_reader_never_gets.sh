#!/usr/bin/env bash
# aiomqtt 2.5.1 with mosquitto 2.0.11 (Debian's 2.0.11-1.2+deb12u2): messages of QoS 1 are confirmed before
# the program has seen them.
#
# Guess: with QoS 1 and a session that is kept (`clean_session=False`), a message that was not handled
# comes again after the next connection; so a loop over `client.messages` that stops at an error
# handles at least what it had not reached.
# Seen: each message is confirmed when it enters the client's own queue. If the loop ends in the first
# of three, because the system that it relays to is away, the other two are gone for good. The
# session itself works: what is sent while nobody is connected does come.
# Output seen: of 1 2 3, the first; then nothing; then 4 5 6.
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
venv/bin/pip install --quiet --quiet --disable-pip-version-check aiomqtt==2.5.1 paho-mqtt==2.1.0

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port" >broker.conf
libraries=$(find "$folder/package" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
LD_LIBRARY_PATH=$libraries package/usr/sbin/mosquitto -c broker.conf >broker.log 2>&1 &
process=$!
for _ in $(seq 100); do ! grep -qs running broker.log || break; sleep 0.1; done

venv/bin/python - "$port" <<'PYTHON'
import asyncio
import sys

import aiomqtt

PORT = int(sys.argv[1])


class Away(Exception):
    """The system that messages are relayed to cannot be reached."""


async def ring(*numbers):
    async with aiomqtt.Client("127.0.0.1", PORT) as client:
        for number in numbers:
            await client.publish("door", str(number), qos=1)


async def relay(away=False, sent=()):
    """Return what one connection of the relay gives within three seconds."""
    given = []
    try:
        async with aiomqtt.Client("127.0.0.1", PORT, identifier="relay", clean_session=False) as client:
            await client.subscribe("door", qos=1)
            await ring(*sent)
            async with asyncio.timeout(3):
                async for message in client.messages:
                    given.append(int(message.payload))
                    if away:
                        await asyncio.sleep(1)
                        raise Away
    except (Away, TimeoutError):
        pass
    return given


async def main():
    first = await relay(away=True, sent=(1, 2, 3))
    second = await relay()
    await ring(4, 5, 6)
    third = await relay()
    print("given:", first, "- after connecting again:", second, "- sent while away:", third)
    assert (first, second, third) == ([1], [], [4, 5, 6])


asyncio.run(main())
PYTHON
