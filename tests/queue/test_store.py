"""Tests of the store with a real SQLite file."""

import asyncio
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
import shutil
import sqlite3
import stat
import threading
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.event_relay.backends.base import Receipt
from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.delivery import (
    SETTLED,
    TRANSITIONS,
    UNSETTLED,
    Delivery,
    DeliveryState,
    Failure,
)
from custom_components.event_relay.queue.store import listing, queries, writes
from custom_components.event_relay.queue.store.store import (
    Counts,
    Page,
    QueueFull,
    StaleDelivery,
    Store,
    StoreUnavailable,
    Wanted,
)

from .ledger import ACTION, START
from .pipeline import OWNER
from .world import World


def pending_delivery(number: int = 1, **changes: object) -> Delivery:
    """Return a pending delivery."""
    delivery = Delivery(
        id=f"delivery-{number}",
        connection=OWNER,
        operation="write_line",
        version=1,
        payload={"text": "ünï"},
        summary="a line",
        origin=ACTION,
        occurred_at=START,
        accepted_at=START,
        due_at=START,
    )
    return replace(delivery, **changes)  # type: ignore[arg-type]


FULL = pending_delivery(
    state=DeliveryState.FAILED,
    key="key",
    lane="lane",
    follows="other",
    expires_at=START + timedelta(hours=1),
    due_at=None,
    attempts=3,
    first_sent_at=START + timedelta(microseconds=123456),
    asked_since=START,
    look_ups=2,
    outcome_unknown=True,
    results={"write": {"id": 1}},
    warnings=("one", "two"),
    clue={"id": "x"},
    receipt=Receipt(
        outside_id="7",
        links={"a": "b"},
        details={"c": [1]},
        warnings=("w",),
        kept={"d": {"e": 2}},
    ),
    failure=Failure(code="rejected", reason="why"),
    settled_at=START,
)


@pytest.mark.parametrize("delivery", [pending_delivery(), FULL], ids=["new", "full"])
async def test_deliveries_are_read_back_even_after_a_restart(
    store: Store, path: Path, delivery: Delivery
) -> None:
    await store.accept(delivery)
    assert await store.get(delivery.id) == delivery
    await store.close()

    again = Store(path)
    await again.open()
    assert await again.get(delivery.id) == delivery
    await again.close()


async def test_end_without_a_summary_has_that_of_its_start(store: Store) -> None:
    await store.accept(pending_delivery())
    end = pending_delivery(2, follows="delivery-1", summary="")
    named = await store.accept(end)
    assert named == replace(end, summary="a line")
    assert await store.get(end.id) == named
    assert await store.accept(end) == named

    own = pending_delivery(3, follows="delivery-1", summary="own")
    assert await store.accept(own) == own
    lost = pending_delivery(4, follows="nobody", summary="")
    assert await store.accept(lost) == lost


async def test_file_is_private(store: Store, path: Path) -> None:
    await store.accept(pending_delivery())
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()
    }
    assert modes == dict.fromkeys(
        ("event_relay.db", "event_relay.db-shm", "event_relay.db-wal"), 0o600
    )


async def test_existing_file_becomes_private(store: Store, path: Path) -> None:
    await store.accept(pending_delivery())
    copy = path.with_name("copy.db")
    for companion in ("", "-wal", "-shm"):
        shutil.copyfile(f"{path}{companion}", f"{copy}{companion}")
        Path(f"{copy}{companion}").chmod(0o644)

    again = Store(copy)
    await again.open()

    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("copy*")}
    assert modes == {0o600}
    await again.close()


async def test_commits_are_synchronous_with_a_write_ahead_log(store: Store) -> None:
    def pragmas(database: sqlite3.Connection) -> tuple[str, int]:
        (journal,) = database.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = database.execute("PRAGMA synchronous").fetchone()
        return journal, synchronous

    assert await store._database.run(pragmas) == ("wal", 2)


async def test_same_id_is_accepted_once(store: Store) -> None:
    first = await store.accept(pending_delivery())
    second = await store.accept(pending_delivery(summary="another"))
    assert second == first
    assert len(await store.listing()) == 1


async def test_is_full_at_the_limit_of_a_connection(store: Store) -> None:
    await store.accept(pending_delivery(1), limit=1)
    with pytest.raises(QueueFull):
        await store.accept(pending_delivery(2), limit=1)
    await store.accept(pending_delivery(3, connection="other"), limit=1)
    assert await store.get("delivery-2") is None


async def test_rejected_delivery_affects_no_other(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.accept(pending_delivery(number), limit=3) for number in range(5)),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == [
        *["Delivery"] * 3,
        *["QueueFull"] * 2,
    ]
    assert len(await store.listing()) == 3


async def test_update_of_a_changed_row_is_refused(store: Store) -> None:
    delivery = await store.accept(pending_delivery())
    sending = replace(delivery, state=DeliveryState.SENDING)
    await store.update(sending, was=DeliveryState.PENDING)
    with pytest.raises(StaleDelivery):
        await store.update(sending, was=DeliveryState.PENDING)


@pytest.mark.parametrize(
    ("was", "state"),
    [
        (was, state)
        for was in DeliveryState
        for state in DeliveryState
        if state is not was and state not in TRANSITIONS[was]
    ],
)
async def test_update_only_allows_the_listed_transitions(
    store: Store, was: DeliveryState, state: DeliveryState
) -> None:
    await store.accept(pending_delivery(state=was))
    with pytest.raises(ValueError, match="no transition"):
        await store.update(pending_delivery(state=state), was=was)


def test_delivered_and_discarded_are_final() -> None:
    assert not TRANSITIONS[DeliveryState.DELIVERED]
    assert not TRANSITIONS[DeliveryState.DISCARDED]
    assert frozenset(DeliveryState) == SETTLED | UNSETTLED


async def test_claims_are_in_order_and_limited_to_slots(store: Store) -> None:
    for number, seconds in ((1, 2), (2, 1), (3, 0), (4, 600)):
        await store.accept(
            pending_delivery(number, due_at=START + timedelta(seconds=seconds))
        )
    taken = await store.take(
        OWNER, START + timedelta(seconds=9), most=2, look_ups=2, busy=()
    )
    assert [one.id for one in taken.claimed] == ["delivery-3", "delivery-2"]
    assert all(one.attempts == 1 for one in taken.claimed)
    assert taken.next_at == START + timedelta(seconds=600)


async def test_claims_keep_the_order_within_a_key(store: Store) -> None:
    later = START + timedelta(seconds=60)
    await store.accept(pending_delivery(1, key="door", due_at=later))
    await store.accept(pending_delivery(2, key="door"))
    await store.accept(pending_delivery(3))

    taken = await store.take(OWNER, START, most=4, look_ups=4, busy=())
    assert [one.id for one in taken.claimed] == ["delivery-3"]
    taken = await store.take(OWNER, later, most=4, look_ups=4, busy=())
    assert [one.id for one in taken.claimed] == ["delivery-1"]


@pytest.mark.parametrize("kept", [0, 2, 3])
async def test_claimed_deliveries_equal_the_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """Whether they are read, or kept since their acceptance: the last ones are."""
    monkeypatch.setattr(writes, "MOST_KEPT", kept)
    some = [
        await store.accept(pending_delivery(number, due_at=START, key=f"{number}"))
        for number in range(3)
    ]
    later = START + timedelta(hours=1)

    taken = await store.take(OWNER, later, most=9, look_ups=0, busy=())

    assert [*taken.claimed] == [transitions.claimed(one, later) for one in some]
    assert [*taken.claimed] == [await store.get(one.id) for one in some]
    pairs = zip(taken.claimed, some, strict=True)
    assert sum(_is_as_accepted(*pair) for pair in pairs) == kept


def _is_as_accepted(claimed: Delivery, accepted: Delivery) -> bool:
    """Return whether a claimed delivery was not read from the file."""
    return claimed.payload is accepted.payload


async def test_claimed_delivery_is_as_it_was_last_written(store: Store) -> None:
    accepted = await store.accept(pending_delivery())
    sending = transitions.claimed(accepted, START)
    await store.update(sending, was=DeliveryState.PENDING)
    warned = replace(accepted, warnings=("the first attempt",))
    await store.update(warned, was=DeliveryState.SENDING)

    taken = await store.take(OWNER, START, most=9, look_ups=0, busy=())

    assert [*taken.claimed] == [transitions.claimed(warned, START)]


async def test_delivery_of_a_new_run_is_older(store: Store) -> None:
    """Its moments are of the clock of the run before, such as before a reload."""
    await store.accept(pending_delivery())
    await store.recover(OWNER, START)
    await store.accept(pending_delivery(2))

    taken = await store.take(OWNER, START, most=9, look_ups=0, busy=())

    assert [one.older for one in taken.claimed] == [True, False]


def test_delivery_is_read_from_a_file_that_replaces_its_own() -> None:
    delivery = pending_delivery()
    unclaimed = writes.Unclaimed()
    with (
        closing(sqlite3.connect(":memory:")) as former,
        closing(sqlite3.connect(":memory:")) as present,
    ):
        unclaimed.keep(former, [delivery])
        unclaimed.keep(present, [])
        assert not unclaimed.take(present, [delivery.id])
        unclaimed.keep(former, [delivery])
        assert not unclaimed.take(present, [delivery.id])


async def test_large_payload_is_not_kept(store: Store) -> None:
    text = "x" * writes.KEPT_PAYLOAD
    accepted = await store.accept(pending_delivery(payload={"text": text}))

    taken = await store.take(OWNER, START, most=9, look_ups=0, busy=())

    (claimed,) = taken.claimed
    assert claimed.payload == accepted.payload
    assert not _is_as_accepted(claimed, accepted)


async def test_claimed_deliveries_have_shifted_times(store: Store) -> None:
    await store.accept(pending_delivery(1))
    jump = timedelta(minutes=-30)
    await store.shift(OWNER, jump, START)

    taken = await store.take(OWNER, START, most=9, look_ups=0, busy=())

    (claimed,) = taken.claimed
    assert claimed.accepted_at == START + jump
    assert claimed == await store.get("delivery-1")


def test_payload_rejected_by_a_full_disk_is_not_sent(world: World) -> None:
    world.pipeline.worker.pause()
    world.loop.settle()
    world.database.full = True
    with pytest.raises(StoreUnavailable):
        world.submit("one").result()
    world.database.full = False
    world.submit("one", text="x" * writes.KEPT_PAYLOAD).result()

    world.pipeline.worker.resume()
    world.loop.settle()

    # Its backend compares what is sent with the file.
    assert world.stored_states() == {"one": DeliveryState.DELIVERED}


async def test_sequence_rejected_by_a_full_disk_is_not_mixed_up(store: Store) -> None:
    async def set_most_pages(number: int) -> None:
        await store._database.run(
            lambda database: database.execute(
                f"PRAGMA max_page_count = {number}"
            ).fetchone(),
            without_transaction=True,
        )

    await set_most_pages(1)
    with pytest.raises(StoreUnavailable, match="full"):
        await store.accept(pending_delivery(1, payload={"text": "x" * 100_000}))
    await set_most_pages(100_000)
    await store.accept(pending_delivery(1, payload={"text": "later"}))

    taken = await store.take(OWNER, START, most=9, look_ups=0, busy=())

    assert [one.payload for one in taken.claimed] == [{"text": "later"}]


async def test_connections_do_not_see_each_other(store: Store) -> None:
    await store.accept(pending_delivery(1, connection="other", key="door"))
    await store.accept(pending_delivery(2, key="door"))
    taken = await store.take(OWNER, START, most=4, look_ups=4, busy=())
    assert [one.id for one in taken.claimed] == ["delivery-2"]
    await store.remove_connection("other")
    assert [one.id for one in await store.listing()] == ["delivery-2"]


async def test_running_look_ups_are_left_out(store: Store) -> None:
    for number in (1, 2):
        await store.accept(pending_delivery(number, state=DeliveryState.UNCERTAIN))
    taken = await store.take(OWNER, START, most=4, look_ups=4, busy=("delivery-1",))
    assert [one.id for one in taken.look_ups] == ["delivery-2"]


async def test_lists_newest_first_by_state_connection_and_time(store: Store) -> None:
    await store.accept(pending_delivery(1))
    await store.accept(pending_delivery(2, state=DeliveryState.FAILED))
    await store.accept(
        pending_delivery(3, connection="other", accepted_at=START + timedelta(hours=1))
    )

    async def ids(**filters: object) -> list[str]:
        return [one.id for one in await store.listing(**filters)]  # type: ignore[arg-type]

    assert await ids() == ["delivery-3", "delivery-2", "delivery-1"]
    assert await ids(limit=1) == ["delivery-3"]
    assert await ids(owner=OWNER) == ["delivery-2", "delivery-1"]
    assert await ids(states=(DeliveryState.FAILED,)) == ["delivery-2"]
    assert await ids(since=START + timedelta(minutes=1)) == ["delivery-3"]


@pytest.mark.parametrize("limit", [100, 25, None])
async def test_list_since_a_time_reads_few_older_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 20)
    for number in range(200):
        accepted_at = START + timedelta(minutes=number)
        await store.accept(pending_delivery(number, accepted_at=accepted_at))
    looked_at: list[int] = []

    def newest(*arguments: Any, **options: Any) -> list[int]:  # noqa: ANN401 passed on
        found = one_page(*arguments, **options)
        looked_at.append(len(found))
        return found

    one_page = listing._newest
    monkeypatch.setattr(listing, "_newest", newest)
    found = await store.listing(since=START + timedelta(minutes=170), limit=limit)

    assert [one.id for one in found] == [
        f"delivery-{number}" for number in range(199, 169, -1)
    ][:limit]
    assert sum(looked_at) < 200
    assert max(looked_at) <= 100


async def test_pages_stay_consistent_during_changes(store: Store) -> None:
    states = (DeliveryState.FAILED, DeliveryState.DELIVERED)
    for number in range(1200):
        await store.accept(
            pending_delivery(
                number,
                connection="other" if number % 3 else OWNER,
                state=states[number % 2],
                settled_at=START,
            )
        )

    async def read(*asked: DeliveryState, owners: tuple[str, ...]) -> list[str]:
        seen: list[str] = []
        before: int | None = None
        while True:
            page = await store.search(
                owners=owners, wanted=Wanted(states=asked), before=before, limit=200
            )
            assert len(page.listed) <= 200
            seen += [one.delivery.id for one in page.listed]
            new = 10_000 + len(seen)
            await store.accept(pending_delivery(new, state=states[0], settled_at=START))
            if (before := page.before) is None:
                return seen

    newest_first = [f"delivery-{number}" for number in reversed(range(1200))]
    odd = await read(DeliveryState.DELIVERED, owners=(OWNER, "other"))
    assert odd == newest_first[::2]
    thirds = await read(DeliveryState.DELIVERED, owners=(OWNER,))
    assert thirds == [one for one in odd if int(one[9:]) % 3 == 0]
    everything = await read(owners=(OWNER, "other"))
    assert everything[-1200:] == newest_first
    nobody = await store.search(owners=(), wanted=Wanted(), limit=200)
    assert nobody == Page()


async def test_requested_deliveries_keep_their_order(store: Store) -> None:
    for number in (1, 2, 3):
        await store.accept(pending_delivery(number))
    named = await store.named(("delivery-1", "delivery-9", "delivery-3"))
    assert [one.delivery.id for one in named] == ["delivery-3", "delivery-1"]
    assert await store.named(()) == []


async def test_outside_ids_lead_back_to_the_start(store: Store) -> None:
    receipt = Receipt(outside_id="7")
    done = {"state": DeliveryState.DELIVERED, "receipt": receipt, "settled_at": START}
    await store.accept(pending_delivery(1, **done))
    await store.accept(pending_delivery(2, follows="delivery-1", **done))
    start = await store.by_outside_id(OWNER, "7")
    assert start is not None
    assert start.id == "delivery-1"
    assert await store.by_outside_id("other", "7") is None
    assert await store.outside_ids(OWNER, START) == {"7"}
    assert await store.outside_ids(OWNER, START + timedelta(seconds=1)) == frozenset()


async def test_file_of_a_newer_version_is_not_touched(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    store = Store(path)
    with pytest.raises(StoreUnavailable, match="newer"):
        await store.open()


async def test_missing_folder_is_an_error_of_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "nowhere" / "event_relay.db")
    with pytest.raises(StoreUnavailable):
        await store.open()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.accept(pending_delivery())


async def test_failing_job_affects_no_other(store: Store) -> None:
    def divide(_: sqlite3.Connection) -> float:
        return 1 / 0

    broken, accepted = await asyncio.gather(
        store._database.run(divide),
        store.accept(pending_delivery()),
        return_exceptions=True,
    )
    assert isinstance(broken, ZeroDivisionError)
    assert isinstance(accepted, Delivery)


async def test_sqlite_error_fails_the_jobs_of_its_commit(store: Store) -> None:
    def misspell(database: sqlite3.Connection) -> None:
        database.execute("SELEC 1")

    misspelled, accepted = await asyncio.gather(
        store._database.run(misspell),
        store.accept(pending_delivery()),
        return_exceptions=True,
    )
    assert isinstance(misspelled, StoreUnavailable)
    assert isinstance(accepted, StoreUnavailable | Delivery)
    stored = await store.get("delivery-1")
    assert (stored is not None) is isinstance(accepted, Delivery)


async def test_retried_delivery_counts_as_waiting(store: Store) -> None:
    failed = pending_delivery(1, state=DeliveryState.FAILED, settled_at=START)
    await store.accept(failed, limit=2)
    await store.accept(pending_delivery(2), limit=2)
    again = replace(failed, state=DeliveryState.PENDING, settled_at=None)
    await store.update(again, was=DeliveryState.FAILED)
    with pytest.raises(QueueFull):
        await store.accept(pending_delivery(3), limit=2)


async def test_next_run_shortens_waits_and_looks_up_again(store: Store) -> None:
    years = START + timedelta(days=900)
    await store.accept(pending_delivery(1, due_at=years))
    await store.accept(
        pending_delivery(
            2,
            state=DeliveryState.UNCERTAIN,
            due_at=years,
            asked_since=START - timedelta(days=1),
            look_ups=3,
        )
    )

    assert await store.recover(OWNER, START) == 0

    pending, uncertain = await store.get("delivery-1"), await store.get("delivery-2")
    assert pending is not None
    assert pending.due_at == START + timedelta(minutes=1)
    assert uncertain is not None
    assert uncertain.due_at == START + timedelta(minutes=1)
    assert uncertain.asked_since is None
    assert uncertain.look_ups == 0


async def test_counts_are_per_connection_and_state(store: Store) -> None:
    assert await store.counts(OWNER) == Counts(
        waiting=0, failed=0, oldest_at=None, delivered_at=None
    )
    ends = dict.fromkeys(range(4), DeliveryState.DELIVERED)
    ends |= {4: DeliveryState.FAILED, 5: DeliveryState.EXPIRED}
    ends |= {6: DeliveryState.UNCERTAIN, 7: DeliveryState.SENDING}
    for number, state in ends.items():
        at = START + timedelta(minutes=number)
        settled_at = at if state.settled else None
        await store.accept(
            pending_delivery(number, state=state, accepted_at=at, settled_at=settled_at)
        )
    await store.accept(pending_delivery(8))
    await store.accept(pending_delivery(9, connection="another"))
    assert await store.counts(OWNER) == Counts(
        waiting=3,
        failed=1,
        oldest_at=START + timedelta(minutes=6),
        delivered_at=START + timedelta(minutes=3),
    )


async def test_counting_only_reads_indexes(store: Store, path: Path) -> None:
    said: list[str] = []
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        database.set_trace_callback(said.append)
        queries.counts(database, OWNER)
        database.set_trace_callback(None)
        plans = [
            row["detail"]
            for query in said
            for row in database.execute(f"EXPLAIN QUERY PLAN {query}")
        ]
    assert len(plans) == 4
    for plan in plans:
        assert "COVERING INDEX" in plan or "INTEGER PRIMARY KEY" in plan


async def _blocked_thread(store: Store, until: threading.Event) -> asyncio.Future[None]:
    """Block the file's thread while the context lasts."""
    begun = threading.Event()

    def block(_: sqlite3.Connection) -> None:
        begun.set()
        until.wait()

    blocked = store._database.put(block, without_transaction=True)
    while not begun.is_set():
        await asyncio.sleep(0)
    return blocked


async def test_waiting_jobs_share_a_commit_and_keep_their_results(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write = writes.change

    def counted(database: sqlite3.Connection, changes: Any, **known: Any) -> Any:  # noqa: ANN401 - as the original
        sizes.append(len(changes))
        return write(database, changes, **known)

    monkeypatch.setattr(writes, "change", counted)
    store = Store(store._database.path)
    await store.open()
    some = [await store.accept(pending_delivery(number)) for number in range(4)]
    busy = threading.Event()
    waiting = await _blocked_thread(store, busy)
    changing = []
    for number, delivery in enumerate(some):
        was = DeliveryState.PENDING if number != 2 else DeliveryState.SENDING
        sending = replace(delivery, state=DeliveryState.SENDING)
        changing.append(asyncio.create_task(store.update(sending, was=was)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    busy.set()
    await waiting
    outcomes = await asyncio.gather(*changing, return_exceptions=True)

    assert [type(one) for one in outcomes] == [
        Delivery,
        Delivery,
        StaleDelivery,
        Delivery,
    ]
    assert sizes == [4]
    await store.close()


async def test_thousands_of_results_are_reported_in_order_over_several_iterations(
    store: Store,
) -> None:
    busy = threading.Event()
    blocked = await _blocked_thread(store, busy)
    turn = 0
    told: list[tuple[int, int]] = []

    def tell(number: int, _: asyncio.Future[None]) -> None:
        told.append((number, turn))

    for number in range(100):
        job = store._database.put(lambda _: None)
        job.add_done_callback(partial(tell, number))
    busy.set()
    await blocked
    while len(told) < 100:
        await asyncio.sleep(0)
        turn += 1

    assert [number for number, _ in told] == [*range(100)]
    assert max(Counter(turn for _, turn in told).values()) < 50


async def test_jobs_until_the_file_is_free_are_combined(store: Store) -> None:
    busy = threading.Event()
    blocked = await _blocked_thread(store, busy)
    with patch.object(store._database, "put", wraps=store._database.put) as queued:
        accepted = []
        for number in range(10):
            accepted.append(store.accepting(pending_delivery(number)))
            await asyncio.sleep(0)
        busy.set()
        await asyncio.gather(*accepted, blocked)
        assert queued.call_count == 1
        await store.accept(pending_delivery(10))
        assert queued.call_count == 2
    assert len(await store.listing()) == 11


async def test_each_callback_gets_its_own_result(store: Store) -> None:
    told: list[object] = []
    accepting = store.accepting(pending_delivery(1), on_written=told.append)
    accepting.cancel()
    await store.accept(pending_delivery(2))
    (accepted,) = told
    assert isinstance(accepted, Delivery)
    assert accepted.id == "delivery-1"
