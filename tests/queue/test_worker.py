"""What the worker makes of each thing that can happen to a delivery."""

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

from .conftest import House
from .ledger import FOUND, WriteLine

DELIVERED = DeliveryState.DELIVERED
DISCARDED = DeliveryState.DISCARDED
EXPIRED = DeliveryState.EXPIRED
FAILED = DeliveryState.FAILED
PENDING = DeliveryState.PENDING
SENDING = DeliveryState.SENDING
UNCERTAIN = DeliveryState.UNCERTAIN


async def test_delivers_with_a_receipt(house: House) -> None:
    delivery = await house.submit()

    assert delivery.state is DELIVERED
    assert delivery.receipt is not None
    assert delivery.receipt.outside_id == "write-hello"
    assert await house.stored(delivery) == delivery
    assert house.client.written == ["write hello"]
    assert house.contacts == [None]


async def test_runs_steps_in_order_each_once(house: House) -> None:
    delivery = await house.submit(steps=("write", "note", "stamp"))

    assert delivery.state is DELIVERED
    assert house.client.written == ["write hello", "note hello", "stamp hello"]
    assert house.client.contexts[-1].results == {
        "write": {"id": "write-hello"},
        "note": {"id": "note-hello"},
    }


@pytest.mark.parametrize("error", [CannotConnect("down"), Unavailable("busy")])
async def test_what_was_surely_not_taken_is_sent_again(
    house: House, error: BackendError
) -> None:
    house.client.troubles = [error]

    delivery = await house.submit()
    assert delivery.state is PENDING
    assert delivery.attempts == 1
    assert delivery.failure is not None
    assert delivery.failure.reason == str(error)
    assert delivery.due_at == house.clock() + timedelta(seconds=5)
    assert house.contacts == [error]

    await house.later(seconds=5)
    delivery = await house.until(delivery, DELIVERED)
    assert delivery.attempts == 2
    assert delivery.failure is None
    assert house.client.written == ["write hello"]


async def test_retry_after_holds_the_whole_connection(house: House) -> None:
    house.client.troubles = [Unavailable("busy", retry_after=120)]

    limited = await house.submit()
    assert limited.due_at == house.clock() + timedelta(seconds=120)
    waiting = await house.submit(text="other")
    assert waiting.state is PENDING
    assert waiting.attempts == 0

    await house.later(seconds=119)
    assert (await house.submit(wait=0.05, text="third")).attempts == 0
    await house.later(seconds=1)
    await house.until(limited, DELIVERED)
    await house.until(waiting, DELIVERED)


async def test_what_is_asked_of_one_delivery_holds_no_other(house: House) -> None:
    house.client.troubles = [Unavailable("not yet", retry_after=120, alone=True)]

    waiting = await house.submit()
    assert waiting.state is PENDING
    assert waiting.due_at == house.clock() + timedelta(seconds=120)
    other = await house.submit(text="other")
    assert other.state is DELIVERED
    # The backend is there.
    assert house.contacts == [None, None]

    await house.later(seconds=120)
    await house.until(waiting, DELIVERED)


@pytest.mark.parametrize("error", [InvalidCredentials(), PermissionDenied()])
async def test_pause_spends_no_attempt_and_ends_with_resume(
    house: House, error: BackendError
) -> None:
    house.client.troubles = [error]

    delivery = await house.submit()
    assert delivery.state is PENDING
    assert delivery.attempts == 0
    assert house.worker.held
    other = await house.submit(text="other")
    assert other.state is PENDING

    house.worker.resume()
    await house.until(delivery, DELIVERED)
    await house.until(other, DELIVERED)


async def test_delivery_may_be_claimed_again_before_its_last_attempt_is_cleared_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: broken.append(context)
    )
    house.client.troubles = [InvalidCredentials()] * 100

    def mend(error: object) -> None:
        if error is not None:
            house.worker.resume()
            asyncio.get_running_loop().call_soon(house.worker.resume)

    monkeypatch.setattr(house, "contacted", mend)
    delivery = await house.submit(wait=0)
    await house.until(delivery, DELIVERED)
    await house.stop()

    assert not broken
    assert not house.worker._in_flight.sending


async def test_refusal_fails_with_the_backends_reason(house: House) -> None:
    house.client.troubles = [Rejected("no such camera")]

    delivery = await house.submit()

    assert delivery.state is FAILED
    assert delivery.failure is not None
    assert delivery.failure.reason == "no such camera"
    assert delivery.due_at is None
    assert delivery.settled_at == house.clock()


async def test_what_is_about_something_gone_is_discarded(house: House) -> None:
    """Nobody could mend that: it has not failed, and is not retried with the others."""
    started = await house.submit()
    house.client.troubles = [Gone("no such note", code=UNKNOWN_EVENT)]

    delivery = await house.submit(after=started.id)

    assert delivery.state is DISCARDED
    assert delivery.failure == Failure(code=UNKNOWN_EVENT, reason="no such note")
    assert delivery.settled_at == house.clock()
    assert await house.queue.failed() == []


async def test_what_creates_something_where_there_is_nothing_fails(
    house: House,
) -> None:
    """Such as a message to a room that does not exist: somebody has to know."""
    house.client.troubles = [Gone("no such room")]
    delivery = await house.submit()
    assert delivery.state is FAILED
    assert delivery.failure == Failure(code="gone", reason="no such room")
    again = await house.queue.retry(delivery, wait=60)
    assert again.state is DELIVERED


async def test_refusal_after_the_first_effect_is_a_warning(house: House) -> None:
    house.client.troubles = [None, Rejected("too long")]

    delivery = await house.submit(steps=("write", "note", "stamp"))

    assert delivery.state is DELIVERED
    assert delivery.receipt is not None
    assert delivery.receipt.warnings == ("note: too long",)
    assert house.client.written == ["write hello", "stamp hello"]


async def test_goes_on_at_the_step_where_it_stopped(house: House) -> None:
    house.client.troubles = [None, CannotConnect()]
    delivery = await house.submit(steps=("write", "note"))
    assert delivery.state is PENDING

    await house.later(seconds=5)
    await house.until(delivery, DELIVERED)

    assert house.client.written == ["write hello", "note hello"]


@pytest.mark.parametrize("error", [OutcomeUnknown(), InvalidResponse()])
async def test_unknown_outcome_is_looked_up_and_found(
    house: House, error: BackendError
) -> None:
    house.client.troubles = [error]
    house.client.findings = [FOUND]
    delivery = await house.submit()
    assert delivery.state is UNCERTAIN
    assert delivery.unclear

    await house.later(seconds=1)
    delivery = await house.until(delivery, DELIVERED)

    assert delivery.receipt is not None
    assert delivery.receipt.outside_id == "found"
    assert house.client.calls == ["write"]
    assert not delivery.unclear


async def test_unknown_outcome_surely_absent_is_sent_again(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [Unclear(), Absent()]
    delivery = await house.submit()

    await house.until_sent_again(delivery)
    delivery = await house.until(delivery, DELIVERED)

    assert not house.client.findings
    assert house.client.written == ["write hello"]
    assert house.client.calls == ["write", "write"]


async def test_found_first_step_goes_on_with_the_second(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [FOUND]
    delivery = await house.submit(steps=("write", "note"))

    await house.later(seconds=1)
    await house.until(delivery, DELIVERED)

    assert house.client.calls == ["write", "note"]
    assert house.client.contexts[-1].results == {"write": {"id": "found"}}


async def test_clue_and_time_of_the_send_reach_the_look_up(house: House) -> None:
    sent_at = house.clock()
    house.client.troubles = [OutcomeUnknown(clue={"id": "7"})]
    house.client.findings = [FOUND]
    delivery = await house.submit()

    await house.later(seconds=1)
    await house.until(delivery, DELIVERED)

    assert house.client.contexts[-1].clue == {"id": "7"}
    assert house.client.contexts[-1].first_sent_at == sent_at


async def test_repeatable_step_is_repeated_without_asking(house: House) -> None:
    house.client.troubles = [None, OutcomeUnknown()]
    delivery = await house.submit(steps=("write", "note"))
    assert delivery.state is PENDING

    await house.later(seconds=5)
    await house.until(delivery, DELIVERED)
    assert house.client.calls == ["write", "note", "note"]


@pytest.mark.parametrize("error", [OutcomeUnknown("cut off"), InvalidResponse()])
async def test_what_cannot_be_asked_fails_at_once_and_is_never_sent_again(
    house: House, error: BackendError
) -> None:
    house.client.troubles = [error]
    delivery = await house.submit(steps=("stamp",))
    assert delivery.state is FAILED
    assert delivery.failure == Failure(code="outcome_unknown")
    assert delivery.unclear
    assert delivery.settled_at == house.clock()
    assert delivery.due_at is None

    await house.later(seconds=60)
    assert await house.stored(delivery) == delivery
    assert house.client.calls == ["stamp"]


async def test_asking_in_vain_for_an_hour_ends_as_unknown(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [Unclear()] * 3
    delivery = await house.submit()
    for wait, left in ((1, 2), (10, 1)):
        await house.later(seconds=wait)
        while len(house.client.findings) > left:
            await house.until(delivery, UNCERTAIN)
    while (await house.stored(delivery)).look_ups < 2:
        await house.until(delivery, UNCERTAIN)

    await house.later(hours=1)
    delivery = await house.until(delivery, FAILED)

    assert delivery.failure is not None
    assert delivery.failure.code == "outcome_unknown"


async def test_time_in_which_nobody_can_be_asked_does_not_count(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [CannotConnect(), FOUND]
    delivery = await house.submit()
    await house.later(seconds=1)
    while (await house.stored(delivery)).look_ups < 1:
        await house.until(delivery, UNCERTAIN)

    await house.later(hours=3)

    await house.until(delivery, DELIVERED)


async def test_what_is_switched_off_waits_until_it_is_switched_on(
    house: House,
) -> None:
    """Also where something else resumes it, such as a backend that answers again."""
    house.worker.switch(on=False)
    delivery = await house.submit()
    assert delivery.state is PENDING
    house.worker.resume()
    assert house.worker.held
    assert house.worker.held_until is None
    assert (await house.stored(delivery)).attempts == 0

    house.worker.switch(on=True)
    await house.until(delivery, DELIVERED)
    assert len(house.client.calls) == 1


async def test_what_is_over_expires_also_while_paused(house: House) -> None:
    house.worker.pause()
    delivery = await house.submit(seconds=60)
    assert delivery.state is PENDING

    await house.later(seconds=61)
    delivery = await house.until(delivery, EXPIRED)

    assert delivery.settled_at == house.clock()
    assert house.changes[-1] == delivery
    assert house.client.calls == []


async def test_unforeseen_error_fails_and_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.client.troubles = [RuntimeError("secret payload")]

    delivery = await house.submit()

    assert delivery.state is FAILED
    assert delivery.failure is not None
    assert delivery.failure.code == "internal_error"
    assert delivery.id in caplog.text


async def test_unforeseen_error_of_a_look_up_fails_and_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [RuntimeError("secret payload")]
    delivery = await house.submit()

    await house.later(seconds=1)
    delivery = await house.until(delivery, FAILED)

    assert delivery.unclear
    assert delivery.failure is not None
    assert delivery.failure.code == "internal_error"
    assert delivery.id in caplog.text


async def test_backs_off_from_what_gets_lost_again_and_again(house: House) -> None:
    house.client.troubles = [OutcomeUnknown(), OutcomeUnknown()]
    delivery = await house.submit()

    await house.until_sent_again(delivery)
    async with asyncio.timeout(60):
        while len(house.client.calls) < 2:
            await asyncio.sleep(0)
    await house.until(delivery, UNCERTAIN)
    await house.until_sent_again(delivery)
    delivery = await house.until(delivery, PENDING)
    assert delivery.due_at == house.clock() + timedelta(seconds=10)

    await house.later(seconds=10)
    await house.until(delivery, DELIVERED)


async def test_goes_on_when_the_store_could_not_tell_of_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "STORE_PATIENCE", 0)
    start = await house.submit()
    get, troubles = house.store.get, [StoreUnavailable("disk full")]

    async def hindered(delivery_id: str) -> Delivery | None:
        if delivery_id == start.id and troubles:
            raise troubles.pop()
        return await get(delivery_id)

    monkeypatch.setattr(house.store, "get", hindered)
    end = await house.submit(text="end", after=start.id)

    assert end.state is DELIVERED
    assert troubles == []


async def test_full_disk_refuses_also_after_the_clock_was_set(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await house.submit(after="something")
    shift, troubles = house.store.shift, [StoreUnavailable("full")] * 2

    async def hindered(owner: str, jump: timedelta, started: datetime) -> None:
        if troubles:
            raise troubles.pop()
        await shift(owner, jump, started)

    monkeypatch.setattr(house.store, "shift", hindered)
    house.worker.pause()
    paused = await house.submit(text="paused")
    house.clock.set(days=-2)

    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await house.submit(text="refused")
    assert len(await house.store.listing()) == 2

    await house.submit(text="accepted")
    assert (await house.stored(paused)).due_at == house.clock()
    assert waiting.state is DeliveryState.DISCARDED


async def test_retried_one_waits_while_a_later_one_of_its_key_is_sent(
    house: House,
) -> None:
    start = await house.submit()
    house.client.troubles = [Rejected("no")]
    former = await house.submit(text="former", after=start.id)
    house.client.gate = asyncio.Event()
    latter = await house.submit(wait=0, text="latter", after=start.id)
    await house.until(latter, SENDING)

    assert (await house.queue.retry(former, wait=0.05)).state is PENDING

    house.client.gate.set()
    await house.until(former, DELIVERED)
    assert house.client.written == ["write hello", "write latter", "write former"]


async def test_row_of_an_unreadable_version_fails_with_that_reason(
    idle: House, store: Store, path: object
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

    delivery = await idle.until(delivery, FAILED)

    assert delivery.failure is not None
    assert delivery.failure.code == "unreadable"
    assert delivery.failure.reason == "version 99"
    await idle.stop()


async def test_end_waits_for_its_start_and_knows_its_receipt(house: House) -> None:
    house.client.troubles = [CannotConnect()]
    start = await house.submit()
    end = await house.submit(wait=0.05, text="end", after=start.id)
    assert end.state is PENDING
    assert end.attempts == 0

    await house.later(seconds=5)
    await house.until(end, DELIVERED)

    assert house.client.written == ["write hello", "write end"]
    followed = house.client.contexts[-1].followed
    assert followed is not None
    assert followed.outside_id == "write-hello"


async def test_end_is_discarded_if_the_start_never_was(house: House) -> None:
    house.client.troubles = [CannotConnect(), Rejected("no")]
    start = await house.submit()
    end = await house.submit(wait=0, text="end", after=start.id)

    await house.later(seconds=5)
    await house.until(start, FAILED)
    end = await house.until(end, DeliveryState.DISCARDED)

    assert end.failure is not None
    assert end.failure.code == "start_never_was"
    assert house.client.calls == ["write", "write"]


async def test_end_waits_while_the_start_is_uncertain(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [FOUND]
    start = await house.submit()
    end = await house.submit(wait=0.05, text="end", after=start.id)
    assert end.attempts == 0

    await house.later(seconds=1)
    await house.until(end, DELIVERED)
    assert house.client.written == ["write end"]


async def test_one_at_a_time_in_a_lane(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [FOUND]
    first = await house.submit(lane="door")
    second = await house.submit(wait=0.05, text="second", lane="door")
    other = await house.submit(text="other", lane="garden")
    assert first.state is UNCERTAIN
    assert second.attempts == 0
    assert other.state is DELIVERED

    await house.later(seconds=1)
    await house.until(second, DELIVERED)


async def test_what_a_turn_has_found_is_not_looked_up_after_a_pause(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a file is slow, and a connection is unloaded or paused meanwhile."""
    take = house.store.take
    found: list[Delivery] = []

    async def take_and_pause(owner: str, now: datetime, **asked: Any) -> Taken:  # noqa: ANN401 - as it is asked
        taken = await take(owner, now, **asked)
        if taken.look_ups and not found:
            found.extend(taken.look_ups)
            house.worker.pause()
        return taken

    monkeypatch.setattr(house.store, "take", take_and_pause)
    house.client.troubles = [OutcomeUnknown()]
    house.client.findings = [FOUND]
    delivery = await house.submit()
    await house.later(seconds=1)
    while not found:
        await house.later()
    async with house.worker._turning:
        assert not house.worker._in_flight.looking_up
    assert house.client.findings == [FOUND]

    house.worker.resume()
    await house.until(delivery, DELIVERED)
    assert not house.client.findings


async def test_look_ups_hold_no_place_of_what_is_to_be_sent(house: House) -> None:
    house.client.look_up_gate = asyncio.Event()
    house.client.troubles = [OutcomeUnknown(), OutcomeUnknown()]
    house.client.findings = [FOUND, FOUND]
    unknown = [await house.submit(text=text) for text in ("one", "two")]
    await house.later(seconds=1)
    while len(house.worker._in_flight.looking_up) < 2:
        await house.later()

    assert (await house.submit(text="three")).state is DELIVERED

    house.client.look_up_gate.set()
    for delivery in unknown:
        await house.until(delivery, DELIVERED)


async def test_look_up_knows_what_belongs_to_a_delivery_that_is_not_done(
    house: House,
) -> None:
    house.client.troubles = [None, CannotConnect(), OutcomeUnknown()]
    house.client.findings = [FOUND]
    first = await house.submit(steps=("write", "note"), lane="door")
    assert first.state is PENDING
    assert first.receipt is not None
    second = await house.submit(text="second", lane="door")
    assert second.state is UNCERTAIN

    await house.later(seconds=1)
    await house.until(second, DELIVERED)

    assert house.client.contexts[-1].outside_ids == {"write-hello"}


async def test_what_was_cut_off_is_looked_up_by_the_next_run(
    idle: House, store: Store
) -> None:
    delivery = await idle.submit(wait=0)
    taken = await store.take("connection", idle.clock(), most=1, look_ups=1, busy=())
    assert [one.state for one in taken.claimed] == [SENDING]
    idle.client.findings = [FOUND]

    idle.start()
    await idle.until(delivery, DELIVERED)

    assert idle.client.calls == []
    await idle.stop()


async def test_stops_at_once_when_idle_and_sends_nothing_after(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 300)
    async with asyncio.timeout(60):
        await house.stop()

    assert house.running is not None
    assert house.running.done()
    assert (await house.submit()).state is PENDING
    assert house.client.calls == []


async def test_stop_puts_back_what_is_being_claimed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = house.store.take
    is_claimed, go_on = asyncio.Event(), asyncio.Event()

    async def take_slowly(owner: str, now: datetime, **asked: Any) -> Taken:  # noqa: ANN401 - as it is asked
        taken = await take(owner, now, **asked)
        if taken.claimed:
            is_claimed.set()
            await go_on.wait()
        return taken

    monkeypatch.setattr(house.store, "take", take_slowly)
    delivery = await house.submit(wait=0)
    await is_claimed.wait()
    stopping = asyncio.create_task(house.worker.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    stored = await house.stored(delivery)
    assert (stored.state, stored.attempts) == (DeliveryState.PENDING, 0)
    assert house.client.calls == []


async def test_stop_lets_what_is_under_way_end(house: House) -> None:
    house.client.gate = asyncio.Event()
    delivery = await house.submit(wait=0)
    while not house.client.calls:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(house.stop())
    await asyncio.sleep(0)
    house.client.gate.set()
    await stopping

    assert (await house.stored(delivery)).state is DELIVERED


async def test_what_does_not_end_in_time_is_left_to_the_next_run(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_PATIENCE", 0.01)
    house.client.gate = asyncio.Event()
    delivery = await house.submit(wait=0)
    while not house.client.calls:
        await asyncio.sleep(0)
    await house.stop()

    assert (await house.stored(delivery)).state is SENDING


@pytest.mark.parametrize("broken", ["load", "steps"])
async def test_what_cannot_be_read_back_for_whatever_reason_fails(
    idle: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    delivery = await idle.submit(wait=0)

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(WriteLine, broken, breaks)
        idle.start()
        failed = await idle.until(delivery, DeliveryState.FAILED)
        await idle.stop()
    assert failed.failure == Failure(code="internal_error")
    assert idle.client.calls == []


async def test_what_has_arrived_is_not_lost_by_its_receipt(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(WriteLine, "receipt", breaks)
    delivery = await house.submit()
    assert delivery.state is DeliveryState.DELIVERED
    assert delivery.receipt is not None
    assert delivery.receipt.warnings
    assert house.client.calls == ["write"]


async def test_open_breaker_lets_out_a_send_or_a_look_up_and_not_both(
    house: House,
) -> None:
    house.client.troubles = [OutcomeUnknown("lost"), *[CannotConnect("down")] * 99]
    house.client.findings = [CannotConnect("down")] * 99
    lost = await house.submit(text="lost")
    await house.submit(text="waits")
    let_out = house.worker._in_flight

    def in_flight() -> int:
        return len(let_out.sending) + len(let_out.looking_up)

    async with asyncio.timeout(60):
        # What was let out before must be over: it goes through no gate.
        while not house.worker.held or in_flight():
            if not house.worker.held:
                await house.later(minutes=20)
            await asyncio.sleep(0.01)
    house.client.gate = asyncio.Event()
    house.client.look_up_gate = asyncio.Event()
    assert (await house.stored(lost)).state is DeliveryState.UNCERTAIN

    async with asyncio.timeout(60):
        while not in_flight():
            await house.later(minutes=20)
            await asyncio.sleep(0.01)
    for _ in range(5):
        await house.later(minutes=20)
        await asyncio.sleep(0.01)
        assert in_flight() == 1
    house.client.gate.set()
    house.client.look_up_gate.set()


async def test_what_has_had_an_effect_does_not_expire(house: House) -> None:
    house.client.troubles = [None, Unavailable()]
    delivery = await house.submit(steps=("write", "note"), seconds=60)
    assert delivery.state is PENDING

    await house.later(seconds=100)
    await house.until(delivery, DELIVERED)

    assert house.client.written == ["write hello", "note hello"]


async def test_what_has_had_an_effect_does_not_expire_when_it_is_retried(
    house: House,
) -> None:
    house.client.troubles = [None, OutcomeUnknown()]
    delivery = await house.submit(steps=("write", "stamp"), seconds=60)
    await house.later(seconds=2)
    delivery = await house.until(delivery, FAILED)
    house.worker.pause()

    opened = await house.queue.retry(delivery, confirm=True)

    assert opened.state is PENDING
    assert opened.expires_at is None
