"""Tests that each change is confirmed as stored before the next one."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from custom_components.event_relay.backends.base import JsonObject, StepContext
from custom_components.event_relay.backends.errors import Unavailable
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from tools.simulators.frigate import FrigateSimulator

from ..contexts import MakeContext

VERSIONS = ("0.16", "0.17", "0.18")
ALL: JsonObject = {"sub_label": "Post", "description": "a parcel", "retain": True}


async def run(
    client: FrigateClient, name: str, data: Mapping[str, object], context: StepContext
) -> dict[str, JsonObject]:
    """Run every step, like the worker."""
    operation = FRIGATE.operation(name)
    payload = operation.parse(data)
    results: dict[str, JsonObject] = {}
    for step in operation.steps(payload, await client.capabilities()):
        told = replace(context, results=dict(results))
        results[step.name] = await step.run(client, payload, told)
    return results


def slow(simulator: FrigateSimulator) -> None:
    """Simulate the delays of the real server."""
    simulator.settings.async_delay = 0.1
    simulator.settings.save_delay = 0.05


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_update_is_stored_when_it_ends(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await client.create_event("front_door", "x", {})
    slow(simulator)
    await run(
        client, "update_camera_event", {"event_id": event_id, **ALL}, make_context()
    )
    (event,) = simulator.events
    stored = (event.sub_label, event.description, event.retained)
    assert stored == ("Post", "a parcel", True)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_concurrent_updates_undo_nothing(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await client.create_event("front_door", "x", {})
    slow(simulator)
    await asyncio.gather(
        *(
            run(
                client,
                "update_camera_event",
                {"event_id": event_id, name: value},
                make_context(),
            )
            for name, value in ALL.items()
        )
    )
    (event,) = simulator.events
    stored = (event.sub_label, event.description, event.retained)
    assert stored == ("Post", "a parcel", True)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.usefixtures("impatient")
async def test_update_that_is_never_stored_fails(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    event_id = await client.create_event("front_door", "x", {})
    simulator.kill("object_thread")
    with pytest.raises(Unavailable) as caught:
        await run(
            client, "update_camera_event", {"event_id": event_id, **ALL}, make_context()
        )
    assert caught.value.code == "not_stored"
    assert simulator.events[0].description is None


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_changes_after_a_create_are_stored(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    slow(simulator)
    data = {"camera": "front_door", "label": "x", **ALL}
    await run(client, "create_camera_event", data, make_context())
    (event,) = simulator.events
    stored = (event.sub_label, event.description, event.retained)
    assert stored == ("Post", "a parcel", True)
