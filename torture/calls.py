"""What was asked of Event Relay, and what it answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import time
from typing import NamedTuple

from simulators.wire import Json


class Thing(NamedTuple):
    """What a call is to bring about: the action, and the mark of what it is about."""

    action: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """An action to call."""

    thing: Thing
    data: Mapping[str, Json]


class Answer(StrEnum):
    """What came of a call."""

    ACCEPTED = "accepted"
    """A delivery id."""
    REFUSED = "refused"
    """An error, before or after something was accepted."""
    CUT = "cut"
    """Nothing: Home Assistant was killed."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of an action."""

    thing: Thing
    answer: Answer
    delivery_id: str | None = None
    """Where it was accepted."""
    key: str = ""
    """Of the error's text, where it was refused."""
    seconds: float = 0.0
    """How long it took until this came of it."""
    at: float = field(default_factory=time, compare=False)
    """When that was, in unix seconds."""
