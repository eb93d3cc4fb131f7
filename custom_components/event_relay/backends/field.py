"""One field of an operation: what it holds, how it is read, where it is asked for.

The fields of an operation feed what reads an action, stores a payload, asks in the form
of a rule, and describes the action. Each of them is written down once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any


class Kind(Enum):
    """What a field holds."""

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
    """Texts or numbers, of the options where there are any."""
    MAPPING = auto()
    """Texts by their names."""
    JSON = auto()
    """Lists and mappings of any depth, whose values keep their types."""
    ENTITY = auto()
    """An entity; the options are the domains that it may be of."""
    ANY = auto()
    """Whatever is given; what becomes of it, only `read` knows."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an operation; `field_table` has what makes the usual ones."""

    name: str
    kind: Kind
    read: Callable[[object, str], Any]
    """Takes the value and the name, and returns what the payload has. Raises
    InvalidField."""
    required: bool = False
    expected: bool = False
    """Whether forms ask for it as if it were required: some systems do without it."""
    clears: bool = False
    """Whether an empty value says something: that what is there be removed."""
    public: bool = False
    """Whether it holds a name, an id, a time or a choice only, so that the words of the
    backend may repeat it."""
    prose: int | None = None
    """Characters after which it is cut; None for what is refused instead."""
    secret: bool = False
    """Whether what it holds is shown nowhere else."""
    seldom: bool = False
    """Whether forms fold it away."""
    seldom_in_rule: bool | None = None
    """The same for a rule; None if it is the same there."""
    in_rule: bool = True
    """Whether a rule can fill it."""
    listed: bool = False
    """Whether the live system may list what it takes."""
    options: tuple[str, ...] = ()
    translation_key: str = ""
    """Key of the texts of the options; empty where they are shown as they are."""
    least: float | None = None
    most: float | None = None
    """Bounds of a number."""
    step: float | None = None
    """What a number is rounded to in the form of the action."""
    shown_as: Mapping[str, object] | None = None
    """Selector of the action's description, where that of the kind does not do."""
    example: object = None
    """What the description of the action shows."""
    default: object = None
    """What the description of the action says is taken if it is left out."""
    prepare: Callable[[Any], Any] | None = None
    """Takes a value as it is given, before anything else reads it: YAML makes of some
    words what they do not mean."""
    resolved: bool = False
    """Whether other fields are made of it before the operation reads anything."""

    def says(self, value: object) -> bool:
        """Return whether a value that was read says anything."""
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
        """Return what was stored as `read` takes it; raises ValueError."""
        if self.kind is Kind.TIME and isinstance(stored, str):
            try:
                return datetime.fromisoformat(stored)
            except ValueError as error:
                raise ValueError(f"{self.name} is no time") from error
        return stored
