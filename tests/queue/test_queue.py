"""Tests of the queue API: accept, wait, retry and discard."""

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

from .ledger import FOUND
from .pipeline import OWNER, Pipeline


@pytest.mark.parametrize("text", ["", "forbidden"])
async def test_invalid_input_names_the_field_and_stores_nothing(
    pipeline: Pipeline, text: str
) -> None:
    with pytest.raises(InvalidField) as raised:
        await pipeline.submit(text=text)
    assert raised.value.field == "text"
    assert await pipeline.store.listing() == []


async def test_submit_without_wait_returns_once_committed(idle: Pipeline) -> None:
    delivery = await idle.submit(wait=0)
    assert delivery.state is DeliveryState.PENDING
    assert await idle.store.get(delivery.id) == delivery


async def test_wait_returns_the_state_at_its_end(pipeline: Pipeline) -> None:
    pipeline.client.gate = asyncio.Event()
    start = await pipeline.submit(wait=0, steps=("write",))
    delivery = await pipeline.submit(wait=0.05, text="end", after=start.id)
    assert delivery.state is DeliveryState.PENDING
    pipeline.client.gate.set()


async def test_submit_to_a_paused_connection_does_not_wait(pipeline: Pipeline) -> None:
    pipeline.worker.pause()
    async with asyncio.timeout(60):
        delivery = await pipeline.submit(wait=300)
    assert delivery.state is DeliveryState.PENDING


async def test_pause_releases_waiting_callers(idle: Pipeline) -> None:
    waiting = asyncio.create_task(idle.submit(wait=300))
    async with asyncio.timeout(60):
        while not await idle.store.listing():
            await asyncio.sleep(0)
        idle.queue.release()
        delivery = await waiting
    assert delivery.state is DeliveryState.PENDING


async def test_retry_reopens_the_same_delivery(pipeline: Pipeline) -> None:
    pipeline.client.errors = [Rejected("no")]
    delivery = await pipeline.submit()
    assert delivery.state is DeliveryState.FAILED

    again = await pipeline.queue.retry(delivery, wait=60)

    assert again.id == delivery.id
    assert again.state is DeliveryState.DELIVERED


async def test_retry_of_an_expired_delivery_restarts_its_time(
    pipeline: Pipeline,
) -> None:
    pipeline.worker.pause()
    delivery = await pipeline.submit(seconds=60)
    await pipeline.pass_time(seconds=61)
    delivery = await pipeline.wait_for(delivery, DeliveryState.EXPIRED)

    pipeline.worker.resume()
    again = await pipeline.queue.retry(delivery, wait=60)

    assert again.state is DeliveryState.DELIVERED


async def _submit_with_unknown_outcome(pipeline: Pipeline) -> Delivery:
    pipeline.client.errors = [OutcomeUnknown()]
    delivery = await pipeline.submit(steps=("stamp",))
    return await pipeline.wait_for(delivery, DeliveryState.FAILED)


async def test_unknown_outcome_is_resent_only_if_confirmed(pipeline: Pipeline) -> None:
    delivery = await _submit_with_unknown_outcome(pipeline)
    with pytest.raises(NotAllowed) as raised:
        await pipeline.queue.retry(delivery)
    assert raised.value.code == "confirmation_needed"
    assert pipeline.client.calls == ["stamp"]

    again = await pipeline.queue.retry(delivery, confirm=True, wait=60)
    assert again.state is DeliveryState.DELIVERED
    assert not again.outcome_unknown


async def test_unknown_outcome_is_looked_up_before_it_is_resent(
    pipeline: Pipeline,
) -> None:
    pipeline.client.errors = [RuntimeError()]
    delivery = await pipeline.submit()
    assert delivery.outcome_unknown
    pipeline.client.findings = [FOUND]

    again = await pipeline.queue.retry(delivery, confirm=True, wait=60)

    assert again.state is DeliveryState.DELIVERED
    assert pipeline.client.calls == ["write"]


async def test_still_unknown_outcome_is_looked_up_at_once(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    delivery = await pipeline.submit()
    assert delivery.state is DeliveryState.UNCERTAIN
    with pytest.raises(NotAllowed) as raised:
        await pipeline.queue.retry(delivery)
    assert raised.value.code == "confirmation_needed"
    pipeline.client.findings = [FOUND]

    again = await pipeline.queue.retry(delivery, confirm=True, wait=60)

    assert again.state is DeliveryState.DELIVERED
    assert pipeline.client.calls == ["write"]


async def test_delivery_interrupted_by_a_crash_is_looked_up(idle: Pipeline) -> None:
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


async def test_user_confirms_the_delivery(pipeline: Pipeline) -> None:
    delivery = await _submit_with_unknown_outcome(pipeline)
    heard: list[Delivery] = []
    pipeline.queue.listen(heard.append)

    delivered = await pipeline.queue.arrived(delivery)

    assert delivered.state is DeliveryState.DELIVERED
    assert not delivered.outcome_unknown
    assert delivered.receipt is not None
    assert heard == [delivered]
    assert await pipeline.store.get(delivery.id) == delivered
    assert pipeline.client.calls == ["stamp"]


async def test_user_confirms_the_delivery_during_a_look_up(pipeline: Pipeline) -> None:
    pipeline.client.errors = [OutcomeUnknown()]
    delivery = await pipeline.submit()
    delivered = await pipeline.queue.arrived(delivery)
    await pipeline.pass_time(seconds=60)
    assert await pipeline.store.get(delivery.id) == delivered
    assert pipeline.client.calls == ["write"]


async def test_known_outcome_cannot_be_confirmed(pipeline: Pipeline) -> None:
    pipeline.client.errors = [Rejected("no")]
    failed = await pipeline.submit()
    for known in (failed, await pipeline.submit(text="other")):
        with pytest.raises(NotAllowed) as raised:
            await pipeline.queue.arrived(known)
        assert raised.value.code == "outcome_known"
        assert raised.value.state is known.state


@pytest.mark.parametrize("state", ["delivered", "pending"])
async def test_only_failed_or_expired_deliveries_are_retried(
    pipeline: Pipeline, state: str
) -> None:
    pipeline.client.errors = [CannotConnect()] if state == "pending" else []
    delivery = await pipeline.submit()
    assert delivery.state == state
    with pytest.raises(NotAllowed) as raised:
        await pipeline.queue.retry(delivery)
    assert raised.value.state == state


async def test_discard_of_a_waiting_delivery(pipeline: Pipeline) -> None:
    pipeline.client.errors = [CannotConnect()]
    delivery = await pipeline.submit()

    discarded = await pipeline.queue.discard(delivery)

    assert discarded.state is DeliveryState.DISCARDED
    await pipeline.pass_time(seconds=5)
    await pipeline.submit(text="other")
    assert pipeline.client.written == ["write other"]


async def test_discard_of_a_delivered_delivery_is_refused(pipeline: Pipeline) -> None:
    delivery = await pipeline.submit()
    with pytest.raises(NotAllowed) as raised:
        await pipeline.queue.discard(delivery)
    assert raised.value.code == "not_discardable"


async def test_caller_waiting_for_a_removed_delivery_gets_an_error(
    idle: Pipeline,
) -> None:
    waiting = asyncio.create_task(idle.submit(wait=300))
    while not await idle.store.listing():
        await asyncio.sleep(0)
    await idle.store.remove_connection(OWNER)
    idle.queue.release()
    with pytest.raises(StoreUnavailable):
        await waiting


async def test_listeners_get_every_change(pipeline: Pipeline) -> None:
    heard: list[DeliveryState] = []
    stop = pipeline.queue.listen(lambda delivery: heard.append(delivery.state))
    pipeline.client.errors = [Rejected("no")]
    delivery = await pipeline.submit()
    await pipeline.queue.retry(delivery, wait=60)
    stop()
    await pipeline.submit(text="unheard")
    assert heard == [
        DeliveryState.PENDING,
        DeliveryState.FAILED,
        DeliveryState.PENDING,
        DeliveryState.DELIVERED,
    ]


async def test_listeners_get_a_discard(idle: Pipeline) -> None:
    delivery = await idle.submit(wait=0)
    heard: list[Delivery] = []
    idle.queue.listen(heard.append)
    given_up = await idle.queue.discard(delivery)
    assert heard == [given_up]


async def test_listeners_get_a_repeated_acceptance_once(pipeline: Pipeline) -> None:
    request = replace(pipeline.request(), id="once")
    await pipeline.queue.submit(request, wait=5)
    heard: list[Delivery] = []
    pipeline.queue.listen(heard.append)
    await pipeline.queue.submit(request, wait=5)
    assert heard == []


async def test_failing_listener_affects_no_other(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Delivery] = []

    def broken(_: Delivery) -> None:
        raise ValueError

    pipeline.queue.listen(broken)
    pipeline.queue.listen(heard.append)
    delivery = await pipeline.submit()
    assert delivery.state is DeliveryState.DELIVERED
    assert heard[-1] == delivery
    assert delivery.id in caplog.text


async def test_retry_of_all_skips_unreadable_and_unknown_ones(idle: Pipeline) -> None:
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
            outcome_unknown=failure.code == OutcomeUnknown.code,
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
