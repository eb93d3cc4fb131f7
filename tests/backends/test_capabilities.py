"""Tests of stored capabilities, and of operations with one call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, override

import pytest

from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.aipix.api.models import AipixCapabilities
from custom_components.event_relay.backends.base import (
    Absent,
    Finding,
    Json,
    JsonObject,
    Operation,
    StepContext,
    UnreadablePayload,
)
from custom_components.event_relay.backends.capabilities import PlainCapabilities
from custom_components.event_relay.backends.http.api.client import HttpCapabilities
from custom_components.event_relay.backends.palabra.api.models import (
    PalabraCapabilities,
)


class Kind(StrEnum):
    """A choice."""

    ONE = "one"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Some(PlainCapabilities):
    """Capabilities of every stored type, and one that is not stored."""

    version: str
    kind: Kind = Kind.ONE
    number: int | None = None
    share: float = 0.5
    flag: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


WHOLE: JsonObject = {
    "version": "1.4",
    "kind": "other",
    "number": 3,
    "share": 1,
    "flag": True,
}


def test_capabilities_survive_storage() -> None:
    some = Some.load(WHOLE)
    assert some == Some(
        version="1.4", kind=Kind.OTHER, number=3, share=1, flag=True, settings={}
    )
    assert isinstance(some.kind, Kind)
    assert some.dump() == WHOLE
    assert Some(version="1", settings={"a": "b"}).dump().keys() == WHOLE.keys()


def test_capability_unknown_to_an_earlier_version_has_its_default() -> None:
    assert Some.load({"version": "1", "gone": 5}) == Some(version="1")
    assert Some.load({"version": "1", "number": None}) == Some(version="1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 5),
        ("version", None),
        ("kind", "third"),
        ("kind", 1),
        ("number", "3"),
        ("number", True),
        ("share", "0.5"),
        ("flag", 1),
        ("flag", None),
    ],
)
def test_error_names_an_unreadable_capability(name: str, value: Json) -> None:
    with pytest.raises(UnreadablePayload, match=f"^{name} "):
        Some.load({**WHOLE, name: value})


def test_error_names_a_missing_capability() -> None:
    with pytest.raises(UnreadablePayload, match=r"^version "):
        Some.load({})


def test_capabilities_of_earlier_versions_are_read() -> None:
    assert AipixCapabilities.load(
        {"version": "24.03", "api": "client", "user_id": 7, "lists_scripts": True}
    ) == AipixCapabilities(
        version="24.03", api=Api.CLIENT, user_id=7, lists_scripts=True
    )
    assert PalabraCapabilities.load({}) == PalabraCapabilities()
    assert HttpCapabilities.load({}) == HttpCapabilities()
    assert HttpCapabilities(requests={"id": "Note"}).dump() == {}


class Once(Operation[object, str, object]):
    """One call that is neither repeatable nor looked up."""

    name = "once"

    @override
    async def run(
        self, client: object, payload: str, context: StepContext
    ) -> JsonObject:
        return {}

    @override
    def summary(self, payload: str) -> str:
        return payload


class LookedUp(Once):
    """One call that can be looked up, and is followed by others."""

    name = "looked_up"
    step = "create"
    goes_first = True

    @override
    async def find(self, client: object, payload: str, context: StepContext) -> Finding:
        return Absent()


class Repeated(Once):
    """One call that may be repeated."""

    name = "repeated"
    repeatable = True


@pytest.mark.parametrize(
    ("operation", "step", "key"),
    [
        (Once(), ("send", False, False), None),
        (LookedUp(), ("create", False, True), "id"),
        (Repeated(), ("send", True, False), None),
    ],
)
def test_operation_with_one_call_has_one_step(
    operation: Operation[Any, Any, Any], step: tuple[str, bool, bool], key: str | None
) -> None:
    (one,) = operation.steps("x", None)
    assert (one.name, one.repeatable, one.find is not None) == step
    assert one.run == operation.run
    assert operation.key("x", "id") == key


class Forgotten(Repeated):
    """One call that may be repeated for an hour, and delivered within a day."""

    name = "forgotten"
    repeatable_for = timedelta(hours=1)
    life = timedelta(days=1)


class ForgottenLookedUp(Forgotten, LookedUp):
    """The same, and it can be looked up."""

    name = "forgotten_looked_up"


@pytest.mark.parametrize(
    ("operation", "limit", "ahead"),
    [
        (Repeated(), None, True),
        (Forgotten(), timedelta(hours=1), False),
        (ForgottenLookedUp(), timedelta(hours=1), True),
    ],
)
def test_temporarily_repeatable_operation_is_not_claimed_early(
    operation: Operation[Any, Any, Any], limit: timedelta | None, *, ahead: bool
) -> None:
    (one,) = operation.steps("x", None)
    assert one.repeatable
    assert one.repeatable_for == limit
    assert operation.claims_ahead("x") is ahead


def test_life_of_a_delivery() -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert Repeated().expires("x", now, None) is None
    assert Forgotten().expires("x", now, None) == now + timedelta(days=1)
