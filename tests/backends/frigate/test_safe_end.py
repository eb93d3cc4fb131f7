"""Tests that an end never stops Frigate's review and leaves nothing behind."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import JsonObject, Receipt, StepContext
from custom_components.event_relay.backends.errors import (
    BackendError,
    OutcomeUnknown,
    Rejected,
)
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import Camera, FrigateSimulator

from ..contexts import MakeContext

VERSIONS = ("0.14", "0.15", "0.16", "0.17", "0.18")
CREATE = FRIGATE.operation("create_camera_event")
END = FRIGATE.operation("end_camera_event")
OPEN = Receipt(details={"start": "2026-11-28T04:00:00+00:00"})

pytestmark = pytest.mark.usefixtures("impatient")


async def run(
    client: FrigateClient,
    data: Mapping[str, object],
    context: StepContext,
    *,
    ends_unsafely: bool = False,
) -> dict[str, JsonObject]:
    """Run every step of an end, like the worker."""
    payload = END.parse(data)
    results: dict[str, JsonObject] = {}
    capabilities = replace(await client.capabilities(), ends_unsafely=ends_unsafely)
    for step in END.steps(payload, capabilities):
        told = replace(context, results=dict(results))
        results[step.name] = await step.run(client, payload, told)
    return results


async def begin(client: FrigateClient, duration: int | None = None) -> str:
    """Create an event, and let its review item close while it goes on."""
    return await client.create_event("front_door", "bell", {"duration": duration})


def one_event(simulator: FrigateSimulator) -> tuple[str, float | None]:
    """Return the only remaining event, and its end."""
    (event,) = simulator.events
    return event.id, event.end_time


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize("duration", [None, 600])
@pytest.mark.parametrize("late", [0, 90])
@pytest.mark.parametrize("closed", [True, False])
async def test_end(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    duration: int | None,
    late: int,
    *,
    closed: bool,
) -> None:
    simulator.clock.advance(-200)
    event_id = await begin(client, duration)
    simulator.clock.advance(200)
    if closed:
        simulator.close_review_items()
    context = make_context(late=late)
    await run(client, {"event_id": event_id}, context)
    assert not simulator.dead
    end = pytest.approx(context.occurred_at.timestamp(), abs=0.001)
    ended, at = one_event(simulator)
    assert ended == event_id
    assert at == end
    assert all(
        item.end_time is None or item.end_time >= item.start_time
        for item in simulator.review_items
    )


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_in_the_future(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await begin(client)
    simulator.close_review_items()
    end = datetime.now(UTC) + timedelta(minutes=5)
    await run(client, {"event_id": event_id, "end_time": end}, make_context())
    assert not simulator.dead
    expected = pytest.approx(end.timestamp(), abs=0.001)
    ended, at = one_event(simulator)
    assert ended == event_id
    assert at == expected


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_of_an_ended_event_sends_nothing_more(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await begin(client)
    await client.end_event(event_id, None)
    simulator.close_review_items()
    items = len(simulator.review_items)
    followed = replace(OPEN, outside_id=event_id)
    await run(client, {"delivery_id": "d"}, make_context(followed=followed))
    assert not simulator.dead
    assert len(simulator.review_items) == items
    assert not any(seen.method == "DELETE" for seen in simulator.requests)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_event_of_fixed_length_does_not_count_as_ended(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await begin(client, 600)
    simulator.close_review_items()
    details: JsonObject = {**OPEN.details, "end": "2026-11-28T05:00:00+00:00"}
    followed = replace(OPEN, outside_id=event_id, details=details)
    await run(client, {"delivery_id": "d"}, make_context(followed=followed))
    assert not simulator.dead


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    "data", [{"delivery_id": "d"}, {"event_id": "1795308374.207441-m5hyy1"}]
)
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("*/create", FaultKind.RESET_BEFORE),
        ("*/create", FaultKind.RESET_AFTER),
        ("*/end", FaultKind.RESET_BEFORE),
        ("*/end", FaultKind.RESET_AFTER),
    ],
)
async def test_interrupted_end_is_completed_later(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    data: JsonObject,
    path: str,
    kind: FaultKind,
) -> None:
    event_id = await begin(client)
    followed = replace(OPEN, outside_id=event_id) if "delivery_id" in data else None
    if followed is None:
        data = {"event_id": event_id}
    simulator.close_review_items()
    simulator.add_faults(Fault(kind=kind, path=path, times=None))
    context = make_context(followed=followed)
    with pytest.raises(BackendError):
        await run(client, data, context)
    simulator.clear_faults()
    simulator.close_review_items()
    again = make_context(attempt=2, occurred_at=context.occurred_at, followed=followed)
    await run(client, data, again)
    assert not simulator.dead
    end = pytest.approx(context.occurred_at.timestamp(), abs=0.001)
    ended, at = one_event(simulator)
    assert ended == event_id
    assert at == end


@pytest.mark.parametrize(
    ("alerts", "detections", "labels"),
    [
        (True, True, None),
        (True, True, ("dog",)),
        (True, True, ("bell",)),
        (False, True, ("dog",)),
        (False, True, ("dog", "bell")),
        (False, True, None),
        (False, False, ("dog",)),
        (False, False, None),
    ],
)
@pytest.mark.parametrize("simulator", ["0.17", "0.18"], indirect=True)
async def test_end_with_any_review_settings(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    labels: tuple[str, ...] | None,
    *,
    alerts: bool,
    detections: bool,
) -> None:
    event_id = await begin(client)
    simulator.close_review_items()
    camera = Camera(
        name="front_door",
        alerts_enabled=alerts,
        detections_enabled=detections,
        detection_labels=labels,
    )
    simulator.settings.cameras = (camera,)
    await run(client, {"event_id": event_id}, make_context())
    assert not simulator.dead
    assert one_event(simulator)[1] is not None


@pytest.mark.parametrize(
    "camera",
    [
        Camera(name="front_door", enabled=False),
        Camera(name="front_door", record_enabled=False),
        Camera(name="garden"),
    ],
)
@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_without_any_review(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    camera: Camera,
) -> None:
    event_id = await begin(client)
    simulator.close_review_items()
    simulator.settings.cameras = (camera,)
    await run(client, {"event_id": event_id}, make_context())
    assert not simulator.dead
    assert one_event(simulator)[1] is not None


@pytest.mark.parametrize("simulator", ["0.18"], indirect=True)
async def test_unsafe_end_is_refused(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await begin(client)
    simulator.close_review_items()
    camera = Camera(name="front_door", alerts_enabled=False, detection_labels=())
    simulator.settings.cameras = (camera,)
    with pytest.raises(Rejected) as caught:
        await run(client, {"event_id": event_id}, make_context())
    assert caught.value.code == "end_unsafe"
    assert not simulator.dead
    assert one_event(simulator) == (event_id, None)
    await run(client, {"event_id": event_id}, make_context(), ends_unsafely=True)
    assert one_event(simulator)[1] is not None


@pytest.mark.parametrize("simulator", ["0.18"], indirect=True)
@pytest.mark.parametrize("interrupted", [True, False])
async def test_back_dating(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    *,
    interrupted: bool,
) -> None:
    context = make_context(late=100)
    payload = CREATE.parse({"camera": "front_door", "label": "bell"})
    create, *more = CREATE.steps(payload, await client.capabilities())
    results = {"create": await create.run(client, payload, context)}
    if interrupted:
        simulator.close_review_items()
        context = replace(context, attempt=2)
    for step in more:
        told = replace(context, results=dict(results))
        results[step.name] = await step.run(client, payload, told)
    assert not simulator.dead
    end = pytest.approx(context.occurred_at.timestamp() + 30, abs=0.001)
    assert one_event(simulator)[1] == end


async def test_lost_response_to_the_short_event_is_no_refusal(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await begin(client)
    simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="*/create"))
    with pytest.raises(OutcomeUnknown):
        await run(client, {"event_id": event_id}, make_context())
    assert simulator.events[0].end_time is None
