#!/usr/bin/env bash
# aiohttp 3.14.5: one call of `session.put` or `session.delete` may reach the server twice.
#
# Guess: a call either returns a response or raises, and makes one request.
# Seen: if the server closes a kept-alive connection after it has read the request, and before it
# answers, aiohttp opens a new connection and sends PUT and DELETE once more, silently. POST and
# PATCH raise ServerDisconnectedError. A server that crashed in the middle of a PUT that is not
# idempotent (end this event now, add one to a counter) has then done it twice, and the caller
# cannot know. Output seen: PUT 2 requests, DELETE 2, POST 1, PATCH 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check aiohttp==3.14.5

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio

import aiohttp

jobs = []


async def serve(reader, writer):
    """Answer /warm; read the first /job whole and close without an answer; answer the second."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            request_line, *headers = head.decode().lower().split("\r\n")
            for header in headers:
                if header.startswith("content-length:"):
                    await reader.readexactly(int(header.partition(":")[2]))
            if "/job" in request_line:
                jobs.append(request_line)
                if len(jobs) == 1:
                    break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    except asyncio.IncompleteReadError:
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    seen = {}
    for method in ("PUT", "DELETE", "POST", "PATCH"):
        jobs.clear()
        async with aiohttp.ClientSession() as session:
            async with session.get(base + "/warm") as answer:
                await answer.read()
            try:
                async with session.request(method, base + "/job", json={"n": 1}) as answer:
                    outcome = answer.status
            except aiohttp.ServerDisconnectedError:
                outcome = "ServerDisconnectedError"
        seen[method] = (len(jobs), outcome)
        print(method, len(jobs), "requests at the server; the caller saw", outcome)
    assert seen == {
        "PUT": (2, 200),
        "DELETE": (2, 200),
        "POST": (1, "ServerDisconnectedError"),
        "PATCH": (1, "ServerDisconnectedError"),
    }, seen


asyncio.run(main())
PYTHON
