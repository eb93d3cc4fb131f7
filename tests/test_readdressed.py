"""Tests of a connection changed to another system with an unknown outcome there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

from homeassistant.const import CONF_API_KEY, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.queue.absence import Absence
from custom_components.event_relay.queue.delivery import (
    ELSEWHERE,
    SENT_ELSEWHERE,
    Delivery,
    DeliveryState,
    Failure,
)
from custom_components.event_relay.storage import async_get_store
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home, home_aipix, home_guance, home_palabra
from .config_flows import submit

pytestmark = pytest.mark.usefixtures("socket_enabled", "short_waits")

type AnySimulator = Any
"""One of four simulators without a common base."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The differences between the backends."""

    simulator: Callable[..., Any]
    connect: Callable[[HomeAssistant, AnySimulator], Any]
    path: str
    """The path of a create."""
    action: str
    data: Mapping[str, object]
    end: str | None
    """The action that updates the result, and its own fields."""
    changed: Mapping[str, object]
    made: Callable[[AnySimulator], int]
    """Returns the number of a simulator's objects."""
    entered: Callable[[AnySimulator], dict[str, Any]]
    other: Mapping[str, object]
    """Options of the other system, which differs in more than its address."""


KINDS = {
    "frigate": Kind(
        simulator=lambda **options: FrigateSimulator(async_delay=0, **options),
        connect=home.connect,
        path="*/create",
        action="create_camera_event",
        data={"camera": "front_door", "label": "doorbell", "until_ended": True},
        end="end_camera_event",
        changed={},
        made=lambda simulator: len(simulator.events),
        entered=lambda simulator: {CONF_URL: simulator.url, "verify_ssl": True},
        other={},
    ),
    "aipix": Kind(
        simulator=AipixSimulator,
        connect=home_aipix.connect_aipix,
        path="*/scripts",
        action="create_script",
        data={"event_id": 11, "title": "At night"},
        end="update_script",
        changed={"title": "At dawn"},
        made=lambda simulator: len(simulator.scripts),
        entered=lambda simulator: {
            CONF_URL: simulator.url,
            "api": "client",
            CONF_USERNAME: home_aipix.USERNAME,
            CONF_PASSWORD: home_aipix.PASSWORD,
            "verify_ssl": True,
        },
        other={},
    ),
    "guance": Kind(
        simulator=GuanceSimulator,
        connect=home_guance.connect,
        path="*/create",
        action="create_custom_event",
        data={"status": "info", "title": "Hello"},
        end=None,
        changed={},
        made=lambda simulator: len(simulator.events),
        entered=lambda simulator: {
            CONF_URL: simulator.url,
            CONF_API_KEY: simulator.settings.api_key,
        },
        other={"workspace": "wksp_another", "api_key": "its-key"},
    ),
    "palabra": Kind(
        simulator=PalabraSimulator,
        connect=home_palabra.connect,
        path="*/event",
        action="create_live_event",
        data={
            "title": "Town meeting",
            "event_type": "in_person",
            "start": "2099-05-01T18:00:00+00:00",
            "end": "2099-05-01T20:00:00+00:00",
        },
        end="delete_live_event",
        changed={},
        made=lambda simulator: len(simulator.events),
        entered=lambda simulator: {
            CONF_URL: simulator.url,
            CONF_API_KEY: simulator.settings.api_key,
        },
        other={"api_key": "plbr_another"},
    ),
}
CHANGING = [name for name, kind in KINDS.items() if name != "guance"]
"""Backends whose connections can be changed to another system."""


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up and retry at once, and accept the first absence."""
    soon = timedelta(seconds=0.05)
    monkeypatch.setattr(backoff, "back_off", lambda *_: soon)
    monkeypatch.setattr(backoff, "look_up_wait", lambda *_: soon)
    monkeypatch.setattr(Absence, "proven", lambda *_: True)


@dataclass(kw_only=True)
class PausingFault(Fault):
    """Pauses a worker when it occurs, so that the outcome is not looked up."""

    pause: Callable[[], None]

    @override
    def strikes(self, method: str, path: str) -> bool:
        struck = super().strikes(method, path)
        if struck:
            self.pause()
        return struck


@dataclass(frozen=True)
class Move:
    """A connection, and the systems that it leads to before and after."""

    hass: HomeAssistant
    kind: Kind
    entry: MockConfigEntry
    old: AnySimulator
    new: AnySimulator

    async def act(
        self, action: str, data: Mapping[str, object], wait: float = 0
    ) -> str:
        """Call an action; return the id of its delivery."""
        answer = await self.hass.services.async_call(
            DOMAIN, action, {"wait": wait, **data}, blocking=True, return_response=True
        )
        assert answer is not None
        return str(answer["delivery_id"])

    async def wait_for(self, delivery_id: str, *states: DeliveryState) -> Delivery:
        """Return a delivery once it is in one of some states."""
        store = await async_get_store(self.hass)
        async with asyncio.timeout(60):
            while True:
                stored = await store.get(delivery_id)
                assert stored is not None
                if stored.state in states:
                    return stored
                await asyncio.sleep(0.02)

    async def settled(self, delivery_id: str) -> Delivery:
        """Return a delivery once it is settled."""
        return await self.wait_for(
            delivery_id, *(s for s in DeliveryState if s.settled)
        )

    async def send_with_unknown_outcome(self, kind: FaultKind) -> str:
        """Send a delivery whose outcome stays unknown; return its id."""
        worker = self.entry.runtime_data.worker
        fault = PausingFault(
            kind=kind, method="POST", path=self.kind.path, pause=worker.pause
        )
        self.old.add_faults(fault)
        delivery_id = await self.act(self.kind.action, self.kind.data)
        await self.wait_for(delivery_id, DeliveryState.UNCERTAIN)
        return delivery_id

    async def reconfigure(self, changed: dict[str, Any] | None = None) -> str:
        """Go through the form, by default to the new system; return its result."""
        form = await self.entry.start_reconfigure_flow(self.hass)
        changed = changed or self.kind.entered(self.new)
        result = await submit(self.hass, form, changed)
        await self.hass.async_block_till_done()
        return str(result.get("reason"))


@asynccontextmanager
async def moving(hass: HomeAssistant, backend: str) -> AsyncIterator[Move]:
    """Run two systems, and a connection to the first."""
    kind = KINDS[backend]
    async with kind.simulator() as old, kind.simulator(**kind.other) as new:
        entry = await kind.connect(hass, old)
        yield Move(hass, kind, entry, old, new)
        await hass.config_entries.async_unload(entry.entry_id)


@asynccontextmanager
async def another_address(simulator: AnySimulator) -> AsyncIterator[str]:
    """Yield another address of the same system."""
    port = URL(simulator.url).port

    async def forward(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, here = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, here), pipe(there, writer))

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await reader.read(65536):
                writer.write(some)
                await writer.drain()
        writer.close()

    async with await asyncio.start_server(forward, "127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.abort_clients()


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE])
@pytest.mark.parametrize("backend", CHANGING)
async def test_unknown_outcome_is_not_sent_to_the_new_system(
    hass: HomeAssistant, backend: str, kind: FaultKind
) -> None:
    async with moving(hass, backend) as move:
        delivery_id = await move.send_with_unknown_outcome(kind)
        assert await move.reconfigure() == "reconfigure_successful"
        ended = await move.settled(delivery_id)

        assert ended.state is DeliveryState.FAILED
        assert ended.failure == Failure(code=SENT_ELSEWHERE, reason=move.old.url)
        assert ended.outcome_unknown
        assert move.kind.made(move.old) == (kind is FaultKind.RESET_AFTER)
        assert move.kind.made(move.new) == 0


@pytest.mark.parametrize("backend", CHANGING)
async def test_unsent_delivery_is_sent_to_the_new_system(
    hass: HomeAssistant, backend: str
) -> None:
    async with moving(hass, backend) as move:
        move.entry.runtime_data.worker.pause()
        delivery_id = await move.act(move.kind.action, move.kind.data)
        assert await move.reconfigure() == "reconfigure_successful"
        ended = await move.settled(delivery_id)

        assert ended.state is DeliveryState.DELIVERED
        assert move.kind.made(move.old) == 0
        assert move.kind.made(move.new) == 1


@pytest.mark.parametrize("by_its_id", [False, True])
@pytest.mark.parametrize("backend", CHANGING)
async def test_update_of_the_old_system_fails_with_the_reason(
    hass: HomeAssistant, backend: str, *, by_its_id: bool
) -> None:
    async with moving(hass, backend) as move:
        start = await move.act(move.kind.action, move.kind.data, wait=30)
        delivered = await move.settled(start)
        assert delivered.receipt is not None
        move.entry.runtime_data.worker.pause()
        target: dict[str, object] = {"delivery_id": start}
        if by_its_id:
            # Made by another client, as far as is known here.
            await (await async_get_store(hass)).remove_connection(move.entry.entry_id)
            field = "script_id" if backend == "aipix" else "event_id"
            target = {field: str(delivered.receipt.outside_id)}
        assert move.kind.end is not None
        change = await move.act(move.kind.end, target | {**move.kind.changed})
        assert await move.reconfigure() == "reconfigure_successful"
        ended = await move.settled(change)

        assert ended.state is DeliveryState.DISCARDED
        assert ended.failure == Failure(code=ELSEWHERE, reason=move.old.url)
        assert move.kind.made(move.old) == 1


async def test_same_system_at_another_address_is_recognised(
    hass: HomeAssistant,
) -> None:
    """Such as when a name replaces an IP address."""
    async with moving(hass, "frigate") as move, another_address(move.old) as same:
        begun = await move.act(move.kind.action, move.kind.data, wait=30)
        lost = await move.send_with_unknown_outcome(FaultKind.RESET_AFTER)
        end = await move.act("end_camera_event", {"delivery_id": begun})
        assert await move.reconfigure({CONF_URL: same}) == "reconfigure_successful"

        assert (await move.settled(lost)).state is DeliveryState.DELIVERED
        assert (await move.settled(end)).state is DeliveryState.DELIVERED
        assert move.kind.made(move.old) == 2


async def test_workspace_is_the_same_at_another_address(hass: HomeAssistant) -> None:
    async with moving(hass, "guance") as move, another_address(move.old) as same:
        delivery_id = await move.send_with_unknown_outcome(FaultKind.RESET_AFTER)
        assert await move.reconfigure() == "unique_id_mismatch"
        changed = move.kind.entered(move.old) | {CONF_URL: same}
        assert await move.reconfigure(changed) == "reconfigure_successful"

        assert (await move.settled(delivery_id)).state is DeliveryState.DELIVERED
        assert move.kind.made(move.old) == 1
        assert move.kind.made(move.new) == 0
