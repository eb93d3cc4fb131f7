"""Tests that targets see what their simulators have stored, and how often."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
import random

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import JsonObject
from tools.simulators.wire import Json
from tools.torture.calls import Answer, Call, Thing
from tools.torture.targets import AnyTarget, make_targets

MARK = "torture 1"
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIVE_EVENT: dict[str, Json] = {
    "title": MARK,
    "event_type": "online",
    "utc_start_dt": START.isoformat(),
    "utc_end_dt": (START + timedelta(hours=1)).isoformat(),
}


def target_named(name: str) -> AnyTarget:
    return next(target for target in make_targets() if target.name == name)


async def post(
    target: AnyTarget, path: str, body: Json, headers: Mapping[str, str]
) -> Json:
    async with (
        ClientSession() as session,
        session.post(target.simulator.url + path, json=body, headers=headers) as reply,
    ):
        assert reply.ok, await reply.text()
        answer: Json = await reply.json()
        return answer


@pytest.mark.usefixtures("socket_enabled")
async def test_duplicate_event_at_palabra_is_seen() -> None:
    target = target_named("palabra")
    headers = {"Authorization": f"Bearer {target.connection()['api_key']}"}
    async with target.simulator:
        for _ in range(2):
            await post(target, "/saas/v2/event", {"data": LIVE_EVENT}, headers)
    (found,) = target.stored().values()
    assert len(set(found)) == 2


@pytest.mark.usefixtures("socket_enabled")
async def test_duplicate_event_at_guance_is_seen() -> None:
    target = target_named("guance")
    event: dict[str, Json] = {"date": 1_795_000_000_000, "status": "ok", "title": MARK}
    headers = {"DF-API-KEY": str(target.connection()["api_key"])}
    async with target.simulator:
        for _ in range(2):
            await post(target, "/api/v1/events/create", event, headers)
    (found,) = target.stored().values()
    assert len(set(found)) == 2


@pytest.mark.usefixtures("socket_enabled")
async def test_duplicates_at_an_http_api_are_seen() -> None:
    target = target_named("http repeats")
    headers = {"Authorization": f"Bearer {target.connection()['secret']}"}
    alarm: dict[str, Json] = {"key": "k", "action": "trigger", "text": "torture 2"}
    async with target.simulator:
        for _ in range(2):
            await post(target, "/notes", {"text": MARK}, headers)
            await post(target, "/alerts", alarm, headers)
        found = target.stored()
        assert [*found.values()] == [["1", "2"], ["k"]]
        assert target.going_on() == ["torture 2"]
        await post(target, "/alerts", alarm | {"action": "resolve"}, headers)
        assert target.going_on() == []
        assert target.stored()[Thing("end_http_request", "torture 2")] == ["k"]
        await post(target, "/alerts", alarm, headers)
    assert target.stored()[Thing("send_http_request", "torture 2")] == ["k", "k"]


@pytest.mark.parametrize("target", make_targets(), ids=lambda target: target.name)
def test_new_item_has_its_own_mark(target: AnyTarget) -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    marks = [target.mark(number) for number in range(1, 50)]
    acts = [target.act(mark, chance) for mark in marks]
    assert [act.thing.mark for act in acts] == marks
    assert len(set(marks)) == len(marks)
    for act in acts:
        payload: JsonObject = dict(act.data)
        assert target.mark_of(payload) == act.thing.mark


@pytest.mark.parametrize(
    "name", ["frigate 0.18", "palabra", "aipix client", "http repeats"]
)
def test_accepted_item_is_acted_on_again(name: str) -> None:
    target = target_named(name)
    chance = random.Random(1)  # noqa: S311 - no secret
    later = set()
    for number in range(1, 60):
        act = target.act(target.mark(number), chance)
        if "delivery_id" in act.data:
            later.add(act.thing)
        else:
            call = Call(
                thing=act.thing,
                answer=Answer.ACCEPTED,
                delivery_id=f"delivery of {act.thing.mark}",
            )
            target.heard(call)
    assert later
    assert all(thing.action.startswith(("end", "update", "delete")) for thing in later)


def test_interrupted_item_is_left_alone() -> None:
    target = target_named("frigate 0.18")
    chance = random.Random(1)  # noqa: S311 - no secret
    for number in range(1, 60):
        act = target.act(target.mark(number), chance)
        assert act.thing == Thing("create_camera_event", target.mark(number))
        target.heard(Call(thing=act.thing, answer=Answer.CUT))
