"""The part of a connection that rules and mirrors use."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant

from ..backends.base import Ending, JsonObject, Shape
from ..queue.queue import DeliveryQueue
from ..queue.store.store import Store


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """The view that rules and mirrors have of their connection."""

    hass: HomeAssistant
    connection: str
    """Entry id."""
    queue: DeliveryQueue
    store: Store
    canonical: Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, object]]]
    """Converts the fields of an operation, by its name, into canonical values.

    Coerces them and resolves Home Assistant's references, as for an action. Raises
    InvalidField.
    """
    shape_of: Callable[[str, str], Shape]
    """Returns the shape of a field, by the names of its operation and its own."""
    as_test: Callable[[str, Mapping[str, object]], Mapping[str, object]]
    """Marks the data of an operation, by its name, as a test."""
    explain: Callable[[Exception], str]
    """Returns a readable reason for an error."""
    say: Callable[..., str]
    """Returns a text in the home's language, by its key and with its placeholders."""
    moment: Callable[[datetime], str]
    """Returns a time in the home's language."""
    runners: Mapping[str, Callable[..., Any]]
    """Factories of runners, by the subentry types that only this backend has."""
    endings: Mapping[str, Ending]
    """How to end what an operation begins, by the operation's name."""
    ask: Callable[[str], Awaitable[JsonObject]]
    """Queries the backend by the name of one of its `looks`.

    Raises BackendError.
    """
