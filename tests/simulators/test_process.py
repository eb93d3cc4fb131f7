"""Tests of a simulator in its own process."""

import asyncio
import re
import sys

import aiohttp


async def test_simulator_starts_prints_its_address_and_stops(
    session: aiohttp.ClientSession,
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(
            "-m",
            "tools.simulators",
            "frigate",
            "--version",
            "0.17",
            "--prefix",
            "/frigate",
        ),
        *("--cameras", "cellar,attic", "--user", "me", "--password", "secret"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = (await process.stdout.readline()).decode()
    found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+/frigate)\n", line)
    assert found is not None
    body = {"user": "me", "password": "secret"}
    async with session.post(f"{found[1]}/api/login", json=body) as response:
        assert response.status == 200
        assert "secret" not in response.headers["Set-Cookie"]
    async with session.get(f"{found[1]}/_control/requests") as response:
        assert [one["path"] for one in await response.json()] == ["/api/login"]
    process.terminate()
    async with asyncio.timeout(60):
        rest = await process.stdout.read()
        assert await process.wait() == 0
    assert rest == b""
