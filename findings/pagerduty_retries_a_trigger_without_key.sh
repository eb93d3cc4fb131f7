#!/usr/bin/env bash
# pagerduty 7.2.0 (PagerDuty's own client): a trigger without `dedup_key` is sent again without one.
#
# Guess: since the client retries 500, 502 and 504 by itself, it makes a key for the trigger first, so
# that an event whose answer was lost at a gateway is not opened twice.
# Seen: two answers of 502 and one of 202 are three requests, none of which holds a `dedup_key`. The
# service chooses a key for each that reaches it, and so each can become an alert of its own; the
# caller gets the last key only. Whoever passes a `dedup_key` is safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check pagerduty==7.2.0
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/key.pem" -out "$folder/cert.pem" -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>"$folder/openssl.log" ||
  { cat "$folder/openssl.log" >&2; exit 1; }

cd "$folder"
SSL_CERT_FILE=$folder/cert.pem venv/bin/python - <<'PYTHON'
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from pagerduty import EventsApiV2Client

events = []


class Service(BaseHTTPRequestHandler):
    """Take every event, and lose the first two answers at a gateway."""

    def do_POST(self):
        events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps({"status": "success", "dedup_key": f"key {len(events)}"}).encode()
        self.send_response(502 if len(events) < 3 else 202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server = HTTPServer(("127.0.0.1", 0), Service)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()

client = EventsApiV2Client("0" * 32, base_url=f"https://localhost:{server.server_port}")
client.sleep_timer = 0.01
key = client.trigger("Somebody rang", "doorbell")
print("requests:", len(events), "with a key:", sum("dedup_key" in event for event in events))
print("key that the caller got:", key)
assert len(events) == 3
assert not any("dedup_key" in event for event in events)
assert key == "key 3"
PYTHON
