#!/usr/bin/env bash
# urllib3 2.8.0 (beside requests 2.34.2, which stands on it): without any option, a single call waits as
# long as the server asks, beyond its timeout.
#
# Guess: nobody asked for retries of statuses, so 503 with `Retry-After` is returned at once, as by
# requests; and no call takes much longer than its `timeout`.
# Seen: 413, 429 and 503 with `Retry-After` are waited for by default, up to three times, in the thread
# that called, and for up to six hours each; `timeout` does not count that. GET, PUT and DELETE are then
# sent again; POST is not. Without the header 503 is returned at once, so a test without it shows nothing.
# A sensor that a script reads every minute stands still for as long as a busy server says.
# Output seen, timeout 0.5: GET and PUT 204 with 2 requests, after 2 s; POST 503 with 1; requests 503.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check urllib3==2.8.0 requests==2.34.2

"$folder/venv/bin/python" - <<'PYTHON'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic

import requests
import urllib3

answers = []
seen_requests = []


class Busy(BaseHTTPRequestHandler):
    """A server that is busy for two seconds."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen_requests.append(self.command)
        headers = answers.pop(0) if answers else None
        self.send_response(204 if headers is None else 503)
        for name, value in {"Content-Length": "0", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


def call(send, headers):
    """Return the status, how many requests it took, and whether it took the server's two seconds."""
    seen_requests.clear()
    answers[:] = [headers]
    begun = monotonic()
    status = send()
    return status, len(seen_requests), monotonic() - begun >= 2


LATER = {"Retry-After": "2"}
seen = {
    "GET": call(lambda: urllib3.request("GET", url, timeout=0.5).status, LATER),
    "PUT": call(lambda: urllib3.request("PUT", url, body=b"on", timeout=0.5).status, LATER),
    "POST": call(lambda: urllib3.request("POST", url, body=b"on", timeout=0.5).status, LATER),
    "GET, no header": call(lambda: urllib3.request("GET", url, timeout=0.5).status, {}),
    "GET by requests": call(lambda: requests.get(url, timeout=0.5).status_code, LATER),
}
most = urllib3.Retry.DEFAULT.retry_after_max
print("urllib3", urllib3.__version__, "timeout 0.5 s; at most", most, "s for each wait")
for name, (status, count, waited) in seen.items():
    print(f"{name}: {status}, {count} requests, waited for the server: {waited}")
assert most == 6 * 3600
assert seen["GET"] == seen["PUT"] == (204, 2, True)
# The last three may be slow on a busy machine, but they are not repeated.
assert [seen[name][:2] for name in list(seen)[2:]] == [(503, 1)] * 3
PYTHON
