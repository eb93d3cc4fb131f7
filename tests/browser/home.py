"""The home that is visited: a real Home Assistant with its connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from pathlib import Path

from aiohttp import ClientSession

from custom_components.event_relay.storage import FILE_NAME
from tools.demo.api import Api, User
from tools.demo.home import temporary_home
from tools.demo.home_setup import add_switch, settle
from tools.demo.websocket import WebSocket, connected
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.wire import Json

from ..home import CAPABILITIES
from . import past_deliveries

USER = User(name="demo", password="a good password")
BELL = "input_boolean.doorbell"
DOORBELL = (BELL, "switch.doorbell")
"""The bell, and the switch of the rule that a test adds for it."""
AUTOMATION = "automation.night_watch"
"""An automation that delivers to Frigate by an action."""
FRIGATE = "Frigate"
WEATHER = "Weather station"
"""A connection with many past deliveries."""
FRIGATE_ENTRY = "01M0000000000000000000FRNT"
WEATHER_ENTRY = "01M0000000000000000000WTHR"
"""The ids of both connections."""
PORCH = "the-porch"
"""A dashboard with the bell, its deliveries, and the card."""
HALL = "the-hall"
"""A dashboard that is still empty."""

_CONFIGURATION = Path(__file__).parent / "configuration"


@dataclass(frozen=True, kw_only=True)
class BrowserHome:
    """A running Home Assistant with connections, as seen in a browser."""

    url: str
    frigate: FrigateSimulator
    frigate_entry: str
    """The id of the connection to it."""
    weather: GuanceSimulator
    weather_entry: str
    socket: WebSocket


@asynccontextmanager
async def running_home() -> AsyncIterator[BrowserHome]:
    """Yield a home with two connections, a bell, and past deliveries; then end it.

    The connections and the past are prepared before its only start, which is slow.
    """
    async with (
        FrigateSimulator(async_delay=0) as frigate,
        GuanceSimulator(name=WEATHER) as weather,
        temporary_home(_CONFIGURATION) as home,
        ClientSession() as session,
    ):
        await asyncio.to_thread(_connect, home.folder, frigate, weather)
        await past_deliveries.fill(home.folder / FILE_NAME, WEATHER_ENTRY)
        await home.start()
        api = Api(session, home.url)
        await api.make_user(USER)
        await home.run(api.wait_running())
        await api.finish_onboarding()
        async with connected(session, home.url, api.access_token) as socket:
            await settle(socket)
            await add_switch(socket, "Doorbell", "mdi:doorbell")
            await _add_dashboards(socket)
            yield BrowserHome(
                url=home.url,
                frigate=frigate,
                frigate_entry=FRIGATE_ENTRY,
                weather=weather,
                weather_entry=WEATHER_ENTRY,
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


def _connect(folder: Path, frigate: FrigateSimulator, weather: GuanceSimulator) -> None:
    """Write both connections in Home Assistant's stored form."""
    entries: Json = [
        _entry(
            FRIGATE_ENTRY,
            FRIGATE,
            {
                "backend": "frigate",
                "url": frigate.url,
                "capabilities": CAPABILITIES,
                "username": "",
                "password": "",
                "verify_ssl": True,
            },
        ),
        _entry(
            WEATHER_ENTRY,
            WEATHER,
            {
                "backend": "guance",
                "url": weather.url,
                "api_key": weather.settings.api_key,
                "capabilities": {"retention_days": 14},
            },
        ),
    ]
    kept: Json = {
        "version": 1,
        "minor_version": 5,
        "key": "core.config_entries",
        "data": {"entries": entries},
    }
    (folder / ".storage").mkdir()
    (folder / ".storage" / "core.config_entries").write_text(json.dumps(kept))


def _entry(entry_id: str, title: str, data: Json) -> Json:
    """Return a connection in Home Assistant's stored form."""
    made = datetime.now(UTC).isoformat()
    return {
        "created_at": made,
        "data": data,
        "disabled_by": None,
        "discovery_keys": {},
        "domain": "event_relay",
        "entry_id": entry_id,
        "minor_version": 1,
        "modified_at": made,
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "subentries": [],
        "title": title,
        "unique_id": None,
        "version": 1,
    }
