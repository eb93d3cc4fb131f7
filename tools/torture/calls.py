"""The calls to Event Relay, and their responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import time
from typing import NamedTuple

from tools.simulators.wire import Json


class Thing(NamedTuple):
    """The item that a call creates or changes: its action, and its mark."""

    action: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """An action to call."""

    thing: Thing
    data: Mapping[str, Json]


class Answer(StrEnum):
    """The result of a call."""

    ACCEPTED = "accepted"
    """A delivery id."""
    REFUSED = "refused"
    """An error, before or after something was accepted."""
    CUT = "cut"
    """No response: Home Assistant was killed."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of an action."""

    thing: Thing
    answer: Answer
    delivery_id: str | None = None
    """The id, if it was accepted."""
    key: str = ""
    """Translation key of the error, if it was refused."""
    seconds: float = 0.0
    """Seconds until the result."""
    at: float = field(default_factory=time, compare=False)
    """Time of the result, in unix seconds."""
