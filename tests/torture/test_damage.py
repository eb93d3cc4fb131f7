"""Tests of flipped bits: their owner, and the losses that they explain."""

from contextlib import closing
from pathlib import Path
import random
import sqlite3
from unittest.mock import AsyncMock

import pytest

from custom_components.event_relay.queue.store.rows import MIGRATIONS
from tools.demo.websocket import WebSocket
from tools.torture.calls import Thing
from tools.torture.damage import Damage
from tools.torture.flips import Flip, flip
from tools.torture.ledger import Kind, Offence, Row

THING = Thing("create_camera_event", "torture 1")
LOST = Offence(kind=Kind.LOST, thing=THING, delivery_id="d1", why="gone", at=5.0)


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 no secret


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "event_relay.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(";".join(MIGRATIONS))
        database.execute("INSERT INTO notes VALUES ('c', 's', 'n', '1', NULL)")
        database.commit()
    return path


def test_exactly_one_bit_is_changed(file: Path) -> None:
    before = file.read_bytes()
    for seed in range(20):
        made = flip(file, chance(seed), log=seed % 2 == 0)
        assert made is not None
        after = file.read_bytes()
        changed = int.from_bytes(before) ^ int.from_bytes(after)
        assert changed.bit_count() == 1
        assert before[made.byte] ^ after[made.byte] == 1 << made.bit
        file.write_bytes(before)


def test_owner_of_the_bit_is_known(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = 8 * (file.read_bytes().rindex(b"csn1") + 3)
    monkeypatch.setattr(random.Random, "randrange", lambda *_: place)
    made = flip(file, chance(1), log=False)
    assert made is not None
    assert made.notes == {"c s n"}
    assert not made.deliveries


async def reported_damage(made: Flip, *keys: str) -> Damage:
    """Return damage that some repairs report to the user."""
    damage = Damage(Path("nowhere"), chance(1))
    damage.flips.append(made)
    issues = [
        {"domain": "event_relay", "issue_id": f"outbox_{key}", "translation_key": key}
        for key in keys
    ]
    socket = AsyncMock(spec=WebSocket)
    socket.command.return_value = {"issues": issues}
    await damage.hear_the_end(socket)
    return damage


@pytest.mark.parametrize(
    ("keys", "at", "explained"),
    [
        (["outbox_set_aside"], 10.0, True),
        (["outbox_log_damaged"], 10.0, True),
        (["outbox_log_mended"], 10.0, False),
        ([], 10.0, False),
        (["outbox_set_aside"], 4.0, False),
    ],
    ids=["file", "log", "nothing lost", "not told", "accepted later"],
)
async def test_report_explains_losses_of_earlier_deliveries(
    keys: list[str], at: float, *, explained: bool
) -> None:
    damage = await reported_damage(Flip(file="f", byte=0, bit=0, at=at), *keys)
    row = Row(connection="frigate", offences=[LOST])
    damage.explain(row, ())
    assert (row.told == [LOST]) == explained
    assert (row.offences == []) == explained


@pytest.mark.parametrize(
    "made",
    [
        Flip(file="f", byte=0, bit=0, at=0.0, deliveries=frozenset({"d1"})),
        Flip(file="f", byte=0, bit=0, at=0.0, notes=frozenset({"c s n"})),
    ],
)
async def test_changed_row_explains_itself(made: Flip) -> None:
    damage = await reported_damage(made)
    row = Row(connection="rule", offences=[LOST], subentry_id="s")
    damage.explain(row, ())
    assert row.told == [LOST]
