"""The house that is visited: a real Home Assistant, and what it is connected to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from custom_components.event_relay.storage import FILE_NAME
from demo.api import Api, User
from demo.home import temporary_home
from demo.household import add_switch, settle
from demo.websocket import WebSocket, connected
from simulators.frigate import FrigateSimulator
from simulators.guance import GuanceSimulator
from simulators.wire import Json

from . import past

USER = User(name="demo", password="a good password")
BELL = "input_boolean.doorbell"
WEATHER = "Weather station"
"""A connection that has delivered a lot in its time."""
FRIGATE = "Frigate"
DASHBOARD = "front-door"
_CONFIGURATION = Path(__file__).parent / "configuration"


@dataclass(frozen=True, kw_only=True)
class House:
    """What tests need to know of the house."""

    url: str
    frigate: FrigateSimulator
    api: Api


@asynccontextmanager
async def running_house() -> AsyncIterator[House]:
    """Yield a house with two connections, a bell, and a past; end it afterwards."""
    async with (
        FrigateSimulator(async_delay=0) as frigate,
        GuanceSimulator(name=WEATHER) as weather,
        temporary_home(_CONFIGURATION) as home,
        ClientSession() as session,
    ):
        await home.start()
        api = Api(session, home.url)
        await api.make_user(USER)
        await api.wait_running()
        async with connected(session, home.url, api.access_token) as socket:
            old = await _furnish(api, socket, frigate, weather)
        await home.stop()
        await past.fill(home.folder / FILE_NAME, old)
        await home.start()
        await home.run(api.wait_running())
        await api.finish_onboarding()
        yield House(url=home.url, frigate=frigate, api=api)


async def _furnish(
    api: Api, socket: WebSocket, frigate: FrigateSimulator, weather: GuanceSimulator
) -> str:
    """Set up what no test is about, and return the connection that is old."""
    await settle(socket)
    await add_switch(socket, "Doorbell", "mdi:doorbell")
    await socket.command(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title="Front door",
        icon="mdi:door",
        mode="storage",
    )
    bell: Json = {
        "type": "button",
        "entity": BELL,
        "tap_action": {"action": "toggle"},
    }
    await socket.command(
        "lovelace/config/save",
        url_path=DASHBOARD,
        config={"views": [{"title": "Front door", "cards": [bell]}]},
    )
    await _connect(api, socket, "frigate", FRIGATE, {"url": frigate.url})
    return await _connect(
        api,
        socket,
        "guance",
        WEATHER,
        {"url": weather.url, "api_key": weather.settings.api_key},
    )


async def _connect(
    api: Api, socket: WebSocket, backend: str, title: str, form: dict[str, Json]
) -> str:
    """Add a connection, name it, and return its id."""
    entry_id = await api.add_entry("event_relay", [{"next_step_id": backend}, {**form}])
    await socket.command("config_entries/update", entry_id=entry_id, title=title)
    return entry_id
