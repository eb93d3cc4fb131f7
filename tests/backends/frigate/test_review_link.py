"""Tests of the later addition of a review item to a receipt."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import Enrichment, JsonObject, Receipt
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.frigate.operations.review_link import (
    AFTER_END,
    SOON,
)
from tools.simulators.frigate import FrigateSimulator

from ..contexts import MakeContext

VERSIONS = ("0.14", "0.17.2", "0.18")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CREATE = FRIGATE.operation("create_camera_event")
END = FRIGATE.operation("end_camera_event")
EVENT = {"camera": "front_door", "label": "bell"}


async def make(
    client: FrigateClient, context: MakeContext, **data: object
) -> tuple[Receipt, Enrichment[FrigateClient]]:
    """Create an event like the worker; return its receipt and its later additions."""
    payload = CREATE.parse(EVENT | data)
    capabilities = await client.capabilities()
    told = context()
    results: dict[str, JsonObject] = {}
    for step in CREATE.steps(payload, capabilities):
        done = replace(told, results=dict(results))
        results[step.name] = await step.run(client, payload, done)
    receipt = CREATE.receipt(payload, results)
    found = CREATE.enrichment(payload, receipt, capabilities, told.now)
    assert found is not None
    return receipt, found


def links(
    simulator: FrigateSimulator, event_id: str, review_id: str
) -> Mapping[str, str]:
    """Return the link of a version once the review item is known."""
    page = f"{simulator.url}/review?id={review_id}"
    match simulator.settings.release.number:
        case (0, 14):
            return {"event": page, "review": page}
        case (0, 17):
            return {"review": page}
    return {}


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_item_that_the_event_opened_is_found_soon(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    receipt, enrichment = await make(client, make_context, duration=20)
    more = await enrichment.look(client)
    (item,) = simulator.review_items
    assert more == Receipt(
        links=links(simulator, str(receipt.outside_id), item.id),
        details={"review_id": item.id},
    )


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_item_that_the_event_joined_is_found_after_its_end(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    await make(client, make_context, duration=20)
    _, joined = await make(client, make_context, duration=20)
    assert await joined.look(client) is None
    simulator.close_review_items()
    (item,) = simulator.review_items
    more = await joined.look(client)
    assert more is not None
    assert more.details == {"review_id": item.id}


def enrichment(
    receipt: Receipt, camera: JsonObject | None = None
) -> Enrichment[FrigateClient] | None:
    """Return the later additions to the receipt of an event that was created now."""
    capabilities = FRIGATE.load_capabilities(
        {"version": "0.17.2", "cameras": {"front_door": camera or {}}}
    )
    payload = CREATE.parse(EVENT)
    return CREATE.enrichment(payload, receipt, capabilities, NOW)


def receipt_with(**details: str) -> Receipt:
    """Return the receipt of an event."""
    return Receipt(
        outside_id="17.5-abcdef", details={"camera": "front_door", **details}
    )


@pytest.mark.parametrize(
    ("end", "counted_from"),
    [
        (None, NOW),
        (NOW - timedelta(hours=1), NOW),
        (NOW + timedelta(hours=1), NOW + timedelta(hours=1)),
    ],
)
def test_look_ups_are_timed_from_the_end(
    end: datetime | None, counted_from: datetime
) -> None:
    receipt = receipt_with() if end is None else receipt_with(end=end.isoformat())
    found = enrichment(receipt)
    assert found is not None
    assert found.at[0] == NOW + timedelta(seconds=SOON)
    seconds = [(moment - counted_from).total_seconds() for moment in found.at[1:]]
    assert tuple(seconds) == AFTER_END
    assert list(found.at) == sorted(found.at)


@pytest.mark.parametrize(
    ("receipt", "camera"),
    [
        (receipt_with(review_id="17.5-xyz"), {}),
        (Receipt(details={"camera": "front_door"}), {}),
        (receipt_with(), {"enabled": False}),
        (receipt_with(), {"records": False}),
    ],
    ids=["known", "no event", "camera off", "no recordings"],
)
def test_nothing_is_looked_up_without_a_review(
    receipt: Receipt, camera: JsonObject
) -> None:
    assert enrichment(receipt_with()) is not None
    assert enrichment(receipt, camera) is None


def test_nothing_is_looked_up_if_the_source_type_has_no_review() -> None:
    capabilities = FRIGATE.load_capabilities(
        {"version": "0.16.0", "cameras": {"front_door": {}}}
    )
    for source_type, looked_for in (("api", True), ("doorbell", False)):
        payload = CREATE.parse({**EVENT, "source_type": source_type})
        found = CREATE.enrichment(payload, receipt_with(), capabilities, NOW)
        assert (found is not None) is looked_for


def test_end_gets_the_link_too() -> None:
    payload = END.parse({"event_id": "17.5-abcdef"})
    capabilities = FRIGATE.load_capabilities({"version": "0.17.2", "cameras": {}})
    assert END.enrichment(payload, receipt_with(), capabilities, NOW) is not None


@pytest.mark.parametrize("simulator", ["0.18"], indirect=True)
async def test_link_without_look_up_is_kept(
    client: FrigateClient, simulator: FrigateSimulator, make_context: MakeContext
) -> None:
    receipt, found = await make(client, make_context, duration=20)
    assert "?timestamp=" in receipt.links["review"]
    more = await found.look(client)
    assert more is not None
    assert "review" not in more.links
