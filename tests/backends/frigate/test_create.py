"""Tests of the creation of events: requests, checks, look-ups and receipts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    Finding,
    Found,
    JsonObject,
    Receipt,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import OutcomeUnknown, Unavailable
from custom_components.event_relay.backends.frigate.api import client as client_module
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.api.models import (
    FrigateCapabilities,
)
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.frigate.operations.create_payload import (
    CreateCameraEvent,
)
from custom_components.event_relay.backends.frigate.operations.create_steps import (
    create_body,
)
from custom_components.event_relay.backends.transport import Reply
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import Camera, FrigateSimulator

from ..contexts import MakeContext
from .test_fields import capabilities

CREATE = FRIGATE.operation("create_camera_event")
EVENT: dict[str, object] = {"camera": "front_door", "label": "doorbell"}
BOX: JsonObject = {"box": [0.1, 0.2, 0.3, 0.4]}
VERSIONS = ("0.14", "0.15", "0.16", "0.17", "0.18")
UNDATED = ("0.14", "0.15", "0.16", "0.17")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("impatient")


async def seen(client: FrigateClient) -> FrigateCapabilities:
    """Return the capabilities of the simulator."""
    return await client.capabilities()


async def run(
    client: FrigateClient,
    data: Mapping[str, object],
    context: StepContext,
    *,
    keyed: bool = True,
) -> tuple[Receipt, dict[str, JsonObject]]:
    """Run every step, like the worker."""
    payload = replace(CREATE.parse({**EVENT, **data}), keyed=keyed)
    results: dict[str, JsonObject] = {}
    for step in CREATE.steps(payload, await seen(client)):
        told = replace(context, results=dict(results))
        results[step.name] = await step.run(client, payload, told)
    return CREATE.receipt(payload, results), results


async def look_up(
    client: FrigateClient,
    data: Mapping[str, object],
    context: StepContext,
    *,
    keyed: bool = True,
) -> Finding:
    """Look up whether an event was created."""
    payload = replace(CREATE.parse({**EVENT, **data}), keyed=keyed)
    step = CREATE.steps(payload, await seen(client))[0]
    assert step.find is not None
    return await step.find(client, payload, context)


async def lose(
    client: FrigateClient,
    simulator: FrigateSimulator,
    data: Mapping[str, object],
    context: StepContext,
    kind: FaultKind = FaultKind.RESET_AFTER,
) -> Mapping[str, object]:
    """Create an event whose response is lost; return its clue."""
    simulator.add_faults(Fault(kind=kind, path="*/create"))
    with pytest.raises(OutcomeUnknown) as caught:
        await run(client, data, context)
    return caught.value.clue or {}


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_receipt(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    receipt, results = await run(client, {"duration": 20}, make_context())
    (event,) = simulator.events
    assert receipt.outside_id == event.id
    release = simulator.settings.release.number
    page = f"explore?event_id={event.id}" if release >= (0, 15) else "review"
    assert receipt.links["event"] == f"{simulator.url}/{page}"
    assert receipt.links["snapshot"] == (
        f"{simulator.url}/api/events/{event.id}/snapshot.jpg"
    )
    moment = f"front_door_{int(event.start_time)}"
    link = f"{simulator.url}/review?timestamp={moment}" if release >= (0, 18) else None
    assert receipt.links.get("review") == link
    assert receipt.details["camera"] == "front_door"
    assert receipt.details["label"] == "doorbell"
    start = datetime.fromisoformat(str(receipt.details["start"]))
    end = datetime.fromisoformat(str(receipt.details["end"]))
    assert end - start == timedelta(seconds=25)
    assert results["create"]["over"] is False


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_every_field_is_sent(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    data: JsonObject = {
        "sub_label": "Post",
        "score": 0.75,
        "until_ended": True,
        "include_recording": False,
        "boxes": [{**BOX, "color": [0, 0, 255], "score": 0.5}],
        "retain": True,
    }
    if simulator.settings.release.number >= (0, 15):
        data["description"] = "a parcel"
    receipt, _ = await run(client, data, make_context())
    (event,) = simulator.events
    assert (event.sub_label, event.end_time) == ("Post", None)
    assert event.score == pytest.approx(0.75, abs=0.00011)
    assert (event.has_clip, event.retained) == (False, True)
    assert event.description == data.get("description")
    assert "end" not in receipt.details
    if simulator.settings.release.keeps_draw:
        assert event.draw == {"boxes": data["boxes"], "event_relay": "delivery-1"}


@pytest.mark.parametrize("simulator", ["0.16"], indirect=True)
async def test_source_type(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    await run(client, {"source_type": "ring"}, make_context())
    assert simulator.events[0].data["type"] == "ring"


async def test_event_stored_after_the_response_is_confirmed(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    simulator.settings.async_delay = 0.05
    receipt, _ = await run(client, {}, make_context())
    assert receipt.outside_id == simulator.events[0].id


@pytest.mark.parametrize("simulator", ["0.16", "0.17", "0.18"], indirect=True)
async def test_event_that_is_never_stored_is_unknown(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    simulator.settings.async_delay = None
    context = make_context()
    with pytest.raises(OutcomeUnknown, match="does not show it") as caught:
        await run(client, {}, context)
    assert caught.value.code == "not_stored"
    clue = caught.value.clue
    assert clue is not None

    asked = make_context(clue=clue, now=context.now + MINUTE)
    assert await look_up(client, {}, asked) == Absent()
    simulator.flush()
    found = await look_up(client, {}, asked)
    assert isinstance(found, Found)
    assert found.result["event_id"] == clue["event_id"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.RESET_BEFORE, method="GET", path="*/events/*", times=None),
        Fault(kind=FaultKind.STATUS, method="GET", path="*/events/*", status=502),
        Fault(kind=FaultKind.STATUS, method="GET", path="*/events/*", status=401),
        Fault(kind=FaultKind.GARBAGE, method="GET", path="*/events/*"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
async def test_unconfirmed_event_is_unknown(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    fault: Fault,
) -> None:
    simulator.add_faults(fault)
    with pytest.raises(OutcomeUnknown) as caught:
        await run(client, {}, make_context())
    assert caught.value.code == "outcome_unknown"
    assert caught.value.clue is not None
    simulator.clear_faults()
    found = await look_up(client, {}, make_context(clue=caught.value.clue))
    assert isinstance(found, Found)
    assert found.result["event_id"] == simulator.events[0].id


@pytest.mark.parametrize("simulator", ["0.16", "0.17"], indirect=True)
async def test_look_up_uses_the_id_of_the_response_only(
    client: FrigateClient, make_context: MakeContext
) -> None:
    context = make_context()
    await run(client, {}, context)
    clue = {"event_id": f"{context.now.timestamp():.6f}-000000"}
    asked = make_context(clue=clue, first_sent_at=context.now, now=context.now + MINUTE)
    assert await look_up(client, {}, asked) == Absent()


@pytest.mark.parametrize("late", [0, 0.9])
async def test_event_in_time_is_not_back_dated(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    late: float,
) -> None:
    now = datetime.now(UTC).timestamp()
    await run(client, {"duration": 20}, make_context(late=late))
    (event,) = simulator.events
    assert event.start_time == pytest.approx(now - 5, abs=2)
    assert event.end_time == pytest.approx(now + 20, abs=2)
    assert not any(seen.method == "PUT" for seen in simulator.requests)


async def test_event_in_time_by_a_clock_that_is_ahead(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    now = datetime.now(UTC).timestamp()
    await run(client, {"duration": 20}, make_context(late=-5))
    assert simulator.events[0].start_time == pytest.approx(now - 5, abs=2)


@pytest.mark.parametrize(
    ("pre_capture", "early"), [(None, 12), (0, 0), (30, 30)], ids=str
)
@pytest.mark.parametrize("late", [2, 100, 80_000])
async def test_late_event_is_back_dated(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    late: int,
    pre_capture: int | None,
    early: int,
) -> None:
    simulator.settings.cameras = (Camera(name="front_door", alerts_pre_capture=12),)
    context = make_context(late=late)
    data = {"duration": 60, "pre_capture": pre_capture}
    receipt, _ = await run(client, data, context)
    (event,) = simulator.events
    occurred = context.occurred_at.timestamp()
    assert event.start_time == pytest.approx(occurred - early, abs=2)
    assert event.end_time == pytest.approx(occurred + 60, abs=2)
    if late > 60:
        assert event.end_time == pytest.approx(occurred + 60, abs=0.001)
        end = datetime.fromisoformat(str(receipt.details["end"]))
        assert abs(end - context.occurred_at - MINUTE) < timedelta(milliseconds=1)


async def test_late_open_event_is_back_dated(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context(late=300)
    await run(client, {"until_ended": True}, context)
    (event,) = simulator.events
    assert event.end_time is None
    occurred = context.occurred_at.timestamp()
    assert event.start_time == pytest.approx(occurred - 5, abs=2)


@pytest.mark.parametrize("simulator", ["0.17"], indirect=True)
async def test_late_event_without_back_dating_has_a_warning(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    now = datetime.now(UTC).timestamp()
    await run(client, {"duration": 20}, make_context(late=40))
    assert simulator.events[0].end_time == pytest.approx(now + 20, abs=2)
    assert not any(seen.method == "PUT" for seen in simulator.requests)


async def test_back_dating_that_is_not_stored_is_repeated(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context(late=100)
    payload = CREATE.parse(EVENT)
    create, back_date, *_ = CREATE.steps(payload, await seen(client))
    told = replace(
        context, results={"create": await create.run(client, payload, context)}
    )
    simulator.settings.async_delay = None
    with pytest.raises(Unavailable) as caught:
        await back_date.run(client, payload, told)
    assert caught.value.code == "not_stored"
    simulator.restart()
    simulator.settings.async_delay = 0
    assert await back_date.run(client, payload, told)
    end = simulator.events[0].end_time
    assert end == pytest.approx(context.occurred_at.timestamp() + 30, abs=0.001)


async def test_missing_event_is_not_back_dated(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context(late=100)
    payload = CREATE.parse(EVENT)
    create, back_date, *_ = CREATE.steps(payload, await seen(client))
    told = replace(
        context, results={"create": await create.run(client, payload, context)}
    )
    simulator.reset()
    assert await back_date.run(client, payload, told) == {}


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        ("0.14.1", {"pre_capture", "draw", "source_type"}),
        ("0.16.4", {"pre_capture", "draw", "source_type"}),
        ("0.17.2", {"pre_capture", "draw", "source_type"}),
        ("0.18.0", {"pre_capture", "source_type"}),
    ],
)
def test_fields_that_a_version_lacks_are_not_sent(
    make_context: MakeContext, version: str, absent: set[str]
) -> None:
    payload: CreateCameraEvent = CREATE.parse(EVENT)
    body = create_body(capabilities(version), payload, make_context())
    assert not absent & set(body)
    assert body["include_recording"] is True
    assert type(body["duration"]) is int
    assert body["sub_label"] is None
    assert ("score" in body) is (version != "0.18.0")


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"boxes": [BOX], "score": 0, "sub_label": "", "duration": 86_400},
        {"until_ended": True, "include_recording": False},
    ],
)
async def test_frigate_survives_the_end_of_an_event(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    data: JsonObject,
) -> None:
    await run(client, data, make_context(late=10))
    assert not simulator.dead
    assert len(simulator.events) == 1


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_create_does_not_wait_for_a_review_item(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    await run(client, {}, make_context())
    assert not any("/review" in seen.path for seen in simulator.requests)


async def test_no_link_without_a_review_item(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    simulator.settings.cameras = (Camera(name="front_door", record_enabled=False),)
    receipt, _ = await run(client, {}, make_context())
    assert set(receipt.links) == {"event", "snapshot"}


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.HALF_BODY, FaultKind.GARBAGE]
)
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sub_label": "Post", "score": 0.5, "duration": 5},
        {"until_ended": True, "boxes": [BOX]},
        {"label": "a,b"},
    ],
)
async def test_event_with_a_lost_response_is_found(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    kind: FaultKind,
    data: JsonObject,
) -> None:
    context = make_context()
    clue = await lose(client, simulator, data, context, kind)
    assert clue == {}
    asked = make_context(clue=clue, first_sent_at=context.now, now=context.now + MINUTE)
    found = await look_up(client, data, asked)
    assert isinstance(found, Found)
    (event,) = simulator.events
    assert found.result["event_id"] == event.id
    receipt = CREATE.receipt(CREATE.parse({**EVENT, **data}), {"create": found.result})
    assert receipt.outside_id == event.id


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_lost_request_is_missing(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    clue = await lose(client, simulator, {}, context, FaultKind.RESET_BEFORE)
    asked = make_context(clue=clue, first_sent_at=context.now)
    assert await look_up(client, {}, asked) == Absent()


async def test_request_that_was_never_sent_is_absent(
    client: FrigateClient, make_context: MakeContext
) -> None:
    assert await look_up(client, {}, make_context(first_sent_at=None)) == Absent()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_event_sent_by_a_clock_that_was_ahead_is_found(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    await lose(client, simulator, {}, context)
    ahead = context.now + timedelta(hours=8)
    asked = make_context(
        occurred_at=ahead,
        first_sent_at=ahead,
        sent_after=context.now - timedelta(days=1),
    )
    assert isinstance(await look_up(client, {}, asked), Found)


async def test_too_many_events_prove_nothing(
    client: FrigateClient, make_context: MakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGES", 0)
    assert await look_up(client, {}, make_context()) == Unclear()


@pytest.mark.parametrize("late", [0, 100, 80_000])
async def test_late_event_with_a_lost_response_is_found_and_back_dated(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    late: int,
) -> None:
    context = make_context(late=late)
    clue = await lose(client, simulator, {}, context)
    asked = make_context(
        late=late, clue=clue, first_sent_at=context.now, occurred_at=context.occurred_at
    )
    found = await look_up(client, {}, asked)
    assert isinstance(found, Found)
    assert found.result["over"] is (late > 30)
    payload = CREATE.parse(EVENT)
    back_date = CREATE.steps(payload, await seen(client))[1]
    await back_date.run(
        client, payload, replace(asked, results={"create": found.result})
    )
    end = simulator.events[0].end_time
    occurred = context.occurred_at.timestamp()
    assert end == pytest.approx(occurred + 30, abs=2 if late == 0 else 0.001)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_key_finds_only_its_own_event(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    other, _ = await run(client, {}, make_context(delivery_id="delivery-2"))
    asked = make_context(first_sent_at=context.now, now=context.now + MINUTE)
    assert await look_up(client, {}, asked) == Absent()
    await lose(client, simulator, {}, context)
    found = await look_up(client, {}, asked)
    assert isinstance(found, Found)
    assert found.result["event_id"] != other.outside_id


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_event_is_found_among_equal_ones(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    for number in range(3):
        await run(client, {}, make_context(delivery_id=f"other-{number}"))
    await lose(client, simulator, {}, context)
    ours = simulator.events[-1].id
    for number in range(3, 6):
        await run(client, {}, make_context(delivery_id=f"other-{number}"))
    asked = make_context(first_sent_at=context.now, now=context.now + MINUTE)
    found = await look_up(client, {}, asked)
    assert isinstance(found, Found)
    assert found.result["event_id"] == ours


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
@pytest.mark.parametrize(
    "stranger",
    [
        {"label": "other"},
        {"camera": "garden"},
        {"sub_label": "Post"},
        {"score": 0.5},
        {"duration": 40},
        {"until_ended": True},
    ],
)
async def test_event_with_other_contents_is_not_ours(
    client: FrigateClient,
    make_context: MakeContext,
    stranger: JsonObject,
) -> None:
    context = make_context()
    await run(client, stranger, context, keyed=False)
    asked = make_context(first_sent_at=context.now, now=context.now + MINUTE)
    assert await look_up(client, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_event_of_another_delivery_is_not_ours(
    client: FrigateClient, make_context: MakeContext
) -> None:
    context = make_context()
    other, _ = await run(client, {}, context, keyed=False)
    asked = make_context(
        first_sent_at=context.now,
        now=context.now + MINUTE,
        outside_ids=frozenset({other.outside_id}),
    )
    assert await look_up(client, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
@pytest.mark.parametrize("before", [20, 3000])
async def test_earlier_event_is_not_ours(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    before: int,
) -> None:
    simulator.clock.advance(-before)
    await run(client, {}, make_context(), keyed=False)
    simulator.clock.advance(before)
    sent = datetime.now(UTC)
    asked = make_context(first_sent_at=sent, now=sent + MINUTE)
    assert await look_up(client, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_much_later_event_is_not_ours(
    client: FrigateClient, make_context: MakeContext
) -> None:
    await run(client, {}, make_context(), keyed=False)
    sent = datetime.now(UTC) - timedelta(hours=2)
    asked = make_context(first_sent_at=sent, now=datetime.now(UTC))
    assert await look_up(client, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_earliest_of_several_events_is_ours(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    for _ in range(3):
        await run(client, {}, make_context(), keyed=False)
    asked = make_context(first_sent_at=context.now, now=context.now + MINUTE)
    found = await look_up(client, {}, asked, keyed=False)
    assert isinstance(found, Found)
    assert found.result["event_id"] == simulator.events[0].id


@pytest.mark.parametrize("simulator", ["0.17"], indirect=True)
async def test_detected_object_is_not_ours(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    context = make_context()
    await run(client, {}, context, keyed=False)
    simulator.events[0].data["type"] = "object"
    asked = make_context(first_sent_at=context.now, now=context.now + MINUTE)
    assert await look_up(client, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize("off", [-7200, -60, 60, 7200])
async def test_look_up_with_a_wrong_clock_of_the_server(
    session: ClientSession,
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    monkeypatch: pytest.MonkeyPatch,
    off: int,
) -> None:
    simulator.clock.advance(off)
    date = property(lambda _: datetime.now(UTC) + timedelta(seconds=off))
    monkeypatch.setattr(Reply, "date", date)
    context = make_context()
    clue = await lose(client, simulator, {}, context)
    asked = make_context(clue=clue, first_sent_at=context.now, now=context.now + MINUTE)
    payload = CREATE.parse(EVENT)
    find = CREATE.steps(payload, await seen(client))[0].find
    assert find is not None
    after_a_restart = FrigateClient(session, simulator.url)
    found = await find(after_a_restart, payload, asked)
    assert isinstance(found, Found)
    assert found.result["event_id"] == simulator.events[0].id


@pytest.mark.parametrize("off", [-7200, 7200])
async def test_late_event_ends_by_the_clock_of_the_server(
    client: FrigateClient,
    simulator: FrigateSimulator,
    make_context: MakeContext,
    monkeypatch: pytest.MonkeyPatch,
    off: int,
) -> None:
    simulator.clock.advance(off)
    date = property(lambda _: datetime.now(UTC) + timedelta(seconds=off))
    monkeypatch.setattr(Reply, "date", date)
    await run(client, {"duration": 60}, make_context(late=300))
    (event,) = simulator.events
    assert event.end_time is not None
    assert event.end_time - event.start_time == pytest.approx(65, abs=2)


def test_receipt_without_details() -> None:
    payload: Any = CREATE.parse(EVENT)
    assert CREATE.receipt(payload, {}) == Receipt()
    assert CREATE.receipt(payload, {"create": {"event_id": 5, "links": 5}}) == Receipt()
