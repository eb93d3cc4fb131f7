"""One field of an operation: its type, how it is read, where it is used.

Each field is defined once. Reading an action, storing a payload, the form of a rule and
the description of the action all derive from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any


class Kind(Enum):
    """The type of a field."""

    TEXT = auto()
    """One line."""
    LINES = auto()
    """A text that may have several lines."""
    NUMBER = auto()
    SECONDS = auto()
    """A duration; also as Home Assistant writes it, such as 00:00:30."""
    FLAG = auto()
    TIME = auto()
    """An instant."""
    CHOICE = auto()
    """One of the options."""
    LIST = auto()
    """Texts or numbers; only from the options if there are any."""
    MAPPING = auto()
    """Texts by name."""
    JSON = auto()
    """Lists and mappings of any depth, whose values keep their types."""
    ENTITY = auto()
    """An entity; the options are its possible domains."""
    ANY = auto()
    """Any value; only `read` interprets it."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an operation; `field_table` has constructors of the usual ones."""

    name: str
    kind: Kind
    read: Callable[[object, str], Any]
    """Takes the value and the name, and returns the payload's value. Raises
    InvalidField."""
    required: bool = False
    expected: bool = False
    """Whether forms require it although some systems do without it."""
    clears: bool = False
    """Whether an empty value has a meaning: clear the current one."""
    public: bool = False
    """Whether it only holds a name, an id, a time or a choice, so that the backend's
    messages may repeat it."""
    prose: int | None = None
    """Characters after which it is cut; None to refuse a longer text instead."""
    secret: bool = False
    """Whether its value is shown nowhere else."""
    seldom: bool = False
    """Whether forms put it into a collapsed section."""
    seldom_in_rule: bool | None = None
    """The same for the form of a rule; None if it does not differ."""
    in_rule: bool = True
    """Whether a rule can fill it."""
    listed: bool = False
    """Whether the live system may list its values."""
    options: tuple[str, ...] = ()
    translation_key: str = ""
    """Translation key of the options; empty to show them as they are."""
    least: float | None = None
    most: float | None = None
    """Bounds of a number."""
    step: float | None = None
    """Step of a number in the form of the action."""
    shown_as: Mapping[str, object] | None = None
    """Selector in the description of the action, if the kind's own does not fit."""
    example: object = None
    """Example in the description of the action."""
    default: object = None
    """Default that the description of the action states."""
    prepare: Callable[[Any], Any] | None = None
    """Takes the raw value before anything else reads it: YAML changes the meaning of
    some words."""
    resolved: bool = False
    """Whether it is resolved into other fields before the operation reads anything."""

    def says(self, value: object) -> bool:
        """Return whether a value that was read has a meaning."""
        return value is not None and (self.clears or value not in ("", (), [], {}))

    def stored(self, value: object) -> Any:  # noqa: ANN401 - JSON
        """Return a value of the payload as JSON; None to leave it out."""
        if not self.says(value):
            return None
        match value:
            case datetime():
                return value.isoformat()
            case timedelta():
                return value.total_seconds()
            case tuple() | list():
                return [*value]
            case Mapping():
                return {**value}
        return value

    def restored(self, stored: object) -> object:
        """Return a stored value in the form that `read` takes; raises ValueError."""
        if self.kind is Kind.TIME and isinstance(stored, str):
            try:
                return datetime.fromisoformat(stored)
            except ValueError as error:
                raise ValueError(f"{self.name} is no time") from error
        return stored
