#!/usr/bin/env bash
# homeassistant 2026.10.4 (`rest_command`) and apprise 2.3.0 (`json://`): a POST that is answered with a
# redirect is reported as a success, and its body reaches nobody.
#
# Guess: a target that has moved is told as an error, or gets the POST with its body.
# Seen: both follow a 301 by a GET without a body, take the 200 of that page, and say all is well:
# `rest_command` answers status 200 and raises nothing, `notify` returns a true result. It is what homes
# meet on the day when http starts to lead to https, or an address gets a slash. UV_PYTHON may name a
# Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" homeassistant==2026.10.4 apprise==2.3.0

cd "$folder"
venv/bin/python - <<'PYTHON'
import asyncio
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import aiohttp
from apprise import Apprise
from homeassistant.components import rest_command
from homeassistant.core import HomeAssistant

requests = []


class Target(BaseHTTPRequestHandler):
    """A target that has moved from /old to /new."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        requests.append((self.command, self.path, bool(body)))
        self.send_response(301 if self.path == "/old" else 200)
        if self.path == "/old":
            self.send_header("Location", "/new")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


async def by_rest_command(url):
    hass = HomeAssistant("config")
    async with aiohttp.ClientSession() as session:
        rest_command.async_get_clientsession = lambda *_, **__: session
        command = {"url": url, "method": "post", "payload": '{"door": "open"}'}
        config = rest_command.CONFIG_SCHEMA({"rest_command": {"tell": command}})
        await rest_command.async_setup(hass, config)
        answer = await hass.services.async_call(
            "rest_command", "tell", {}, blocking=True, return_response=True
        )
    await hass.async_stop(force=True)
    return answer["status"]


server = ThreadingHTTPServer(("127.0.0.1", 0), Target)
Thread(target=server.serve_forever, daemon=True).start()
address = f"127.0.0.1:{server.server_port}/old"
EMPTY_GET_AFTER_POST = [("POST", "/old", True), ("GET", "/new", False)]

status = asyncio.run(by_rest_command(f"http://{address}"))
print("rest_command: status", status, requests)
assert (status, requests) == (200, EMPTY_GET_AFTER_POST)

requests.clear()
apprise = Apprise()
apprise.add(f"json://{address}")
told = bool(apprise.notify(title="Door", body="open"))
print("apprise: success", told, requests)
assert (told, requests) == (True, EMPTY_GET_AFTER_POST)
PYTHON
