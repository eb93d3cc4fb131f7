"""What rules and mirrors may use of a connection."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant

from ..backends.base import Ending, JsonObject, Shape
from ..queue.queue import DeliveryQueue
from ..queue.store.store import Store


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """A connection, as its rules and mirrors see it."""

    hass: HomeAssistant
    connection: str
    """Entry id."""
    queue: DeliveryQueue
    store: Store
    canonical: Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, object]]]
    """Turns what an operation is asked for into canonical values.

    As for an action: coerced, with what only Home Assistant knows made plain. Raises
    InvalidField.
    """
    shape_of: Callable[[str, str], Shape]
    """Says what a field, by the names of its operation and its own, holds."""
    as_test: Callable[[str, Mapping[str, object]], Mapping[str, object]]
    """Makes the data of an operation say that it is a test."""
    explain: Callable[[Exception], str]
    """Says what is wrong in words for people."""
    members: Mapping[str, Callable[..., Any]]
    """What runs for the kinds of subentries that only this backend has."""
    endings: Mapping[str, Ending]
    """For operations that begin something, how it is ended."""
    ask: Callable[[str], Awaitable[JsonObject]]
    """Asks the backend what there is outside, by the name of one of its `looks`.

    Raises BackendError.
    """
