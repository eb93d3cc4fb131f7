"""Tests of bits changed by a disk within a row, which SQLite does not notice."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
import struct

import pytest

from custom_components.event_relay.backends.base import Instance
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store.checksum import (
    GROUPS,
    OUTCOME,
    REQUEST,
    TIMES,
    Group,
    corrected,
    is_whole,
)
from custom_components.event_relay.queue.store.recovery.distrust import distrust
from custom_components.event_relay.queue.store.rows import COLUMNS, values
from custom_components.event_relay.queue.store.store import SetAside, Store

from .ledger import START
from .pipeline import OWNER
from .test_store import FULL, pending_delivery

WHOLE = replace(
    FULL,
    target_at=Instance(id="a", address="http://one"),
    sent_to=Instance(id="b", address="http://two"),
    reported_time=START,
)
HAPPENED = START + timedelta(seconds=0.3)
ACCEPTED = START + timedelta(seconds=0.6)
SENT = START + timedelta(seconds=0.7)
UNPLANNED = {"state", "due_at", "settled_at"}
"""Columns that an index has as well, and the time of the end."""


def written_rows() -> Delivery:
    return pending_delivery(
        key="one-key",
        summary="a line of text",
        occurred_at=HAPPENED,
        accepted_at=ACCEPTED,
        first_sent_at=SENT,
        clue={"id": "a clue of it"},
    )


def number(moment: datetime) -> bytes:
    """Return SQLite's text of a time."""
    return struct.pack(">d", moment.timestamp())


async def read_after(
    path: Path, *changed: tuple[bytes, int]
) -> tuple[list[Delivery], int]:
    """Change bits of values in a closed file; return what is then read and reported."""
    content = bytearray(path.read_bytes())
    for text, bit in changed:
        at = content.rindex(text) + len(text) // 2
        content[at] ^= 1 << bit
    path.write_bytes(content)
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    try:
        read = await store.listing()
        if told:
            assert [one.waiting for one in told] == [1]
            assert [one.carried for one in told] == [len(read)]
        return read, len(told)
    finally:
        await store.close()


async def _set(store: Store, changes: str) -> None:
    """Set a column of all rows without updating their checksums."""
    await store._database.run(
        lambda file: file.execute(f"UPDATE deliveries SET {changes}").rowcount  # noqa: S608 - ours
    )


@pytest.mark.parametrize("bit", range(8))
@pytest.mark.parametrize(
    "value",
    [
        *(b"u00ef", b"a line of text", b"write_line", b"a clue of it"),
        *(number(HAPPENED), number(SENT)),
    ],
    ids=["payload", "summary", "operation", "clue", "occurred_at", "first_sent_at"],
)
async def test_wrong_bit_is_corrected_and_reported(
    tmp_path: Path, value: bytes, bit: int
) -> None:
    path = tmp_path / "event_relay.db"
    store = Store(path)
    await store.open()
    accepted = await store.accept(written_rows())
    await store.close()

    (read,), told = await read_after(path, (value, bit))

    assert told == 1
    # A damaged file cannot tell whether it has been sent since.
    assert read == replace(
        accepted, state=DeliveryState.UNCERTAIN, outcome_unknown=True, restored=True
    )


@pytest.mark.parametrize(
    "values",
    [
        [b"u00ef", b"a line of text"],
        [number(HAPPENED), number(ACCEPTED)],
        [number(SENT), b"a clue of it"],
    ],
    ids=["request", "times", "outcome"],
)
async def test_uncorrectable_row_is_reported_and_never_sent(
    tmp_path: Path, values: list[bytes]
) -> None:
    path = tmp_path / "event_relay.db"
    store = Store(path)
    await store.open()
    await store.accept(written_rows())
    await store.close()

    assert await read_after(path, *((value, 1) for value in values)) == ([], 1)


async def test_row_of_an_earlier_version_is_read_unchanged(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.accept(written_rows())
    nothing = ", ".join(f"{group.column} = NULL" for group in GROUPS)
    await _set(store, nothing)
    (read,) = await store.listing(owner=OWNER)
    await store.close()
    assert read.summary == "a line of text"


def row_of(delivery: Delivery) -> dict[str, object]:
    return dict(zip(COLUMNS, values(delivery), strict=True))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.column)
def test_every_value_is_covered(group: Group) -> None:
    row = row_of(WHOLE)
    assert is_whole(row)
    for name in group.names:
        value = row[name]
        other: object = f"{value}"[:-1] + "~"
        if isinstance(value, int | float):
            other = 1 - value
        assert not is_whole({**row, name: other}), name
        if value is not None:
            assert not is_whole({**row, name: b"?"}), name


def test_only_planned_columns_are_left_out() -> None:
    covered = {name for group in GROUPS for name in group.names}
    columns = {group.column for group in GROUPS}
    assert covered | columns | UNPLANNED == {*COLUMNS}
    assert not covered & UNPLANNED


def test_only_unambiguous_errors_are_corrected() -> None:
    row = row_of(written_rows())
    assert corrected({**row, "summary": "b line of text"}) is None
    assert corrected({**row, "summary": "c line of text"}) == row
    two = {**row, "summary": "c line of text", "attempts": 4}
    assert corrected(two) == row
    assert corrected({**row, TIMES.column: -1}) is None
    assert corrected({**row, "attempts": "?"}) is None


type InBulk = Callable[[Store], Awaitable[object]]


async def _shift(store: Store) -> None:
    await store.recover(OWNER, START)
    for hours in (2, -2, 72):
        await store.shift(OWNER, timedelta(hours=hours, microseconds=1), START)


async def _distrust(store: Store) -> None:
    await store._database.run(distrust)


async def _recover(store: Store) -> None:
    await store.recover(OWNER, START, held_back_by=("rejected",))


async def _take(store: Store) -> None:
    await store.take(OWNER, START + timedelta(days=2), most=9, look_ups=9, busy=())


IN_BULK: list[InBulk] = [_shift, _distrust, _recover, _take]


def _one_in_every_state() -> list[Delivery]:
    """Return a delivery in each state, and one whose start failed."""
    never = pending_delivery(99, follows="nothing", due_at=START)
    return [
        never,
        *(
            replace(WHOLE, id=state.value, key=None, follows=None, state=state)
            for state in DeliveryState
        ),
    ]


@pytest.mark.parametrize("in_bulk", IN_BULK)
async def test_bulk_changes_keep_checksums_valid(store: Store, in_bulk: InBulk) -> None:
    for delivery in _one_in_every_state():
        await store.accept(delivery)

    await in_bulk(store)

    assert len(await store.listing()) == len(_one_in_every_state())


@pytest.mark.parametrize("in_bulk", [_shift, _distrust])
@pytest.mark.parametrize("wrong", ["occurred_at = occurred_at + 1", "outside_id = '8'"])
async def test_bulk_changes_do_not_hide_wrong_bits(
    path: Path, in_bulk: InBulk, wrong: str
) -> None:
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    await store.accept(replace(WHOLE, state=DeliveryState.UNCERTAIN))
    await _set(store, wrong)

    await in_bulk(store)

    assert await store.listing() == []
    assert len(told) == 1
    await store.close()


async def test_delivery_in_flight_gets_a_checksum_again_when_settled(
    store: Store,
) -> None:
    async def sums() -> list[tuple[bool, ...]]:
        rows = await store._database.run(
            lambda file: file.execute("SELECT * FROM deliveries").fetchall()
        )
        return [tuple(row[group.column] is None for group in GROUPS) for row in rows]

    assert GROUPS == (REQUEST, TIMES, OUTCOME)
    await store.accept(pending_delivery())
    assert await sums() == [(False, False, False)]
    taken = await store.take(OWNER, START, most=1, look_ups=0, busy=())
    assert await sums() == [(False, False, True)]
    (claimed,) = taken.claimed
    await store.update(
        replace(claimed, state=DeliveryState.DELIVERED), was=DeliveryState.SENDING
    )
    assert await sums() == [(False, False, False)]

    await store.accept(pending_delivery(2))
    await store.take(OWNER, START, most=1, look_ups=0, busy=())
    await store.recover(OWNER, START)
    assert await sums() == [(False, False, False)] * 2
