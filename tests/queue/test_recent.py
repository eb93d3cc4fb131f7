"""What is claimed from memory is what is in the file."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store import recent, rows, writes
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable

from .conftest import OWNER
from .ledger import START
from .test_store import a_delivery

LATER = START + timedelta(hours=1)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Return what counts the deliveries that are read from the file."""
    read = Mock(side_effect=rows.from_row)
    monkeypatch.setattr(writes, "from_row", read)
    return read


async def _claimed(store: Store, slots: int = 9) -> list[Delivery]:
    taken = await store.take(OWNER, LATER, slots=slots, look_ups=0, busy=())
    return [*taken.claimed]


async def test_what_was_just_accepted_is_claimed_without_being_read(
    store: Store, read: Mock
) -> None:
    some = [
        await store.accept(a_delivery(number, due_at=START, key=f"{number}"))
        for number in range(3)
    ]

    claimed = await _claimed(store)

    assert claimed == [transitions.claimed(one, LATER) for one in some]
    read.assert_not_called()
    assert claimed == [await store.get(one.id) for one in some]


async def test_what_was_changed_meanwhile_is_read(store: Store, read: Mock) -> None:
    first = await store.accept(a_delivery(1))
    (claimed,) = await _claimed(store)
    back = transitions.unclaimed(claimed, START)
    await store.update(back, was=DeliveryState.SENDING)

    (again,) = await _claimed(store)

    assert again == transitions.claimed(back, LATER)
    assert again.accepted_at == first.accepted_at
    read.assert_called_once()


async def test_times_are_those_of_a_clock_that_was_set(store: Store) -> None:
    await store.accept(a_delivery(1))
    jump = timedelta(minutes=-30)
    await store.shift(OWNER, jump, START)

    (claimed,) = await _claimed(store)

    assert claimed.accepted_at == START + jump
    assert claimed == await store.get("delivery-1")


async def test_what_a_full_disk_refused_is_not_mistaken_for_what_came_later(
    store: Store,
) -> None:
    refused = a_delivery(1, payload={"text": "x" * 100_000})
    await store._database.run(
        lambda database: database.execute("PRAGMA max_page_count = 1").fetchone(),
        alone=True,
    )
    with pytest.raises(StoreUnavailable, match="full"):
        await store.accept(refused)
    await store._database.run(
        lambda database: database.execute("PRAGMA max_page_count = 100000").fetchone(),
        alone=True,
    )
    await store.accept(a_delivery(1, payload={"text": "later"}))

    (claimed,) = await _claimed(store)

    assert claimed.payload == {"text": "later"}


async def test_memory_is_bounded(
    store: Store, read: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "MOST", 2)
    some = [await store.accept(a_delivery(number)) for number in range(4)]

    assert [one.id for one in await _claimed(store)] == [one.id for one in some]
    assert read.call_count == 2


async def test_what_ended_makes_room_in_memory(
    store: Store, read: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "MOST", 2)
    await store.accept(a_delivery(1, expires_at=START))
    discarded = await store.accept(a_delivery(2))
    await store.update(
        transitions.discarded(discarded, LATER), was=DeliveryState.PENDING
    )
    assert await _claimed(store) == []
    await store.accept(a_delivery(3))
    await store.accept(a_delivery(4))

    assert len(await _claimed(store)) == 2
    read.assert_not_called()
