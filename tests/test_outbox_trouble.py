"""Tests of damaged, locked and forbidden files, and full disks, in Home Assistant."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
import os
from pathlib import Path
import resource
import subprocess
import sys

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay import storage
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import executor, worker
from custom_components.event_relay.queue.store import file
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, connection_entry, remove, wait_for_state
from .responses import respond
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

PAGE = 4096
DOORBELL = {"camera": "front_door", "label": "doorbell"}
CREATE = "/api/events/*/create"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten waits."""
    monkeypatch.setattr(executor, "STORE_PATIENCE", 0.05)
    monkeypatch.setattr(file, "_BUSY", 0.2)


def issues(hass: HomeAssistant) -> list[str]:
    """Return the repairs."""
    return [
        str(issue.translation_key)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    ]


async def rejection(hass: HomeAssistant, key: str = "outbox_unavailable") -> None:
    """Call an action, and return the reason of its rejection."""
    with pytest.raises(HomeAssistantError) as refusal:
        await act(hass, "create_camera_event", **DOORBELL)
    assert refusal.value.translation_key == key
    assert refusal.value.translation_placeholders is not None
    assert refusal.value.translation_placeholders["reason"]


# Damaged files at the start of Home Assistant.


async def _create_file(hass: HomeAssistant, frigate: FrigateSimulator) -> Path:
    """Leave a file as a properly stopped run does."""
    entry = await connect(hass, frigate)
    for _ in range(3):
        await act(hass, "create_camera_event", **DOORBELL)
    await remove(hass, entry)
    store = await storage.async_get_store(hass)
    await store.close()
    del hass.data[storage._STORE]
    return Path(storage.FILE_NAME)


def _garbage(path: Path) -> None:
    path.write_text("This is a text.\n" * 1000)


def _nothing(path: Path) -> None:
    path.write_bytes(b"")


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _no_version(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:60] + bytes(4) + content[64:])


def _page_of_zeros(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:PAGE] + bytes(len(content) - PAGE))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_garbage, True),
        (_nothing, False),
        (_half, True),
        (_no_version, True),
        (_page_of_zeros, True),
    ],
)
async def test_damaged_file_is_replaced(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    damage: Callable[[Path], None],
    *,
    told: bool,
) -> None:
    damage(await _create_file(hass, frigate))

    await connect(hass, frigate)
    answer = await act(hass, "create_camera_event", **DOORBELL)

    assert answer["state"] == "delivered"
    assert issues(hass) == ["outbox_set_aside"] * told


# Obstacles to the use of the file.


@contextmanager
def _folder_in_its_place(path: Path) -> Iterator[None]:
    path.mkdir()
    yield
    path.rmdir()


@contextmanager
def _no_folder(path: Path) -> Iterator[None]:
    """Forbid creating any file there, even for root."""
    folder = path.parent
    folder.rmdir()
    folder.write_bytes(b"")
    yield
    folder.unlink()
    folder.mkdir()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock the file in another process."""
    code = (
        "import sqlite3, sys; database = sqlite3.connect(sys.argv[1],"
        " isolation_level=None); database.execute('BEGIN EXCLUSIVE');"
        " database.execute('CREATE TABLE held (x)'); print('held', flush=True);"
        " input(); database.execute('ROLLBACK')"
    )
    with subprocess.Popen(  # noqa: S603 - a process of our own
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate("\n")


@contextmanager
def _full_disk(_: Path | None = None) -> Iterator[None]:
    """Let no file of this process grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PAGE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "obstacle", [_folder_in_its_place, _no_folder, _locked, _full_disk]
)
async def test_set_up_reports_the_obstacle_and_continues_without_it(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    obstacle: Callable[[Path], AbstractContextManager[None]],
) -> None:
    path = tmp_path / "folder" / "event_relay.db"
    path.parent.mkdir()
    monkeypatch.setattr(storage, "FILE_NAME", str(path))
    entry = connection_entry(frigate.url)
    entry.add_to_hass(hass)

    with obstacle(path):
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "outbox_unavailable"
        assert entry.error_reason_translation_placeholders is not None
        assert entry.error_reason_translation_placeholders["reason"]

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await wait_until(lambda: entry.state is ConfigEntryState.LOADED)
    answer = await act(hass, "create_camera_event", **DOORBELL)
    assert answer["state"] == "delivered"
    assert not issues(hass)
    assert not [*path.parent.glob("*.damaged-*")]


# Errors while Home Assistant is running.


async def _in_flight(
    hass: HomeAssistant, frigate: FrigateSimulator, *, wait: float = 10
) -> asyncio.Task[object]:
    """Start a slow delivery, and return once it is in flight."""
    frigate.add_faults(Fault(kind=FaultKind.DELAY, path=CREATE, seconds=0.5))
    before = len(frigate.requests)
    waiting: asyncio.Task[object] = asyncio.create_task(
        act(hass, "create_camera_event", **DOORBELL, wait=wait)
    )
    await wait_until(
        lambda: any(one.path.endswith("/create") for one in frigate.requests[before:])
    )
    return waiting


async def test_full_disk_rejects_new_deliveries_and_keeps_the_others(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    waiting = await _in_flight(hass, frigate)
    # Only an idle worker sends at once.
    await wait_until(lambda: entry.runtime_data.worker.at_rest)

    with _full_disk():
        # It is sent at once, before the full disk is noticed.
        await rejection(hass, "sent_unrecorded")
        await rejection(hass)
        await wait_until(lambda: len(frigate.events) == 2)
        await rejection(hass)
        listed = (await act(hass, "list_deliveries"))["deliveries"]
        assert [one["state"] for one in listed] == ["sending"]
        assert not waiting.done()

    answer = await waiting
    assert isinstance(answer, dict)
    assert answer["state"] == "delivered"
    later = await act(hass, "create_camera_event", **DOORBELL)
    assert later["state"] == "delivered"
    assert len(frigate.events) == 3

    async def all_are_kept() -> bool:
        listed = (await act(hass, "list_deliveries"))["deliveries"]
        return [one["state"] for one in listed] == ["delivered"] * 3

    async with asyncio.timeout(60):
        while not await all_are_kept():
            await asyncio.sleep(0.05)
    assert not issues(hass)


async def test_reload_on_a_full_disk_looks_up_unrecorded_attempts(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 0.2)
    entry = await connect(hass, frigate)
    waiting = await _in_flight(hass, frigate, wait=1)
    with _full_disk():
        await wait_until(lambda: frigate.events)
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
        assert listed["state"] == "sending"

    await wait_for_state(hass, listed["delivery_id"], "delivered")
    assert len(frigate.events) == 1
    await waiting


async def test_damage_during_use_is_reported_and_the_file_replaced(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate)
    waiting = await _in_flight(hass, frigate)
    await _damage_all_pages(hass)

    answer = await act(hass, "create_camera_event", **DOORBELL)

    assert answer["state"] == "delivered"
    assert issues(hass) == ["outbox_set_aside"]
    carried = await waiting
    assert isinstance(carried, dict)
    assert carried["state"] == "delivered"
    listed = (await act(hass, "list_deliveries"))["deliveries"]
    assert {one["delivery_id"] for one in listed} == {
        answer["delivery_id"],
        carried["delivery_id"],
    }
    assert len(frigate.events) == 2


async def test_lost_delivery_cannot_be_retried(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate)
    frigate.add_faults(respond(503, retry_after="1", times=1, path=CREATE))
    first = await act(hass, "create_camera_event", **DOORBELL)
    assert first["state"] == "pending"
    await _damage_all_pages(hass)

    with pytest.raises(HomeAssistantError) as refusal:
        await act(hass, "retry_delivery", delivery_id=first["delivery_id"])
    assert refusal.value.translation_key == "field_not_found"
    assert issues(hass) == ["outbox_set_aside"]
    answer = await act(hass, "create_camera_event", **DOORBELL)
    assert answer["state"] in {"pending", "delivered"}


async def _damage_all_pages(hass: HomeAssistant) -> None:
    """Overwrite the head of every page except the first, and empty the caches."""
    store = await storage.async_get_store(hass)

    def damage(database: object) -> None:
        connection = store._database._connection
        assert connection is database
        assert connection is not None
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("PRAGMA shrink_memory").fetchone()
        path = Path(storage.FILE_NAME)
        with path.open("r+b") as file:
            for offset in range(PAGE, path.stat().st_size, PAGE):
                file.seek(offset)
                file.write(b"\xff" * 8)

    await store._database.run(damage, without_transaction=True)
