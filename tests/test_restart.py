"""A real Home Assistant, killed while a delivery waits."""

from pathlib import Path
import secrets
import stat

from aiohttp import ClientSession
import pytest

from tools.demo.api import Api, User, member
from tools.demo.home import Home, temporary_home
from tools.demo.household import settle, turn
from tools.demo.patience import eventually
from tools.demo.scenes.frigate import BELL, FrigateScene
from tools.demo.websocket import WebSocket, connected
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.wire import Json

SECONDS = 60.0


async def _deliveries(socket: WebSocket, *states: str) -> list[dict[str, Json]] | None:
    """Return the deliveries in some states; None if there are none."""
    answer = await socket.ask("event_relay.list_deliveries", state=[*states])
    return member(answer, "deliveries", list) or None


async def _tried(socket: WebSocket) -> dict[str, Json] | None:
    """Return the delivery that waits for its second attempt."""
    for delivery in await _deliveries(socket, "pending") or []:
        if delivery["attempts"]:
            return delivery
    return None


async def _stored(home: Home, api: Api) -> bool | None:
    """Return True once Home Assistant has written who we are and what is connected.

    It does so with a delay, and a kill loses what is not written.
    """
    login = member(api.token, "refresh_token", str)
    for name, part in (("auth", login), ("core.config_entries", '"event_relay"')):
        file = home.folder / ".storage" / name
        if not file.exists() or part not in file.read_text():
            return None
    return True


async def _kill_and_restart(simulator: FrigateSimulator, home: Home) -> None:
    """Ring while Frigate is away, cut the power, and bring both back."""
    user = User(name="test", password=secrets.token_hex(8))
    await home.start()
    async with ClientSession() as session:
        api = Api(session, home.url)
        await api.make_user(user)
        await api.wait_running()
        async with connected(session, home.url, api.access_token) as socket:
            await settle(socket)
            await FrigateScene(simulator).furnish(api, socket)
            await eventually(lambda: _stored(home, api), "what is kept of us", SECONDS)
            await simulator.stop()
            await turn(socket, BELL, on=True)
            kept = await eventually(
                lambda: _tried(socket), "an attempt that failed", SECONDS
            )
        await home.kill()
        file = home.folder / "event_relay.db"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        await simulator.start()
        await home.start()
        await api.wait_running()
        async with connected(session, home.url, api.access_token) as socket:
            (arrived,) = await eventually(
                lambda: _deliveries(socket, "delivered"), "its arrival", SECONDS
            )
        await home.stop()
    assert arrived["delivery_id"] == kept["delivery_id"]
    assert arrived["occurred_at"] == kept["occurred_at"]
    (event,) = simulator.events
    assert arrived["outside_id"] == event.id
    assert not [
        line
        for line in home.log_about("event_relay")
        if " ERROR " in line and "Error fetching" not in line
    ]


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("socket_enabled")
async def test_kill_loses_nothing_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with (
        FrigateSimulator(password="secret") as simulator,
        temporary_home() as home,
    ):
        await _kill_and_restart(simulator, home)
