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
DOORBELL = (BELL, "switch.doorbell", "event.doorbell_outcome")
"""The bell, and what the rule for it tells of its deliveries by."""
FRIGATE = "Frigate"
WEATHER = "Weather station"
"""A connection that has delivered a lot in its time."""
PORCH = "the-porch"
"""A dashboard with the bell, what became of it, and the card."""
HALL = "the-hall"
"""A dashboard that is still empty."""

_CONFIGURATION = Path(__file__).parent / "configuration"


@dataclass(frozen=True, kw_only=True)
class House:
    """What tests need to know of the house."""

    url: str
    frigate: FrigateSimulator
    frigate_entry: str
    """The id of the connection to it."""
    weather: GuanceSimulator
    weather_entry: str
    socket: WebSocket


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
            await settle(socket)
            await add_switch(socket, "Doorbell", "mdi:doorbell")
            await _add_dashboards(socket)
            new, old = await _connect(api, socket, frigate, weather)
        await home.stop()
        await past.fill(home.folder / FILE_NAME, old)
        await home.start()
        await home.run(api.wait_running())
        await api.finish_onboarding()
        async with connected(session, home.url, api.access_token) as socket:
            await socket.command(
                "repairs/ignore_issue",
                domain="http",
                issue_id="yaml_still_present_after_migration",
                ignore=True,
            )
            yield House(
                url=home.url,
                frigate=frigate,
                frigate_entry=new,
                weather=weather,
                weather_entry=old,
                socket=socket,
            )


async def _add_dashboards(socket: WebSocket) -> None:
    """Add one dashboard with the card, and one without."""
    bell: Json = {"type": "button", "entity": BELL, "grid_options": {"columns": "full"}}
    activity: Json = {"type": "logbook", "target": {"entity_id": [*DOORBELL]}}
    card: Json = {"type": "custom:event-relay-card"}
    porch: Json = [{"cards": [bell, activity]}, {"cards": [card]}]
    hall: Json = [{"cards": []}]
    for path, title, sections in ((PORCH, "Porch", porch), (HALL, "Hall", hall)):
        await socket.command(
            "lovelace/dashboards/create", url_path=path, title=title, mode="storage"
        )
        view: Json = {"title": title, "type": "sections", "sections": sections}
        await socket.command(
            "lovelace/config/save", url_path=path, config={"views": [view]}
        )


async def _connect(
    api: Api, socket: WebSocket, frigate: FrigateSimulator, weather: GuanceSimulator
) -> tuple[str, str]:
    """Add both connections, and return their ids."""
    key = weather.settings.api_key
    new, old = [
        await api.add_entry("event_relay", [{"next_step_id": backend}, form])
        for backend, form in (
            ("frigate", {"url": frigate.url}),
            ("guance", {"url": weather.url, "api_key": key}),
        )
    ]
    await socket.command("config_entries/update", entry_id=new, title=FRIGATE)
    return new, old
