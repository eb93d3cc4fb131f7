"""Tests of the search by words, rule and time, a bounded part at a time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from custom_components.event_relay.backends.base import Receipt
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
    Origin,
    OriginKind,
)
from custom_components.event_relay.queue.store import listing
from custom_components.event_relay.queue.store.store import Page, Store, Wanted

from .ledger import START
from .pipeline import OWNER
from .test_store import pending_delivery

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 60
RULE = "01JRULE"
SPECIAL: dict[int, dict[str, Any]] = {
    10: {"summary": "ÉTÉ at the back door"},
    20: {"state": DeliveryState.FAILED, "failure": Failure(code="x", reason="No Disk")},
    30: {"receipt": Receipt(outside_id="1757.25-abc")},
    40: {"origin": Origin(kind=OriginKind.RULE, subentry_id=RULE)},
    50: {"summary": "100% of _it_"},
}


def settled_delivery(number: int) -> Delivery:
    """Return one of many deliveries, some of which are special."""
    values: dict[str, Any] = {
        "state": DeliveryState.DELIVERED,
        "summary": f"gust {number}",
        "accepted_at": START + timedelta(minutes=number),
        "settled_at": START,
        "receipt": Receipt(),
    }
    return pending_delivery(number, **(values | SPECIAL.get(number, {})))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def searched_store(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Store]:
    """Return a store with many deliveries."""
    path: Path = tmp_path_factory.mktemp("search") / "event_relay.db"
    store = Store(path)
    await store.open()
    for number in range(1, MANY + 1):
        await store.accept(settled_delivery(number))
    yield store
    await store.close()


async def found_numbers(store: Store, wanted: Wanted, *, limit: int = 7) -> list[int]:
    """Return the numbers of the found deliveries, page by page."""
    numbers: list[int] = []
    before: int | None = None
    while True:
        page = await store.search(
            owners=(OWNER,), wanted=wanted, before=before, limit=limit
        )
        assert len(page.listed) <= limit
        numbers += [int(one.delivery.id[9:]) for one in page.listed]
        if page.before is None:
            return numbers
        assert before is None or page.before < before
        before = page.before


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(words=("été",)), [10]),
        (Wanted(words=("DOOR", "back")), [10]),
        (Wanted(words=("door", "gust")), []),
        (Wanted(words=("disk",)), [20]),
        (Wanted(words=("1757.25",)), [30]),
        (Wanted(words=("delivery-33",)), [33]),
        (Wanted(words=("%",)), [50]),
        (Wanted(words=("_it_",)), [50]),
        (Wanted(subentries=(RULE, "01JOTHER")), [40]),
        (Wanted(subentries=("01JOTHER",)), []),
        (Wanted(since=START + timedelta(minutes=59)), [60, 59]),
        (Wanted(until=START + timedelta(minutes=3)), [2, 1]),
        (Wanted(states=(DeliveryState.FAILED,), words=("no",)), [20]),
        (Wanted(states=(DeliveryState.EXPIRED,), words=("no",)), []),
        (Wanted(words=("door",), by_id_alone=True), []),
        (Wanted(words=("Y-33",), by_id_alone=True), [33]),
        (Wanted(), [*range(MANY, 0, -1)]),
    ],
)
@pytest.mark.parametrize("looked_through", [10, 10_000])
async def test_search_finds_all_matches(
    searched_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    wanted: Wanted,
    expected: list[int],
    looked_through: int,
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", looked_through)
    assert await found_numbers(searched_store, wanted) == expected


async def test_page_reads_a_bounded_number_of_rows(
    searched_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 10)
    page = await searched_store.search(
        owners=(OWNER,), wanted=Wanted(words=("back",)), limit=7
    )
    assert page == Page(before=51)


async def test_older_rows_are_not_read(
    searched_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 10)
    wanted = Wanted(since=START + timedelta(days=1))
    page = await searched_store.search(owners=(OWNER,), wanted=wanted, limit=7)
    assert page == Page()


async def test_count_stops_at_its_limit(searched_store: Store) -> None:
    assert await searched_store.states_up_to(OWNER, 40) == {
        DeliveryState.DELIVERED: 40,
        DeliveryState.FAILED: 1,
    }
    assert await searched_store.states_up_to("nobody", 40) == {}
