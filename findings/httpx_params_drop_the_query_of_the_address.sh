#!/usr/bin/env bash
# httpx 0.28.1, beside requests 2.34.2 and aiohttp 3.14.5: `params` replaces the query of the address, and
# an empty `params` removes it.
#
# Guess: parameters are added to those of the address, as the other two do and as httpx does with those
# of the client and of the request; with `params={}` nothing is added.
# Seen: `post("…/hook?token=1", params={"door": "front"})` sends no token, and so does `params={}`, which
# a program has when there is nothing to add. Addresses of webhooks carry their key in the query, so
# the target answers 401 or 404 to what was right; from a client with `params` of its own no request can
# carry a query in its address. `params=None` leaves it.
# Output seen: httpx "door=front", "" and "token=1"; the others "token=1&door=front", "token=1" twice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  httpx==0.28.1 requests==2.34.2 aiohttp==3.14.5

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import aiohttp
import httpx
import requests

queries = []


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        queries.append(self.path.partition("?")[2])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


async def by_aiohttp(url, params):
    async with aiohttp.ClientSession(trust_env=False) as session:
        async with session.post(url, params=params):
            pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/hook?token=1"
seen = {}
for name, post in {
    "httpx": lambda params: httpx.post(url, params=params, trust_env=False),
    "requests": lambda params: requests.post(url, params=params),
    "aiohttp": lambda params: asyncio.run(by_aiohttp(url, params)),
}.items():
    queries.clear()
    for params in ({"door": "front"}, {}, None):
        post(params)
    seen[name] = list(queries)
    print(name, seen[name])
with httpx.Client(params={"home": "1"}, trust_env=False) as client:
    queries.clear()
    client.post(url)
    print("httpx, a client with parameters:", queries)
    assert queries == ["home=1"]
merged = ["token=1&door=front", "token=1", "token=1"]
assert seen == {"httpx": ["door=front", "", "token=1"], "requests": merged, "aiohttp": merged}
PYTHON
