"""Tests of the worker with each result of an attempt."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.event_relay.backends.base import Absent, Unclear
from custom_components.event_relay.backends.errors import (
    UNKNOWN_EVENT,
    BackendError,
    CannotConnect,
    Gone,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.queue import executor, worker
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
)
from custom_components.event_relay.queue.store.store import (
    Store,
    StoreUnavailable,
    Taken,
)

from .ledger import FOUND, WriteLine
from .pipeline import Pipeline

DELIVERED = DeliveryState.DELIVERED
DISCARDED = DeliveryState.DISCARDED
EXPIRED = DeliveryState.EXPIRED
FAILED = DeliveryState.FAILED
PENDING = DeliveryState.PENDING
SENDING = DeliveryState.SENDING
UNCERTAIN = DeliveryState.UNCERTAIN


async def test_delivery_has_a_receipt(pipeline: Pipeline) -> None:
    delivery = await pipeline.submit()

    assert delivery.state is DELIVERED
    assert delivery.receipt is not None
    assert delivery.receipt.outside_id == "write-hello"
    assert await pipeline.stored(delivery) == delivery
    assert pipeline.client.written == ["write hello"]
    assert pipeline.contacts == [None]


async def test_steps_run_once_in_order(pipeline: Pipeline) -> None:
    delivery = await pipeline.submit(steps=("write", "note", "stamp"))

    assert delivery.state is DELIVERED
    assert pipeline.client.written == ["write hello", "note hello", "stamp hello"]
    assert pipeline.client.contexts[-1].results == {
        "write": {"id": "write-hello"},
        "note": {"id": "note-hello"},
    }


@pytest.mark.parametrize("error", [CannotConnect("down"), Unavailable("busy")])
async def test_certainly_unsent_delivery_is_retried(
    pipeline: Pipeline, error: BackendError
) -> None:
    pipeline.client.errors = [error]

    delivery = await pipeline.submit()
    assert delivery.state is PENDING
    assert delivery.attempts == 1
    assert delivery.failure is not None
    assert delivery.failure.reason == str(error)
    assert delivery.due_at == pipeline.clock() + timedelta(seconds=5)
    assert pipeline.contacts == [error]

    await pipeline.pass_time(seconds=5)
    delivery = await pipeline.wait_for(delivery, DELIVERED)
    assert delivery.attempts == 2
    assert delivery.failure is None
    assert pipeline.client.written == ["write hello"]


async def test_retry_after_holds_the_whole_connection(pipeline: Pipeline) -> None:
    pipeline.client.errors = [Unavailable("busy", retry_after=120)]

    limited = await pipeline.submit()
    assert limited.due_at == pipeline.clock() + timedelta(seconds=120)
    waiting = await pipeline.submit(text="other")
    assert waiting.state is PENDING
    assert waiting.attempts == 0

    await pipeline.pass_time(seconds=119)
    assert (await pipeline.submit(wait=0.05, text="third")).attempts == 0
    await pipeline.pass_time(seconds=1)
    await pipeline.wait_for(limited, DELIVERED)
    await pipeline.wait_for(waiting, DELIVERED)


async def test_retry_after_of_one_delivery_holds_no_other(pipeline: Pipeline) -> None:
    pipeline.client.errors = [
        Unavailable("not yet", retry_after=120, this_request_only=True)
    ]

    waiting = await pipeline.submit()
    assert waiting.state is PENDING
    assert waiting.due_at == pipeline.clock() + timedelta(seconds=120)
    other = await pipeline.submit(text="other")
    assert other.state is DELIVERED
    # The backend is reachable.
    assert pipeline.contacts == [None, None]

    await pipeline.pass_time(seconds=120)
    await pipeline.wait_for(waiting, DELIVERED)


@pytest.mark.parametrize("error", [InvalidCredentials(), PermissionDenied()])
async def test_pause_uses_no_attempt_and_ends_with_resume(
    pipeline: Pipeline, error: BackendError
) -> None:
    pipeline.client.errors = [error]

    delivery = await pipeline.submit()
    assert delivery.state is PENDING
    assert delivery.attempts == 0
    assert pipeline.worker.held
    other = await pipeline.submit(text="other")
    assert other.state is PENDING

    pipeline.worker.resume()
    await pipeline.wait_for(delivery, DELIVERED)
    await pipeline.wait_for(other, DELIVERED)


@pytest.mark.parametrize("error", [InvalidCredentials(), PermissionDenied()])
async def test_pause_by_a_look_up_ends_with_resume(
    pipeline: Pipeline, error: BackendError
) -> None:
    pipeline.client.errors = [OutcomeUnknown("lost")]
    pipeline.client.findings = [error, FOUND]
    delivery = await pipeline.submit(wait=0)
    await pipeline.wait_for(delivery, UNCERTAIN)
    await pipeline.pass_time(seconds=1)
    while not pipeline.worker.held:
        await asyncio.sleep(0)
    assert (await pipeline.stored(delivery)).state is UNCERTAIN
    assert pipeline.contacts[-1] is error

    pipeline.worker.resume()
    await pipeline.wait_for(delivery, DELIVERED)


async def test_delivery_is_claimed_again_before_its_last_attempt_is_cleaned_up(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: broken.append(context)
    )
    pipeline.client.errors = [InvalidCredentials()] * 100

    def mend(error: object) -> None:
        if error is not None:
            pipeline.worker.resume()
            asyncio.get_running_loop().call_soon(pipeline.worker.resume)

    monkeypatch.setattr(pipeline, "contacted", mend)
    delivery = await pipeline.submit(wait=0)
    await pipeline.wait_for(delivery, DELIVERED)
    await pipeline.stop()

    assert not broken
    assert not pipeline.worker._in_flight.sending


async def test_rejection_fails_with_the_backends_reason(pipeline: Pipeline) -> None:
    pipeline.client.errors = [Rejected("no such camera")]

    delivery = await pipeline.submit()

    assert delivery.state is FAILED
    assert delivery.failure is not None
    assert delivery.failure.reason == "no such camera"
    assert delivery.due_at is None
    assert delivery.settled_at == pipeline.clock()


async def test_update_of_a_missing_target_is_discarded(pipeline: Pipeline) -> None:
    """A user could not fix it: it has not failed, and is not retried with others."""
    started = await pipeline.submit()
    pipeline.client.errors = [Gone("no such note", code=UNKNOWN_EVENT)]

    delivery = await pipeline.submit(after=started.id)

    assert delivery.state is DISCARDED
    assert delivery.failure == Failure(code=UNKNOWN_EVENT, reason="no such note")
    assert delivery.settled_at == pipeline.clock()
    assert await pipeline.queue.failed() == []


async def test_create_with_a_missing_target_fails(pipeline: Pipeline) -> None:
    """Such as a message to a missing room, which a user has to know about."""
    pipeline.client.errors = [Gone("no such room")]
    delivery = await pipeline.submit()
    assert delivery.state is FAILED
    assert delivery.failure == Failure(code="gone", reason="no such room")
    again = await pipeline.queue.retry(delivery, wait=60)
    assert again.state is DELIVERED


async def test_rejection_after_the_first_effect_is_a_warning(
    pipeline: Pipeline,
) -> None:
    pipeline.client.errors = [None, Rejected("too long")]

    delivery = await pipeline.submit(steps=("write", "note", "stamp"))

    assert delivery.state is DELIVERED
    assert delivery.receipt is not None
    assert delivery.receipt.warnings == ("note: too long",)
    assert pipeline.client.written == ["write hello", "stamp hello"]


async def test_delivery_continues_at_the_interrupted_step(pipeline: Pipeline) -> None:
    pipeline.client.errors = [None, CannotConnect()]
    delivery = await pipeline.submit(steps=("write", "note"))
    assert delivery.state is PENDING

    await pipeline.pass_time(seconds=5)
    await pipeline.wait_for(delivery, DELIVERED)

    assert pipeline.client.written == ["write hello", "note hello"]


@pytest.mark.parametrize("error", [OutcomeUnknown(), InvalidResponse()])
async def test_unknown_outcome_is_looked_up_and_found(
    pipeline: Pipeline, error: BackendError
) -> None:
    pipeline.client.errors = [error]
    pipeline.client.findings = [FOUND]
    delivery = await pipeline.submit()
    assert delivery.state is UNCERTAIN
    assert delivery.outcome_unknown

    await pipeline.pass_time(seconds=1)
    delivery = await pipeline.wait_for(delivery, DELIVERED)

    assert delivery.receipt is not None
    assert delivery.receipt.outside_id == "found"
    assert pipeline.client.calls == ["write"]
    assert not delivery.outcome_unknown


async def test_unknown_outcome_proven_absent_is_resent(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [Unclear(), Absent()]
    delivery = await pipeline.submit()

    await pipeline.wait_until_known(delivery)
    delivery = await pipeline.wait_for(delivery, DELIVERED)

    assert not pipeline.client.findings
    assert pipeline.client.written == ["write hello"]
    assert pipeline.client.calls == ["write", "write"]


async def test_found_first_step_is_followed_by_the_second(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [FOUND]
    delivery = await pipeline.submit(steps=("write", "note"))

    await pipeline.pass_time(seconds=1)
    await pipeline.wait_for(delivery, DELIVERED)

    assert pipeline.client.calls == ["write", "note"]
    assert pipeline.client.contexts[-1].results == {"write": {"id": "found"}}


async def test_look_up_gets_the_clue_and_time_of_the_attempt(
    pipeline: Pipeline,
) -> None:
    sent_at = pipeline.clock()
    pipeline.client.errors = [OutcomeUnknown(clue={"id": "7"})]
    pipeline.client.findings = [FOUND]
    delivery = await pipeline.submit()

    await pipeline.pass_time(seconds=1)
    await pipeline.wait_for(delivery, DELIVERED)

    assert pipeline.client.contexts[-1].clue == {"id": "7"}
    assert pipeline.client.contexts[-1].first_sent_at == sent_at


async def test_repeatable_step_is_repeated_without_a_look_up(
    pipeline: Pipeline,
) -> None:
    pipeline.client.errors = [None, OutcomeUnknown()]
    delivery = await pipeline.submit(steps=("write", "note"))
    assert delivery.state is PENDING

    await pipeline.pass_time(seconds=5)
    await pipeline.wait_for(delivery, DELIVERED)
    assert pipeline.client.calls == ["write", "note", "note"]


@pytest.mark.parametrize("error", [OutcomeUnknown("cut off"), InvalidResponse()])
async def test_step_without_a_look_up_fails_at_once_and_is_not_resent(
    pipeline: Pipeline, error: BackendError
) -> None:
    pipeline.client.errors = [error]
    delivery = await pipeline.submit(steps=("stamp",))
    assert delivery.state is FAILED
    assert delivery.failure == Failure(code="outcome_unknown")
    assert delivery.outcome_unknown
    assert delivery.settled_at == pipeline.clock()
    assert delivery.due_at is None

    await pipeline.pass_time(seconds=60)
    assert await pipeline.stored(delivery) == delivery
    assert pipeline.client.calls == ["stamp"]


async def test_unclear_look_ups_for_an_hour_end_as_unknown(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [Unclear()] * 3
    delivery = await pipeline.submit()
    for wait, left in ((1, 2), (10, 1)):
        await pipeline.pass_time(seconds=wait)
        while len(pipeline.client.findings) > left:
            await pipeline.wait_for(delivery, UNCERTAIN)
    while (await pipeline.stored(delivery)).look_ups < 2:
        await pipeline.wait_for(delivery, UNCERTAIN)

    await pipeline.pass_time(hours=1)
    delivery = await pipeline.wait_for(delivery, FAILED)

    assert delivery.failure is not None
    assert delivery.failure.code == "outcome_unknown"


async def test_time_without_look_ups_does_not_count(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [CannotConnect(), FOUND]
    delivery = await pipeline.submit()
    await pipeline.pass_time(seconds=1)
    while (await pipeline.stored(delivery)).look_ups < 1:
        await pipeline.wait_for(delivery, UNCERTAIN)

    await pipeline.pass_time(hours=3)

    await pipeline.wait_for(delivery, DELIVERED)


async def test_disabled_connection_waits_until_it_is_enabled(
    pipeline: Pipeline,
) -> None:
    """Even if something else resumes it, such as a backend that responds again."""
    pipeline.worker.switch(on=False)
    delivery = await pipeline.submit()
    assert delivery.state is PENDING
    pipeline.worker.resume()
    assert pipeline.worker.held
    assert pipeline.worker.held_until is None
    assert (await pipeline.stored(delivery)).attempts == 0

    pipeline.worker.switch(on=True)
    await pipeline.wait_for(delivery, DELIVERED)
    assert len(pipeline.client.calls) == 1


async def test_delivery_expires_while_paused(pipeline: Pipeline) -> None:
    pipeline.worker.pause()
    delivery = await pipeline.submit(seconds=60)
    assert delivery.state is PENDING

    await pipeline.pass_time(seconds=61)
    delivery = await pipeline.wait_for(delivery, EXPIRED)

    assert delivery.settled_at == pipeline.clock()
    assert pipeline.changes[-1] == delivery
    assert pipeline.client.calls == []


async def test_unexpected_error_fails_and_is_logged(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.client.errors = [RuntimeError("secret payload")]

    delivery = await pipeline.submit()

    assert delivery.state is FAILED
    assert delivery.failure is not None
    assert delivery.failure.code == "internal_error"
    assert delivery.id in caplog.text


async def test_unexpected_error_of_a_look_up_fails_and_is_logged(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [RuntimeError("secret payload")]
    delivery = await pipeline.submit()

    await pipeline.pass_time(seconds=1)
    delivery = await pipeline.wait_for(delivery, FAILED)

    assert delivery.outcome_unknown
    assert delivery.failure is not None
    assert delivery.failure.code == "internal_error"
    assert delivery.id in caplog.text


async def test_repeatedly_lost_delivery_backs_off(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown(), OutcomeUnknown()]
    delivery = await pipeline.submit()

    await pipeline.wait_until_known(delivery)
    async with asyncio.timeout(60):
        while len(pipeline.client.calls) < 2:
            await asyncio.sleep(0)
    await pipeline.wait_for(delivery, UNCERTAIN)
    await pipeline.wait_until_known(delivery)
    delivery = await pipeline.wait_for(delivery, PENDING)
    assert delivery.due_at == pipeline.clock() + timedelta(seconds=10)

    await pipeline.pass_time(seconds=10)
    await pipeline.wait_for(delivery, DELIVERED)


async def test_worker_continues_after_a_store_error_at_the_start(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "STORE_PATIENCE", 0)
    start = await pipeline.submit()
    get, troubles = pipeline.store.get, [StoreUnavailable("disk full")]

    async def hindered(delivery_id: str) -> Delivery | None:
        if delivery_id == start.id and troubles:
            raise troubles.pop()
        return await get(delivery_id)

    monkeypatch.setattr(pipeline.store, "get", hindered)
    end = await pipeline.submit(text="end", after=start.id)

    assert end.state is DELIVERED
    assert troubles == []


async def test_full_disk_rejects_after_the_clock_was_set(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await pipeline.submit(after="something")
    shift, troubles = pipeline.store.shift, [StoreUnavailable("full")] * 2

    async def hindered(owner: str, jump: timedelta, started: datetime) -> None:
        if troubles:
            raise troubles.pop()
        await shift(owner, jump, started)

    monkeypatch.setattr(pipeline.store, "shift", hindered)
    pipeline.worker.pause()
    paused = await pipeline.submit(text="paused")
    pipeline.clock.set(days=-2)

    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await pipeline.submit(text="refused")
    assert len(await pipeline.store.listing()) == 2

    await pipeline.submit(text="accepted")
    assert (await pipeline.stored(paused)).due_at == pipeline.clock()
    assert waiting.state is DeliveryState.DISCARDED


async def test_retried_delivery_waits_for_a_later_one_of_its_key(
    pipeline: Pipeline,
) -> None:
    start = await pipeline.submit()
    pipeline.client.errors = [Rejected("no")]
    former = await pipeline.submit(text="former", after=start.id)
    pipeline.client.gate = asyncio.Event()
    latter = await pipeline.submit(wait=0, text="latter", after=start.id)
    await pipeline.wait_for(latter, SENDING)

    assert (await pipeline.queue.retry(former, wait=0.05)).state is PENDING

    pipeline.client.gate.set()
    await pipeline.wait_for(former, DELIVERED)
    assert pipeline.client.written == ["write hello", "write latter", "write former"]


async def test_row_of_an_unreadable_version_fails(
    idle: Pipeline, store: Store, path: object
) -> None:
    delivery = await idle.submit(wait=0)
    await store._database.run(
        lambda database: (
            database.execute(
                "UPDATE deliveries SET version = 99, checksum = NULL"
            ).rowcount
        )
    )
    await store.close()
    await store.open()
    idle.start()

    delivery = await idle.wait_for(delivery, FAILED)

    assert delivery.failure is not None
    assert delivery.failure.code == "unreadable"
    assert delivery.failure.reason == "version 99"
    await idle.stop()


async def test_end_waits_for_its_start_and_gets_its_receipt(pipeline: Pipeline) -> None:
    pipeline.client.errors = [CannotConnect()]
    start = await pipeline.submit()
    end = await pipeline.submit(wait=0.05, text="end", after=start.id)
    assert end.state is PENDING
    assert end.attempts == 0

    await pipeline.pass_time(seconds=5)
    await pipeline.wait_for(end, DELIVERED)

    assert pipeline.client.written == ["write hello", "write end"]
    followed = pipeline.client.contexts[-1].followed
    assert followed is not None
    assert followed.outside_id == "write-hello"


async def test_end_is_discarded_if_its_start_failed(pipeline: Pipeline) -> None:
    pipeline.client.errors = [CannotConnect(), Rejected("no")]
    start = await pipeline.submit()
    end = await pipeline.submit(wait=0, text="end", after=start.id)

    await pipeline.pass_time(seconds=5)
    await pipeline.wait_for(start, FAILED)
    end = await pipeline.wait_for(end, DeliveryState.DISCARDED)

    assert end.failure is not None
    assert end.failure.code == "start_never_was"
    assert pipeline.client.calls == ["write", "write"]


async def test_end_waits_while_its_start_is_uncertain(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [FOUND]
    start = await pipeline.submit()
    end = await pipeline.submit(wait=0.05, text="end", after=start.id)
    assert end.attempts == 0

    await pipeline.pass_time(seconds=1)
    await pipeline.wait_for(end, DELIVERED)
    assert pipeline.client.written == ["write end"]


async def test_lane_sends_one_at_a_time(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [FOUND]
    first = await pipeline.submit(lane="door")
    second = await pipeline.submit(wait=0.05, text="second", lane="door")
    other = await pipeline.submit(text="other", lane="garden")
    assert first.state is UNCERTAIN
    assert second.attempts == 0
    assert other.state is DELIVERED

    await pipeline.pass_time(seconds=1)
    await pipeline.wait_for(second, DELIVERED)


async def test_due_look_ups_are_dropped_after_a_pause(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as when the file is slow, and the connection is paused meanwhile."""
    take = pipeline.store.take
    found: list[Delivery] = []

    async def take_and_pause(owner: str, now: datetime, **asked: Any) -> Taken:  # noqa: ANN401 - as it is asked
        taken = await take(owner, now, **asked)
        if taken.look_ups and not found:
            found.extend(taken.look_ups)
            pipeline.worker.pause()
        return taken

    monkeypatch.setattr(pipeline.store, "take", take_and_pause)
    pipeline.client.errors = [OutcomeUnknown()]
    pipeline.client.findings = [FOUND]
    delivery = await pipeline.submit()
    await pipeline.pass_time(seconds=1)
    while not found:
        await pipeline.pass_time()
    async with pipeline.worker._turning:
        assert not pipeline.worker._in_flight.looking_up
    assert pipeline.client.findings == [FOUND]

    pipeline.worker.resume()
    await pipeline.wait_for(delivery, DELIVERED)
    assert not pipeline.client.findings


async def test_look_ups_use_no_slots_of_deliveries(pipeline: Pipeline) -> None:
    pipeline.client.look_up_gate = asyncio.Event()
    pipeline.client.errors = [OutcomeUnknown(), OutcomeUnknown()]
    pipeline.client.findings = [FOUND, FOUND]
    unknown = [await pipeline.submit(text=text) for text in ("one", "two")]
    await pipeline.pass_time(seconds=1)
    while len(pipeline.worker._in_flight.looking_up) < 2:
        await pipeline.pass_time()

    assert (await pipeline.submit(text="three")).state is DELIVERED

    pipeline.client.look_up_gate.set()
    for delivery in unknown:
        await pipeline.wait_for(delivery, DELIVERED)


async def test_look_up_gets_the_results_of_an_unfinished_delivery(
    pipeline: Pipeline,
) -> None:
    pipeline.client.errors = [None, CannotConnect(), OutcomeUnknown()]
    pipeline.client.findings = [FOUND]
    first = await pipeline.submit(steps=("write", "note"), lane="door")
    assert first.state is PENDING
    assert first.receipt is not None
    second = await pipeline.submit(text="second", lane="door")
    assert second.state is UNCERTAIN

    await pipeline.pass_time(seconds=1)
    await pipeline.wait_for(second, DELIVERED)

    assert pipeline.client.contexts[-1].outside_ids == {"write-hello"}


async def test_interrupted_delivery_is_looked_up_by_the_next_run(
    idle: Pipeline, store: Store
) -> None:
    delivery = await idle.submit(wait=0)
    taken = await store.take("connection", idle.clock(), most=1, look_ups=1, busy=())
    assert [one.state for one in taken.claimed] == [SENDING]
    idle.client.findings = [FOUND]

    idle.start()
    await idle.wait_for(delivery, DELIVERED)

    assert idle.client.calls == []
    await idle.stop()


async def test_idle_worker_stops_at_once_and_sends_nothing_more(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 300)
    async with asyncio.timeout(60):
        await pipeline.stop()

    assert pipeline.running is not None
    assert pipeline.running.done()
    assert (await pipeline.submit()).state is PENDING
    assert pipeline.client.calls == []


async def test_stop_returns_claims(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = pipeline.store.take
    is_claimed, go_on = asyncio.Event(), asyncio.Event()

    async def take_slowly(owner: str, now: datetime, **asked: Any) -> Taken:  # noqa: ANN401 - as it is asked
        taken = await take(owner, now, **asked)
        if taken.claimed:
            is_claimed.set()
            await go_on.wait()
        return taken

    monkeypatch.setattr(pipeline.store, "take", take_slowly)
    delivery = await pipeline.submit(wait=0)
    await is_claimed.wait()
    stopping = asyncio.create_task(pipeline.worker.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    stored = await pipeline.stored(delivery)
    assert (stored.state, stored.attempts) == (DeliveryState.PENDING, 0)
    assert pipeline.client.calls == []


async def test_stop_lets_deliveries_in_flight_finish(pipeline: Pipeline) -> None:
    pipeline.client.gate = asyncio.Event()
    delivery = await pipeline.submit(wait=0)
    while not pipeline.client.calls:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(pipeline.stop())
    await asyncio.sleep(0)
    pipeline.client.gate.set()
    await stopping

    assert (await pipeline.stored(delivery)).state is DELIVERED


async def test_unfinished_delivery_is_left_to_the_next_run(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 0.01)
    pipeline.client.gate = asyncio.Event()
    delivery = await pipeline.submit(wait=0)
    while not pipeline.client.calls:
        await asyncio.sleep(0)
    await pipeline.stop()

    assert (await pipeline.stored(delivery)).state is SENDING


@pytest.mark.parametrize("broken", ["load", "steps"])
async def test_unreadable_payload_fails(
    idle: Pipeline, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    delivery = await idle.submit(wait=0)

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(WriteLine, broken, breaks)
        idle.start()
        failed = await idle.wait_for(delivery, DeliveryState.FAILED)
        await idle.stop()
    assert failed.failure == Failure(code="internal_error")
    assert idle.client.calls == []


async def test_failing_receipt_does_not_lose_the_delivery(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(WriteLine, "receipt", breaks)
    delivery = await pipeline.submit()
    assert delivery.state is DeliveryState.DELIVERED
    assert delivery.receipt is not None
    assert delivery.receipt.warnings
    assert pipeline.client.calls == ["write"]


async def test_open_breaker_allows_one_send_or_one_look_up(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown("lost"), *[CannotConnect("down")] * 99]
    pipeline.client.findings = [CannotConnect("down")] * 99
    lost = await pipeline.submit(text="lost")
    await pipeline.submit(text="waits")
    let_out = pipeline.worker._in_flight

    def in_flight() -> int:
        return len(let_out.sending) + len(let_out.looking_up)

    async with asyncio.timeout(60):
        # Earlier attempts must have ended: they bypass the breaker.
        while not pipeline.worker.held or in_flight():
            if not pipeline.worker.held:
                await pipeline.pass_time(minutes=20)
            await asyncio.sleep(0.01)
    pipeline.client.gate = asyncio.Event()
    pipeline.client.look_up_gate = asyncio.Event()
    assert (await pipeline.stored(lost)).state is DeliveryState.UNCERTAIN

    async with asyncio.timeout(60):
        while not in_flight():
            await pipeline.pass_time(minutes=20)
            await asyncio.sleep(0.01)
    for _ in range(5):
        await pipeline.pass_time(minutes=20)
        await asyncio.sleep(0.01)
        assert in_flight() == 1
    pipeline.client.gate.set()
    pipeline.client.look_up_gate.set()


async def test_partly_executed_delivery_does_not_expire(pipeline: Pipeline) -> None:
    pipeline.client.errors = [None, Unavailable()]
    delivery = await pipeline.submit(steps=("write", "note"), seconds=60)
    assert delivery.state is PENDING

    await pipeline.pass_time(seconds=100)
    await pipeline.wait_for(delivery, DELIVERED)

    assert pipeline.client.written == ["write hello", "note hello"]


async def test_partly_executed_delivery_does_not_expire_when_retried(
    pipeline: Pipeline,
) -> None:
    pipeline.client.errors = [None, OutcomeUnknown()]
    delivery = await pipeline.submit(steps=("write", "stamp"), seconds=60)
    await pipeline.pass_time(seconds=2)
    delivery = await pipeline.wait_for(delivery, FAILED)
    pipeline.worker.pause()

    opened = await pipeline.queue.retry(delivery, confirm=True)

    assert opened.state is PENDING
    assert opened.expires_at is None
