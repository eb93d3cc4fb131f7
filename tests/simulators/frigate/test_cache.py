"""Facts §1: nginx caches JSON GETs for five seconds."""

import pytest

from .conftest import Caller, Start

STATUS = "X-Cache-Status"


async def test_list_after_create_is_stale(call: Caller) -> None:
    assert (await call("GET", "/api/events")).headers[STATUS] == "MISS"
    await call.create()
    stale = await call("GET", "/api/events")
    assert (stale.headers[STATUS], stale.json) == ("HIT", [])
    other = await call("GET", "/api/events?limit=5")
    assert (other.headers[STATUS], len(other.json)) == ("MISS", 1)


async def test_bypass_is_fresh(call: Caller) -> None:
    await call("GET", "/api/events")
    await call.create()
    fresh = await call("GET", "/api/events", headers={"X-Cache-Bypass": "1"})
    assert (fresh.headers[STATUS], len(fresh.json)) == ("BYPASS", 1)


async def test_five_seconds_later_it_is_fresh(call: Caller) -> None:
    await call("GET", "/api/events")
    await call.create()
    call.frigate.clock.advance(4.5)
    assert (await call("GET", "/api/events")).headers[STATUS] == "HIT"
    call.frigate.clock.advance(1)
    fresh = await call("GET", "/api/events")
    assert (fresh.headers[STATUS], len(fresh.json)) == ("EXPIRED", 1)


async def test_unused_response_is_forgotten_after_a_minute(
    call: Caller,
) -> None:
    for seconds, status in (
        (0, "MISS"),
        (59, "EXPIRED"),
        (59, "EXPIRED"),
        (61, "MISS"),
    ):
        call.frigate.clock.advance(seconds)
        assert (await call("GET", "/api/events")).headers[STATUS] == status


async def test_404_is_not_cached(start: Start) -> None:
    call = await start(async_delay=None)
    event_id = await call.create()
    assert (await call("GET", f"/api/events/{event_id}")).status == 404
    call.frigate.flush()
    assert (await call("GET", f"/api/events/{event_id}")).status == 200


@pytest.mark.parametrize("path", ["version", "stats", "events?limit=many", "review/1"])
async def test_uncached_paths_are_not_marked(call: Caller, path: str) -> None:
    """Facts §9: errors, and paths with their own nginx location."""
    answer = await call("GET", f"/api/{path}")
    assert STATUS not in answer.headers
    assert "Cache-Control" not in answer.headers


async def test_successes_have_a_no_store_header(call: Caller) -> None:
    """Facts §9: writes too."""
    written = await call("POST", "/api/events/front_door/person/create")
    for answer in (written, await call("GET", "/api/events")):
        assert answer.headers["Cache-Control"] == "no-store"
    assert STATUS not in written.headers
