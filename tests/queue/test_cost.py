"""Tests that the store's reads do not grow with its contents."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store import claims, listing, queries
from custom_components.event_relay.queue.store.file import open_file
from custom_components.event_relay.queue.store.limits import QueueFull, QueueLimits
from custom_components.event_relay.queue.store.listing import Wanted, search
from custom_components.event_relay.queue.store.writes import (
    Acceptance,
    Unclaimed,
    accept,
)

from .ledger import START
from .pipeline import OWNER
from .test_store import pending_delivery

FEW, WAITING, ENDED = 100, 2_000, 10_000
LIMIT = 200_000
NOW = START + timedelta(hours=1)

type Work = Callable[[sqlite3.Connection, QueueLimits], object]


def _store(
    database: sqlite3.Connection, limits: QueueLimits, limit: int, *deliveries: Delivery
) -> object:
    """Accept deliveries; raises OutboxFull if a limit is reached."""
    some = [Acceptance(delivery=delivery, limit=limit) for delivery in deliveries]
    outcomes = accept(database, some, limits, Unclaimed())
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return outcomes


def _accept(database: sqlite3.Connection, limits: QueueLimits) -> object:
    new = pending_delivery(10**6, key="new", follows="delivery-1")
    return _store(database, limits, LIMIT, new)


def _recover(database: sqlite3.Connection, _: QueueLimits) -> object:
    return claims.recover(database, OWNER, NOW)


def _take(database: sqlite3.Connection, _: QueueLimits) -> object:
    return claims.take(
        database,
        OWNER,
        NOW,
        most=4,
        free_slots=4,
        look_ups=4,
        busy=(),
        steady=True,
        unclaimed=Unclaimed(),
    )


def _end_back_off(database: sqlite3.Connection, _: QueueLimits) -> object:
    return claims.end_back_off(database, OWNER, START - timedelta(days=1), 1)


def _prune_nothing(database: sqlite3.Connection, _: QueueLimits) -> object:
    return queries.prune(database, OWNER, START - timedelta(days=7))


def _outside_ids(database: sqlite3.Connection, _: QueueLimits) -> object:
    return queries.outside_ids(database, OWNER, NOW)


def _owners(database: sqlite3.Connection, _: QueueLimits) -> object:
    return queries.owners(database)


def _list(database: sqlite3.Connection, _: QueueLimits) -> object:
    return listing.page(database, owners=None, limit=50)


def _list_a_rare_state(database: sqlite3.Connection, _: QueueLimits) -> object:
    rare = (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
    return listing.page(database, owners=None, states=rare, limit=50)


def _list_far_down(database: sqlite3.Connection, _: QueueLimits) -> object:
    return listing.page(
        database, owners=(OWNER,), states=(DeliveryState.PENDING,), before=90, limit=50
    )


def _search_without_a_match(database: sqlite3.Connection, _: QueueLimits) -> object:
    wanted = Wanted(words=("nowhere",))
    return search(database, owners=(OWNER,), wanted=wanted, limit=50)


def _count_up_to(database: sqlite3.Connection, _: QueueLimits) -> object:
    return queries.states_up_to(database, OWNER, FEW)


def _remove_nothing(database: sqlite3.Connection, _: QueueLimits) -> object:
    return queries.remove(database, "nobody")


def _count_steps(database: sqlite3.Connection, work: Work, limits: QueueLimits) -> int:
    """Count SQLite's steps of an action, and undo it."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    database.execute("BEGIN")
    database.set_progress_handler(step, 1)
    work(database, limits)
    database.set_progress_handler(None, 0)
    database.execute("ROLLBACK")
    return steps


def _fill(
    database: sqlite3.Connection, numbers: range, **changes: object
) -> list[Delivery]:
    """Store many deliveries."""
    limits = QueueLimits()
    database.execute("BEGIN")
    some = [
        pending_delivery(number, key=f"key {number}", **changes) for number in numbers
    ]
    _store(database, limits, LIMIT, *some)
    database.execute("COMMIT")
    return some


@pytest.fixture(scope="module")
def databases(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Return a file with little in it, and one with much."""
    folder: Path = tmp_path_factory.mktemp("cost")
    with (
        closing(open_file(folder / "little.db").database) as little,
        closing(open_file(folder / "much.db").database) as much,
    ):
        ended = {"state": DeliveryState.DELIVERED, "settled_at": START, "due_at": None}
        _fill(little, range(FEW))
        _fill(little, range(FEW, 2 * FEW), **ended)
        _fill(much, range(WAITING))
        _fill(much, range(WAITING, WAITING + ENDED), **ended)
        yield little, much


@pytest.mark.parametrize(
    "work",
    [
        _accept,
        _recover,
        _take,
        _end_back_off,
        _prune_nothing,
        _outside_ids,
        _owners,
        _list,
        _list_a_rare_state,
        _list_far_down,
        _search_without_a_match,
        _count_up_to,
        _remove_nothing,
    ],
)
def test_cost_does_not_grow_with_the_contents(
    databases: tuple[sqlite3.Connection, sqlite3.Connection],
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", FEW)
    steps = []
    for database in databases:
        limits = QueueLimits()
        limits.take(
            database, OWNER, LIMIT
        )  # the first acceptance of a run counts the rows
        steps.append(_count_steps(database, work, limits))
    little, much = steps
    assert 0 < much < 1.5 * little + 100


def test_free_room_is_recounted_when_used_up(tmp_path: Path) -> None:
    with closing(open_file(tmp_path / "event_relay.db").database) as database:
        limits = QueueLimits()
        for number in range(3):
            _store(database, limits, 3, pending_delivery(number))
        with pytest.raises(QueueFull):
            _store(database, limits, 3, pending_delivery(3))
        with pytest.raises(QueueFull):
            _store(database, limits, 2, pending_delivery(3))

        database.execute("UPDATE deliveries SET state = 'delivered' WHERE sequence = 1")
        _store(database, limits, 3, pending_delivery(3))
        with pytest.raises(QueueFull):
            _store(database, limits, 3, pending_delivery(4))
        # Another connection has its own limit.
        _store(database, limits, 3, pending_delivery(5, connection="other"))


def test_deletion_takes_a_page_at_a_time(tmp_path: Path) -> None:
    with closing(open_file(tmp_path / "event_relay.db").database) as database:
        many = 2 * queries.DELETED_AT_ONCE + 1
        _fill(database, range(many))
        deleted = [queries.remove(database, OWNER) for _ in range(4)]
        page = queries.DELETED_AT_ONCE
        assert deleted == [page, page, 1, 0]
