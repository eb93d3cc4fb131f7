#!/usr/bin/env bash
# influxdb-client 1.50.0: what waits in a batch when a program ends is lost, and the exit status is 0.
#
# Guess: the batching writer flushes at exit, as Python's logging and file objects do; or the process
# waits for its threads.
# Seen: it does try, but only when the interpreter is already shutting down, where no request can be
# made any more. The points reach nobody, the process ends with 0, and one line on stderr says it. Only
# `with`, or `close()`, keeps them; a short script or an exception on the way there does not.
# Output seen: without close 0 requests and exit status 0; with close 1 request with both points.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
  influxdb-client==1.50.0 reactivex==6.1.0

"$folder/venv/bin/python" - <<'PYTHON'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import subprocess
import sys
from threading import Thread

SCRIPT = """
from influxdb_client import InfluxDBClient, WriteOptions
client = InfluxDBClient(url={url!r}, token="example", org="home")
writer = client.write_api(write_options=WriteOptions(batch_size=100, flush_interval=60_000))
writer.write("home", "home", "door open=1 1")
writer.write("home", "home", "door open=0 2")
"""
bodies = []


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
Thread(target=server.serve_forever, daemon=True).start()
script = SCRIPT.format(url=f"http://127.0.0.1:{server.server_port}")
seen = {}
for case, end in (("without close", ""), ("with close", "writer.close()\n")):
    bodies.clear()
    done = subprocess.run([sys.executable, "-c", script + end], capture_output=True, text=True)
    seen[case] = (done.returncode, list(bodies))
    print(f"{case}: exit status {done.returncode}, bodies {bodies}, stderr {done.stderr.strip()!r}")
server.shutdown()
assert seen == {
    "without close": (0, []),
    "with close": (0, ["door open=1 1\ndoor open=0 2"]),
}, seen
PYTHON
