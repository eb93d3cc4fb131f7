"""Real systems for the tests of presets, each on 127.0.0.1."""

import asyncio
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
import os
from pathlib import Path
import shutil

from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer, unused_port
from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_test_home_assistant,
)

from tests.other_systems import serve

ROOT = Path(__file__).parents[2]
LOST, BUSY = "lost", "busy"
PATIENCE = 120
"""Seconds for a system to listen on a busy machine."""


@asynccontextmanager
async def another_home_assistant() -> AsyncIterator[tuple[HomeAssistant, str, str]]:
    """Run a second Home Assistant; yield it, its address, and a token for it."""
    async with async_test_home_assistant() as other:
        assert await async_setup_component(other, "api", {})
        assert await async_setup_component(other, "webhook", {})
        user = MockUser(is_owner=True, name="Owner").add_to_hass(other)
        refresh = await other.auth.async_create_refresh_token(
            user,
            client_name="Event Relay",
            token_type=TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN,
            access_token_expiration=timedelta(days=1),
        )
        token = other.auth.async_create_access_token(refresh)
        async with TestServer(other.http.app, host="127.0.0.1") as server:
            yield other, f"http://127.0.0.1:{server.port}", token
        await other.async_stop(force=True)


@asynccontextmanager
async def alertmanager(folder: Path) -> AsyncIterator[str]:
    """Run Prometheus's Alertmanager; yield its address. Skips without it."""
    found = _program("EVENT_RELAY_ALERTMANAGER", "prometheus-alertmanager")
    (folder / "config.yml").write_text(
        "route: {receiver: none}\nreceivers: [{name: none}]\n"
    )
    port = unused_port()
    command = (
        found,
        f"--config.file={folder / 'config.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    async with _running(command, f"http://127.0.0.1:{port}/-/ready") as origin:
        yield origin


@asynccontextmanager
async def in_front_of(
    origin: str, *faults: str
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Forward requests to a system; yield the address, and the forwarded POSTs.

    Each fault strikes one POST, in order: LOST disconnects instead of returning the
    response of the system, BUSY asks for a later attempt instead of forwarding.
    """
    forwarded: list[bytes] = []
    left = [*faults]

    async def forward(request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        writes = request.method == "POST"
        fault = left.pop(0) if writes and left else None
        if fault == BUSY:
            return web.Response(status=503, headers={"Retry-After": "2"})
        if writes:
            forwarded.append(body)
        async with session.request(
            request.method,
            f"{origin}{request.raw_path}",
            data=body,
            headers={"Content-Type": request.content_type},
        ) as answer:
            response = web.Response(status=answer.status, body=await answer.read())
        if fault == LOST:
            assert request.transport is not None
            request.transport.abort()
        return response

    async with ClientSession() as session, serve(forward) as address:
        yield address, forwarded


@asynccontextmanager
async def influxdb(folder: Path) -> AsyncIterator[str]:
    """Run InfluxDB 1; yield its address. Skips without it."""
    found = _program("EVENT_RELAY_INFLUXDB", "influxd")
    port, rpc = unused_port(), unused_port()
    config = folder / "influxdb.conf"
    config.write_text(
        f"""
        reporting-disabled = true
        bind-address = "127.0.0.1:{rpc}"
        [meta]
        dir = "{folder / "meta"}"
        [data]
        dir = "{folder / "data"}"
        wal-dir = "{folder / "wal"}"
        [http]
        bind-address = "127.0.0.1:{port}"
        [monitor]
        store-enabled = false
        """
    )
    command = (found, "run", "-config", str(config))
    async with _running(command, f"http://127.0.0.1:{port}/ping") as origin:
        yield origin


@asynccontextmanager
async def victoria_metrics(folder: Path) -> AsyncIterator[str]:
    """Run VictoriaMetrics; yield its address. Skips without it."""
    found = _program("EVENT_RELAY_VICTORIA_METRICS", "victoria-metrics")
    port = unused_port()
    command = (
        found,
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-storageDataPath={folder / 'data'}",
        # Keep one of several points with the same series and time.
        "-dedup.minScrapeInterval=1ms",
    )
    async with _running(command, f"http://127.0.0.1:{port}/health") as origin:
        yield origin


@asynccontextmanager
async def node_red(folder: Path, flows: str) -> AsyncIterator[str]:
    """Run Node-RED with flows; yield its address. Skips without it."""
    found = _program("EVENT_RELAY_NODE_RED", "node-red")
    (folder / "flows.json").write_text(flows)
    (folder / "settings.js").write_text(
        'module.exports = {uiHost: "127.0.0.1", flowFile: "flows.json",'
        ' httpAdminRoot: false, logging: {console: {level: "off"}}}'
    )
    port = unused_port()
    command = (
        found,
        *("--userDir", str(folder), "--settings", str(folder / "settings.js")),
        *("--port", str(port)),
    )
    async with _running(command, f"http://127.0.0.1:{port}/ready") as origin:
        yield origin


def _program(variable: str, name: str) -> str:
    """Return the path of a program; skips the test, naming the program, without it.

    `script/test tests/http/test_real_targets.py` installs them.
    """
    noted = ROOT / ".toolchain" / name
    found = os.environ.get(variable) or shutil.which(name)
    if not found and noted.is_file():
        found = noted.read_text()
    if not found:
        pytest.skip(f"{name} is not there; name it by {variable}")
    return found


@asynccontextmanager
async def _running(command: Sequence[str], ready: str) -> AsyncIterator[str]:
    """Run a program until it responds, and end it afterwards."""
    process = await create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE), ClientSession() as session:
            while True:
                assert process.returncode is None, "it has ended by itself"
                with suppress(ClientError):
                    async with session.get(ready) as answer:
                        if answer.ok:
                            break
                await asyncio.sleep(0.1)
        yield ready.rpartition("/")[0].removesuffix("/-")
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
