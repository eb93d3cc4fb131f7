"""Bits that a disk has changed within the texts of a row, which SQLite does not see."""

from pathlib import Path

import pytest

from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store.checksum import (
    COLUMN,
    COVERED,
    checksum,
    corrected,
    is_whole,
)
from custom_components.event_relay.queue.store.rows import COLUMNS, values
from custom_components.event_relay.queue.store.store import SetAside, Store

from .conftest import OWNER
from .test_store import a_delivery


def written() -> Delivery:
    return a_delivery(key="one-key", summary="a line of text")


async def after(path: Path, *changed: tuple[bytes, int]) -> tuple[list[Delivery], int]:
    """Change bits of texts of a closed file; return what is then read, and told."""
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


@pytest.mark.parametrize("bit", range(8))
@pytest.mark.parametrize("text", [b"u00ef", b"a line of text", b"write_line"])
async def test_a_wrong_bit_is_corrected_and_told(
    tmp_path: Path, text: bytes, bit: int
) -> None:
    path = tmp_path / "event_relay.db"
    store = Store(path)
    await store.open()
    accepted = await store.accept(written())
    await store.close()

    (read,), told = await after(path, (text, bit))

    assert told == 1
    assert (read.id, read.payload, read.summary, read.operation) == (
        *(accepted.id, accepted.payload, accepted.summary, accepted.operation),
    )
    # It may have been sent since, for all that a damaged file can tell.
    assert read.state is DeliveryState.UNCERTAIN


async def test_what_cannot_be_corrected_is_told_and_never_sent(tmp_path: Path) -> None:
    path = tmp_path / "event_relay.db"
    store = Store(path)
    await store.open()
    await store.accept(written())
    await store.close()

    assert await after(path, (b"u00ef", 0), (b"a line of text", 1)) == ([], 1)


async def test_a_row_of_an_earlier_version_is_read_as_it_is(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.accept(written())
    await store._database.run(
        lambda file: file.execute("UPDATE deliveries SET checksum = NULL").rowcount
    )
    (read,) = await store.listing(owner=OWNER)
    await store.close()
    assert read.summary == "a line of text"


def test_every_text_that_is_written_once_is_covered() -> None:
    row = dict(zip(COLUMNS, values(written()), strict=True))
    assert row[COLUMN] == checksum(row[name] for name in COVERED)
    for name in COVERED:
        value = row[name]
        changed = {**row, name: "x" if value is None else f"{value}"[:-1] + "~"}
        assert not is_whole(changed), name
    assert corrected({**row, "summary": "b line of text"}) is None
    assert corrected({**row, "summary": "c line of text"}) == row
