"""Accepting, waiting, retrying and discarding."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.errors import (
    CannotConnect,
    OutcomeUnknown,
    Rejected,
)
from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
)
from custom_components.event_relay.queue.queue import NotAllowed
from custom_components.event_relay.queue.store.store import StoreUnavailable

from .conftest import OWNER, House
from .ledger import FOUND


@pytest.mark.parametrize("text", ["", "forbidden"])
async def test_bad_input_names_the_field_and_stores_nothing(
    house: House, text: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        await house.submit(text=text)
    assert raised.value.field == "text"
    assert await house.store.listing() == []


async def test_without_a_wait_answers_when_committed(idle: House) -> None:
    delivery = await idle.submit(wait=0)
    assert delivery.state is DeliveryState.PENDING
    assert await idle.store.get(delivery.id) == delivery


async def test_wait_that_is_over_answers_with_the_state(house: House) -> None:
    house.client.gate = asyncio.Event()
    start = await house.submit(wait=0, steps=("write",))
    delivery = await house.submit(wait=0.05, text="end", after=start.id)
    assert delivery.state is DeliveryState.PENDING
    house.client.gate.set()


async def test_paused_connection_answers_at_once(house: House) -> None:
    house.worker.pause()
    async with asyncio.timeout(60):
        delivery = await house.submit(wait=300)
    assert delivery.state is DeliveryState.PENDING


async def test_pause_lets_go_of_those_who_wait(idle: House) -> None:
    waiting = asyncio.create_task(idle.submit(wait=300))
    async with asyncio.timeout(60):
        while not await idle.store.listing():
            await asyncio.sleep(0)
        idle.queue.release()
        delivery = await waiting
    assert delivery.state is DeliveryState.PENDING


async def test_retry_reopens_the_same_delivery(house: House) -> None:
    house.client.troubles = [Rejected("no")]
    delivery = await house.submit()
    assert delivery.state is DeliveryState.FAILED

    again = await house.queue.retry(delivery, wait=60)

    assert again.id == delivery.id
    assert again.state is DeliveryState.DELIVERED


async def test_retry_of_an_expired_one_has_its_time_anew(house: House) -> None:
    house.worker.pause()
    delivery = await house.submit(seconds=60)
    await house.later(seconds=61)
    delivery = await house.until(delivery, DeliveryState.EXPIRED)

    house.worker.resume()
    again = await house.queue.retry(delivery, wait=60)

    assert again.state is DeliveryState.DELIVERED


async def _of_unknown_outcome(house: House) -> Delivery:
    house.client.troubles = [OutcomeUnknown()]
    delivery = await house.submit(steps=("stamp",))
    return await house.until(delivery, DeliveryState.FAILED)


async def test_unknown_outcome_is_sent_again_only_when_confirmed(house: House) -> None:
    delivery = await _of_unknown_outcome(house)
    with pytest.raises(NotAllowed) as raised:
        await house.queue.retry(delivery)
    assert raised.value.code == "confirmation_needed"
    assert house.client.calls == ["stamp"]

    again = await house.queue.retry(delivery, confirm=True, wait=60)
    assert again.state is DeliveryState.DELIVERED
    assert not again.unclear


async def test_unknown_outcome_is_asked_for_before_it_is_sent_again(
    house: House,
) -> None:
    house.client.troubles = [RuntimeError()]
    delivery = await house.submit()
    assert delivery.unclear
    house.client.findings = [FOUND]

    again = await house.queue.retry(delivery, confirm=True, wait=60)

    assert again.state is DeliveryState.DELIVERED
    assert house.client.calls == ["write"]


async def test_an_outcome_still_unknown_is_asked_for_at_once(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    delivery = await house.submit()
    assert delivery.state is DeliveryState.UNCERTAIN
    with pytest.raises(NotAllowed) as raised:
        await house.queue.retry(delivery)
    assert raised.value.code == "confirmation_needed"
    house.client.findings = [FOUND]

    again = await house.queue.retry(delivery, confirm=True, wait=60)

    assert again.state is DeliveryState.DELIVERED
    assert house.client.calls == ["write"]


async def test_what_a_crash_cut_off_is_asked_for_and_not_sent_again(
    idle: House,
) -> None:
    delivery = await idle.submit(wait=0)
    sending = await idle.store.update(
        replace(delivery, state=DeliveryState.SENDING), was=delivery.state
    )
    uncertain = await idle.store.update(
        replace(sending, state=DeliveryState.UNCERTAIN), was=sending.state
    )
    with pytest.raises(NotAllowed):
        await idle.queue.retry(uncertain)
    again = await idle.queue.retry(uncertain, confirm=True)
    assert again.state is DeliveryState.UNCERTAIN


async def test_the_user_says_that_it_arrived(house: House) -> None:
    delivery = await _of_unknown_outcome(house)
    heard: list[Delivery] = []
    house.queue.listen(heard.append)

    delivered = await house.queue.arrived(delivery)

    assert delivered.state is DeliveryState.DELIVERED
    assert not delivered.unclear
    assert delivered.receipt is not None
    assert heard == [delivered]
    assert await house.store.get(delivery.id) == delivered
    assert house.client.calls == ["stamp"]


async def test_the_user_says_so_while_it_is_still_asked(house: House) -> None:
    house.client.troubles = [OutcomeUnknown()]
    delivery = await house.submit()
    delivered = await house.queue.arrived(delivery)
    await house.later(seconds=60)
    assert await house.store.get(delivery.id) == delivered
    assert house.client.calls == ["write"]


async def test_what_is_known_is_not_said_to_have_arrived(house: House) -> None:
    house.client.troubles = [Rejected("no")]
    failed = await house.submit()
    for known in (failed, await house.submit(text="other")):
        with pytest.raises(NotAllowed) as raised:
            await house.queue.arrived(known)
        assert raised.value.code == "outcome_known"
        assert raised.value.state is known.state


@pytest.mark.parametrize("state", ["delivered", "pending"])
async def test_only_what_failed_or_expired_is_retried(house: House, state: str) -> None:
    house.client.troubles = [CannotConnect()] if state == "pending" else []
    delivery = await house.submit()
    assert delivery.state == state
    with pytest.raises(NotAllowed) as raised:
        await house.queue.retry(delivery)
    assert raised.value.state == state


async def test_discard_gives_up_what_waits(house: House) -> None:
    house.client.troubles = [CannotConnect()]
    delivery = await house.submit()

    discarded = await house.queue.discard(delivery)

    assert discarded.state is DeliveryState.DISCARDED
    await house.later(seconds=5)
    await house.submit(text="other")
    assert house.client.written == ["write other"]


async def test_discard_of_what_has_arrived_is_refused(house: House) -> None:
    delivery = await house.submit()
    with pytest.raises(NotAllowed) as raised:
        await house.queue.discard(delivery)
    assert raised.value.code == "not_discardable"


async def test_who_waits_for_what_is_gone_is_told(idle: House) -> None:
    waiting = asyncio.create_task(idle.submit(wait=300))
    while not await idle.store.listing():
        await asyncio.sleep(0)
    await idle.store.remove_connection(OWNER)
    idle.queue.release()
    with pytest.raises(StoreUnavailable):
        await waiting


async def test_listeners_hear_of_acceptance_failure_retry_and_arrival(
    house: House,
) -> None:
    heard: list[DeliveryState] = []
    stop = house.queue.listen(lambda delivery: heard.append(delivery.state))
    house.client.troubles = [Rejected("no")]
    delivery = await house.submit()
    await house.queue.retry(delivery, wait=60)
    stop()
    await house.submit(text="unheard")
    assert heard == [
        DeliveryState.PENDING,
        DeliveryState.FAILED,
        DeliveryState.PENDING,
        DeliveryState.DELIVERED,
    ]


async def test_listeners_hear_of_a_discarded_one(idle: House) -> None:
    delivery = await idle.submit(wait=0)
    heard: list[Delivery] = []
    idle.queue.listen(heard.append)
    given_up = await idle.queue.discard(delivery)
    assert heard == [given_up]


async def test_listeners_hear_once_of_what_is_accepted_twice(house: House) -> None:
    request = replace(house.request(), id="once")
    await house.queue.submit(request, wait=5)
    heard: list[Delivery] = []
    house.queue.listen(heard.append)
    await house.queue.submit(request, wait=5)
    assert heard == []


async def test_broken_listener_stops_neither_the_worker_nor_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Delivery] = []

    def broken(_: Delivery) -> None:
        raise ValueError

    house.queue.listen(broken)
    house.queue.listen(heard.append)
    delivery = await house.submit()
    assert delivery.state is DeliveryState.DELIVERED
    assert heard[-1] == delivery
    assert delivery.id in caplog.text


async def test_retry_of_all_leaves_what_cannot_be_read_or_is_unknown(
    idle: House,
) -> None:
    states = (
        Failure(code="rejected"),
        Failure(code=OutcomeUnknown.code),
        Failure(code="rejected"),
        Failure(code="unreadable"),
    )
    failed = []
    for number, failure in enumerate(states):
        accepted = await idle.submit(wait=0, text=f"line {number}")
        sending = replace(accepted, state=DeliveryState.SENDING)
        await idle.store.update(sending, was=DeliveryState.PENDING)
        ended = replace(
            transitions.failed(sending, failure, idle.clock()),
            unclear=failure.code == OutcomeUnknown.code,
        )
        failed.append(await idle.store.update(ended, was=DeliveryState.SENDING))
    await idle.store._database.run(
        lambda database: (
            database.execute(
                "UPDATE deliveries SET operation = 'gone', checksum = NULL"
                " WHERE failure_code = 'unreadable'"
            ).rowcount
        )
    )

    opened = await idle.queue.retry_failed()

    assert [one.id for one in opened] == [failed[0].id, failed[2].id]
    assert await idle.stored(failed[1]) == failed[1]
    assert await idle.stored(failed[3]) == replace(failed[3], operation="gone")
