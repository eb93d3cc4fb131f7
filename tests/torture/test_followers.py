"""Tests that the accounts of tortured rules and mirrors find every error."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
import random
from typing import override
from unittest.mock import Mock

import pytest

from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Origin,
    OriginKind,
)
from tools.demo.api import Api
from tools.demo.websocket import WebSocket
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.store import StoredEvent
from tools.simulators.wire import Json
from tools.torture.followers import make_followers
from tools.torture.followers.clock import ClockRule
from tools.torture.followers.mirror import MirrorFollower
from tools.torture.followers.switches import SwitchRule
from tools.torture.following import Following
from tools.torture.ledger import Kind, Row
from tools.torture.targets import AnyTarget, make_targets
from tools.torture.targets.aipix import AipixTarget
from tools.torture.targets.frigate import FrigateTarget


def target_named[Wanted: AnyTarget](name: str, kind: type[Wanted]) -> Wanted:
    (target,) = (one for one in make_targets() if one.name == name)
    assert isinstance(target, kind)
    return target


def delivery(
    number: int, *, at: float = 0, state: DeliveryState = DeliveryState.DELIVERED
) -> Delivery:
    """Return the delivery of a mark of the clock."""
    moment = datetime.fromtimestamp(at, UTC)
    return Delivery(
        id=f"d{number}",
        connection="c",
        operation="create_camera_mark",
        version=1,
        payload={"title": f"aipix clock {number}"},
        summary="",
        origin=Origin(kind=OriginKind.RULE, subentry_id="s"),
        occurred_at=moment,
        accepted_at=moment,
        state=state,
    )


def offences(row: Row) -> list[tuple[Kind, str]]:
    return sorted((one.kind, one.thing.mark) for one in row.offences)


def test_marks_of_rules_and_actions_are_distinguished() -> None:
    targets = make_targets()
    followers = make_followers(targets)
    marks = {one.mark() for one in followers}
    assert len(marks) == len(followers)
    for mark in marks:
        assert sum(one.is_own(mark) for one in followers) == 1
    for target in targets:
        acts = [target.act(target.mark(1), random.Random(1))]  # noqa: S311 no secret
        for act in acts:
            assert not any(one.is_own(act.thing.mark) for one in followers)


def test_delivery_to_the_wrong_connection_belongs_to_no_rule() -> None:
    targets = make_targets()
    following = Following(targets, "seed")
    newer, older = targets[:2]
    assert following.knows(newer, "frigate 0.18 rule 1")
    assert not following.knows(older, "frigate 0.18 rule 1")


# A clock: every instant must have exactly one delivery.


@pytest.fixture
def aipix() -> AipixTarget:
    return target_named("aipix client", AipixTarget)


@pytest.fixture
def clock(aipix: AipixTarget) -> ClockRule:
    rule = ClockRule("aipix clock", aipix)
    rule.first, rule.last = 98, 111
    return rule


def store(aipix: AipixTarget, *instants: int) -> None:
    """Store the marks of some instants."""
    for instant in instants:
        begin: Json = datetime.fromtimestamp(instant, UTC).isoformat()
        title = f"aipix clock {instant}"
        aipix.simulator.store.add_mark(12, {"title": title, "from": begin})


@pytest.mark.parametrize(
    ("kept", "there", "found"),
    [
        ((100, 105, 110), (100, 105, 110), []),
        ((95, 100, 105, 110, 115), (95, 100, 105, 110, 115), []),
        ((100, 110), (100, 110), [(Kind.LOST, 105)]),
        ((100, 105, 110), (100, 110), [(Kind.LOST, 105)]),
        ((100, 105, 110), (100, 105, 105, 110), [(Kind.DOUBLED, 105)]),
        ((100, 105, 105, 110), (100, 105, 110), [(Kind.DOUBLED, 105)]),
        ((100, 105, 107, 110), (100, 105, 107, 110), [(Kind.STRAY, 107)]),
    ],
    ids=[
        "all there",
        "more before and after",
        "never asked for",
        "delivered and not there",
        "there twice",
        "two deliveries",
        "an instant of its own",
    ],
)
def test_every_instant_must_arrive_once(
    aipix: AipixTarget,
    clock: ClockRule,
    kept: Sequence[int],
    there: Sequence[int],
    found: Sequence[tuple[Kind, int]],
) -> None:
    store(aipix, *there)
    deliveries = [delivery(instant, at=instant) for instant in kept]
    row = clock.account(deliveries, {})
    assert offences(row) == [(kind, f"aipix clock {mark}") for kind, mark in found]
    assert row.accepted == 3


# A switch: every start must have its end.


@pytest.mark.parametrize(
    ("end_time", "sub_label", "found"),
    [
        (None, "frigate 0.18 rule 1", [Kind.OPEN]),
        (5.0, "frigate 0.18 rule 1", []),
        (None, "torture 1", []),
    ],
)
def test_start_without_an_end_is_open(
    monkeypatch: pytest.MonkeyPatch,
    end_time: float | None,
    sub_label: str,
    found: list[Kind],
) -> None:
    target = target_named("frigate 0.18", FrigateTarget)
    rule = SwitchRule("frigate 0.18 rule", target)
    event = StoredEvent(
        id="e1",
        camera="garden",
        label="door_open",
        sub_label=sub_label,
        start_time=1.0,
        end_time=end_time,
        has_clip=True,
    )
    monkeypatch.setattr(FrigateSimulator, "events", [event])
    row = rule.account([], {})
    assert [one.kind for one in row.offences if one.kind is Kind.OPEN] == found


# A mirror: in the end, the outside equals the home.


class Mirror(MirrorFollower[int]):
    """A mirror of the states that a test sets."""

    thing = "create_live_event"

    def __init__(
        self, home: Mapping[str, int], outside: Mapping[str, int], made: int = 1
    ) -> None:
        super().__init__("mirror", target_named("aipix client", AipixTarget))
        self._at_home, self._outside, self._made = home, outside, made

    @override
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        raise NotImplementedError

    @override
    def steps(self) -> Sequence[Mapping[str, Json]]:
        raise NotImplementedError

    @override
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        raise NotImplementedError

    @override
    async def at_home(self, api: Api, socket: WebSocket) -> Mapping[str, int]:
        return self._at_home

    @override
    def outside(self) -> Mapping[str, int]:
        return self._outside

    @override
    def made(self) -> Mapping[str, Sequence[str]]:
        return {mark: ["id"] * self._made for mark in self._outside}

    async def look(self, patience: float = 1.0) -> int:
        return await self.left(Mock(spec=Api), Mock(spec=WebSocket), patience=patience)


@pytest.mark.parametrize(
    ("home", "outside", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {}, [Kind.LOST]),
        ({"a": 1}, {"a": 2}, [Kind.LOST]),
        ({}, {"a": 1}, [Kind.STRAY]),
    ],
    ids=["equal", "not outside", "not moved", "not deleted"],
)
async def test_outside_must_equal_home(
    home: Mapping[str, int], outside: Mapping[str, int], found: list[Kind]
) -> None:
    mirror = Mirror(home, outside)
    assert await mirror.look() == len(found)
    row = mirror.account([], {})
    assert [one.kind for one in row.offences] == found
    assert row.stored == (not found)


async def test_duplicate_of_a_mirror_is_found() -> None:
    mirror = Mirror({"a": 1}, {"a": 1}, made=2)
    assert await mirror.look() == 0
    assert offences(mirror.account([], {})) == [(Kind.DOUBLED, "a")]


async def test_difference_may_be_in_flight() -> None:
    mirror = Mirror({"a": 1}, {})
    assert await mirror.look() == 1
    row = mirror.account([delivery(1, state=DeliveryState.PENDING)], {})
    assert row.offences == []
    assert [one.id for one in row.waiting] == ["d1"]


async def test_mirror_may_not_have_confirmed_a_deletion_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Mirror, "gone_after", 60.0)
    mirror = Mirror({"a": 1}, {"a": 1, "b": 1})
    assert await mirror.look(patience=59) == 0
    assert await mirror.look(patience=61) == 1
    row = mirror.account([], {})
    assert row.offences == []
    assert [one.thing.mark for one in row.waiting] == ["b"]
