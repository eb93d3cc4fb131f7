"""Tests of ending and changing events, our own and others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import JsonObject, Receipt, StepContext
from custom_components.event_relay.backends.errors import Rejected, Unavailable
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.frigate.operations import stored
from custom_components.event_relay.backends.transport import Reply
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from ..contexts import MakeContext

VERSIONS = ("0.14", "0.15", "0.16", "0.17", "0.18")
NO_ID = "1795308374.207441-m5hyy1"

pytestmark = pytest.mark.usefixtures("impatient")


async def run(
    client: FrigateClient,
    name: str,
    data: Mapping[str, object],
    context: StepContext,
) -> Receipt:
    """Run every step, like the worker."""
    operation = FRIGATE.operation(name)
    payload = operation.parse(data)
    results: dict[str, JsonObject] = {}
    for step in operation.steps(payload, await client.capabilities()):
        assert step.repeatable
        told = replace(context, results=dict(results))
        results[step.name] = await step.run(client, payload, told)
    return operation.receipt(payload, results)


@pytest.fixture
async def event_id(client: FrigateClient) -> str:
    """Return an event that has not ended."""
    return await client.create_event("front_door", "doorbell", {"duration": None})


@pytest.fixture
def end_of(simulator: FrigateSimulator) -> Mapping[str, float | None]:
    """Return the current ends of the stored events."""

    class Ends(dict[str, float | None]):
        def __missing__(self, event_id: str) -> float | None:
            return {event.id: event.end_time for event in simulator.events}[event_id]

    return Ends()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize("late", [0, 3])
async def test_event_ends_when_the_end_occurred(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    event_id: str,
    end_of: Mapping[str, float | None],
    late: int,
) -> None:
    context = make_context(
        late=late, followed=Receipt(outside_id=event_id, links={}, details={})
    )
    receipt = await run(client, "end_camera_event", {"delivery_id": "d1"}, context)
    assert end_of[event_id] == pytest.approx(context.occurred_at.timestamp(), abs=0.001)
    assert receipt.outside_id == event_id
    dated = {"review"} if simulator.settings.release.number >= (0, 18) else set()
    assert set(receipt.links) == {"event", "snapshot", "clip"} | dated
    end = datetime.fromisoformat(str(receipt.details["end"]))
    assert abs(end - context.occurred_at) < timedelta(milliseconds=1)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_requested_end_is_used(
    client: FrigateClient,
    make_context: MakeContext,
    event_id: str,
    end_of: Mapping[str, float | None],
) -> None:
    asked = datetime.now(UTC) + timedelta(minutes=5)
    for _ in range(2):
        await run(
            client,
            "end_camera_event",
            {"event_id": event_id, "end_time": asked},
            make_context(),
        )
        assert end_of[event_id] == pytest.approx(asked.timestamp(), abs=0.001)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_before_the_start_becomes_the_start(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    event_id: str,
) -> None:
    await run(
        client, "end_camera_event", {"event_id": event_id}, make_context(late=3600)
    )
    (event,) = simulator.events
    assert event.end_time == pytest.approx(event.start_time, abs=0.001)


@pytest.mark.parametrize("off", [-7200, 7200])
async def test_end_follows_the_clock_of_the_server(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    monkeypatch: pytest.MonkeyPatch,
    off: int,
) -> None:
    simulator.clock.advance(off)
    date = property(lambda _: datetime.now(UTC) + timedelta(seconds=off))
    monkeypatch.setattr(Reply, "date", date)
    event_id = await client.create_event("front_door", "x", {"duration": None})
    await run(client, "end_camera_event", {"event_id": event_id}, make_context())
    end = simulator.events[0].end_time
    assert end == pytest.approx(simulator.clock.now(), abs=3)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    ("name", "data"),
    [("end_camera_event", {}), ("update_camera_event", {"retain": True})],
)
async def test_missing_event_is_refused(
    client: FrigateClient, make_context: MakeContext, name: str, data: JsonObject
) -> None:
    with pytest.raises(Rejected) as caught:
        await run(client, name, {"event_id": NO_ID, **data}, make_context())
    assert caught.value.code == "unknown_event"
    assert set(caught.value.fields) == {"event_id"}


@pytest.mark.parametrize("followed", [None, Receipt(), Receipt(outside_id=NO_ID)])
async def test_start_without_an_event_id_is_refused(
    client: FrigateClient, make_context: MakeContext, followed: Receipt | None
) -> None:
    with pytest.raises(Rejected) as caught:
        await run(
            client,
            "end_camera_event",
            {"delivery_id": "d1"},
            make_context(followed=followed),
        )
    assert set(caught.value.fields) == {"delivery_id"}


async def test_event_that_is_stored_later_is_ended(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored, "FOREIGN_PATIENCE", (0.05,) * 20)
    for name in ("OWN_PATIENCE", "CHANGE_PATIENCE"):
        monkeypatch.setattr(stored, name, (0.05,) * 20)
    simulator.settings.async_delay = 0.05
    event_id = await client.create_event("front_door", "x", {"duration": None})
    assert not simulator.events
    await run(client, "end_camera_event", {"event_id": event_id}, make_context())
    assert simulator.events[0].end_time is not None


async def test_end_that_is_not_stored_is_repeated(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    event_id: str,
) -> None:
    simulator.settings.async_delay = None
    with pytest.raises(Unavailable) as caught:
        await run(client, "end_camera_event", {"event_id": event_id}, make_context())
    assert caught.value.code == "not_stored"


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE])
async def test_end_with_a_lost_response_is_repeatable(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    event_id: str,
    kind: FaultKind,
) -> None:
    simulator.add_faults(Fault(kind=kind, method="PUT", times=2))
    context = make_context()
    with pytest.raises(Unavailable):
        await run(client, "end_camera_event", {"event_id": event_id}, context)
    simulator.clear_faults()
    await run(client, "end_camera_event", {"event_id": event_id}, context)
    end = simulator.events[0].end_time
    assert end == pytest.approx(context.occurred_at.timestamp(), abs=0.001)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_update(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    event_id: str,
) -> None:
    described = simulator.settings.release.number >= (0, 15)
    description = {"description": "a parcel"} if described else {}
    context = make_context(followed=Receipt(outside_id=event_id))
    receipt = await run(
        client,
        "update_camera_event",
        {"delivery_id": "d1", "sub_label": "Post", "retain": True, **description},
        context,
    )
    (event,) = simulator.events
    assert (event.sub_label, event.retained) == ("Post", True)
    assert event.description == description.get("description")
    assert receipt.outside_id == event_id
    cleared = {"description": ""} if described else {}
    await run(
        client,
        "update_camera_event",
        {"event_id": event_id, "sub_label": "", "retain": False, **cleared},
        context,
    )
    (event,) = simulator.events
    assert not event.sub_label
    assert not event.description
    assert not event.retained
