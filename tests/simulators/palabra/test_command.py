"""Tests of the simulated Palabra in its own process."""

import asyncio
import sys

import aiohttp


async def test_simulator_starts_with_its_options_and_stops(
    session: aiohttp.ClientSession,
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tools.simulators", "palabra", "--prefix", "/eu", "--api-key", "mine"),
        *("--client-id", "me", "--client-secret", "secret"),
        *("--older", "--empty-balance"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = (await process.stdout.readline()).decode()
    url = line.removeprefix("listening on ").strip()
    assert url.endswith("/eu")
    path = f"{url}/saas/v2/events"
    headers = {"Authorization": "Bearer mine"}
    async with session.get(path, headers=headers) as response:
        assert response.status == 200
    async with session.get(path) as response:
        assert response.status == 401
    async with session.get(f"{url}/_control/requests") as response:
        assert [one["status"] for one in await response.json()] == [200, 401]
    process.terminate()
    async with asyncio.timeout(60):
        assert await process.wait() == 0
